/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Every single fault of the list, one update each, and what the model's state says of the verdict.
 */
#ifndef SS_EXPLORE_SWEEP_H
#define SS_EXPLORE_SWEEP_H

#include "check_update.h"
#include "fault_list.h"

#define SWEEP_MAX_CALLS	32u

/* What lost the update: a fault that strikes once, a fault with RDX = 1, or one at each call. */
enum sweep_loss { SWEEP_BY_ONE, SWEEP_BY_ERASURE, SWEEP_BY_EACH, SWEEP_LOSSES };

/* The faults at one call of the update. */
struct sweep_call {
	uint32_t faults, not_met, not_confirmed, contradicted;
	uint32_t verdicts[SS_VERDICT_NR], lost[SWEEP_LOSSES];
};

/* An update that ended wrongly. */
struct sweep_failure {
	struct sim_fault fault;
	enum ss_verdict verdict;
	const char *text;
};

struct sweep {
	uint32_t nr_lps;
	uint64_t seed;
	struct sweep_call calls[SWEEP_MAX_CALLS];	/* as fault_list_calls() numbers them */
	struct sweep_call all;
	/* Called for each update that ended wrongly, with a sentence. May be NULL. */
	void (*failed)(void *ctx, const struct sweep_failure *failure);
	void (*progress)(void *ctx, uint32_t done, uint32_t all);
	void *ctx;
};

/**
 * sweep_run - update a small simulated machine once under each fault
 * @s: the caller sets nr_lps, seed (of the random statuses and of the schedules) and the functions,
 *     which may be NULL. The rest is zero, and filled in
 * Context: as virtual_execute(). Returns false if the machine cannot be made.
 */
bool sweep_run(struct sweep *s, const struct check_signer *signer);

/* No verdict was contradicted, and no fault with RDX = 0 that strikes once lost anything. */
bool sweep_is_good(const struct sweep *s);

#endif
