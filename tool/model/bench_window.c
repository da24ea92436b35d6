// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * "seamstep bench window": the stopped window of an update, predicted for a machine of a given
 * shape; or, with --vm, measured in virtual machines.
 */
#include "bench.h"

#include "core/platform.h"
#include "tool/session/libexec.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COSTS	32
#define MAX_VMS		8
#define MAX_VCPUS	64

static int64_t integer(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static void print_line(const char *what, int64_t ns, int64_t window)
{
	char *time = text_duration((uint64_t)ns);

	printf("  %-34s %10s  %5.1f %%\n", what, time, 100.0 * (double)ns / (double)window);
	free(time);
}

static void print_report(const json_t *o)
{
	int64_t window = integer(o, "window_ns");
	const json_t *step;
	size_t i;

	printf("Predicted, in virtual time, for %lld sockets x %lld cores x %lld threads = %lld "
	       "LPs\n",
	       (long long)integer(o, "sockets"), (long long)integer(o, "cores"),
	       (long long)integer(o, "threads"), (long long)integer(o, "lps"));
	print_line("the window", window, window);
	print_line("SEAMCALLs (nobody can avoid them)", integer(o, "seamcalls_ns"), window);
	print_line("added by the lockstep", integer(o, "lockstep_ns"), window);
	printf("\n");
	json_array_foreach(json_object_get(o, "steps"), i, step)
		print_line(json_string_value(json_object_get(step, "step")), integer(step, "ns"),
			   window);
	printf("\nThe costs of SEAMCALLs are assumptions: \"seamstep bench window --costs\" lists "
	       "them, "
	       "--cost NAME=NS changes one.\n");
}

static int list_costs(void)
{
	static const struct out_column columns[] = {
		{ "COST", false }, { "NS", true }, { "SOURCE", false },
	};
	char *argv[] = { (char *)"seamstep-bench", (char *)"costs", NULL };
	json_t *rows = libexec_json(argv[0], argv), *row;
	struct out_table *table;
	char *ns;
	size_t i;

	if (!rows)
		return EXIT_ERROR;
	table = out_table_new(columns, SS_ARRAY_SIZE(columns));
	json_array_foreach(rows, i, row) {
		const char *cells[3] = { json_string_value(json_object_get(row, "cost")), NULL,
					 json_string_value(json_object_get(row, "source")) };

		ns = text_format("%lld", (long long)integer(row, "ns"));
		cells[1] = ns;
		out_table_row(table, cells);
		free(ns);
	}
	out_table_end(table, stdout);
	json_decref(rows);
	return EXIT_OK;
}

int bench_window(int argc, char **argv)
{
	static const struct option options[] = {
		{ "sockets", required_argument, NULL, 's' },
		{ "cores", required_argument, NULL, 'c' },
		{ "threads", required_argument, NULL, 't' },
		{ "cost", required_argument, NULL, 'C' },
		{ "costs", no_argument, NULL, 'L' },
		{ "vm", no_argument, NULL, 'V' },
		{ "vcpus", required_argument, NULL, 'v' },
		{ "runs", required_argument, NULL, 'r' },
		{ "source", required_argument, NULL, 'S' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	uint64_t shape[3] = { 2, 128, 2 }, vcpus[MAX_VMS] = { 2, 4, 8, 16, 32 }, runs = 5;
	char *args[5 + MAX_COSTS + 1] = { (char *)"seamstep-bench", (char *)"window" };
	const char *source = NULL;
	size_t nr = 5, nr_vms = 0, i;
	bool vm = false;
	json_t *o, *doc;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'L')
			return list_costs();
		if (c == '?')
			return EXIT_USAGE;
		if (c == 'V')
			vm = true;
		if (c == 'S')
			source = optarg;
		if (c == 'r' && !words_number(optarg, 1, 500, &runs))
			return out_usage_error("bench window", "--runs: expected 1 to 500");
		if (c == 'v' && (nr_vms == MAX_VMS || !words_number(optarg, 2, MAX_VCPUS,
								    &vcpus[nr_vms++])))
			return out_usage_error("bench window",
					       "--vcpus: expected 2 to %d, %d times at most",
					       MAX_VCPUS, MAX_VMS);
		if (c == 'C' && nr < 5 + MAX_COSTS)
			args[nr++] = optarg;
		if (strchr("sct", c) &&
		    !words_number(optarg, 1, 4096, &shape[c == 's' ? 0 : c == 'c' ? 1 : 2]))
			return out_usage_error("bench window", "sockets, cores and threads are 1 "
							       "to 4096");
	}
	if (vm)
		return bench_window_vm(source, vcpus, nr_vms ? nr_vms : 5, runs);
	if (shape[0] * shape[1] * shape[2] > 4096)
		return out_usage_error("bench window", "at most 4096 LPs in all");
	for (i = 0; i < 3; i++)
		args[2 + i] = text_format("%u", (unsigned int)shape[i]);
	o = libexec_json(args[0], args);
	for (i = 0; i < 3; i++)
		free(args[2 + i]);
	if (!o)
		return EXIT_ERROR;
	if (out_json_wanted()) {
		doc = out_json_doc("seamstep.bench.window/1");
		json_object_update(doc, o);
		json_decref(o);
		return out_json_end(doc, EXIT_OK);
	}
	print_report(o);
	json_decref(o);
	return EXIT_OK;
}
