// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * "seamstep bench lockstep": our step machine beside other ways to walk LPs through steps,
 * in one run; with real threads on this machine, and with virtual LPs in virtual time (another
 * program, see tool/verb/explore.c).
 */
#include "bench.h"

#include "bench/stepper.h"
#include "core/platform.h"
#include "rig/topology.h"
#include "tool/session/libexec.h"

#include <getopt.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_THREADS	256
#define MAX_RUNS	99
#define MAX_COSTS	32	/* more than the model has */

struct run {
	const struct stepper *stepper;	/* NULL: pthread_barrier_t */
	void *mem;
	pthread_barrier_t barrier, start;
	uint32_t nr, steps;
	uint64_t begin_ns, end_ns;
};

struct thread {
	struct run *run;
	uint32_t lp, cpu;
	pthread_t id;
};

static void *thread_main(void *p)
{
	struct thread *t = p;
	struct run *r = t->run;
	uint32_t step;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(t->cpu, &set);
	pthread_setaffinity_np(pthread_self(), sizeof(set), &set);	/* best effort */
	pthread_barrier_wait(&r->start);
	if (t->lp == 0)
		r->begin_ns = ss_now_ns();
	if (r->stepper)
		r->stepper->run(r->mem, t->lp);
	for (step = 0; !r->stepper && step < r->steps; step++)
		pthread_barrier_wait(&r->barrier);
	if (t->lp == 0)
		r->end_ns = ss_now_ns();
	return NULL;
}

/* One run of @steps steps. Returns thousandths of a nanosecond a step, 0 if the run failed. */
static uint64_t one_run(const struct stepper *stepper, const struct stepper_shape *shape,
			const uint32_t *cpu, uint32_t steps)
{
	struct run r = { .stepper = stepper, .nr = shape->nr_lps, .steps = steps };
	struct thread threads[MAX_THREADS];
	uint32_t i;

	if (stepper) {
		r.mem = aligned_alloc(4096, (stepper->bytes(r.nr) + 4095) / 4096 * 4096);
		if (!r.mem || !stepper->init(r.mem, shape, steps))
			return 0;
	}
	pthread_barrier_init(&r.barrier, NULL, r.nr);
	pthread_barrier_init(&r.start, NULL, r.nr);
	for (i = 0; i < r.nr; i++) {
		threads[i].run = &r;
		threads[i].lp = i;
		threads[i].cpu = cpu[i];
		if (pthread_create(&threads[i].id, NULL, thread_main, &threads[i]))
			abort();	/* the other threads wait for this one */
	}
	for (i = 0; i < r.nr; i++)
		pthread_join(threads[i].id, NULL);
	pthread_barrier_destroy(&r.barrier);
	pthread_barrier_destroy(&r.start);
	free(r.mem);
	return (r.end_ns - r.begin_ns) * 1000 / steps;
}

/* The median of each way. The ways take turns, so that a disturbance hits all ways alike. */
static void measure(const struct stepper_shape *shape, const uint32_t *cpu, uint32_t steps,
		    uint32_t runs, uint64_t *medians)
{
	uint64_t samples[MAX_RUNS][16];
	uint64_t column[MAX_RUNS];
	uint32_t i, k;

	ss_place_set_threads(shape->nr_lps);
	for (i = 0; i < runs; i++)
		for (k = 0; k <= nr_steppers; k++)
			samples[i][k] = one_run(k < nr_steppers ? &steppers[k] : NULL, shape, cpu,
						steps);
	for (k = 0; k <= nr_steppers; k++) {
		for (i = 0; i < runs; i++)
			column[i] = samples[i][k];
		medians[k] = bench_median(column, runs);
	}
}

static const char *name_of(uint32_t k)
{
	return k < nr_steppers ? steppers[k].name : "pthread_barrier";
}

static const char *note_of(uint32_t k)
{
	return k < nr_steppers ? steppers[k].note : "the C library's";
}

