/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The verbs of the seamstep command. */
#ifndef SS_TOOL_SESSION_VERBS_H
#define SS_TOOL_SESSION_VERBS_H

#include <stdio.h>

/* A verb, or the second word of a verb ("lab create"). A table of verbs ends with a NULL name. */
struct verb {
	const char *name;
	int (*run)(int argc, char **argv);	/* argv[0] is the name; an enum exit_status */
	const char *args;	/* for the usage line */
	const char *help;	/* one line */
	const char *options;	/* lines for "help VERB"; empty if run() answers --help */
};

/**
 * verb_dispatch - run the row of a table that argv[1] names
 * @parent: "lab", or NULL at the top: for messages
 *
 * Unknown names are usage errors that suggest the nearest one.
 */
int verb_dispatch(const char *parent, const struct verb *table, int argc, char **argv);

/* Help for one row, or for all of a table, as "--help" prints it. Always EXIT_OK. */
int verb_help_text(const char *parent, const struct verb *table, const char *name, FILE *out);

#endif
