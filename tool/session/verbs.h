/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The verbs of the seamstep command. */
#ifndef SS_CLI_VERBS_H
#define SS_CLI_VERBS_H

#include <stdio.h>

/* argv[0] is the verb's own name; the verbs return an enum cli_exit. */
int cli_inspect(int argc, char **argv);
int cli_verify(int argc, char **argv);
int cli_simulate(int argc, char **argv);
int cli_lab(int argc, char **argv);
int cli_explore(int argc, char **argv);
int cli_bench(int argc, char **argv);

/* A verb, or the second word of a verb ("lab create"). A table of verbs ends with a NULL name. */
struct cli_verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *args;	/* for the usage line */
	const char *help;	/* one line */
	const char *options;	/* lines for "help VERB"; may be NULL */
};

/**
 * cli_dispatch - run the row of a table that argv[1] names
 * @parent: "lab", or NULL at the top: for messages
 *
 * Unknown names are usage errors that suggest the nearest one.
 */
int cli_dispatch(const char *parent, const struct cli_verb *table, int argc, char **argv);

/* Help for one row, or for all of a table, as "--help" prints it. Always CLI_OK. */
int cli_help(const char *parent, const struct cli_verb *table, const char *name, FILE *out);

#endif
