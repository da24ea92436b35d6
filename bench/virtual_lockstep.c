// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The lockstep and other barriers in virtual time: how each cost grows from 2 to 4096 LPs. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stepper.h"
#include "virtual_bench.h"

#include "../place/virtual/virtual_time.h"

/* A step's cost is the difference of a long and a short run, which removes the cost of arriving. */
#define SHORT_STEPS	6u
#define LONG_STEPS	22u

struct bench {
	const struct stepper *stepper;
	struct stepper_shape shape;
	uint32_t steps;
	void *mem;
	uint64_t end_ns;
};

static void reset(void *arg)
{
	struct bench *b = arg;

	if (!b->stepper->init(b->mem, &b->shape, b->steps))
		abort();
}

static void body(void *arg, uint32_t lp)
{
	struct bench *b = arg;
	uint64_t now;

	b->stepper->run(b->mem, lp);
	now = ss_now_ns();
	if (now > b->end_ns)
		b->end_ns = now;
}

static uint64_t run(struct virtual_machine *m, struct virtual_time *t, struct bench *b,
		    uint32_t steps)
{
	b->steps = steps;
	b->end_ns = 0;
	if (virtual_execute(m, &t->sched) != VIRTUAL_END_DONE) {
		fprintf(stderr, "%s with %u LPs: %s\n", b->stepper->name, b->shape.nr_lps,
			virtual_end_text(m->end));
		exit(1);
	}
	return b->end_ns;
}

/* Returns nanoseconds per step, in thousandths. */
static uint64_t measure(const struct stepper *stepper, const struct virtual_topology *topology,
			const struct virtual_costs *costs, uint64_t *transfers)
{
	uint32_t nr = topology->sockets * topology->cores * topology->threads, lp;
	uint32_t *core = calloc(nr, sizeof(*core)), *socket = calloc(nr, sizeof(*socket));
	struct bench b = { .stepper = stepper, .shape = { nr, core, socket } };
	struct virtual_program program = { .nr_lps = nr, .arg = &b, .reset = reset, .body = body };
	struct virtual_machine *m;
	struct virtual_time t;
	uint64_t first, last;

	for (lp = 0; lp < nr; lp++) {
		core[lp] = lp / topology->threads;
		socket[lp] = lp / (topology->threads * topology->cores);
	}
	b.mem = aligned_alloc(4096, (stepper->bytes(nr) + 4095) / 4096 * 4096);
	m = virtual_create(&program, VIRTUAL_SC, false);
	if (!b.mem || !m)
		abort();
	m->keep_events = false;
	m->max_events = UINT32_MAX;
	virtual_time_init(&t, topology);
	t.costs = *costs;
	first = run(m, &t, &b, SHORT_STEPS);
	*transfers = t.transfers;
	last = run(m, &t, &b, LONG_STEPS);
	*transfers = (t.transfers - *transfers) / (LONG_STEPS - SHORT_STEPS);
	virtual_time_fini(&t);
	virtual_destroy(m);
	free(b.mem);
	free(core);
	free(socket);
	return (last - first) * 1000 / (LONG_STEPS - SHORT_STEPS);
}

/* Two sockets of up to 128 cores with two threads; above 512 LPs more sockets, then larger ones. */
static struct virtual_topology topology_of(uint32_t nr)
{
	struct virtual_topology t = { .sockets = 2, .threads = 2 };

	if (nr < 8)
		t.sockets = 1;
	else if (nr > 512)
		t.sockets = nr >= 2048 ? 8 : nr / 256;
	if (nr < 4)
		t.threads = 1;
	t.cores = nr / t.sockets / t.threads;
	return t;
}

json_t *bench_virtual_lockstep(const struct virtual_costs *costs, uint32_t max_lps)
{
	json_t *rows = json_array();
	struct virtual_topology topology;
	uint64_t ns, ours = 0, transfers;
	uint32_t nr, k;

	for (nr = 2; nr <= max_lps; nr *= 2) {
		topology = topology_of(nr);
		for (k = 0; k < nr_steppers; k++) {
			ns = measure(&steppers[k], &topology, costs, &transfers);
			ours = k ? ours : ns;
			json_array_append_new(
				rows,
				json_pack("{s:s, s:i, s:i, s:i, s:i, s:s, s:s, s:f, s:f, s:I}",
					  "place", "virtual", "lps", (int)nr, "sockets",
					  (int)topology.sockets, "cores", (int)topology.cores,
					  "threads", (int)topology.threads, "way", steppers[k].name,
					  "note", steppers[k].note, "step_ns", (double)ns / 1000,
					  "ratio", (double)ns / (double)ours, "transfers",
					  (json_int_t)transfers));
		}
	}
	return rows;
}
