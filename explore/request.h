/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Types and functions that the files of seamstep-explore share. */
#ifndef SS_EXPLORE_REQUEST_H
#define SS_EXPLORE_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "check_lockstep.h"
#include "check_update.h"
#include "explore.h"
#include "fault_list.h"

enum explore_faults { FAULTS_NONE, FAULTS_SINGLE, FAULTS_PAIRS };

struct explore_request {
	struct explore_options options;
	bool update;			/* else the bare step machine */
	uint32_t lps, steps, outcomes, runs, arity;
	bool deadline, rehearse;
	enum check_update_tds tds;	/* on the machine under update */
	const char *modes;		/* "OEA": this program only; NULL: all of @steps steps */
	enum explore_faults faults;
	const char *fault;		/* "7" or "7,12": only these numbers; NULL: all */
	double minutes;			/* 0: no time limit */
	bool json;
};

struct explore_result {
	struct explore_report report;
	uint32_t programs;		/* programs, or faults and pairs of them */
	uint32_t verdicts[SS_VERDICT_NR];	/* executions, by the update's verdict */
	char what[2 * FAULT_LIST_NAME_BYTES];	/* the program that failed */
	char arguments[200];		/* the options that select that program */
	double seconds;
};

/* Returns false, with a message on stderr, for a request that makes no sense. */
bool explore_lockstep(struct explore_request *q, struct explore_result *r);
bool explore_update(struct explore_request *q, struct explore_result *r);

#endif
