/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Exploring one program: one scheduler runs executions until one fails, none is left or time is up.
 */
#ifndef SS_EXPLORE_EXPLORE_H
#define SS_EXPLORE_EXPLORE_H

#include "place/virtual/virtual.h"

/* X(name, text) */
#define EXPLORE_SCHEDULERS(X) \
	X(RANDOM, "random") \
	X(PCT, "pct") \
	X(EXHAUSTIVE, "exhaustive")
#define EXPLORE_SCHEDULER_ENUM(name, text) EXPLORE_##name,
enum explore_scheduler { EXPLORE_SCHEDULERS(EXPLORE_SCHEDULER_ENUM) EXPLORE_SCHEDULER_NR };
#undef EXPLORE_SCHEDULER_ENUM

struct explore_options {
	enum explore_scheduler scheduler;
	enum virtual_memory memory;
	uint64_t seed;			/* of the first execution; each next execution adds 1 */
	uint64_t max_executions;	/* 0: no limit */
	double until;			/* stop at this explore_clock(); 0: never */
	uint32_t max_events;		/* limit of one execution; 0: 100000 */
	bool no_foresight;		/* exhaustive: for tests of foresight */
	const char *replay;		/* a schedule: run only this execution */
};

/* Sums over several calls: zeroed before the first call, released after the last. */
struct explore_report {
	uint64_t executions, pruned, events, checked, foreseen;
	uint32_t longest;
	bool incomplete;		/* a limit was reached, or the scheduler is a random one */
	bool nondeterministic;
	/* The first execution that failed. */
	bool failed;
	enum virtual_end end;
	char failure[256];
	uint32_t failed_events;
	uint64_t failed_seed;
	char *schedule, *table;
};

/**
 * explore_program - look for an execution that fails
 * @program: the program. Its own state afterwards is the state at the end of the last execution
 * @report:  results are added to it
 *
 * Context: as virtual_execute(). Returns true if none failed.
 */
bool explore_program(const struct virtual_program *program, const struct explore_options *options,
		     struct explore_report *report);
void explore_release(struct explore_report *report);

/* Seconds since an arbitrary start. */
double explore_clock(void);

#endif
