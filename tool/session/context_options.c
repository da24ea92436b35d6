// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Options that all verbs about a host share. */
#include "context_options.h"

#include "tool/out/json.h"
#include "tool/out/message.h"
#include "tool/out/option_value.h"
#include "tool/base/text.h"

#include <stdio.h>
#include <stdlib.h>

const struct option context_table_options[] = {
	CONTEXT_OPTIONS, COLUMNS_OPTIONS, TCB_OPTIONS, DETAILED_OPTION, { NULL, 0, NULL, 0 }
};

static bool shared_option(struct context_options *o, int c, const char *value)
{
	switch (c) {
	case CONTEXT_HOST:
		o->host = value;
		return true;
	case CONTEXT_SYSROOT:
		o->sysroot = value;
		return true;
	case CONTEXT_REPO:
		o->repo = value;
		return true;
	case CONTEXT_DETAILED:
		o->detailed = true;
		return true;
	case 'J':
		out_json_mode(o->verb);
		return true;
	}
	return o->columns && columns_option(&o->style, c, value);
}

/* The optstring: the letters of the long options. It begins with ':', as out_bad_option() needs. */
static void short_options(const struct option *options, char *out)
{
	*out++ = ':';
	for (; options->name; options++) {
		if (options->val > 'z')
			continue;
		*out++ = (char)options->val;
		if (options->has_arg)
			*out++ = ':';
	}
	*out = '\0';
}

static int read_options(struct context_options *o, int argc, char **argv)
{
	char letters[32];
	int c, rc;

	short_options(o->options, letters);
	while ((c = getopt_long(argc, argv, letters, o->options, NULL)) != -1) {
		if (shared_option(o, c, optarg))
			continue;
		rc = tcb_option(o->verb, &o->tcb, c, optarg);
		if (rc == EXIT_OK)
			continue;
		if (rc == OPTION_UNKNOWN)
			rc = o->take ? o->take(o->into, c, optarg) : OPTION_UNKNOWN;
		if (rc == OPTION_UNKNOWN)
			return out_bad_option(o->verb, argv, c, o->options);
		if (rc)
			return rc;
	}
	return EXIT_OK;
}

static int read_argument(struct context_options *o, int argc, char **argv)
{
	char *shown;
	int rc;

	if (optind < argc && o->word && !*o->word)
		*o->word = argv[optind++];
	if (optind == argc || !o->word)
		return out_no_argument(o->verb, argc, argv);
	shown = text_escape(argv[optind]);
	rc = out_usage_error(o->verb, "expected one %s at most, found '%s' too", o->word_name,
			     shown);
	free(shown);
	return rc;
}

bool context_parse(struct context_options *o, int argc, char **argv, int *rc)
{
	*rc = read_options(o, argc, argv);
	if (!*rc)
		*rc = read_argument(o, argc, argv);
	if (*rc || !o->style.list_columns)
		return !*rc;
	columns_list_columns(o->columns, stdout);
	return false;
}