static void print_rows(struct out_table *table, uint32_t lps, const uint64_t *medians)
{
	uint32_t k;

	for (k = 0; k <= nr_steppers; k++) {
		char *n = text_format("%u", lps),
		     *ns = text_format("%.1f ns", (double)medians[k] / 1000);
		char *ratio = text_format("%.2f", (double)medians[k] / (double)medians[0]);
		const char *cells[] = { n, name_of(k), ns, ratio, note_of(k) };

		out_table_row(table, cells);
		free(ratio);
		free(ns);
		free(n);
	}
}

static void add_json(json_t *rows, uint32_t lps, const uint64_t *medians)
{
	uint32_t k;

	for (k = 0; k <= nr_steppers; k++)
		json_array_append_new(rows, json_pack("{s:s, s:i, s:s, s:f, s:f}",
			"place", "threads", "lps", (int)lps, "way", name_of(k),
			"step_ns", (double)medians[k] / 1000,
			"ratio", (double)medians[k] / (double)medians[0]));
}

static bool measure_threads(uint32_t steps, uint32_t runs, json_t *rows, struct out_table *table)
{
	struct stepper_shape shape;
	struct rig_topology t;
	uint64_t medians[16];
	uint32_t lps, max;

	if (!rig_topology_read(&t))
		return false;
	max = t.nr_lps > MAX_THREADS ? MAX_THREADS : t.nr_lps;
	shape.core = t.core;
	shape.socket = t.socket;
	for (lps = 2; lps <= max; lps = lps * 2 > max && lps < max ? max : lps * 2) {
		shape.nr_lps = lps;
		measure(&shape, t.cpu, steps, runs, medians);
		add_json(rows, lps, medians);
		print_rows(table, lps, medians);
	}
	rig_topology_free(&t);
	return true;
}

/* Measures the same ways in virtual time with the other program, up to @max LPs. */
static bool measure_virtual(uint32_t max, char *const *costs, json_t *rows,
			    struct out_table *table)
{
	char *max_text = text_format("%u", max);
	char *argv[3 + MAX_COSTS + 1] = { (char *)"seamstep-bench", (char *)"lockstep", max_text };
	json_t *virtual, *row;
	size_t i;

	for (i = 0; i < MAX_COSTS; i++)
		argv[3 + i] = costs[i];
	virtual = libexec_json(argv[0], argv);

	free(max_text);
	json_array_foreach(virtual, i, row) {
		char *lps = text_format("%lld", json_integer_value(json_object_get(row, "lps")));
		char *ns = text_format("%.1f ns", json_real_value(json_object_get(row, "step_ns")));
		char *ratio = text_format("%.2f", json_real_value(json_object_get(row, "ratio")));
		const char *cells[] = { lps, json_string_value(json_object_get(row, "way")), ns,
					ratio, json_string_value(json_object_get(row, "note")) };

		out_table_row(table, cells);
		json_array_append(rows, row);
		free(ratio);
		free(ns);
		free(lps);
	}
	json_decref(virtual);
	return virtual != NULL;
}

/* The time of a step of one way at one size, in virtual time; 0 if there is no such row. */
static double step_ns(const json_t *rows, const char *way, int lps)
{
	json_t *row;
	size_t i;

	json_array_foreach((json_t *)rows, i, row)
		if (!strcmp(json_string_value(json_object_get(row, "place")), "virtual") &&
		    !strcmp(json_string_value(json_object_get(row, "way")), way) &&
		    json_integer_value(json_object_get(row, "lps")) == lps)
			return json_real_value(json_object_get(row, "step_ns"));
	return 0;
}

static void print_growth(const json_t *rows)
{
	static const struct out_column columns[] = {
		{ "WAY", false }, { "64 LPS", true }, { "512", true }, { "4096", true },
		{ "512/64", true }, { "4096/512", true },
	};
	struct out_table *table = out_table_new(columns, SS_ARRAY_SIZE(columns));
	uint32_t k;

	for (k = 0; k < nr_steppers; k++) {
		double a = step_ns(rows, steppers[k].name, 64);
		double b = step_ns(rows, steppers[k].name, 512);
		double c = step_ns(rows, steppers[k].name, 4096);
		char *text[] = { text_format("%.0f ns", a), text_format("%.0f ns", b),
				 c > 0 ? text_format("%.0f ns", c) : text_format("-"),
				 text_format("%.2f", b / a), c > 0 ? text_format("%.2f", c / b) :
				 text_format("-") };
		const char *cells[] = { steppers[k].name, text[0], text[1],
					text[2],	  text[3], text[4] };
		size_t i;

		out_table_row(table, cells);
		for (i = 0; i < SS_ARRAY_SIZE(text); i++)
			free(text[i]);
	}
	printf("\nGrowth of a step in virtual time\n");
	out_table_end(table, stdout);
}

