/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The bare step machine as a program of the virtual machine, and what must be true of it (L1 to
 * L7).
 */
#ifndef SS_VIRTUAL_CHECK_LOCKSTEP_H
#define SS_VIRTUAL_CHECK_LOCKSTEP_H

#include "core/lockstep.h"
#include "virtual.h"

#define CHECK_MAX_LPS		64u
#define CHECK_MAX_STEPS		4u
#define CHECK_MAX_INSTANCES	8u	/* steps that one run may visit */
#define CHECK_MAX_RUNS		2u
#define CHECK_OUTCOMES		4u

/**
 * struct check_lockstep_config - one program for the step machine
 * @outcomes: 1 .. CHECK_OUTCOMES: what each step function may return is tried. 0 goes on to the
 * next step, 1 ends the program, 2 skips a step, 3 goes back to the first, once
 * @deadline: the run may be called off while LPs arrive
 * @runs:     one right after the other
 */
struct check_lockstep_config {
	uint32_t nr_lps, arity;
	uint32_t nr_steps;
	enum ss_mode modes[CHECK_MAX_STEPS];
	uint32_t outcomes;
	bool deadline;
	uint32_t runs;
};

/* What a run has done so far, as an onlooker sees it. */
struct check_run {
	int8_t path[CHECK_MAX_INSTANCES + 1];	/* steps, as the table wants them; an SS_END() */
	uint32_t known;				/* entries of it that are decided */
	uint32_t done[CHECK_MAX_INSTANCES];	/* LPs that have finished it */
	uint32_t active[CHECK_MAX_INSTANCES];
	uint32_t worst[CHECK_MAX_INSTANCES];
	/* Plain memory: each LP leaves a mark in each step, all look at all marks in the next. */
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
	uint32_t run[CHECK_MAX_LPS];		/* that the LP is in */
	uint32_t instance[CHECK_MAX_LPS];	/* steps of it that the LP has passed */
};

/* @c is line-aligned and stays where it is. Returns false if the configuration makes no sense. */
bool check_lockstep_init(struct check_lockstep *c, const struct check_lockstep_config *config,
			 struct virtual_program *program);
/* "OEA/2": modes of the steps and outcomes. At least 16 bytes. */
void check_lockstep_name(const struct check_lockstep_config *config, char *out, size_t bytes);

#endif
