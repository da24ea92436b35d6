/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* State of a simulated machine and its LPs. Private to rig/. */
#ifndef SS_THREAD_HOST_INTERNAL_H
#define SS_THREAD_HOST_INTERNAL_H

#include <pthread.h>

#include "arena.h"
#include "rig.h"

#define NO_LP		UINT32_MAX
#define STACK_BYTES	(256u << 10)	/* an LP touches a tenth of it; signal frames fit too */

/* A relaxed counter: one side counts, the other reads; no other data depends on the value. */
struct counter {
	uint64_t v;
};

static inline void count_add(struct counter *c, uint64_t n)
{
	__atomic_fetch_add(&c->v, n, __ATOMIC_RELAXED);
}

static inline uint64_t count_read(const struct counter *c)
{
	return __atomic_load_n(&c->v, __ATOMIC_RELAXED);
}

/* splitmix64: small, and any seed will do. */
static inline uint64_t random_next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

/* ---- TDs: td.c ------------------------------------------------------------------------------- */

/* The phase of a TD's life: the next SEAMCALL. The order matters. */
enum td_phase {
	TD_NONE,		/* the TD holds nothing */
	TD_CREATE, TD_KEYS, TD_CONTROL_PAGES, TD_INIT,
	TD_VCPU_CREATE, TD_VCPU_PAGES, TD_VCPU_INIT,
	TD_SEPT, TD_PAGE, TD_EXTEND, TD_FINALIZE,
	TD_LIVE,
	TD_FLUSH, TD_FLUSH_DONE, TD_WRITE_BACK, TD_FREE_KEY, TD_RECLAIM, TD_RECLAIM_ROOT, TD_CLEAN,
	TD_PHASE_NR
};

struct host_vcpu {
	uint64_t tdvpr;
	struct ss_word lp;	/* the LP that the vCPU is associated with; NO_LP */
};

/*
 * One TD as the host knows it. While the TD is built or torn down, one LP at a time owns it: the LP
 * of its builder task. In between no LP owns it. Then any LP may write the words, and only the LP
 * with vCPU i's task may write @vcpus[i]; all else stays unchanged.
 */
struct host_td {
	struct thread_host *host;
	uint32_t number;
	enum td_phase phase;
	uint32_t done;		/* in the present phase: pages, packages, extends ... */
	uint32_t vcpu;		/* the vCPU being created or flushed */
	uint32_t page;		/* the data page being added */
	bool building;		/* the TD counts in thread_host.builds */
	uint32_t key;		/* number in thread_host.hkids */
	uint64_t tdr;
	uint64_t *pages;	/* all pages that the module holds except the TDR, oldest first */
	uint32_t nr_pages;
	struct host_vcpu *vcpus;
	uint32_t nr_vcpus;
	struct ss_buffer scratch;	/* page 0: source of TDH.MEM.PAGE.ADD, page 1: TD_PARAMS */
	struct counter entries;

	/* 0: the TD lives as far as the host knows. 1: given up. 2: the reason follows too. */
	struct ss_word dead;
	uint32_t dead_lp;
	uint64_t dead_leaf, dead_status;
};

/* What KVM would do about a status. */
enum td_answer { TD_OK, TD_RETRY, TD_KILL };

/* Private pages that a TD may hold at most. */
uint32_t td_max_pages(const struct thread_host_config *config);
bool td_alloc(struct host_td *td, struct thread_host *h, uint32_t number);
void td_free(struct host_td *td);
/* Begins to build, or to tear down what exists of the TD. */
void td_begin_build(struct host_td *td);
void td_begin_teardown(struct host_td *td);
/* The LP that the next step must run on; @lp if any LP will do. */
uint32_t td_step_lp(const struct host_td *td, uint32_t lp);

struct host_lp;
/* Makes the next call. TD_RETRY: nothing happened, try again. TD_KILL: td->dead is set. */
enum td_answer td_step(struct host_td *td, struct host_lp *lp);

/* Judges a status. On TD_KILL the TD is given up. */
enum td_answer td_judge(struct host_td *td, struct host_lp *lp, uint64_t leaf, uint64_t status);
bool td_is_dead(const struct host_td *td);
/* Makes a SEAMCALL with two operands, and repeats it without entropy. Returns the status. */
uint64_t td_call(struct host_lp *lp, uint64_t leaf, uint64_t rcx, uint64_t rdx);
/* SEAMCALL with a fresh private page in *@where (of @regs). A failed call gives the page back. */
uint64_t td_give_page(struct host_td *td, struct host_lp *lp, struct ss_regs *regs, uint64_t *where,
		      uint64_t *page);

/* ---- LPs and their tasks: lp.c, queue.c, interrupt.c ----------------------------------------- */

#define TASK_GONE	UINT32_MAX

/*
 * The work of an LP's process context, one operation at a time. A task is on one LP at any time. It
 * moves to another LP through that LP's inbox.
 */
struct host_task {
	/* Does one operation. Returns the task's next LP, or TASK_GONE. */
	uint32_t (*step)(struct host_lp *lp, struct host_task *task);
	struct host_td *td;
	uint32_t vcpu;			/* of @td */
	uint32_t stage;			/* of a memory operation; or entries of a short-lived TD */
	uint64_t page;			/* of a memory operation */
	uint32_t wait;			/* rounds to skip */
	void (*fn)(void *arg, uint32_t lp);	/* of thread_host_call() */
	void *arg;
	uint32_t next;			/* in an inbox or run queue: number of the next task + 1 */
};

struct host_lp {
	struct thread_host *host;
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

