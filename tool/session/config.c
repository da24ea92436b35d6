// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The configuration file: defaults for options. */
#include "config.h"

#include "tool/base/file.h"
#include "tool/base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define CONFIG_LIMIT	65536u
#define CONFIG_MAX	32u

static struct {
	char *name, *value;
} settings[CONFIG_MAX];
static size_t nr_settings;

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

static void take_line(char *line)
{
	char *equals;

	line = trim(line);
	equals = strchr(line, '=');
	if (*line == '#' || !equals || nr_settings == CONFIG_MAX)
		return;
	*equals = '\0';
	settings[nr_settings].name = text_format("%s", trim(line));
	settings[nr_settings++].value = text_format("%s", trim(equals + 1));
}

static void load(void)
{
	const char *path = getenv("SEAMSTEP_CONFIG");
	size_t bytes;
	uint8_t *text = file_read(path ? path : "/etc/seamstep.conf", CONFIG_LIMIT, &bytes);
	char *copy, *rest, *line;

	if (!text)
		return;
	rest = copy = text_format("%.*s", (int)bytes, (const char *)text);
	while ((line = strsep(&rest, "\n")))
		take_line(line);
	free(copy);
	free(text);
}

const char *config_get(const char *name)
{
	static bool loaded;
	size_t i;

	if (!loaded)
		load();
	loaded = true;
	for (i = 0; i < nr_settings; i++)
		if (!strcmp(settings[i].name, name))
			return settings[i].value;
	return NULL;
}
