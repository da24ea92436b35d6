// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Exit statuses: their names and their meaning. */
#include "exits.h"

#define CLI_EXIT_NAME(NAME, code, name, meaning) [code] = name,
#define CLI_EXIT_MEANING(NAME, code, name, meaning) [code] = meaning,
static const char *const exit_names[] = { CLI_EXITS(CLI_EXIT_NAME) };
static const char *const exit_meanings[] = { CLI_EXITS(CLI_EXIT_MEANING) };

const char *cli_exit_name(int code)
{
	return code >= 0 && code < CLI_EXIT_NR ? exit_names[code] : exit_names[CLI_ERROR];
}

const char *cli_exit_meaning(int code)
{
	return code >= 0 && code < CLI_EXIT_NR ? exit_meanings[code] : exit_meanings[CLI_ERROR];
}

enum cli_exit cli_exit_of(enum lib_end end)
{
	static const enum cli_exit exits[] = {
		[LIB_OK] = CLI_OK,
		[LIB_ERROR] = CLI_ERROR,
		[LIB_BAD_REQUEST] = CLI_USAGE,
		[LIB_UNSUPPORTED] = CLI_UNSUPPORTED,
		[LIB_BAD_IMAGE] = CLI_BAD_IMAGE,
		[LIB_INCOMPATIBLE] = CLI_INCOMPATIBLE,
		[LIB_NOT_NOW] = CLI_NOT_NOW,
		[LIB_EXHAUSTED] = CLI_EXHAUSTED,
		[LIB_UNCHANGED] = CLI_UNCHANGED,
		[LIB_RECOVERED] = CLI_RECOVERED,
		[LIB_LOST] = CLI_LOST,
		[LIB_MISMATCH] = CLI_MISMATCH,
		[LIB_UNKNOWN] = CLI_UNKNOWN,
	};
	_Static_assert(sizeof(exits) / sizeof(exits[0]) == LIB_END_NR, "each end has its status");

	return exits[end];
}
