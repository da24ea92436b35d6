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

enum exit_status exit_of(enum seamstep_end end)
{
#define SAME(status, end) \
	_Static_assert((int)EXIT_##status == (int)SEAMSTEP_##end, "the library's result is a status")
	SAME(ERROR, ERROR);
	SAME(USAGE, BAD_REQUEST);
	SAME(UNSUPPORTED, UNSUPPORTED);
	SAME(BAD_IMAGE, BAD_IMAGE);
	SAME(INCOMPATIBLE, INCOMPATIBLE);
	SAME(NOT_NOW, NOT_NOW);
	SAME(EXHAUSTED, EXHAUSTED);
	SAME(UNCHANGED, UNCHANGED);
	SAME(RECOVERED, RECOVERED);
	SAME(LOST, LOST);
	SAME(MISMATCH, MISMATCH);
	SAME(UNKNOWN, UNKNOWN);
#undef SAME

	return end == SEAMSTEP_NO_MEMORY ? EXIT_ERROR : (enum exit_status)end;
}
