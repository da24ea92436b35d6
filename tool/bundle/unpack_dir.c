// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Unpacks a bundle into a private directory, and removes that again. */
#include "unpack_dir.h"

#include "tool/base/text.h"
#include "unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define CPU_SECONDS	30u

/* Makes the directories above @name, which has no "..", and nothing here is a link. */
static bool make_parents(int dir, const char *name)
{
	char *path = text_format("%s", name), *slash;
	bool good = true;

	for (slash = strchr(path, '/'); slash && good; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		good = !mkdirat(dir, path, 0700) || errno == EEXIST;
		*slash = '/';
	}
	free(path);
	return good;
}

static bool write_file(int dir, const struct bundle_file *file)
{
	const char *p = file->data;
	size_t n = file->n;
	ssize_t put;
	int fd = -1;

	if (make_parents(dir, file->name))
		fd = openat(dir, file->name,
			    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	for (; n; p += put, n -= (size_t)put) {
		put = write(fd, p, n);
		if (put <= 0)
			break;
	}
	return !close(fd) && !n;
}

static char *write_all(const char *path, const struct bundle *b)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *why = NULL;
	size_t i;

	if (dir < 0)
		return text_format("%s: %s", path, strerror(errno));
	for (i = 0; i < b->nr && !why; i++)
		if (!write_file(dir, &b->files[i]))
			why = text_format("%s/%s: %s", path, b->files[i].name, strerror(errno));
	close(dir);
	return why;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_all(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static char *read_bundle(const char *path, struct bundle *b)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	char *why;

	if (fd < 0)
		return text_format("%s", strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		why = text_format("expected a regular file");
	else
		why = unpack(fd, b);
	close(fd);
	return why;
}

/* Prints the line. False if nobody reads it. */
static bool answer(const char *key, const char *value)
{
	json_t *line = json_pack("{s:s}", key, value);
	bool good = line && !json_dumpf(line, stdout, JSON_COMPACT) && putchar('\n') != EOF &&
		    !fflush(stdout);

	json_decref(line);
	return good;
}

/* What the archive makes this process do is bounded; the terminal's signals are the parent's. */
static void bound(void)
{
	const struct rlimit cpu = { CPU_SECONDS, CPU_SECONDS };
	const struct rlimit size = { BUNDLE_MAX_ALL, BUNDLE_MAX_ALL };

	setrlimit(RLIMIT_CPU, &cpu);
	setrlimit(RLIMIT_FSIZE, &size);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	umask(077);
}

static char *make_dir(char **dir)
{
	const char *where = getenv("TMPDIR");
	char *shown, *why;

	where = where && *where ? where : "/tmp";
	*dir = text_format("%s/seamstep-report.XXXXXX", where);
	if (mkdtemp(*dir))
		return NULL;
	shown = text_escape(where);
	why = text_format("%s: no directory can be made there: %s", shown, strerror(errno));
	free(shown);
	free(*dir);
	*dir = NULL;
	return why;
}

int unpack_dir(const char *path)
{
	struct bundle b = { NULL, 0 };
	char *dir = NULL, *why, byte;

	bound();
	why = read_bundle(path, &b);
	if (!why)
		why = make_dir(&dir);
	if (!why)
		why = write_all(dir, &b);
	bundle_release(&b);
	if (answer(why ? "error" : "dir", why ? why : dir) && !why)
		while (read(STDIN_FILENO, &byte, 1) > 0)
			;
	if (dir)
		remove_all(dir);
	free(dir);
	free(why);
	return 0;
}
