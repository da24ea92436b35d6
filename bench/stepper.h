/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Ways to walk many LPs through steps together: seamstep's and others, behind one interface. */
#ifndef SS_BENCH_STEPPER_H
#define SS_BENCH_STEPPER_H

#include "../core/lockstep.h"

/* The hardware as far as a tree can follow it. core NULL: unknown. */
struct stepper_shape {
	uint32_t nr_lps;
	const uint32_t *core, *socket;
};

/**
 * struct stepper - one way
 * @name:  for tables
 * @note:  where the way is used
 * @bytes: memory for @nr LPs; must be aligned to a page
 * @init:  prepare for @steps steps
 * @run:   every LP calls this once per @init; returns after all steps. No LP begins a step before
 *         all LPs have ended the step before. The step itself is empty
 *
 * The code of all ways is compiled for each place, like the core.
 */
struct stepper {
	const char *name, *note;
	size_t (*bytes)(uint32_t nr);
	bool (*init)(void *mem, const struct stepper_shape *shape, uint32_t steps);
	void (*run)(void *mem, uint32_t lp);
};

/* The first one is seamstep's. */
extern const struct stepper steppers[];
extern const uint32_t nr_steppers;

#endif
