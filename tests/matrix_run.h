/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A machine of the fault matrix: an update under faults and a random schedule of the virtual LPs,
 * what became of the TD, and every SEAMCALL that was made.
 */
#ifndef TESTS_MATRIX_RUN_H
#define TESTS_MATRIX_RUN_H

#include "mainline_flow.h"
#include "solver.h"
#include "world.h"

#include "place/virtual/virtual.h"

#define MATRIX_LPS	64u
#define MATRIX_FAULTS	SOLVER_FAULTS
#define MATRIX_CALLS	8192u
#define MATRIX_FROM	"1.5.09"
#define MATRIX_TO	"1.5.16"
#define MATRIX_SIBLING	"1.5.17"

enum matrix_flow { MATRIX_OURS, MATRIX_MAINLINE, MATRIX_FLOWS };

/* A SEAMCALL that was made, and what it returned. */
struct matrix_call {
	uint32_t lp;
	struct ss_regs in;
	uint64_t status, rdx;
};

struct matrix {
	struct world world;
	struct test_td td;
	uint8_t td_digest[SS_SHA384_BYTES];
	uint32_t key_generation;
	uint8_t *before;		/* the model right before the update */
	size_t bytes;
	struct ss_machine machine;
	struct ss_update_plan plan;
	struct ss_lockstep lockstep;
	struct ss_lockstep_lp lockstep_lps[MATRIX_LPS];
	struct ss_update_lp lps[MATRIX_LPS];
	struct ss_update update;
	struct mainline_flow mainline;
	uint32_t verdicts[MATRIX_LPS];
	enum matrix_flow flow;
	struct virtual_machine *vm;
	struct solver *solver;
	struct sim_fault faults[MATRIX_FAULTS];
	uint32_t struck[MATRIX_FAULTS];	/* how often each fault struck, in the last execution */
	uint32_t nr_faults;
	struct matrix_call calls[MATRIX_CALLS];
	uint32_t nr_calls;
};

/* Aborts if the machine cannot be made. */
struct matrix *matrix_create(uint32_t nr_lps);
void matrix_destroy(struct matrix *m);

/**
 * matrix_execute - one update from the same start
 * @seed: of the schedule
 * Returns NULL, or what was wrong with the execution itself: a hang, LPs that disagree.
 */
const char *matrix_execute(struct matrix *m, enum matrix_flow flow, const struct sim_fault *faults,
			   uint32_t nr_faults, uint64_t seed);

/* The model in its present state, for the solver. */
struct solver_machine matrix_now(const struct matrix *m);

/* After an execution: is the TD alive, with its memory unchanged, and may its host go on? */
bool matrix_td_lives(struct matrix *m);

/* After an execution: could the TD be saved from the state before call number @call? */
bool matrix_can_save(struct matrix *m, uint32_t call);
/* Before which call was the TD dead for the first time? nr_calls + 1 if never. */
uint32_t matrix_first_at_risk(struct matrix *m);

#endif
