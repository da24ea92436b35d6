// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The lines of one configuration file. A line that is not understood is an error, never ignored. */
#include "config_read.h"

#include "tool/base/text.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct place {
	const char *file;
	unsigned int line;
};

__attribute__((format(printf, 3, 4)))
static bool wrong(const struct place *at, char **why, const char *fmt, ...)
{
	char *file = text_escape(at->file), *text;
	va_list args;

	va_start(args, fmt);
	text = text_vformat(fmt, args);
	va_end(args);
	*why = text_format("%s:%u: %s", file, at->line, text);
	free(text);
	free(file);
	return false;
}

static char *trim(char *text)
{
	size_t n;

	while (isspace((unsigned char)*text))
		text++;
	n = strlen(text);
	while (n && isspace((unsigned char)text[n - 1]))
		text[--n] = '\0';
	return text;
}

static struct config_entry *find(struct config *config, const struct config_key *key)
{
	size_t i;

	for (i = 0; i < config->nr; i++)
		if (config->entries[i].key == key)
			return &config->entries[i];
	return NULL;
}

static bool store(struct config *config, const struct config_key *key, const char *value,
		  const struct place *at, char **why)
{
	struct config_entry *entry = key->many ? NULL : find(config, key);

	if (entry && entry->file_number == config->nr_files)
		return wrong(at, why, "line %u has a value for '%s' already", entry->line, key->name);
	if (!entry && config->nr == CONFIG_MAX_ENTRIES)
		return wrong(at, why, "expected %u values at most", CONFIG_MAX_ENTRIES);
	if (entry) {
		free(entry->value);
		free(entry->file);
	} else {
		entry = &config->entries[config->nr++];
	}
	*entry = (struct config_entry){
		key, text_format("%s", value), text_format("%s", at->file), config->nr_files,
		at->line,
	};
	return true;
}

static bool take_pair(struct config *config, char *name, char *value, const struct place *at,
		      char **why)
{
	const struct config_key *key;
	char *detail = NULL;

	key = config_key_find(name, &detail);
	if (key && !*value)
		detail = text_format("the value is missing");
	else if (key && key->check)
		key->check(value, &detail);
	if (!detail)
		return store(config, key, value, at, why);
	if (key)
		wrong(at, why, "%s: %s", name, detail);
	else
		wrong(at, why, "%s", detail);
	free(detail);
	return false;
}

static bool take_line(struct config *config, char *line, const struct place *at, char **why)
{
	char *equals, *shown;

	line = trim(line);
	if (!*line || *line == '#')
		return true;
	equals = strchr(line, '=');
	if (!equals || *line == '[') {
		shown = text_escape(line);
		wrong(at, why, "expected NAME=VALUE, found '%.60s'%s", shown,
		      *line == '[' ? "; there are no sections" : "");
		free(shown);
		return false;
	}
	*equals = '\0';
	return take_pair(config, trim(line), trim(equals + 1), at, why);
}

/* What stands behind a NUL byte would be ignored. */
static bool has_nul(const char *text, size_t bytes, unsigned int *line)
{
	size_t i;

	*line = 1;
	for (i = 0; i < bytes && text[i]; i++)
		*line += text[i] == '\n';
	return i < bytes;
}

bool config_read(struct config *config, const char *file, const char *text, size_t bytes,
		 char **why)
{
	char *copy, *rest, *line;
	struct place at = { file, 0 };
	bool ok = true;

	config->nr_files++;
	if (has_nul(text, bytes, &at.line))
		return wrong(&at, why, "expected text, found a NUL byte");
	at.line = 0;
	rest = copy = text_format("%.*s", (int)bytes, bytes ? text : "");
	while (ok && (line = strsep(&rest, "\n"))) {
		at.line++;
		ok = take_line(config, line, &at, why);
	}
	free(copy);
	return ok;
}

void config_release(struct config *config)
{
	size_t i;

	for (i = 0; i < config->nr; i++) {
		free(config->entries[i].value);
		free(config->entries[i].file);
	}
	memset(config, 0, sizeof(*config));
}
