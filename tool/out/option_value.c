// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Values of options and arguments, with one message for each way to be wrong. */
#include "option_value.h"

#include "exits.h"
#include "message.h"
#include "tool/base/text.h"
#include "tool/base/words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int out_number_option(const char *verb, const char *name, const char *value, uint64_t min,
		      uint64_t max, uint64_t *number)
{
	char *shown;

	if (words_number(value, min, max, number))
		return EXIT_OK;
	shown = text_escape(value);
	out_usage_error(verb, "--%s: expected a number, %" PRIu64 " to %" PRIu64 ", found '%s'",
			name, min, max, shown);
	free(shown);
	return EXIT_USAGE;
}

int out_number32_option(const char *verb, const char *name, const char *value, uint32_t min,
			uint32_t max, uint32_t *number)
{
	uint64_t wide;
	int rc = out_number_option(verb, name, value, min, max, &wide);

	if (!rc)
		*number = (uint32_t)wide;
	return rc;
}

int out_td_build_option(const char *verb, const char *value, uint32_t *choice)
{
	static const char *const names[] = { "wait", "refuse", "ignore" };
	char *shown;
	uint32_t i;

	for (i = 0; i < 3; i++) {
		if (!strcmp(value, names[i])) {
			*choice = i;
			return EXIT_OK;
		}
	}
	shown = text_escape(value);
	out_usage_error(verb, "--td-build: expected wait, refuse or ignore, found '%s'", shown);
	free(shown);
	return EXIT_USAGE;
}

int out_no_argument(const char *verb, int argc, char **argv)
{
	char *shown;

	if (optind == argc)
		return EXIT_OK;
	shown = text_escape(argv[optind]);
	out_usage_error(verb, "expected no argument, found '%s'", shown);
	free(shown);
	return EXIT_USAGE;
}
