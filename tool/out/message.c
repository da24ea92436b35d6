// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Messages: on stderr, and in the JSON document if --json is given. */
#include "message.h"

#include "json.h"
#include "terminal.h"
#include "tool/base/text.h"
#include "tool/base/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int out_usage_error(const char *verb, const char *fmt, ...)
{
	const char *gap = verb ? " " : "";
	va_list args;
	char *text;

	if (!verb)
		verb = "";
	va_start(args, fmt);
	text = text_printable(text_vformat(fmt, args));
	va_end(args);
	out_progress_end();
	fprintf(stderr, "seamstep%s%s: %s\n", gap, verb, text);
	fprintf(stderr, "Try 'seamstep%s%s --help'.\n", gap, verb);
	out_json_error(EXIT_USAGE, text);
	free(text);
	return EXIT_USAGE;
}

int out_fail(enum exit_status code, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = text_printable(text_vformat(fmt, args));
	va_end(args);
	out_progress_end();
	fprintf(stderr, "seamstep: %s\n", text);
	out_json_error(code, text);
	free(text);
	return code;
}

static size_t length_to_equals(const char *text)
{
	return strcspn(text, "=");
}

/* "--lsp" -> "lps", or NULL. */
static const char *nearest_option(const char *given, const struct option *options)
{
	const char *names[64];
	char name[64];
	size_t n = 0, len = length_to_equals(given);

	if (strncmp(given, "--", 2) || len - 2 >= sizeof(name))
		return NULL;
	memcpy(name, given + 2, len - 2);
	name[len - 2] = '\0';
	while (options[n].name && n < 63) {
		names[n] = options[n].name;
		n++;
	}
	names[n] = NULL;
	return words_nearest(name, names);
}

int out_bad_option(const char *verb, char **argv, int c, const struct option *options)
{
	const char *given = argv[optind - 1];
	const char *nearest = nearest_option(given, options);
	char *shown = text_escape(given);
	int rc;

	if (c == ':')
		rc = out_usage_error(verb, "%s needs a value", shown);
	else if (nearest && !strncmp(given + 2, nearest, length_to_equals(given + 2)))
		rc = out_usage_error(
			verb, "%s: no value is expected, or the name fits several options", shown);
	else if (nearest)
		rc = out_usage_error(verb, "there is no option %s; did you mean --%s?", shown,
				     nearest);
	else
		rc = out_usage_error(verb, "there is no option %s", shown);
	free(shown);
	return rc;
}

int out_json_fail(json_t *doc, enum exit_status code, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = text_vformat(fmt, args);
	va_end(args);
	json_object_set_new(doc, "error", json_string(text_printable(text)));
	/* This is the only document: out_fail() adds none after it. */
	out_json_end(doc, code);
	out_fail(code, "%s", text);
	free(text);
	return code;
}
