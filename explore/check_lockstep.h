/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A program of the virtual machine that is the step machine alone, and the checks of L1 to L7. */
#ifndef SS_EXPLORE_CHECK_LOCKSTEP_H
#define SS_EXPLORE_CHECK_LOCKSTEP_H

#include "core/lockstep.h"
#include "place/virtual/virtual.h"

#define CHECK_MAX_LPS		64u
#define CHECK_MAX_STEPS		4u
#define CHECK_MAX_INSTANCES	8u	/* steps that one run may visit */
#define CHECK_MAX_RUNS		2u
#define CHECK_OUTCOMES		4u

/**
 * struct check_lockstep_config - one program for the step machine
 * @outcomes: 1 .. CHECK_OUTCOMES: each step function tries so many outcomes. Outcome 0 goes on to
 *            the next step, 1 ends the program, 2 skips a step, 3 goes back to the first step, once
 * @deadline: the run may be called off while LPs arrive
 * @runs:     number of runs, one right after the other
 */
struct check_lockstep_config {
	uint32_t nr_lps, arity;
	uint32_t nr_steps;
	enum ss_mode modes[CHECK_MAX_STEPS];
	uint32_t outcomes;
	bool deadline;
	uint32_t runs;
};

/* What a run has done so far, as an observer sees the run. */
struct check_run {
	int8_t path[CHECK_MAX_INSTANCES + 1];	/* steps by the table; last an SS_END() */
	uint32_t known;				/* entries of @path that are decided */
	uint32_t done[CHECK_MAX_INSTANCES];	/* LPs that have finished the step */
	uint32_t active[CHECK_MAX_INSTANCES];
	uint32_t worst[CHECK_MAX_INSTANCES];
	/* Plain memory: each LP leaves a mark in each step, and reads all marks in the next. */
	uint32_t marks[CHECK_MAX_INSTANCES][CHECK_MAX_LPS];
	uint32_t called[CHECK_MAX_LPS];		/* the LP is about to call ss_lockstep_run() */
	uint32_t each[CHECK_MAX_INSTANCES];	/* written by all LPs of an EACH step, in turn */
	uint32_t verdict[CHECK_MAX_LPS];
};

struct check_lockstep {
	struct check_lockstep_config config;
	struct ss_lockstep lockstep;
	struct ss_lockstep_lp lps[CHECK_MAX_LPS];
	struct ss_step program[CHECK_MAX_STEPS];
	struct check_run runs[CHECK_MAX_RUNS];
	uint32_t run[CHECK_MAX_LPS];		/* the run that the LP is in */
	uint32_t instance[CHECK_MAX_LPS];	/* steps of that run that the LP has passed */
};

/* @c is line-aligned and is not moved. Returns false if the configuration contradicts itself. */
bool check_lockstep_init(struct check_lockstep *c, const struct check_lockstep_config *config,
			 struct virtual_program *program);
/* "OEA/2": modes of the steps and outcomes. At least 16 bytes. */
void check_lockstep_name(const struct check_lockstep_config *config, char *out, size_t bytes);

#endif
