// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * "seamstep lab", "simulate" and "bench" hand over to seamstep-model, which has the software model
 * in it. The words of "lab" are here for the completion and the help, too.
 */
#include "lab_table.h"
#include "table.h"
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

const char verb_simulate_help[] =
	"  --lps N            logical processors, 1 to 1024 (default 64)\n"
	"  --tds N            trust domains, 0 to 1024 (default 16)\n"
	"  --vcpus N          vCPUs of each TD, 1 to 64 (default 2)\n"
	"  --from V, --to V   versions of the TDX Module (default 1.5.09, 1.5.16)\n"
	"  --fallback V|none  a version to fall back to; repeat in the order of use\n"
	"                     (default: the image of the running version, then an image\n"
	"                     with the target's SVN if there is such an image)\n"
	"  --fault SPEC       LEAF[@LP][#N][+][!]=STATUS[/RDX]: the N-th call of LEAF on\n"
	"                     LP (a number, first, last or any) returns STATUS; with +\n"
	"                     all later calls too; with ! the call is executed first;\n"
	"                     repeat for more\n"
	"  --td-build HOW     wait (default), refuse or ignore while TDs are being built\n"
	"  --updates N        updates per boot, 1 to 255 (default 16)\n"
	"  --seam-bytes N     bytes of memory for a module (default 0: enough, and the host\n"
	"                     does not know how much)\n"
	"  --rehearse         let the P-SEAMLDR check the image before the shutdown\n"
	"  --repo DIR         take the images from a repository made by 'lab create'\n"
	"  --sweep            make an update under each possible fault, on a small machine\n"
	"                     (default 4 LPs); goes with --lps, --seed and --json\n"
	"  --seed N           seed of all random choices (default 1)\n"
	"  --svg FILE         write a timeline as a picture\n"
	"  --perfetto FILE    write a timeline for ui.perfetto.dev\n"
	"  --verbose          show every TD\n"
	"  --json             print one JSON document\n"
	"\n"
	"The update runs on a software model, never on TDX hardware.\n";

const char verb_lab_create_help[] =
	"  --lps N            logical processors, 1 to 1024 (default 64)\n"
	"  --sockets N        sockets, a divisor of the LPs (default 1)\n"
	"  --from V           version of the running module (default 1.5.09)\n"
	"  --updates N        updates per boot, 1 to 255 (default 16)\n"
	"  --seed N           seed of all random choices in simulations (default 1)\n"
	"  --seam-bytes N     bytes of memory for a module (default: enough, and the host\n"
	"                     does not know how much)\n"
	"  --json             print one JSON document\n";

const char verb_lab_help[] = "", verb_bench_help[] = "";

const char verb_lab_show_help[] =
	"  --json             print one JSON document\n";

const char verb_lab_set_help[] =
	"  --json             print one JSON document\n"
	"\n"
	"NAME: running, bios, seamldr (versions; running= means that the module is lost),\n"
	"fms, lps, offline, sockets, updates, updates_left, tds, tds_alive, vcpus, builds,\n"
	"seam_bytes.\n";

const char verb_lab_fault_help[] =
	"  --clear            first remove the faults that are arranged\n"
	"  --json             print one JSON document\n"
	"\n"
	"SPEC has the form of simulate --fault. Faults with + stay for later updates.\n";

const char verb_lab_reboot_help[] =
	"  --early            stop before the first TD starts; 'lab set DIR tds_alive=N' starts N\n"
	"  --json             print one JSON document\n";

const char verb_lab_tcb_help[] =
	"  --move             make the early set the standard one; the next early set asks for\n"
	"                     more\n"
	"  --issued TIME      date both documents TIME (RFC 3339, or a date)\n"
	"  --days N           keep both in force for N days (default 30)\n"
	"  --sign FILE        print the text of a tcbInfo object as collateral, signed\n"
	"  --json             print one JSON document\n"
	"\n"
	"SET=V: standard=1.5.16 makes a new standard set that asks for this version's SVN;\n"
	"early=V an early one.\n";
const char verb_lab_remove_help[] =
	"  --json             print one JSON document\n";
