// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Finds the files of the configuration, and answers for their values. */
#include "config.h"

#include "config_read.h"
#include "tool/base/file.h"
#include "tool/base/memory.h"
#include "tool/base/text.h"
#include "tool/out/message.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CONFIG_PATH	"/etc/seamstep.conf"
#define CONFIG_LIMIT	65536u
#define CONFIG_MAX_FILES 128

static struct config config;

const char *config_env(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value ? value : NULL;
}

/* A FIFO would wait for a writer. */
static bool is_file(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return false;
	errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	return S_ISREG(st.st_mode) || S_ISCHR(st.st_mode);
}

static bool is_missing(int err)
{
	return err == ENOENT || err == ENOTDIR;
}

static char *cannot(const char *path, int err)
{
	char *shown = text_escape(path), *why;

	why = text_format("%s: the configuration cannot be read: %s", shown,
			  err == EINVAL ? "it is no file" : strerror(err));
	free(shown);
	return why;
}

static bool read_file(const char *path, bool must_exist, char **why)
{
	size_t bytes = 0;
	uint8_t *text = is_file(path) ? file_read(path, CONFIG_LIMIT, &bytes) : NULL;
	bool ok;

	if (!text) {
		if (!must_exist && is_missing(errno))
			return true;
		*why = cannot(path, errno);
		return false;
	}
	ok = config_read(&config, path, (const char *)text, bytes, why);
	free(text);
	return ok;
}

static int is_dropin(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return entry->d_name[0] != '.' && n > 5 && !strcmp(entry->d_name + n - 5, ".conf");
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool read_dropins(const char *dir, char **why)
{
	struct dirent **entries;
	int n = scandir(dir, &entries, is_dropin, by_name), i;
	bool ok = n <= CONFIG_MAX_FILES;
	char *path;

	if (n < 0) {
		if (is_missing(errno))
			return true;
		*why = cannot(dir, errno);
		return false;
	}
	if (!ok)
		*why = text_format("%s: expected %d files at most, found %d", dir,
				   CONFIG_MAX_FILES, n);
	for (i = 0; i < n; i++) {
		path = text_format("%s/%s", dir, entries[i]->d_name);
		ok = ok && read_file(path, true, why);
		free(path);
		free(entries[i]);
	}
	free(entries);
	return ok;
}

static bool read_all(char **why)
{
	const char *named = config_env("SEAMSTEP_CONFIG");
	const char *path = named ? named : CONFIG_PATH;
	char *dir = text_format("%s.d", path);
	bool ok = read_file(path, named != NULL, why) && read_dropins(dir, why);

	free(dir);
	return ok;
}

enum exit_status config_load(void)
{
	static enum exit_status result;
	static bool loaded;
	char *why = NULL;

	if (loaded)
		return result;
	loaded = true;
	if (!read_all(&why)) {
		config_release(&config);
		result = out_fail(EXIT_ERROR, "%s", why);
		free(why);
	}
	return result;
}

static const struct config_entry *find(const char *name, size_t skip)
{
	size_t i;

	config_load();
	for (i = 0; i < config.nr; i++)
		if (!strcmp(config.entries[i].key->name, name) && !skip--)
			return &config.entries[i];
	return NULL;
}

const char *config_get_many(const char *name, size_t i)
{
	const struct config_entry *entry = find(name, i);

	return entry ? entry->value : NULL;
}

const char *config_get(const char *name)
{
	return config_get_many(name, 0);
}

char *config_where(const char *name)
{
	const struct config_entry *entry = find(name, 0);
	char *file, *text;

	if (!entry)
		return NULL;
	file = text_escape(entry->file);
	text = text_format("%s:%u", file, entry->line);
	free(file);
	return text;
}

const char *config_choose(const char *option, const char *variable, const char *of_host,
			  const char *name)
{
	if (!option)
		option = config_env(variable);
	if (!option)
		option = of_host;
	return option ? option : config_get(name);
}
