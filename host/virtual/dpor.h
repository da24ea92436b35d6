/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The exhaustive scheduler: every execution that differs from the others, once or little more. */
#ifndef SS_VIRTUAL_DPOR_H
#define SS_VIRTUAL_DPOR_H

#include "virtual.h"

#define DPOR_MAX_PROCESSES	64u

struct dpor_pick;
struct dpor_answer;

struct virtual_dpor {
	struct virtual_sched sched;
	bool brute; /* no reduction: every order of operations. For tests of the reduction */
	bool foresight; /* leave out orders of which it is foreseen that nothing comes of them */
	/* Re-check determinism on the first 16 executions and one in so many; 0 never. */
	uint32_t check_every;

	/* Results. */
	uint64_t executions;	/* carried out, pruned ones included */
	uint64_t pruned;	/* by the caller: those that ended with VIRTUAL_END_STOPPED */
	uint64_t events;	/* all executions together */
	uint64_t foreseen;	/* orders left out so */
	uint64_t checked;	/* executions that were compared with their prefix when repeated */
	uint32_t longest;	/* execution, in events */
	bool nondeterministic;	/* the program did something else when repeated: all is void */

	/* The path under way: picks and answers of which the first ones are repeated. */
	struct dpor_pick *picks;
	uint32_t nr_picks, room_picks;
	struct dpor_answer *answers;
	uint32_t nr_answers, room_answers, at_answer;
	uint32_t *clocks;		/* [event][process]: events of each that happened before */
	/* Of the execution under way, by process. */
	uint32_t nr_processes;
	uint32_t last[DPOR_MAX_PROCESSES];		/* its last event + 1, or 0 */
	uint32_t stores[DPOR_MAX_PROCESSES][VIRTUAL_STORES]; /* events whose stores are buffered */
	uint32_t nr_stores[DPOR_MAX_PROCESSES];
	struct virtual_access next[VIRTUAL_ACCESSES];	/* of the process picked */
	uint32_t nr_next;
	/* By object: the last access, or a stale one of another execution. */
	struct dpor_head *heads;
	uint32_t nr_heads;
};

void virtual_dpor_init(struct virtual_dpor *d);
void virtual_dpor_fini(struct virtual_dpor *d);
/* After an execution: set the next one up. Returns false if there is none. */
bool virtual_dpor_next(struct virtual_dpor *d);
/* All paths ran to their end or were pruned: a proof for this program and memory model. */
static inline bool virtual_dpor_valid(const struct virtual_dpor *d)
{
	return !d->nondeterministic;
}

#endif
