// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The seamstep command: the table of its verbs. */
#include "tool/session/cli.h"

#include "operator.h"

#include <string.h>

#ifndef SEAMSTEP_VERSION
#define SEAMSTEP_VERSION "unknown"
#endif

static int completion(int argc, char **argv);

static const struct verb verbs[] = {
	{ "status", verb_status, "[options]",
	  "what runs on this host, and what is left (also without a verb)",
	  verb_status_help },
	{ "list", verb_list, "[options] [REPOSITORY]",
	  "the images of a repository, each with its verdict against this host", verb_list_help },
	{ "route", verb_route, "[options] [V]", "the updates that lead to a version",
	  verb_route_help },
	{ "update", verb_update, "[options] [V|FILE]", "update the TDX Module, TDs stay alive",
	  verb_update_help },
	{ "check", verb_check, "[options]", "is this host as it should be? The exit status says it",
	  verb_check_help },
	{ "history", verb_history, "[options]", "past updates of this host", verb_history_help },
	{ "inhibit", verb_inhibit, "--reason TEXT [options]", "hold updates of this host off",
	  verb_inhibit_help },
	{ "uninhibit", verb_uninhibit, "[options]", "let updates go on", verb_uninhibit_help },
	{ "metrics", verb_metrics, "[options]", "a text file for node_exporter", verb_metrics_help },
	{ "pack", verb_pack, "[options] --sigstruct FILE --module FILE OUT",
	  "make an image from its parts",
	  verb_pack_help },
	{ "convert", verb_convert, "[options] IN OUT", "change the version of an image's container",
	  verb_convert_help },
	{ "inspect", verb_inspect, "[--json] FILE...",
	  "everything that an image says of itself",
	  "  --json             one JSON document\n" },
	{ "verify", verb_verify, "[--signer WHO] [--host lab:DIR] [--allow-debug] [--json] FILE...",
	  "container, signature, signer, module hash and ELF rules of images",
	  "  --signer WHO       intel (default), any, a file with a PEM public key, or\n"
	  "                     the SHA-384 of the modulus in hexadecimal\n"
	  "  --host lab:DIR     the signer of that lab\n"
	  "  --allow-debug      do not mind images that are debug-signed\n"
	  "  --json             one JSON document\n" },
	{ "simulate", verb_simulate, "[options]",
	  "one update on a simulated machine",
	  "  --lps N            logical processors, 1 to 1024 (default 64)\n"
	  "  --tds N            trust domains, 0 to 1024 (default 16)\n"
	  "  --vcpus N          vCPUs of each (default 2)\n"
	  "  --from V, --to V   versions of the TDX Module (default 1.5.09, 1.5.16)\n"
	  "  --fallback V|none  a version to fall back to, in the order to be tried;\n"
	  "                     repeat for more (default: the running version's own\n"
	  "                     image, then one with the target's SVN if there is one)\n"
	  "  --fault SPEC       LEAF[@LP][#N][+][!]=STATUS[/RDX]: the N-th call of LEAF on\n"
	  "                     LP (a number, first, last or any) returns STATUS, with +\n"
	  "                     all later ones too, with ! after it was executed;\n"
	  "                     repeat for more\n"
	  "  --td-build HOW     wait (default), refuse or ignore while TDs are being built\n"
	  "  --updates N        that a boot gives (default 16)\n"
	  "  --seam-bytes N     memory for a module (default 0: enough, and nobody tells)\n"
	  "  --rehearse         let the P-SEAMLDR check the image before the shutdown\n"
	  "  --repo DIR         take the images from a repository made by 'lab create'\n"
	  "  --sweep            instead: one update under each fault there is, on a small\n"
	  "                     machine (default 4 LPs); with --lps, --seed and --json\n"
	  "  --seed N           of everything random (default 1)\n"
	  "  --svg FILE         write a timeline as a picture\n"
	  "  --perfetto FILE    write a timeline for ui.perfetto.dev\n"
	  "  --verbose          show every TD\n"
	  "  --json             one JSON document\n"
	  "\n"
	  "All of it runs on a software model, never on TDX hardware.\n" },
	{ "lab", verb_lab, "VERB", "make simulated hosts and images for them", NULL },
	{ "explore", verb_explore, "[options]",
	  "every interleaving of the step machine and of the update, or a sample", NULL },
	{ "bench", verb_bench, "VERB", "the measurements", NULL },
	{ "completion", completion, "bash", "completion for a shell", verb_completion_help },
	{ NULL }
};

/* Completes the words of the table itself. */
static int completion(int argc, char **argv)
{
	return verb_completion(verbs, argc, argv);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return verb_bare(verbs);
	if (!strcmp(argv[1], "--version")) {
		puts("seamstep " SEAMSTEP_VERSION);
		return EXIT_OK;
	}
	if (!strcmp(argv[1], "help"))
		return verb_help_text(NULL, verbs, argc > 2 ? argv[2] : NULL, stdout);
	return verb_dispatch(NULL, verbs, argc, argv);
}
