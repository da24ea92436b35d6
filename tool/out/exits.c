// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Exit statuses: their names and their meaning. */
#include "exits.h"

#define EXIT_NAME(NAME, code, name, meaning) [code] = name,
#define EXIT_MEANING(NAME, code, name, meaning) [code] = meaning,
static const char *const exit_names[] = { EXIT_STATUSES(EXIT_NAME) };
static const char *const exit_meanings[] = { EXIT_STATUSES(EXIT_MEANING) };

const char *exit_name(int code)
{
	return code >= 0 && code < EXIT_NR ? exit_names[code] : exit_names[EXIT_ERROR];
}

const char *exit_meaning(int code)
{
	return code >= 0 && code < EXIT_NR ? exit_meanings[code] : exit_meanings[EXIT_ERROR];
}

enum exit_status exit_of(enum lib_end end)
{
	static const enum exit_status exits[] = {
		[LIB_OK] = EXIT_OK,
		[LIB_ERROR] = EXIT_ERROR,
		[LIB_BAD_REQUEST] = EXIT_USAGE,
		[LIB_UNSUPPORTED] = EXIT_UNSUPPORTED,
		[LIB_BAD_IMAGE] = EXIT_BAD_IMAGE,
		[LIB_INCOMPATIBLE] = EXIT_INCOMPATIBLE,
		[LIB_NOT_NOW] = EXIT_NOT_NOW,
		[LIB_EXHAUSTED] = EXIT_EXHAUSTED,
		[LIB_UNCHANGED] = EXIT_UNCHANGED,
		[LIB_RECOVERED] = EXIT_RECOVERED,
		[LIB_LOST] = EXIT_LOST,
		[LIB_MISMATCH] = EXIT_MISMATCH,
		[LIB_UNKNOWN] = EXIT_UNKNOWN,
	};
	_Static_assert(sizeof(exits) / sizeof(exits[0]) == LIB_END_NR, "each end has its status");

	return exits[end];
}
