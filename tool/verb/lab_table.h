/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The verbs of "seamstep lab", a row each. */
#ifndef SS_TOOL_VERB_LAB_TABLE_H
#define SS_TOOL_VERB_LAB_TABLE_H

#include <stdbool.h>

/* VERB(NAME, arguments, one line of help) has verb_lab_NAME() and verb_lab_NAME_help[]. */
#define LAB_VERBS(VERB) \
	VERB(create, "[options] DIR", "make a simulated host, a signer, and images signed by it") \
	VERB(show, "[--json] DIR", "what the lab is like") \
	VERB(set, "[--json] DIR NAME=VALUE...", "change what the lab is like") \
	VERB(fault, "[--clear] DIR [SPEC...]", "let the next update meet a fault") \
	VERB(reboot, "[--json] DIR", "restart it: the BIOS's module, new TDs, new updates") \
	VERB(remove, "[--json] DIR", "remove it")

#define LAB_VERB_DECLARE(name, args, help) \
	int verb_lab_##name(int argc, char **argv); \
	extern const char verb_lab_##name##_help[];
LAB_VERBS(LAB_VERB_DECLARE)

/* Removes a directory and all that is in it. False with errno set. */
bool verb_lab_remove_tree(const char *dir);

#endif