struct request {
	uint32_t steps, runs, max;
	const char *svg;
	char *costs[MAX_COSTS + 1];
	size_t nr_costs;
};

static const struct option options[] = {
	{ "steps", required_argument, NULL, 's' }, { "runs", required_argument, NULL, 'r' },
	{ "max-lps", required_argument, NULL, 'm' }, { "svg", required_argument, NULL, 'g' },
	{ "json", no_argument, NULL, 'j' }, { "cost", required_argument, NULL, 'C' }, { 0 },
};

static int set_option(struct request *q, int c, char **argv)
{
	static const char verb[] = "bench lockstep";

	switch (c) {
	case 's':
		return out_number32_option(verb, "steps", optarg, 1, 10000000, &q->steps);
	case 'r':
		return out_number32_option(verb, "runs", optarg, 1, MAX_RUNS, &q->runs);
	case 'm':
		return out_number32_option(verb, "max-lps", optarg, 2, 4096, &q->max);
	case 'g':
		q->svg = optarg;
		return EXIT_OK;
	case 'C':
		if (q->nr_costs == MAX_COSTS)
			return out_usage_error(verb, "--cost: at most %d times", MAX_COSTS);
		q->costs[q->nr_costs++] = optarg;
		return EXIT_OK;
	case 'j':
		return EXIT_OK;
	default:
		return out_bad_option(verb, argv, c, options);
	}
}

static int parse(struct request *q, int argc, char **argv)
{
	int c, rc = EXIT_OK;

	*q = (struct request){ .steps = 20000, .runs = 9, .max = 4096 };
	while (!rc && (c = getopt_long(argc, argv, ":", options, NULL)) != -1)
		rc = set_option(q, c, argv);
	return rc ? rc : out_no_argument("bench lockstep", argc, argv);
}

int bench_lockstep(int argc, char **argv)
{
	static const struct out_column columns[] = {
		{ "LPS", true }, { "WAY", false }, { "A STEP", true }, { "RATIO", true },
		{ "WHAT IT IS", false },
	};
	struct out_table *threads, *virtual;
	struct request q;
	int rc = parse(&q, argc, argv);
	json_t *doc, *rows;
	char *machine;
	bool plotted;

	if (rc)
		return rc;
	rows = json_array();
	threads = out_table_new(columns, SS_ARRAY_SIZE(columns));
	virtual = out_table_new(columns, SS_ARRAY_SIZE(columns));
	if (!measure_threads(q.steps, q.runs, rows, threads))
		return out_fail(EXIT_ERROR, "the topology of this machine cannot be read");
	if (!measure_virtual(q.max, q.costs, rows, virtual))
		return EXIT_ERROR;
	plotted = !q.svg || bench_plot(rows, q.svg);
	if (out_json_wanted()) {
		out_table_end(threads, NULL);
		out_table_end(virtual, NULL);
		doc = out_json_doc("seamstep.bench.lockstep/1");
		json_object_set_new(doc, "machine", bench_machine_json());
		json_object_set_new(doc, "rows", rows);
		return out_json_end(doc, plotted ? EXIT_OK : EXIT_ERROR);
	}
	machine = bench_machine_text();
	printf("Real threads on %s: medians of %u runs of %u empty steps\n", machine, q.runs,
	       q.steps);
	out_table_end(threads, stdout);
	printf("\nVirtual LPs in virtual time (a model: \"seamstep bench window --costs\" lists "
	       "its "
	       "parameters)\n");
	out_table_end(virtual, stdout);
	if (q.max >= 512)
		print_growth(rows);
	free(machine);
	json_decref(rows);
	return plotted ? EXIT_OK : out_fail(EXIT_ERROR, "%s cannot be written", q.svg);
}
