/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* State of a simulated machine and its LPs. Private to rig/. */
#ifndef SS_RIG_INTERNAL_H
#define SS_RIG_INTERNAL_H

#include <pthread.h>

#include "arena.h"
#include "rig.h"
#include "sim/host_td.h"
#include "sim/random.h"

#define NO_LP		SIM_HOST_NO_LP
#define STACK_BYTES	(256u << 10)	/* an LP touches a tenth of it; signal frames fit too */

/* A relaxed counter: one side counts, the other reads; no other data depends on the value. */
struct rig_counter {
	uint64_t v;
};

static inline void count_add(struct rig_counter *c, uint64_t n)
{
	__atomic_fetch_add(&c->v, n, __ATOMIC_RELAXED);
}

static inline uint64_t count_read(const struct rig_counter *c)
{
	return __atomic_load_n(&c->v, __ATOMIC_RELAXED);
}

/* ---- TDs: td.c ------------------------------------------------------------------------------- */

/*
 * One TD as the rig knows it. Its builder task owns the TD while it is built or torn down. In
 * between only the LP with vCPU i's task may write vcpus[i].
 */
struct rig_td {
	struct rig *host;
	uint32_t number;
	struct sim_host_td life;
	struct rig_counter entries;
};

/* Private pages that a TD may hold at most, with its TDR and the page of a memory operation. */
uint32_t rig_td_max_pages(const struct rig_config *config);
bool rig_td_alloc(struct rig_td *td, struct rig *h, uint32_t number);
void rig_td_free(struct rig_td *td);
/* The LP that the next step must run on; @lp if any LP will do. */
uint32_t rig_td_step_lp(const struct rig_td *td, uint32_t lp);

struct rig_lp;
/* sim_host_step() and sim_host_judge() on @lp, which counts what they answer. */
enum sim_host_answer rig_td_step(struct rig_td *td, struct rig_lp *lp);
enum sim_host_answer rig_td_judge(struct rig_td *td, struct rig_lp *lp, uint64_t leaf,
				  uint64_t status);
/* Makes a SEAMCALL with two operands, and repeats it without entropy. Returns the status. */
uint64_t rig_td_call(struct rig_lp *lp, uint64_t leaf, uint64_t rcx, uint64_t rdx);

/* ---- LPs and their tasks: lp.c, queue.c, interrupt.c ----------------------------------------- */

#define RIG_TASK_GONE	UINT32_MAX

/*
 * The work of an LP's process context, one operation at a time. A task is on one LP at any time. It
 * moves to another LP through that LP's inbox.
 */
struct rig_task {
	/* Does one operation. Returns the task's next LP, or RIG_TASK_GONE. */
	uint32_t (*step)(struct rig_lp *lp, struct rig_task *task);
	struct rig_td *td;
	uint32_t vcpu;			/* of @td */
	uint32_t stage;			/* of a memory operation; or entries of a short-lived TD */
	uint64_t page;			/* of a memory operation */
	uint32_t wait;			/* rounds to skip */
	void (*fn)(void *arg, uint32_t lp);	/* of rig_call() */
	void *arg;
	uint32_t next;			/* in an inbox or run queue: number of the next task + 1 */
};

struct rig_lp {
	struct rig *host;
	uint32_t id;
	pthread_t thread;

	/* A thread that wants this LP's attention rings. LPs wait on it, guests leave for it. */
	struct ss_word doorbell SS_LINE_ALIGNED;
	struct ss_word inbox;		/* tasks sent to this LP: number + 1 of the last one */
	struct ss_word irq_raised;	/* set by the timer thread, cleared by the handler */

	/* For this thread and its signal handler, which may run at any point: hence words. */
	struct ss_word in_seam SS_LINE_ALIGNED;
	struct ss_word irqs_off, in_irq, irq_pending;
	/* For this thread only. */
	uint32_t preempt_off;
	uint32_t stops;			/* stops in which this LP took part */
	uint32_t seen;			/* the doorbell when this LP last checked */
	uint32_t guest_budget;		/* polls until a guest's time slice is over */
	uint32_t first, last, nr_tasks;	/* the run queue, numbers + 1 */
	uint64_t random, irq_random;	/* one for each context */

	struct rig_counter retries, unexpected, irqs, irq_seamcalls, irqs_pended;
	struct rig_counter memory_ops, migrations, repairs;
};

/* SEAMCALL on @lp, by its own thread or, at rest, by the controlling thread. Returns the status. */
uint64_t rig_lp_seamcall(struct rig_lp *lp, struct ss_regs *regs, uint32_t flags);

/* Interrupts on this LP. They do not nest. */
void rig_lp_irqs_off(struct rig_lp *lp);
void rig_lp_irqs_on(struct rig_lp *lp);
void rig_lp_deliver(struct rig_lp *lp);

/* A stop waits for these sections. */
static inline void rig_lp_preempt_disable(struct rig_lp *lp)
{
	lp->preempt_off++;
}

