/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The best possible outcome of an update, computed: a search over all sequences of SEAMCALLs that
 * an update may make, played on the model itself.
 *
 * The calls: TDH.SYS.SHUTDOWN, TDH.SYS.INIT and TDH.SYS.UPDATE on an LP, TDH.SYS.LP.INIT on any LP,
 * SEAMLDR.INSTALL with any listed image on any LP; one call at a time, in any order, as often as
 * one likes while updates are left. A sequence ends well where the TDs live and the host can be let
 * go on. A call that leaves the state as it was leads nowhere new, so the search ends although
 * repetition has no bound: there are only so many states, and a state with fewer updates left can
 * do no more than the same with more.
 */
#ifndef TESTS_SOLVER_H
#define TESTS_SOLVER_H

#include "solver_state.h"

struct solver;

/* @params_pa: SEAMLDR_PARAMS of the listed images. NULL if there is no memory. */
struct solver *solver_create(const uint64_t *params_pa, uint32_t nr_images);
void solver_destroy(struct solver *v);

/**
 * solver_can_save - is there a sequence of calls from the model's state now that saves the TDs?
 * @m: its model is left as it was, but for the image in the module's memory, which nothing reads
 *
 * What was found out stays known to the solver, which is for one machine; faults may change.
 */
bool solver_can_save(struct solver *v, const struct solver_machine *m);

struct solver_counts {
	uint64_t questions, searches, states, calls;
};
void solver_counts(const struct solver *v, struct solver_counts *out);

#endif
