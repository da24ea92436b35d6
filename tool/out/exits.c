// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Exit statuses: their names and their meaning. */
#include "exits.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

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

static bool stands;

void out_exit_stands(void)
{
	stands = true;
}

int out_end(int code)
{
	const char *why = ferror(stdout) ? "an earlier write failed" : NULL;

	/* A standard output that is closed is one that nobody wants to read. */
	if (fflush(stdout) && errno != EBADF)
		why = strerror(errno);
	if (!why)
		return code;
	fprintf(stderr, "seamstep: standard output cannot be written: %s; the output is not complete\n",
		why);
	return code == EXIT_OK && !stands ? EXIT_ERROR : code;
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
