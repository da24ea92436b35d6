/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Options that all verbs about a host share. */
#ifndef SS_TOOL_SESSION_CONTEXT_OPTIONS_H
#define SS_TOOL_SESSION_CONTEXT_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>

#include "tool/out/columns.h"

/* The values from the command line and the configuration file. Strings are not owned. */
struct context_options {
	const char *verb;
	const char *host, *sysroot, *repo;
	struct columns_style style;
};

enum {
	CONTEXT_HOST = 0x300,
	CONTEXT_SYSROOT,
	CONTEXT_REPO,
	CONTEXT_JSON,
	CONTEXT_VERB_OPTIONS = 0x400
};
#define CONTEXT_SHORT_OPTIONS "J"
#define CONTEXT_OPTIONS \
	{ "host", required_argument, NULL, CONTEXT_HOST }, \
	{ "sysroot", required_argument, NULL, CONTEXT_SYSROOT }, \
	{ "repo", required_argument, NULL, CONTEXT_REPO }, { "json", no_argument, NULL, 'J' }
#define CONTEXT_HELP \
	"  --host HOST        linux (default) or lab:DIR\n" \
	"  --sysroot DIR      a recorded Linux host instead of this one\n" \
	"  --repo DIR         the repository of images\n" \
	"  -J, --json         one JSON document\n"

/* Takes the option if it is one of CONTEXT_OPTIONS or COLUMNS_OPTIONS. */
bool context_option(struct context_options *o, int c, const char *value);
/*
 * Reads the options of a verb that has CONTEXT_OPTIONS, COLUMNS_OPTIONS and --detailed-exitcode,
 * which sets *@detailed. Returns EXIT_OK with optind behind the options; or, after a message, the
 * exit status for the verb.
 */
int context_read_options(struct context_options *o, int argc, char **argv, bool *detailed);

#endif
