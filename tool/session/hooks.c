// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Finds hooks. A hook runs with the rights of the update, root's as a rule: whoever can change a
 * hook, or put a file in its place, can do all that root can. So owner and mode of the files, of
 * their directory and of the directories above are checked before any hook runs.
 */
#include "hooks.h"

#include "tool/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool refuse(char **why, const char *what, const char *expected)
{
	char *shown = text_escape(what);

	*why = text_format("%s: %s; no hook runs and nothing was touched; mend that, or go without "
			   "hooks with --no-hooks", shown, expected);
	free(shown);
	return false;
}

static bool is_trusted(const struct stat *st, bool sticky_counts)
{
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return false;
	return !(st->st_mode & 022) || (sticky_counts && st->st_mode & S_ISVTX);
}

static const char owner[] = "expected a file of root (or of the user who runs this command) that "
			    "nobody else can write";

/* In a sticky directory above nobody can replace what belongs to others. */
static bool check_above(const char *real, char **why)
{
	char *path = text_format("%s", real), *slash;
	struct stat st;
	bool good = true;

	while (good && (slash = strrchr(path, '/')) && slash != path) {
		*slash = '\0';
		good = !stat(path, &st) && is_trusted(&st, true);
		if (!good)
			refuse(why, path, owner);
	}
	free(path);
	return good;
}

static bool check_dir(const char *dir, char **why)
{
	char *real = realpath(dir, NULL);
	struct stat st;
	bool good;

	if (!real)
		return refuse(why, dir, strerror(errno));
	if (stat(real, &st) || !S_ISDIR(st.st_mode))
		good = refuse(why, dir, "expected a directory");
	else if (!is_trusted(&st, false))
		good = refuse(why, dir, owner);
	else
		good = check_above(real, why);
	free(real);
	return good;
}

/* As run-parts of Debian: backups and hidden files are no hooks. */
static int is_name(const struct dirent *entry)
{
	const char *name = entry->d_name;
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	static const char *const endings[] = { ".bak", ".orig", ".rpmnew", ".rpmsave", ".swp" };
	size_t i, n = strlen(name), e;

	if (*name == '.' || strspn(name, letters) != n || strstr(name, ".dpkg-"))
		return 0;
	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		e = strlen(endings[i]);
		if (n > e && !strcmp(name + n - e, endings[i]))
			return 0;
	}
	return 1;
}

/* Takes @path, which becomes the hook's. */
static bool add(struct hooks *hooks, const char *name, char *path, char **why)
{
	struct hook *hook = &hooks->list[hooks->nr];
	struct stat st;
	bool good = true;

	if (lstat(path, &st))
		good = refuse(why, path, strerror(errno));
	else if (S_ISDIR(st.st_mode))
		return free(path), true;
	else if (!S_ISREG(st.st_mode))
		good = refuse(why, path, "expected a regular file, found another kind (a link is "
			      "none)");
	else if (!is_trusted(&st, false))
		good = refuse(why, path, owner);
	else if (hooks->nr == HOOKS_MAX)
		good = refuse(why, path, "expected no more than 32 hooks");
	if (good && st.st_mode & 0111) {
		hook->name = text_escape(name);
		hook->path = path;
		hooks->nr++;
		return true;
	}
	if (good)
		fprintf(stderr, "seamstep: note: the hook %s is not executable and does not run\n",
			path);
	free(path);
	return good;
}

bool hooks_find(struct hooks *hooks, const char *dir, bool must_exist, char **why)
{
	struct dirent **names;
	bool good = true;
	int n, i;

	memset(hooks, 0, sizeof(*hooks));
	if (!must_exist && access(dir, F_OK) && errno == ENOENT)
		return true;
	if (!check_dir(dir, why))
		return false;
	n = scandir(dir, &names, is_name, alphasort);
	if (n < 0)
		return refuse(why, dir, strerror(errno));
	for (i = 0; i < n; i++) {
		if (good)
			good = add(hooks, names[i]->d_name,
				   text_format("%s/%s", dir, names[i]->d_name), why);
		free(names[i]);
	}
	free(names);
	return good;
}

void hooks_release(struct hooks *hooks)
{
	size_t i;

	for (i = 0; i < hooks->nr; i++) {
		free(hooks->list[i].name);
		free(hooks->list[i].path);
		free(hooks->list[i].before);
		free(hooks->list[i].after);
	}
	memset(hooks, 0, sizeof(*hooks));
}
