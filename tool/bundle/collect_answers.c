// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What the command itself says about the host, and the digests of the images. */
#include "collect.h"

#include "tool/base/memory.h"
#include "tool/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MS	20000	/* for one answer */
#define ANSWER_BYTES	((size_t)4 << 20)
#define IMAGE_BYTES	((off_t)64 << 20)

/* ---- asking ---------------------------------------------------------------------------------- */

static void become(const struct collect_from *from, const char *verb, int out)
{
	const char *argv[10] = { "seamstep", verb, "--json" };
	int n = 3, null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (from->sysroot) {
		argv[n++] = "--sysroot";
		argv[n++] = from->sysroot;
	} else {
		argv[n++] = "--host";
		argv[n++] = "linux";
	}
	if (from->repo) {
		argv[n++] = "--repo";
		argv[n++] = from->repo;
	}
	if (dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(null, 2) < 0)
		_exit(126);
	execv(from->command, (char *const *)argv);
	_exit(127);
}

static int ms_since(const struct timespec *start)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int)((t.tv_sec - start->tv_sec) * 1000 + (t.tv_nsec - start->tv_nsec) / 1000000);
}

/* All that comes before the time is over. */
static char *read_answer(int fd, size_t *n)
{
	char *data = memory_alloc(ANSWER_BYTES + 1);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct timespec start;
	ssize_t got = 1;
	int left;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (*n = 0; *n < ANSWER_BYTES && got > 0; *n += (size_t)(got > 0 ? got : 0)) {
		left = ANSWER_MS - ms_since(&start);
		if (left <= 0 || poll(&p, 1, left) <= 0)
			break;
		got = read(fd, data + *n, ANSWER_BYTES - *n);
	}
	return data;
}

static void ask(const struct collect_from *from, struct bundle *b, const char *verb)
{
	char *name = text_format("answers/%s.json", verb), *data;
	int fds[2];
	pid_t pid;
	size_t n;

	if (!pipe2(fds, O_CLOEXEC)) {
		pid = fork();
		if (pid == 0)
			become(from, verb, fds[1]);
		close(fds[1]);
		data = read_answer(fds[0], &n);
		close(fds[0]);
		if (pid > 0) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
		}
		bundle_add(b, name, data, n);
	}
	free(name);
}

/* ---- the images ------------------------------------------------------------------------------ */

static char *sha384(const char *path, off_t *bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t part[65536], digest[EVP_MAX_MD_SIZE];
	unsigned int n = 0;
	struct stat st;
	bool good = fd >= 0 && ctx && !fstat(fd, &st) && S_ISREG(st.st_mode) &&
		    st.st_size <= IMAGE_BYTES && EVP_DigestInit_ex(ctx, EVP_sha384(), NULL);
	ssize_t got = good ? 1 : 0;

	for (*bytes = 0; good && got > 0 && *bytes <= IMAGE_BYTES; *bytes += got > 0 ? got : 0) {
		got = read(fd, part, sizeof(part));
		good = got >= 0 && EVP_DigestUpdate(ctx, part, (size_t)(got > 0 ? got : 0));
	}
	good = good && EVP_DigestFinal_ex(ctx, digest, &n);
	EVP_MD_CTX_free(ctx);
	if (fd >= 0)
		close(fd);
	return good ? text_hex(digest, n) : NULL;
}

static json_t *image(const char *repo, const char *file)
{
	char *path = text_format("%s/%s", repo, file), *digest;
	off_t bytes = 0;
	json_t *entry = json_object();

	digest = sha384(path, &bytes);
	json_object_set_new(entry, "file", json_string(file));
	json_object_set_new(entry, "bytes", json_integer(bytes));
	json_object_set_new(entry, "sha384", digest ? json_string(digest) : json_null());
	free(digest);
	free(path);
	return entry;
}

/* Of each image that "list" names. */
static void add_images(const struct collect_from *from, struct bundle *b)
{
	const struct bundle_file *file = bundle_find(b, "answers/list.json");
	json_t *list = file ? json_loadb(file->data, file->n, 0, NULL) : NULL, *one;
	json_t *images = memory_checked(json_array());
	const char *name;
	char *text;
	size_t i;

	json_array_foreach(json_object_get(list, "images"), i, one) {
		name = json_string_value(json_object_get(one, "file"));
		if (name)
			json_array_append_new(images, image(from->repo, name));
	}
	text = memory_checked(json_dumps(images, JSON_INDENT(1)));
	bundle_add(b, "answers/images.json", text, strlen(text));
	json_decref(images);
	json_decref(list);
}

void collect_answers(const struct collect_from *from, struct bundle *b)
{
	static const char *const verbs[] = { "status", "list", "route", "check", "tcb", "history" };
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(verbs); i++)
		if (from->repo || strcmp(verbs[i], "list"))
			ask(from, b, verbs[i]);
	if (from->repo)
		add_images(from, b);
}
