// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * seamstep-bench: the measurements in virtual time. It is a program of its own, because it holds
 * the core compiled for another place. "seamstep bench" runs it and shows what it prints.
 *
 *	seamstep-bench lockstep MAX-LPS [COST=NS...]
 *	seamstep-bench window SOCKETS CORES THREADS [COST=NS...]
 *	seamstep-bench costs
 */
#include "virtual_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LPS	4096u

static int usage(void)
{
	fprintf(stderr, "run \"seamstep bench\", which runs seamstep-bench\n");
	return 2;
}

static bool number(const char *text, uint32_t max, uint32_t *out)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	*out = (uint32_t)v;
	return *text && !*end && v >= 1 && v <= max;
}

static bool set_costs(struct virtual_costs *costs, char **args)
{
	char *value, *end;

	virtual_costs_default(costs);
	for (; *args; args++) {
		value = strchr(*args, '=');
		if (!value)
			return false;
		*value++ = '\0';
		if (!virtual_costs_set(costs, *args, strtoull(value, &end, 10)) || *end ||
		    !*value) {
			fprintf(stderr, "unknown cost or no number of nanoseconds: %s=%s\n", *args,
				value);
			return false;
		}
	}
	return true;
}

static json_t *list_costs(void)
{
	json_t *rows = json_array();

#define ROW(name, ns, source)							\
	json_array_append_new(rows, json_pack("{s:s, s:I, s:s}", "cost", #name,	\
					      "ns", (json_int_t)(ns), "source", source));
	VIRTUAL_COSTS(ROW)
#undef ROW
	return rows;
}

int main(int argc, char **argv)
{
	struct virtual_topology t;
	struct virtual_costs costs;
	json_t *out;
	uint32_t n;

	if (argc == 2 && !strcmp(argv[1], "costs")) {
		out = list_costs();
	} else if (argc >= 3 && !strcmp(argv[1], "lockstep")) {
		if (!number(argv[2], MAX_LPS, &n) || !set_costs(&costs, argv + 3))
			return usage();
		out = bench_virtual_lockstep(&costs, n);
	} else if (argc >= 5 && !strcmp(argv[1], "window")) {
		if (!number(argv[2], MAX_LPS, &t.sockets) || !number(argv[3], MAX_LPS, &t.cores) ||
		    !number(argv[4], MAX_LPS, &t.threads) || !set_costs(&costs, argv + 5) ||
		    (uint64_t)t.sockets * t.cores * t.threads > MAX_LPS)
			return usage();
		out = bench_virtual_window(&costs, &t);
	} else {
		return usage();
	}
	json_dumpf(out, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(out);
	return 0;
}
