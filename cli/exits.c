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
