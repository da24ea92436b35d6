/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A scheduler in virtual time: each LP has a clock, and a model of cache coherence advances it. */
#ifndef SS_VIRTUAL_TIME_H
#define SS_VIRTUAL_TIME_H

#include "costs.h"
#include "virtual.h"

/* LPs are numbered socket by socket, core by core, thread by thread. */
struct virtual_topology {
	uint32_t sockets, cores, threads;	/* cores a socket, threads a core */
};

struct virtual_line;

struct virtual_time {
	struct virtual_sched sched;
	struct virtual_topology topology;
	struct virtual_costs costs;
	/* Cost of the work inside a SEAMCALL, by its name and LP; NULL: no cost. */
	uint64_t (*seam_work_ns)(void *ctx, const char *name, uint32_t lp);
	void *ctx;
	uint32_t nr_lps;
	uint64_t *clock;		/* of each LP */
	uint64_t *drained;		/* when the LP's store buffer is empty */
	uint64_t seam_free;		/* when the P-SEAMLDR and the global lock are free again */
	/* By cache line. */
	struct virtual_line *lines;
	uint32_t nr_lines, room_lines;
	uint32_t *line_of;		/* of each object, plus one */
	uint32_t room_objects;
	uint64_t *sharers;		/* nr_lps bits for each line */
	uint32_t words_a_line;
	/* LPs that may move: a heap, by the time of their next move. */
	uint32_t *heap;
	uint32_t nr_heap;
	uint32_t *at;			/* place in the heap plus one; 0: not in the heap */
	uint64_t *key;
	uint32_t *waits_for;		/* the object that an LP waits for; 0: it does not wait */
	bool begun;
	uint32_t accounted;		/* events whose cost is in the clocks */
	uint64_t transfers, cross_socket;	/* transferred lines, for reports */
};

/**
 * virtual_time_init - a machine of sockets x cores x threads LPs, with the default costs
 * Context: any. To change t->costs, change them before the first execution. Needs VIRTUAL_SC.
 */
void virtual_time_init(struct virtual_time *t, const struct virtual_topology *topology);
void virtual_time_fini(struct virtual_time *t);

#endif
