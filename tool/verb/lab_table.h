/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The verbs of "seamstep lab", a row each. */
#ifndef SS_TOOL_VERB_LAB_TABLE_H
#define SS_TOOL_VERB_LAB_TABLE_H

#include <stdbool.h>

/* VERB(NAME, arguments, one line of help) has verb_lab_NAME() and verb_lab_NAME_help[]. */
#define LAB_VERBS(VERB) \
	VERB(create, "[options] DIR", "make a simulated host, a signer, and images that the signer signed") \
	VERB(show, "[--json] DIR", "show the state of the lab") \
	VERB(set, "[--json] DIR NAME=VALUE...", "change the state of the lab") \
	VERB(fault, "[--clear] DIR [SPEC...]", "arrange faults for the next update") \
	VERB(reboot, "[--json] DIR", "reboot the lab: the BIOS's module runs, TDs start again") \
	VERB(tcb, "[options] DIR [SET=V...]", "show or move the bar of its TCB Info, sign a document") \
	VERB(remove, "[--json] DIR", "remove the lab")

#define LAB_VERB_DECLARE(name, args, help) \
	int verb_lab_##name(int argc, char **argv); \
	extern const char verb_lab_##name##_help[];
LAB_VERBS(LAB_VERB_DECLARE)

/* Removes a directory and all that is in it. False with errno set. */
bool verb_lab_remove_tree(const char *dir);

#endif
