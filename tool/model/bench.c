// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep bench": the table of measurements. */
#include "bench.h"
#include "model.h"

static const struct verb benches[] = {
	{ "simulate", bench_simulate, "[--lps N]... [--runs N] [--json]",
	  "whole simulations: window, SEAMCALLs a second, wall time, memory",
	  "  --lps N            logical processors; repeat for more\n"
	  "                     (default 8, 64, 256, 512, 1024)\n"
	  "  --runs N           of which the median is shown (default 3)\n"
	  "  --json             one JSON document\n" },
	{ "cli", bench_cli, "[--runs N] [--json]",
	  "list and verify over eleven images, beside openssl and Python",
	  "  --runs N           of which the median is shown (default 15)\n"
	  "  --json             one JSON document\n" },
	{ "lockstep", bench_lockstep, "[--steps N] [--runs N] [--max-lps N] [--cost NAME=NS]...\n"
	  "                                [--svg FILE] [--json]",
	  "the lockstep beside other barriers, with real threads and in virtual time",
	  "  --steps N          empty steps a run (default 20000)\n"
	  "  --runs N           of which the median is shown (default 9)\n"
	  "  --max-lps N        the most virtual LPs (default 4096)\n"
	  "  --cost NAME=NS     change a parameter of the model; repeatable\n"
	  "  --svg FILE         a plot: LPs against the time of a step, log-log\n"
	  "  --json             one JSON document\n" },
	{ "c2c", bench_c2c, "[--turns N] [--runs N] [--json]",
	  "how long a cache line takes from LP to LP on this machine",
	  "  --turns N          of the line a run (default 200000)\n"
	  "  --runs N           of which the median is shown (default 9)\n"
	  "  --json             one JSON document\n" },
	{ "window", bench_window, "[--sockets N] [--cores N] [--threads N]\n"
	  "                              [--cost NAME=NS]... [--costs] [--json]\n"
	  "                              | --vm [--vcpus N]... [--runs N] [--source DIR] [--json]",
	  "the stopped window, predicted for a machine of a given shape, or measured in a VM",
	  "  --sockets N        of the machine (default 2)\n"
	  "  --cores N          a socket (default 128)\n"
	  "  --threads N        a core (default 2)\n"
	  "  --cost NAME=NS     change a parameter of the model; repeatable\n"
	  "  --costs            list the parameters with their sources\n"
	  "  --vm               measure in a real kernel under QEMU, without KVM, beside a step\n"
	  "                     machine as Linux 7.3's; takes minutes\n"
	  "  --vcpus N          of a virtual machine; repeat for more (default 2, 4, 8, 16, 32)\n"
	  "  --runs N           windows of each kind, of which the median is shown (default 5);\n"
	  "                     a multiple of 5, else the next one\n"
	  "  --source DIR       a source tree of seamstep (default: here, or where it was built)\n"
	  "  --json             one JSON document\n" },
	{ NULL }
};

int model_bench(int argc, char **argv)
{
	return verb_dispatch("bench", benches, argc, argv);
}
