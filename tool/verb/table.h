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
	VERB(status, "[options] [FIELD]", \
	     "show the running module and the updates left (the default verb)") \
	VERB(list, "[options] [REPOSITORY]", \
	     "list the images of a repository, each with a verdict for this host") \
	VERB(route, "[options] [V]", "show the updates that lead to a version") \
	VERB(update, "[options] [V|FILE]", "update the TDX Module while TDs stay alive") \
	VERB(apply, "[options]", "bring this host to the state that is configured") \
	VERB(check, "[options]", "say by the exit status whether this host is in order") \
	VERB(tcb, "[options]", "show what Intel's TCB Info says of what runs and of each image") \
	VERB(reconcile, "[options]", "settle the record of an update that was interrupted") \
	VERB(history, "[options]", "show the past updates of this host") \
	VERB(report, "[options]", "write a file for whoever is to help with this host") \
	VERB(explain, "[options] [VALUE|FILE|-]...", \
	     "say what a status, a number or a log about TDX means") \
	VERB(inhibit, "--reason TEXT [options]", "forbid updates of this host") \
	VERB_IN(inhibit, uninhibit, "[options]", "allow updates of this host again") \
	VERB(bucket, "--release NAME --of N [options]", \
	     "say which share of a phased rollout this host belongs to") \
	VERB(driver, "[use seamstep|kernel] [options]", \
	     "say which driver updates the TDX Module, or change it") \
	VERB(metrics, "[options]", "print metrics for node_exporter") \
	VERB(pack, "[options] --sigstruct FILE --module FILE OUT", \
	     "make an image from a sigstruct and a module") \
	VERB_IN(pack, convert, "[options] IN OUT", "change the container version of an image") \
	VERB(inspect, "[--json] FILE...", "show all fields of images, and verify nothing") \
	VERB(verify, "[--signer WHO] [--host lab:DIR] [--allow-debug] [--json] FILE...", \
	     "check container, signature, signer, module hash and ELF rules of images") \
	VERB_IN(model, simulate, "[options]", "run one update on a simulated machine") \
	VERB_IN(model, lab, "VERB", "make simulated hosts, and images for these hosts") \
	VERB(explore, "[options]", \
	     "run every interleaving of the step machine or of the update, or a sample") \
	VERB_IN(model, bench, "VERB", "run measurements") \
	VERB(completion, "bash", "print the completion code for a shell")

#define VERB_DECLARE(name, args, help) \
	int verb_##name(int argc, char **argv); \
	extern const char verb_##name##_help[];
#define VERB_DECLARE_IN(file, name, args, help) VERB_DECLARE(name, args, help)
VERBS(VERB_DECLARE, VERB_DECLARE_IN)

/* status.c: the command without a verb. @verbs: for help. */
int verb_bare(const struct verb *verbs);

#endif
