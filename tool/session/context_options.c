// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Options that all verbs about a host share. */
#include "context_options.h"

#include "tool/out/json.h"
#include "tool/out/message.h"

bool context_option(struct context_options *o, int c, const char *value)
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
	case 'J':
		if (!out_json_wanted())
			out_json_mode(o->verb);
		return true;
	}
	return columns_option(&o->style, c, value);
}

int context_read_options(struct context_options *o, int argc, char **argv, bool *detailed)
{
	enum { OPT_DETAILED = CONTEXT_VERB_OPTIONS };
	static const struct option options[] = {
		CONTEXT_OPTIONS, COLUMNS_OPTIONS,
		{ "detailed-exitcode", no_argument, NULL, OPT_DETAILED }, { NULL, 0, NULL, 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, ":" CONTEXT_SHORT_OPTIONS COLUMNS_SHORT_OPTIONS,
				options, NULL)) != -1) {
		if (c == OPT_DETAILED)
			*detailed = true;
		else if (!context_option(o, c, optarg))
			return out_bad_option(o->verb, argv, c, options);
	}
	return EXIT_OK;
}