	struct counter retries, unexpected, irqs, irq_seamcalls, irqs_pended;
	struct counter memory_ops, migrations, repairs;
};

/* SEAMCALL on @lp, by its own thread or, at rest, by the controlling thread. Returns the status. */
uint64_t lp_seamcall(struct host_lp *lp, struct ss_regs *regs, uint32_t flags);

/* Interrupts on this LP. They do not nest. */
void lp_irqs_off(struct host_lp *lp);
void lp_irqs_on(struct host_lp *lp);
void lp_deliver(struct host_lp *lp);

/* A stop waits for these sections. */
static inline void lp_preempt_disable(struct host_lp *lp)
{
	lp->preempt_off++;
}

static inline void lp_preempt_enable(struct host_lp *lp)
{
	lp->preempt_off--;
}

/* A stop may preempt process context here. */
void lp_preempt_point(struct host_lp *lp);

/* queue.c: any thread rings and sends; only the LP's own thread takes, pushes and pops. */
void lp_ring(struct host_lp *lp);
void lp_send(struct host_lp *lp, struct host_task *task);
void queue_take_inbox(struct host_lp *lp);
void queue_push(struct host_lp *lp, struct host_task *task);
struct host_task *queue_pop(struct host_lp *lp);

/* Lets every task of this LP do one operation. */
void lp_round(struct host_lp *lp);
bool lps_start(struct thread_host *h, struct thread_host_error *err);
void lps_finish(struct thread_host *h);
/* sim_config.interrupted: must the guest that runs on @lp leave? */
bool lp_guest_must_leave(void *ctx, uint32_t lp);
void lp_set_current(struct host_lp *lp);	/* of the calling thread */

bool interrupts_start(struct thread_host *h);
void interrupts_finish(struct thread_host *h);

/* ---- stops: stop.c --------------------------------------------------------------------------- */

/* What all LPs do in one stop. Only @fn must not be NULL. */
struct stop_job {
	void (*before)(void *arg, uint32_t lp);	/* interrupts are off, the window is not open yet */
	void (*fn)(void *arg, uint32_t lp);	/* the window */
	void (*after)(void *arg, uint32_t lp);	/* the window is closed, interrupts are still off */
	void *arg;
	bool unstopped;		/* config.no_stop: @fn only, from process context */
};

/* stop.c says which thread writes which member. */
struct host_stop {
	const struct stop_job *job;
	struct thread_host_window window;
	struct ss_word asked SS_LINE_ALIGNED;
	struct ss_word arrived SS_LINE_ALIGNED;
	struct ss_word left;
	struct ss_word turn SS_LINE_ALIGNED;
	struct ss_word done SS_LINE_ALIGNED;
};

/* For the controlling thread. Returns when all LPs go on (unstopped: when all are through). */
void stop_run(struct thread_host *h, const struct stop_job *job);
/* Called by an LP that sees a request to stop. @go_on: the LP's work while it waits unstopped. */
void stop_take_part(struct host_lp *lp, void (*go_on)(void *lp));

/* ---- the machine ----------------------------------------------------------------------------- */

struct thread_host {
	struct thread_host_config config;
	struct arena arena;
	struct page_bitmap hkids;	/* 0 is the global key ID */
	void *sim_mem;
	size_t sim_bytes;
	struct sim *sim;
	struct ss_machine machine;
	uint32_t *cores, *sockets;
	struct host_lp *lps;
	struct ss_lockstep lockstep;
	struct ss_lockstep_lp *lockstep_lps;
	struct ss_update_lp *update_lps;	/* used if the caller gives none */

	void (*interrupt)(struct host_lp *lp);	/* what an interrupt handler does */
	struct host_td *tds;		/* config.nr_tds long-lived ones, then config.builders */
	uint32_t nr_tds;
	struct host_task *tasks;
	uint32_t nr_tasks;
	bool dealt;			/* the LPs have the tasks */
	struct host_task *call;		/* the task of thread_host_call() */
	struct ss_word called;		/* calls that have returned */

	bool running;			/* LP threads exist; for the controlling thread */
	bool idle;			/* no workload or interrupts; constant meanwhile */
	struct ss_word finish;
	struct ss_word timer_quit;
	pthread_t timer;
	bool timer_runs;
	struct host_stop stop;

	struct ss_word builds;		/* TDs between TDH.MNG.INIT and TDH.MR.FINALIZE */
	struct ss_word hold_builds;
	struct counter builds_done, teardowns, builds_failed;

	uint64_t *wanted;		/* entries, in thread_host_run_on() */
	uint32_t delayed_lp;
	uint64_t delay_ns;
};

static inline uint32_t host_random_lp(struct thread_host *h, uint64_t *random)
{
	return (uint32_t)(random_next(random) % h->config.nr_lps);
}

/* error.c: fills in @err. @leaf and @status are 0 if no SEAMCALL is to blame. Returns false. */
bool host_error(struct thread_host_error *err, uint32_t lp, uint64_t leaf, uint64_t status,
		const char *format, ...) __attribute__((format(printf, 5, 6)));

/* workload.c: makes the tasks and distributes them to the LPs. */
bool workload_create(struct thread_host *h);
void workload_start(struct thread_host *h);
void workload_settle_pages(struct thread_host *h);

/* audit.c. Context: the TDs' vCPUs are out of guest mode. */
void audit_td(struct thread_host *h, uint32_t number, struct thread_td_audit *out);
void audit_share(struct thread_host *h, uint32_t lp, struct thread_td_audit *tds);

#endif
