/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Computes the best possible outcome of an update: a search over all sequences of SEAMCALLs that an
 * update may make, run on the model itself.
 *
 * The calls are TDH.SYS.SHUTDOWN, TDH.SYS.INIT and TDH.SYS.UPDATE on one LP, TDH.SYS.LP.INIT on any
 * LP, and SEAMLDR.INSTALL with any listed image on any LP. Calls run one at a time, in any order,
 * and as often as the updates left allow. A sequence ends well if the TDs live and the host may go
 * on. A call that does not change the state leads nowhere new. So the search ends although
 * repetition has no bound: the number of states is finite, and a state with fewer updates left can
 * do no more than the same state with more.
 */
#ifndef TESTS_SOLVER_H
#define TESTS_SOLVER_H

#include "solver_state.h"

struct solver;

/* @params_pa: SEAMLDR_PARAMS of the listed images. NULL if there is no memory. */
struct solver *solver_create(const uint64_t *params_pa, uint32_t nr_images);
void solver_destroy(struct solver *v);

/**
 * solver_can_save - is there a sequence of calls from the model's present state that saves the TDs?
 * @m: its model is left as it was, but for the image in the module's memory, which nothing reads
 *
 * The solver keeps what it has found out. One solver is for one machine; faults may change.
 */
bool solver_can_save(struct solver *v, const struct solver_machine *m);

struct solver_counts {
	uint64_t questions, searches, states, calls;
};
void solver_counts(const struct solver *v, struct solver_counts *out);

#endif
