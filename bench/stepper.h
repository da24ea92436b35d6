/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Ways to walk many LPs through steps together: ours, and what others do, behind one interface. */
#ifndef SS_BENCH_STEPPER_H
#define SS_BENCH_STEPPER_H

#include "../core/lockstep.h"

/* The hardware as far as a tree can follow it; core NULL: unknown. */
struct stepper_shape {
	uint32_t nr_lps;
	const uint32_t *core, *socket;
};

/**
 * struct stepper - one way
 * @name:  for tables
 * @note:  where it is used
 * @bytes: memory for @nr LPs, to be aligned to a page
 * @init:  prepare for @steps steps
 * @run:   every LP calls this once a @init; returns when it has made all steps. No LP begins a step
 *         before all have ended the one before. The step itself is empty
 *
 * The code of all of them is compiled for each place, as the core is.
 */
struct stepper {
	const char *name, *note;
	size_t (*bytes)(uint32_t nr);
	bool (*init)(void *mem, const struct stepper_shape *shape, uint32_t steps);
	void (*run)(void *mem, uint32_t lp);
};

/* The first one is ours. */
extern const struct stepper steppers[];
extern const uint32_t nr_steppers;

#endif
