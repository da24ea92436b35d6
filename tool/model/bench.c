// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep bench": the table of measurements. */
#include "bench.h"
#include "model.h"

static const struct verb benches[] = {
	{ "simulate", bench_simulate, "[--lps N]... [--runs N] [--json]",
	  "time whole simulations: window, SEAMCALLs a second, wall time, memory",
	  "  --lps N            logical processors; repeat for more\n"
	  "                     (default 8, 64, 256, 512, 1024)\n"
	  "  --runs N           runs, of which the median is shown (default 3)\n"
	  "  --json             print one JSON document\n" },
	{ "cli", bench_cli, "[--runs N] [--before FILE] [--json]",
	  "CPU time and page faults of the command, beside openssl and Python",
	  "  --runs N           runs, of which minimum and median are shown (default 15)\n"
	  "  --before FILE      another build of the command, for comparison\n"
	  "  --json             print one JSON document\n" },
	{ "lockstep", bench_lockstep, "[--steps N] [--runs N] [--max-lps N] [--cost NAME=NS]...\n"
	  "                                [--svg FILE] [--json]",
	  "time the lockstep beside other barriers, with threads and in virtual time",
	  "  --steps N          empty steps of each run (default 20000)\n"
	  "  --runs N           runs, of which the median is shown (default 9)\n"
	  "  --max-lps N        largest number of virtual LPs (default 4096)\n"
	  "  --cost NAME=NS     change a parameter of the model; repeat for more\n"
	  "  --svg FILE         write a plot: LPs against the time of a step, log-log\n"
	  "  --json             print one JSON document\n" },
	{ "c2c", bench_c2c, "[--turns N] [--runs N] [--json]",
	  "time the way of a cache line from LP to LP on this machine",
	  "  --turns N          turns of the line in each run (default 200000)\n"
	  "  --runs N           runs, of which the median is shown (default 9)\n"
	  "  --json             print one JSON document\n" },
	{ "window", bench_window, "[--sockets N] [--cores N] [--threads N]\n"
	  "                              [--cost NAME=NS]... [--costs] [--json]\n"
	  "                              | --vm [--vcpus N]... [--runs N] [--source DIR] [--json]",
	  "predict the stopped window of an update on a given machine, or measure in a VM",
	  "  --sockets N        sockets of the machine (default 2)\n"
	  "  --cores N          cores of a socket (default 128)\n"
	  "  --threads N        threads of a core (default 2)\n"
	  "  --cost NAME=NS     change a parameter of the model; repeat for more\n"
	  "  --costs            list the parameters with their sources\n"
	  "  --vm               measure in a real kernel under QEMU, without KVM, beside a step\n"
	  "                     machine like the one of Linux 7.3; takes minutes\n"
	  "  --vcpus N          vCPUs of a virtual machine; repeat for more\n"
	  "                     (default 2, 4, 8, 16, 32)\n"
	  "  --runs N           windows of each kind, of which the median is shown (default 5;\n"
	  "                     rounded up to a multiple of 5)\n"
	  "  --source DIR       a source tree of seamstep (default: the current folder, or the\n"
	  "                     folder where the command was built)\n"
	  "  --json             print one JSON document\n" },
	{ NULL }
};

int model_bench(int argc, char **argv)
{
	return verb_dispatch("bench", benches, argc, argv);
}
