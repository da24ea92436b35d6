/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Messages: on stderr, and in the JSON document if --json is given. */
#ifndef SS_TOOL_OUT_MESSAGE_H
#define SS_TOOL_OUT_MESSAGE_H

#include <getopt.h>
#include <stdio.h>
#include <jansson.h>

#include "exits.h"

/* Prints "seamstep VERB: ..." and the way to get help on stderr. Returns EXIT_USAGE. */
__attribute__((format(printf, 2, 3)))
int out_usage_error(const char *verb, const char *fmt, ...);

/* Prints "seamstep: ..." on stderr. Returns @code, so that a verb can return the call's value. */
__attribute__((format(printf, 2, 3)))
int out_fail(enum exit_status code, const char *fmt, ...);

/* getopt_long()'s message about @c, '?' or ':', for an optstring that begins with ':'. */
int out_bad_option(const char *verb, char **argv, int c, const struct option *options);

/* Calls out_json_end() with "error": message, and prints the message on stderr. */
__attribute__((format(printf, 3, 4)))
int out_json_fail(json_t *doc, enum exit_status code, const char *fmt, ...);

#endif
