// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * "seamstep lab", "simulate" and "bench" hand over to seamstep-model, which has the software model
 * in it. The words of "lab" are here for the completion, too.
 */
#include "operator.h"
#include "tool/session/libexec.h"

#include <stdlib.h>

static int hand_over(int argc, char **argv)
{
	char name[] = "seamstep-model";
	char **all = memory_alloc(((size_t)argc + 2) * sizeof(*all));
	int i, rc;

	all[0] = name;
	for (i = 0; i < argc; i++)
		all[i + 1] = argv[i];
	rc = libexec_exec(name, all);
	free(all);
	return rc;
}

int verb_lab(int argc, char **argv)
{
	return hand_over(argc, argv);
}

int verb_simulate(int argc, char **argv)
{
	return hand_over(argc, argv);
}

int verb_bench(int argc, char **argv)
{
	return hand_over(argc, argv);
}

/* In the order of tool/model/lab.c's functions. */
const struct verb verb_lab_verbs[] = {
	{ "create", NULL, "[options] DIR",
	  "make a simulated host, a signer, and images signed by it",
	  "  --lps N            logical processors, 1 to 1024 (default 64)\n"
	  "  --sockets N        that they are in (default 1)\n"
	  "  --from V           version of the running module (default 1.5.09)\n"
	  "  --updates N        that a boot gives (default 16)\n"
	  "  --seed N           of everything random in simulations (default 1)\n"
	  "  --seam-bytes N     memory for a module (default: enough, and nobody tells)\n"
	  "  --json             one JSON document\n" },
	{ "show", NULL, "[--json] DIR", "what the lab is like",
	  "  --json             one JSON document\n" },
	{ "set", NULL, "[--json] DIR NAME=VALUE...", "change what the lab is like",
	  "  --json             one JSON document\n"
	  "\n"
	  "NAME: running, bios, seamldr (versions; running= means that the module is lost),\n"
	  "fms, lps, offline, sockets, updates, updates_left, tds, tds_alive, vcpus, builds,\n"
	  "seam_bytes.\n" },
	{ "fault", NULL, "[--clear] DIR [SPEC...]", "let the next update meet a fault",
	  "  --clear            forget the faults that were arranged\n"
	  "  --json             one JSON document\n"
	  "\n"
	  "SPEC is as for simulate --fault. Sticky ones (+) stay for later updates.\n" },
	{ "reboot", NULL, "[--json] DIR",
	  "restart it: the BIOS's module, new TDs, new updates",
	  "  --json             one JSON document\n" },
	{ "remove", NULL, "[--json] DIR", "remove it",
	  "  --json             one JSON document\n" },
	{ NULL }
};
