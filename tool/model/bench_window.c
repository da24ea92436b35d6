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
#define MAX_LPS		4096

static const char verb[] = "bench window";

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

struct request {
	uint32_t shape[3];		/* sockets, cores, threads */
	uint32_t runs;
	uint64_t vcpus[MAX_VMS];
	size_t nr_vms;
	char *costs[MAX_COSTS];
	size_t nr_costs;
	const char *source;
	bool vm, list;
};

static const struct option options[] = {
	{ "sockets", required_argument, NULL, 's' }, { "cores", required_argument, NULL, 'c' },
	{ "threads", required_argument, NULL, 't' }, { "cost", required_argument, NULL, 'C' },
	{ "costs", no_argument, NULL, 'L' }, { "vm", no_argument, NULL, 'V' },
	{ "vcpus", required_argument, NULL, 'v' }, { "runs", required_argument, NULL, 'r' },
	{ "source", required_argument, NULL, 'S' }, { "json", no_argument, NULL, 'j' }, { 0 },
};

static int set_option(struct request *q, int c, char **argv)
{
	switch (c) {
	case 's':
		return out_number32_option(verb, "sockets", optarg, 1, MAX_LPS, &q->shape[0]);
	case 'c':
		return out_number32_option(verb, "cores", optarg, 1, MAX_LPS, &q->shape[1]);
	case 't':
		return out_number32_option(verb, "threads", optarg, 1, MAX_LPS, &q->shape[2]);
	case 'r':
		return out_number32_option(verb, "runs", optarg, 1, 500, &q->runs);
	case 'v':
		if (q->nr_vms == MAX_VMS)
			return out_usage_error(verb, "--vcpus: at most %d times", MAX_VMS);
		return out_number_option(verb, "vcpus", optarg, 2, MAX_VCPUS,
					 &q->vcpus[q->nr_vms++]);
	case 'C':
		if (q->nr_costs == MAX_COSTS)
			return out_usage_error(verb, "--cost: at most %d times", MAX_COSTS);
		q->costs[q->nr_costs++] = optarg;
		return EXIT_OK;
	case 'S':
		q->source = optarg;
		return EXIT_OK;
	case 'L':
		q->list = true;
		return EXIT_OK;
	case 'V':
		q->vm = true;
		return EXIT_OK;
	case 'j':
		return EXIT_OK;
	default:
		return out_bad_option(verb, argv, c, options);
	}
}

static int parse(struct request *q, int argc, char **argv)
{
	static const uint64_t vcpus[] = { 2, 4, 8, 16, 32 };
	int c, rc = EXIT_OK;

	*q = (struct request){ .shape = { 2, 128, 2 }, .runs = 5 };
	while (!rc && (c = getopt_long(argc, argv, ":", options, NULL)) != -1)
		rc = set_option(q, c, argv);
	if (!rc)
		rc = out_no_argument(verb, argc, argv);
	if (!rc && (uint64_t)q->shape[0] * q->shape[1] * q->shape[2] > MAX_LPS)
		rc = out_usage_error(verb, "expected %d LPs at most, found %u x %u x %u", MAX_LPS,
				     q->shape[0], q->shape[1], q->shape[2]);
	if (!q->nr_vms) {
		memcpy(q->vcpus, vcpus, sizeof(vcpus));
		q->nr_vms = SS_ARRAY_SIZE(vcpus);
	}
	return rc;
}

/* The figures of the program seamstep-bench. NULL after a message. */
static json_t *predict(const struct request *q)
{
	char *args[5 + MAX_COSTS + 1] = { (char *)"seamstep-bench", (char *)"window" };
	json_t *figures;
	size_t i;

	for (i = 0; i < 3; i++)
		args[2 + i] = text_format("%u", q->shape[i]);
	for (i = 0; i < q->nr_costs; i++)
		args[5 + i] = q->costs[i];
	figures = libexec_json(args[0], args);
	for (i = 0; i < 3; i++)
		free(args[2 + i]);
	return figures;
}

int bench_window(int argc, char **argv)
{
	struct request q;
	json_t *figures, *doc;
	int rc = parse(&q, argc, argv);

	if (rc)
		return rc;
	if (q.list)
		return list_costs();
	if (q.vm)
		return bench_window_vm(q.source, q.vcpus, q.nr_vms, q.runs);
	figures = predict(&q);
	if (!figures)
		return EXIT_ERROR;
	if (out_json_wanted()) {
		doc = out_json_doc("seamstep.bench.window/1");
		json_object_update(doc, figures);
		json_decref(figures);
		return out_json_end(doc, EXIT_OK);
	}
	print_report(figures);
	json_decref(figures);
	return EXIT_OK;
}
