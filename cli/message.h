/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Messages: on stderr, and in the JSON document where one is wanted. */
#ifndef SS_CLI_MESSAGE_H
#define SS_CLI_MESSAGE_H

#include <getopt.h>
#include <stdio.h>
#include <jansson.h>

#include "exits.h"

/* "seamstep VERB: ..." and where help is to be found, on stderr. Returns CLI_USAGE. */
__attribute__((format(printf, 2, 3)))
int cli_usage_error(const char *verb, const char *fmt, ...);

/* "seamstep: ..." on stderr. Returns @code, so that a verb can end with it. */
__attribute__((format(printf, 2, 3)))
int cli_fail(enum cli_exit code, const char *fmt, ...);

/* What getopt_long() would have said about @c, '?' or ':', its optstring beginning with ':'. */
int cli_bad_option(const char *verb, char **argv, int c, const struct option *options);

/* cli_json_end() with "error": message, and the message on stderr. */
__attribute__((format(printf, 3, 4)))
int cli_json_fail(json_t *doc, enum cli_exit code, const char *fmt, ...);

#endif
