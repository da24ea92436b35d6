/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Options that all verbs about a host share. */
#ifndef SS_TOOL_SESSION_CONTEXT_OPTIONS_H
#define SS_TOOL_SESSION_CONTEXT_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>

#include "tcb_options.h"
#include "tool/out/columns.h"

/* What a verb's own options and its argument are, and the values that the command line has. */
struct context_options {
	const char *verb;
	const struct option *options;	/* CONTEXT_OPTIONS and others */
	const struct column *columns;	/* for --list-columns; NULL if the verb prints no table */
	/*
	 * Takes an option of the verb's own: EXIT_OK, or the exit status after a message, or
	 * OPTION_UNKNOWN. NULL if the verb has none.
	 */
	int (*take)(void *into, int c, const char *value);
	void *into;
	const char **word;		/* set to the one argument; NULL if the verb takes none */
	const char *word_name;		/* "version": for messages */
	bool need_repo;			/* a missing repository is an error */
	bool records_only;		/* needs journal and inhibitors, no facts, no repository */
	bool use_tcb;			/* loads TCB Info if there is any; has TCB_OPTIONS */

	const char *host, *sysroot, *repo;	/* not owned */
	bool detailed;
	struct tcb_options tcb;
	struct columns_style style;
};

#define OPTION_UNKNOWN (-1)

enum {
	CONTEXT_HOST = 0x300,
	CONTEXT_SYSROOT,
	CONTEXT_REPO,
	CONTEXT_DETAILED,
	CONTEXT_VERB_OPTIONS = 0x400
};
#define CONTEXT_OPTIONS \
	{ "host", required_argument, NULL, CONTEXT_HOST }, \
	{ "sysroot", required_argument, NULL, CONTEXT_SYSROOT }, \
	{ "repo", required_argument, NULL, CONTEXT_REPO }, { "json", no_argument, NULL, 'J' }
/* For a verb that exits with EXIT_PENDING if an update is available. */
#define DETAILED_OPTION { "detailed-exitcode", no_argument, NULL, CONTEXT_DETAILED }
/* Of a verb that prints a table and has no option of its own. */
extern const struct option context_table_options[];
#define CONTEXT_PLACE_HELP \
	"  --host HOST        linux (default) or lab:DIR\n" \
	"  --sysroot DIR      a recorded Linux host instead of this host\n" \
	"  --repo DIR         the repository of images\n"
#define CONTEXT_HELP CONTEXT_PLACE_HELP \
	"  -J, --json         print one JSON document\n"

/**
 * context_parse - read a verb's command line
 * @rc: the exit status for the verb, if there is nothing left to do
 *
 * Returns true with optind behind the options and the argument. False after a message, or after
 * the text of --list-columns. An argument where an option has set *@o->word already is an error.
 */
bool context_parse(struct context_options *o, int argc, char **argv, int *rc);

#endif
