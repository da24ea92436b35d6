/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The exhaustive scheduler: every execution that differs from the others, once or little more. */
#ifndef SS_EXPLORE_DPOR_H
#define SS_EXPLORE_DPOR_H

#include "place/virtual/virtual.h"

#define DPOR_MAX_PROCESSES	64u

struct dpor_pick;
struct dpor_answer;

struct explore_dpor {
	struct virtual_sched sched;
	bool brute; /* no reduction: every order of operations. For tests of the reduction */
	bool foresight; /* leave out orders that would end as known ones (top of dpor.c) */
	/* Checks determinism on the first 16 executions and on one in so many; 0: never. */
	uint32_t check_every;

	/* Results. */
	uint64_t executions;	/* carried out, pruned ones included */
	uint64_t pruned;	/* by the caller: those that ended with VIRTUAL_END_STOPPED */
	uint64_t events;	/* of all executions together */
	uint64_t foreseen;	/* orders left out by foresight */
	uint64_t checked;	/* repeated executions whose repeated part was compared */
	uint32_t longest;	/* longest execution, in events */
	bool nondeterministic;	/* a repeated program did something else: the results are void */

	/* The path under way: picks and answers. The next execution repeats the first ones. */
	struct dpor_pick *picks;
	uint32_t nr_picks, room_picks;
	struct dpor_answer *answers;
	uint32_t nr_answers, room_answers, at_answer;
	uint32_t *clocks;		/* [event][process]: events of each that happened before */
	/* The execution under way, by process. */
	uint32_t nr_processes;
	uint32_t last[DPOR_MAX_PROCESSES];		/* its last event + 1, or 0 */
	uint32_t stores[DPOR_MAX_PROCESSES][VIRTUAL_STORES]; /* events whose stores are buffered */
	uint32_t nr_stores[DPOR_MAX_PROCESSES];
	struct virtual_access next[VIRTUAL_ACCESSES];	/* of the process picked */
	uint32_t nr_next;
	/* By object: the last access. An entry of an earlier execution is stale. */
	struct dpor_head *heads;
	uint32_t nr_heads;
};

void explore_dpor_init(struct explore_dpor *d);
void explore_dpor_fini(struct explore_dpor *d);
/* Prepares the next execution. Returns false if none is left. */
bool explore_dpor_next(struct explore_dpor *d);
/* All paths ended or were pruned. This is a proof for this program and memory model. */
static inline bool explore_dpor_valid(const struct explore_dpor *d)
{
	return !d->nondeterministic;
}

#endif
