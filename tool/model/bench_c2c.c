// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * "seamstep bench c2c": the time that a cache line takes from one LP of this machine to another.
 * These times can replace the parameters of the model that predicts times for other machines.
 */
#include "bench.h"

#include "core/platform.h"
#include "rig/topology.h"

#include <getopt.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CPUS	8	/* CPUs that form the measured pairs */
#define MAX_RUNS	99

enum distance { SAME_CORE, SAME_SOCKET, OTHER_SOCKET, DISTANCES };

static const char *const cost_names[DISTANCES] = {
	"same_core_ns", "same_socket_ns", "other_socket_ns",
};

/* Two threads write a word by turns, so the cache line moves to and fro. */
struct pair {
	struct ss_word word SS_LINE_ALIGNED;
	uint32_t turns;
	pthread_barrier_t start;
	uint64_t ns;
};

struct player {
	struct pair *pair;
	uint32_t first, cpu;
};

static void *play(void *p)
{
	struct player *me = p;
	struct pair *pair = me->pair;
	uint64_t begin;
	cpu_set_t set;
	uint32_t i;

	CPU_ZERO(&set);
	CPU_SET(me->cpu, &set);
	pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
	pthread_barrier_wait(&pair->start);
	begin = ss_now_ns();
	/* Spin without a pause instruction: the figure would include the pause. */
	for (i = me->first; i < pair->turns; i += 2) {
		while (ss_load_acquire(&pair->word) != i)
			;
		ss_cas(&pair->word, i, i + 1);
	}
	if (me->first)
		pair->ns = ss_now_ns() - begin;
	return NULL;
}

/* One-way time, in thousandths of a nanosecond. */
static uint64_t measure(uint32_t a, uint32_t b, uint32_t turns)
{
	struct pair *pair = aligned_alloc(64, sizeof(*pair));
	struct player players[2] = { { pair, 0, a }, { pair, 1, b } };
	pthread_t other;
	uint64_t ns;

	if (!pair)
		abort();
	memset(pair, 0, sizeof(*pair));
	pair->turns = turns;
	pthread_barrier_init(&pair->start, NULL, 2);
	if (pthread_create(&other, NULL, play, &players[1]))
		abort();
	play(&players[0]);
	pthread_join(other, NULL);
	pthread_barrier_destroy(&pair->start);
	ns = pair->ns * 1000 / turns;
	free(pair);
	return ns;
}

static enum distance distance_of(const struct rig_topology *t, uint32_t a, uint32_t b)
{
	if (t->core[a] == t->core[b])
		return SAME_CORE;
	return t->socket[a] == t->socket[b] ? SAME_SOCKET : OTHER_SOCKET;
}

/* The median over pairs and runs, for each distance; 0 if this machine has no such pair. */
static void measure_all(const struct rig_topology *t, uint32_t turns, uint32_t runs,
			uint64_t medians[DISTANCES])
{
	uint32_t nr = t->nr_lps < MAX_CPUS ? t->nr_lps : MAX_CPUS, step = t->nr_lps / nr, a, b, i;
	size_t room = (size_t)runs * MAX_CPUS * MAX_CPUS, n[DISTANCES] = { 0 };
	uint64_t *samples[DISTANCES];
	enum distance d;

	for (d = 0; d < DISTANCES; d++)
		samples[d] = memory_alloc(room * sizeof(uint64_t));
	for (i = 0; i < runs; i++)
		for (a = 0; a < nr; a++)
			for (b = a + 1; b < nr; b++) {
				d = distance_of(t, a * step, b * step);
				samples[d][n[d]++] =
					measure(t->cpu[a * step], t->cpu[b * step], turns);
			}
	for (d = 0; d < DISTANCES; d++) {
		medians[d] = n[d] ? bench_median(samples[d], n[d]) : 0;
		free(samples[d]);
	}
}

static int report_json(const uint64_t medians[DISTANCES])
{
	json_t *doc = out_json_doc("seamstep.bench.c2c/1");
	enum distance d;

	json_object_set_new(doc, "machine", bench_machine_json());
	for (d = 0; d < DISTANCES; d++)
		if (medians[d])
			json_object_set_new(doc, cost_names[d],
					    json_real((double)medians[d] / 1000));
	return out_json_end(doc, EXIT_OK);
}

static void report(const uint64_t medians[DISTANCES], uint32_t runs)
{
	char *machine = bench_machine_text();
	enum distance d;

	printf("Time for a cache line to go to another LP and be changed there, on %s: medians of "
	       "%u runs\n", machine, runs);
	for (d = 0; d < DISTANCES; d++)
		if (medians[d])
			printf("  %-16s %7.1f ns\n", cost_names[d], (double)medians[d] / 1000);
		else
			printf("  %-16s       - (this machine has no such pair)\n", cost_names[d]);
	printf("To predict with these times: seamstep bench lockstep");
	for (d = 0; d < DISTANCES; d++)
		if (medians[d])
			printf(" --cost %s=%.0f", cost_names[d], (double)medians[d] / 1000);
	printf("\n");
	free(machine);
}

int bench_c2c(int argc, char **argv)
{
	static const struct option options[] = {
		{ "turns", required_argument, NULL, 't' }, { "runs", required_argument, NULL, 'r' },
		{ "json", no_argument, NULL, 'j' }, { 0 },
	};
	static const char verb[] = "bench c2c";
	uint32_t turns = 200000, runs = 9;
	uint64_t medians[DISTANCES];
	struct rig_topology t;
	int c, rc = EXIT_OK;

	while (!rc && (c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (c == 't')
			rc = out_number32_option(verb, "turns", optarg, 2, 100000000, &turns);
		else if (c == 'r')
			rc = out_number32_option(verb, "runs", optarg, 1, MAX_RUNS, &runs);
		else if (c != 'j')
			rc = out_bad_option(verb, argv, c, options);
	}
	if (!rc)
		rc = out_no_argument(verb, argc, argv);
	if (rc)
		return rc;
	if (!rig_topology_read(&t))
		return out_fail(EXIT_ERROR, "the topology of this machine cannot be read");
	if (t.nr_lps < 2) {
		rig_topology_free(&t);
		return out_fail(EXIT_UNSUPPORTED, "expected a machine with two LPs, found "
						 "one LP");
	}
	measure_all(&t, turns & ~1u, runs, medians);
	rig_topology_free(&t);
	if (out_json_wanted())
		return report_json(medians);
	report(medians, runs);
	return EXIT_OK;
}