static inline void rig_lp_preempt_enable(struct rig_lp *lp)
{
	lp->preempt_off--;
}

/* A stop may preempt process context here. */
void rig_lp_preempt_point(struct rig_lp *lp);

/* queue.c: any thread rings and sends; only the LP's own thread takes, pushes and pops. */
void rig_lp_ring(struct rig_lp *lp);
void rig_lp_send(struct rig_lp *lp, struct rig_task *task);
void rig_queue_take_inbox(struct rig_lp *lp);
void rig_queue_push(struct rig_lp *lp, struct rig_task *task);
struct rig_task *rig_queue_pop(struct rig_lp *lp);

/* Lets every task of this LP do one operation. */
void rig_lp_round(struct rig_lp *lp);
bool rig_lps_start(struct rig *h, struct rig_error *err);
void rig_lps_finish(struct rig *h);
/* sim_config.interrupted: must the guest that runs on @lp leave? */
bool rig_lp_guest_must_leave(void *ctx, uint32_t lp);
void rig_lp_set_current(struct rig_lp *lp);	/* of the calling thread */

bool rig_interrupts_start(struct rig *h);
void rig_interrupts_finish(struct rig *h);

/* ---- stops: stop.c --------------------------------------------------------------------------- */

/* What all LPs do in one stop. Only @fn must not be NULL. */
struct rig_stop_job {
	void (*before)(void *arg, uint32_t lp);	/* interrupts are off, the window is not open yet */
	void (*fn)(void *arg, uint32_t lp);	/* the window */
	void (*after)(void *arg, uint32_t lp);	/* the window is closed, interrupts are still off */
	void *arg;
	bool unstopped;		/* config.no_stop: @fn only, from process context */
};

/* stop.c says which thread writes which member. */
struct rig_stop {
	const struct rig_stop_job *job;
	struct rig_window window;
	struct ss_word asked SS_LINE_ALIGNED;
	struct ss_word arrived SS_LINE_ALIGNED;
	struct ss_word left;
	struct ss_word turn SS_LINE_ALIGNED;
	struct ss_word done SS_LINE_ALIGNED;
};

/* For the controlling thread. Returns when all LPs go on (unstopped: when all are through). */
void rig_stop_run(struct rig *h, const struct rig_stop_job *job);
/* Called by an LP that sees a request to stop. @go_on: the LP's work while it waits unstopped. */
void rig_stop_take_part(struct rig_lp *lp, void (*go_on)(void *lp));

/* ---- the machine ----------------------------------------------------------------------------- */

struct rig {
	struct rig_config config;
	struct rig_arena arena;
	struct rig_bitmap hkids;	/* 0 is the global key ID */
	void *sim_mem;
	size_t sim_bytes;
	struct sim *sim;
	struct ss_machine machine;
	uint32_t *cores, *sockets;
	struct rig_lp *lps;
	struct ss_lockstep lockstep;
	struct ss_lockstep_lp *lockstep_lps;
	struct ss_update_lp *update_lps;	/* used if the caller gives none */

	void (*interrupt)(struct rig_lp *lp);	/* what an interrupt handler does */
	struct rig_td *tds;		/* config.nr_tds long-lived ones, then config.builders */
	uint32_t nr_tds;
	struct rig_task *tasks;
	uint32_t nr_tasks;
	bool dealt;			/* the LPs have the tasks */
	struct rig_task *call;		/* the task of rig_call() */
	struct ss_word called;		/* calls that have returned */

	bool running;			/* LP threads exist; for the controlling thread */
	bool idle;			/* no workload or interrupts; constant meanwhile */
	struct ss_word finish;
	struct ss_word timer_quit;
	pthread_t timer;
	bool timer_runs;
	struct rig_stop stop;

	struct ss_word builds;		/* TDs between TDH.MNG.INIT and TDH.MR.FINALIZE */
	struct ss_word hold_builds;
	struct rig_counter builds_done, teardowns, builds_failed;

	uint64_t *wanted;		/* entries, in rig_run_on() */
	uint32_t delayed_lp;
	uint64_t delay_ns;
};

static inline uint32_t rig_random_lp(struct rig *h, uint64_t *random)
{
	return (uint32_t)(sim_random(random) % h->config.nr_lps);
}

/* error.c: fills in @err. @leaf and @status are 0 if no SEAMCALL is to blame. Returns false. */
bool rig_fail(struct rig_error *err, uint32_t lp, uint64_t leaf, uint64_t status,
	      const char *format, ...) __attribute__((format(printf, 5, 6)));

/* workload.c: makes the tasks and distributes them to the LPs. */
bool rig_workload_create(struct rig *h);
void rig_workload_start(struct rig *h);
void rig_workload_settle_pages(struct rig *h);

/* audit.c. Context: the TDs' vCPUs are out of guest mode. */
void rig_audit_td(struct rig *h, uint32_t number, struct rig_td_audit *out);
void rig_audit_share(struct rig *h, uint32_t lp, struct rig_td_audit *tds);

#endif
