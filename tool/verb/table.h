/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The verbs of the seamstep command, a row each, in the order of the help. The declarations below,
 * the command's table, the completion and the list of sources in meson.build follow from the rows.
 */
#ifndef SS_TOOL_VERB_TABLE_H
#define SS_TOOL_VERB_TABLE_H

#include "tool/session/cli.h"

/*
 * VERB(NAME, arguments, one line of help): NAME.c has verb_NAME() and verb_NAME_help[], a line an
 * option. The help text is empty if verb_NAME() itself answers --help.
 * VERB_IN(FILE, NAME, ...): the same, but FILE.c has them, beside those of the verb FILE.
 */
#define VERBS(VERB, VERB_IN) \
	VERB(status, "[options]", \
	     "what runs on this host, and what is left (also without a verb)") \
	VERB(list, "[options] [REPOSITORY]", \
	     "the images of a repository, each with its verdict against this host") \
	VERB(route, "[options] [V]", "the updates that lead to a version") \
	VERB(update, "[options] [V|FILE]", "update the TDX Module, TDs stay alive") \
	VERB(check, "[options]", "is this host as it should be? The exit status says it") \
	VERB(history, "[options]", "past updates of this host") \
	VERB(inhibit, "--reason TEXT [options]", "hold updates of this host off") \
	VERB_IN(inhibit, uninhibit, "[options]", "let updates go on") \
	VERB(metrics, "[options]", "a text file for node_exporter") \
	VERB(pack, "[options] --sigstruct FILE --module FILE OUT", \
	     "make an image from its parts") \
	VERB_IN(pack, convert, "[options] IN OUT", "change the version of an image's container") \
	VERB(inspect, "[--json] FILE...", "everything that an image says of itself") \
	VERB(verify, "[--signer WHO] [--host lab:DIR] [--allow-debug] [--json] FILE...", \
	     "container, signature, signer, module hash and ELF rules of images") \
	VERB(simulate, "[options]", "one update on a simulated machine") \
	VERB(lab, "VERB", "make simulated hosts and images for them") \
	VERB(explore, "[options]", \
	     "every interleaving of the step machine and of the update, or a sample") \
	VERB(bench, "VERB", "the measurements") \
	VERB(completion, "bash", "completion for a shell")

#define VERB_DECLARE(name, args, help) \
	int verb_##name(int argc, char **argv); \
	extern const char verb_##name##_help[];
#define VERB_DECLARE_IN(file, name, args, help) VERB_DECLARE(name, args, help)
VERBS(VERB_DECLARE, VERB_DECLARE_IN)

/* status.c: the command without a verb. @verbs: for help. */
int verb_bare(const struct verb *verbs);

#endif
