/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The step machine: every LP walks one table of steps, in lockstep. */
#ifndef SS_CORE_LOCKSTEP_H
#define SS_CORE_LOCKSTEP_H

#include "platform.h"

enum ss_mode {
	SS_ONE,		/* on LP 0, the lead */
	SS_EACH,	/* on every LP, one after the other, in order of their numbers */
	SS_ALL,		/* on every LP at once */
};

/*
 * What a step function may return: 0 .. SS_OUTCOMES - 1. The worst of all LPs decides where to go.
 */
#define SS_OUTCOMES	6

/*
 * Entries of ss_step.next: go to row @row, 0 .. 99, or end the program with verdict @v, 0 .. 99.
 * 0 is neither, so an entry that nobody has set is a trap.
 */
#define SS_TO(row)	((row) + 1)
#define SS_END(v)	(-1 - (v))

/* The verdict of a run in which an LP failed to arrive in time: nothing was done. */
#define SS_NOT_ARRIVED	100
/* The verdict of a run in which a step's outcome has no entry in the table. */
#define SS_TRAPPED	101

/**
 * struct ss_step - one row of a program
 * @name: for reports
 * @mode: who runs @fn
 * @fn:   the work; returns 0 (ok) to SS_OUTCOMES - 1 (worst). Runs with whatever context the
 *        callers of ss_lockstep_run() have, may not wait for another LP
 * @next: by the worst outcome: SS_TO(row) or SS_END(verdict); 0 is a trap
 */
struct ss_step {
	const char *name;
	enum ss_mode mode;
	uint32_t (*fn)(void *ctx, uint32_t lp);
	int8_t next[SS_OUTCOMES];
};

#define SS_MAX_CHILDREN	15
#define SS_NO_LP	UINT32_MAX

/* One LP's place in the machine. Each cache line has one kind of writer: see lockstep.c. */
struct ss_lockstep_lp {
	/* Written by the children, read by this LP. */
	struct ss_word ack[SS_MAX_CHILDREN] SS_LINE_ALIGNED;
	/* Written by the parent. */
	struct ss_word go SS_LINE_ALIGNED;
	/* Written by the other head, by turns: only the two LPs that have no parent use them. */
	struct ss_word meet[2] SS_LINE_ALIGNED;
	/* Written by the LP before this one in an EACH step. */
	struct ss_word turn SS_LINE_ALIGNED;
	/* Written by this LP only. The members below are set before a run and constant in it. */
	struct ss_word here SS_LINE_ALIGNED;
	uint32_t run, seq;
	uint32_t parent, slot;		/* parent SS_NO_LP: a head */
	uint32_t peer;			/* the other head; SS_NO_LP if alone, or no head */
	uint32_t nr_children;
	uint32_t child[SS_MAX_CHILDREN];
};

struct ss_lockstep {
	/* Constant while LPs are inside. */
	const struct ss_step *program;
	void *ctx;
	struct ss_lockstep_lp *lps;
	uint32_t nr_lps;
	uint64_t arrival_ns;
	/* The one cache line that all LPs share, in use only while LPs arrive. */
	struct ss_word fate SS_LINE_ALIGNED;
};

/**
 * ss_lockstep_init - make a machine whose LPs form two plain trees
 * @ls:     to be initialised
 * @lps:    @nr_lps of them, line-aligned, owned by the machine from here on
 * @nr_lps: participants, 1 or more. Counted here once; nothing asks the system again
 * @arity:  children a node, 1 .. SS_MAX_CHILDREN
 *
 * Context: any; no LP may be inside. Returns false if a number is out of its range.
 * Source:  own design.
 */
SS_MUST_CHECK bool ss_lockstep_init(struct ss_lockstep *ls, struct ss_lockstep_lp *lps,
				    uint32_t nr_lps, uint32_t arity);

/**
 * ss_lockstep_init_topology - make a machine whose tree follows the hardware
 * @core:   core[lp] is the physical core of LP lp: any number, unique in the machine
 * @socket: socket[lp] likewise; NULL if unknown
 * @arity:  of the trees of cores in a socket and of sockets, 1 .. 6
 *
 * The LPs of a core acknowledge to its first LP, those to the first of their socket, so most
 * messages stay inside a core or a socket; the heads are of two sockets where there are two, else
 * of two cores. Falls back to the plain tree where there is one core, or one with more LPs than a
 * node can have children.
 *
 * Context: as ss_lockstep_init(); time quadratic in the number of cores. Returns as it does.
 */
SS_MUST_CHECK bool ss_lockstep_init_topology(struct ss_lockstep *ls, struct ss_lockstep_lp *lps,
					     uint32_t nr_lps, uint32_t arity, const uint32_t *core,
					     const uint32_t *socket);

/**
 * ss_lockstep_prepare - say what the next runs shall do
 * @program:    the table; its first row is the first step
 * @ctx:        passed to the step functions
 * @arrival_ns: how long an LP that has arrived waits for the others before the run is called off,
 *              in nanoseconds; 0 means for ever
 *
 * Context: any; no LP may be inside.
 */
void ss_lockstep_prepare(struct ss_lockstep *ls, const struct ss_step *program, void *ctx,
			 uint64_t arrival_ns);

/**
 * ss_lockstep_run - walk the program; every LP calls this, once a run
 * @lp: the caller, 0 .. nr_lps - 1
 *
 * Context: any, interrupts may be off; each LP has to be able to make progress by itself (it
 *          waits for others). Does not sleep unless the place's ss_wait() does.
 * Returns: the verdict, the same on every LP: what the table ended with; or SS_NOT_ARRIVED, in
 *          which case no step ran on any LP; or SS_TRAPPED, if the table has no entry for an
 *          outcome. It may be called again at once for another run.
 * Order:   what any LP wrote before returning from step k is visible to every LP in step k + 1,
 *          and what any LP wrote in the last step to every caller on return.
 */
uint32_t ss_lockstep_run(struct ss_lockstep *ls, uint32_t lp);

/**
 * ss_lockstep_missing - the first LP that has not arrived in the last run
 *
 * Context: after a run ended with SS_NOT_ARRIVED; a straggler may be arriving, so the answer
 *          is a snapshot. Returns its number, or SS_NO_LP if all have come by now.
 */
uint32_t ss_lockstep_missing(const struct ss_lockstep *ls);

#endif
