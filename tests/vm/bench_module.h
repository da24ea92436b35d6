/* SPDX-License-Identifier: GPL-2.0-only */
/* Internal interfaces of seambench.ko: step machines beside each other, for measurement only. */
#ifndef SS_TESTS_VM_BENCH_MODULE_H
#define SS_TESTS_VM_BENCH_MODULE_H

#include "../../core/platform.h"

#include <linux/percpu.h>
#include <linux/spinlock_types.h>

struct seq_file;

/* ---- bench_stopped.c: with the machine stopped ----------------------------------------------- */

/* The LP number of a CPU: its rank among online CPUs, which holds while hotplug is disabled. */
DECLARE_PER_CPU(u32, bench_lp);

/*
 * Run @ready with the CPUs numbered and hotplug disabled, then @fn on every online CPU with the
 * machine stopped. Context: process. Returns 0, or the error of @ready.
 */
int bench_stopped(int (*ready)(void *arg, u32 nr_lps), int (*fn)(void *arg), void *arg);

/* ---- bench_mainline.c: a step machine that behaves like the one of Linux 7.2 and 7.3 --------- */

/**
 * struct mainline - one walk through states 1 .. @done, the same on all LPs
 * @perform: an LP's part of a state. Returns 0; another value freezes the state
 */
struct mainline {
	int (*perform)(void *ctx, u32 lp, u32 state);
	void *ctx;
	u32 nr_lps, done;
	u32 state;
	u32 num_ack, num_failed;	/* written with @lock held */
	raw_spinlock_t lock;
};

void mainline_init(struct mainline *m, u32 nr_lps, u32 done,
		   int (*perform)(void *ctx, u32 lp, u32 state), void *ctx);
/* Every LP calls this once, in the stopped window. Returns the result of the LP's last part. */
int mainline_run(struct mainline *m, u32 lp);

/* ---- bench_update.c: an update by that machine ----------------------------------------------- */

/*
 * Install the image @name below /lib/firmware. Process context. Returns 0 or an errno; -EIO if a
 * SEAMCALL failed, after which no module may run.
 */
int bench_update(const char *name);
/* When each LP worked in the last update, in the form of seamstep's own timeline. */
void bench_update_show(struct seq_file *m);
void bench_update_exit(void);

/* ---- bench_empty.c: steps without work ------------------------------------------------------- */

enum bench_way { BENCH_OURS, BENCH_THEIRS };

/* Walk @steps steps; *@ns is how long the lead took. Process context. Returns 0 or an errno. */
int bench_empty(enum bench_way way, u32 steps, u64 *ns);

#endif
