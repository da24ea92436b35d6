// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep bench": the table of measurements, and what they share. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli_verb benches[] = {
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

int cli_bench(int argc, char **argv)
{
	return cli_dispatch("bench", benches, argc, argv);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

uint64_t bench_median(uint64_t *values, size_t n)
{
	qsort(values, n, sizeof(*values), compare);
	return values[n / 2];
}

/* "model name : ..." of the first CPU, malloc'd. */
static char *cpu_model(void)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[256], *model = NULL, *colon;

	while (f && !model && fgets(line, sizeof(line), f)) {
		colon = strchr(line, ':');
		if (!colon || strncmp(line, "model name", 10))
			continue;
		colon[strcspn(colon, "\n")] = '\0';
		model = cli_escape(colon + 1 + strspn(colon + 1, " "));
	}
	if (f)
		fclose(f);
	return model ? model : cli_format("unknown CPU");
}

json_t *bench_machine_json(void)
{
	char *model = cpu_model();
	json_t *o = json_pack("{s:s, s:I}", "cpu", model, "cpus_online",
			      (json_int_t)sysconf(_SC_NPROCESSORS_ONLN));

	free(model);
	return o;
}

char *bench_machine_text(void)
{
	char *model = cpu_model();
	char *text = cli_format("%ld CPUs, %s", sysconf(_SC_NPROCESSORS_ONLN), model);

	free(model);
	return text;
}
