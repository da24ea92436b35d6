/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * One simulated machine whose LPs are POSIX threads, with the workload of a host.
 *
 * One controlling thread makes all calls in the life of a machine:
 *
 *	rig_create()			power on: P-SEAMLDR, no TDX Module, no LP runs
 *	rig_image()			put images into memory, for LOAD and for UPDATE
 *	rig_boot()			LOAD, then the host's TDX initialisation
 *	rig_build_tds()			the TDs that live through everything
 *	rig_start()			LPs run: guests, TD builds, memory operations, interrupts
 *	rig_update()			any number of times; also rig_stop(), _audit(), ...
 *	rig_finish()			LPs come to rest
 *	rig_destroy()
 *
 * An LP is a thread. The thread is in process context (tasks: a vCPU's loop, a TD build, memory
 * operations, read-only calls), in interrupt context (a real-time signal from a timer thread), or
 * inside SEAM, where guests run too.
 *
 * An interrupt stays pending if it comes inside SEAM or while interrupts are off. An interrupt that
 * comes while a guest runs makes the guest leave guest mode. A stop can preempt process context
 * between any two operations unless preemption is disabled.
 *
 * A SEAMCALL status that KVM does not expect kills the call's TD, as KVM_BUG_ON() does.
 */
#ifndef SS_RIG_RIG_H
#define SS_RIG_RIG_H

#include "core/image.h"
#include "core/update.h"
#include "sim/sim.h"

struct rig;		/* internal.h */

#define RIG_MAX_LPS		SIM_MAX_LPS

/**
 * struct rig_config - one machine; rig_config_init() fills in the defaults
 * @nr_lps:           1 .. RIG_MAX_LPS (more than 1024 need @x2apic_limit)
 * @sockets:          each socket gets an equal run of LPs, in order
 * @threads_per_core: LPs of a core have consecutive numbers
 * @nr_tds:           TDs that live from rig_build_tds() to the end
 * @vcpus:            vCPUs of each of these TDs
 * @td_pages:         4 KiB data pages of each TD, added and measured at build time; 4 or more
 * @builders:         short-lived TDs; each is built, runs for a while, is torn down and starts anew
 * @memory_ops:       add, block, track, remove pages of living TDs
 * @migrate:          vCPUs change their LP now and then
 * @irq_hz:           interrupts per second, over all LPs together; 0 for none
 * @seed:             seed of every random choice; the system schedules the threads
 * @updates:          size of the SEAMDB: SEAMLDR.INFO counts down from it
 * @signer:           SHA-384 of the modulus that signs modules here
 * @fms:              CPUID(1).EAX of all sockets
 * @debug_unlocked:   accept debug-signed modules
 * @x2apic_limit:     see struct sim_config
 * @seam_bytes:       size of MODULE_RANGE; 0 means large enough
 * @private_pages:    TDMR memory, 4 KiB pages; 0 means as much as the TDs need
 * @shared_pages:     shared memory, 4 KiB pages; 0 means enough for 16 images
 * @private_hkids:    0 means as many as the TDs need
 * @no_stop:          test only: updates run without stopping the world. See rig_update()
 */
struct rig_config {
	uint32_t nr_lps, sockets, threads_per_core;
	uint32_t nr_tds, vcpus, td_pages;
	uint32_t builders;
	bool memory_ops, migrate;
	uint32_t irq_hz;
	uint64_t seed;
	uint32_t updates;
	uint8_t signer[SS_SHA384_BYTES];
	uint32_t fms;
	bool debug_unlocked;
	uint32_t x2apic_limit;
	uint64_t seam_bytes;
	uint32_t private_pages, shared_pages, private_hkids;
	bool no_stop;
};

/*
 * 8 LPs, 1 socket, 2 threads per core, 8 TDs of 2 vCPUs, 2 builders, everything on, 2000 interrupts
 * per second. The signer is Intel's.
 */
void rig_config_init(struct rig_config *config);

/* The reason of a failure: the first one, as a sentence and as a SEAMCALL. */
struct rig_error {
	char text[160];
	uint32_t lp;
	uint64_t leaf, status;		/* 0 if no SEAMCALL failed */
};

/**
 * rig_create - power a machine on; no LP runs yet
 * Context: controlling thread; may sleep. Several machines may exist. A process may start only one.
 * Returns: NULL with @err set if a number is out of range or memory is short.
 */
struct rig *rig_create(const struct rig_config *config, struct rig_error *err);

/* Stops running LPs and frees everything. @h may be NULL. */
void rig_destroy(struct rig *h);

const struct rig_config *rig_config(const struct rig *h);

/* The model. sim_fault_add() and similar calls need rig_stop() or a machine at rest. */
struct sim *rig_sim(struct rig *h);

/* For ss_update_plan.machine. Only functions inside a stop may call its seamcall(). */
const struct ss_machine *rig_machine(const struct rig *h);

/* core[] and socket[] of every LP, for ss_lockstep_init_topology(). */
const uint32_t *rig_cores(const struct rig *h);
const uint32_t *rig_sockets(const struct rig *h);

/* Zeroed, page-aligned shared memory, kept until the end. @va is NULL if there is none left. */
struct ss_buffer rig_alloc(struct rig *h, uint32_t bytes);

/* ---- before the LPs run ---------------------------------------------------------------------- */

enum rig_scenario { RIG_LOAD = 0, RIG_UPDATE = 1 };

/**
 * rig_image - copy an image into pages of its own and build its SEAMLDR_PARAMS
 * @image:     parsed; the caller may free it after the call
 * @name:      for reports; must outlive the machine
 * @out:       ready for ss_update_plan.images[]; for LOAD only params_pa matters
 *
 * Context: controlling thread, also while LPs run. Returns false with @err set if memory is short.
 */
bool rig_image(struct rig *h, const struct ss_image *image, const char *name,
	       enum rig_scenario scenario, struct ss_update_image *out,
	       struct rig_error *err);

/* LOADs the image at @params_pa, initialises TDX. Returns false with @err set. LPs at rest. */
bool rig_boot(struct rig *h, uint64_t params_pa, struct rig_error *err);

/* Builds config.nr_tds TDs. Context: LPs at rest. */
bool rig_build_tds(struct rig *h, struct rig_error *err);

/* Lets the LPs run. Returns false with @err set if the system gives too few threads. */
bool rig_start(struct rig *h, struct rig_error *err);

/* Lets every LP end its current operation, and joins the threads. TD builds stay where they are. */
void rig_finish(struct rig *h);

/* Tears down every TD, also the short-lived and half-built ones. Context: LPs at rest. */
bool rig_remove_tds(struct rig *h, struct rig_error *err);

/* ---- while they run (or at rest) ------------------------------------------------------------- */

/**
 * rig_call - run a function in process context of an LP, and wait for it
 * Context: controlling thread. With LPs at rest the controlling thread itself runs the function.
 */
void rig_call(struct rig *h, uint32_t lp, void (*fn)(void *arg, uint32_t lp), void *arg);

/* Makes a SEAMCALL in process context of @lp, for preflight and status. Returns the status. */
uint64_t rig_seamcall(struct rig *h, uint32_t lp, struct ss_regs *regs);

/**
 * rig_stop - stop the world, run @fn on every LP, go on
 *
 * The semantics are those of stop_machine(). Process context of every LP is preempted at its next
 * preemption point; a section with preemption disabled delays the whole stop. vCPUs are kicked out
 * of guest mode. Interrupts are turned off on every LP. When all LPs are there, @fn runs on all of
 * them at once.
 *
 * Context: controlling thread; sleeps until all LPs go on. With LPs at rest @fn is called for one
 *          LP after the other. Then @fn must not wait for another LP.
 */
void rig_stop(struct rig *h, void (*fn)(void *arg, uint32_t lp), void *arg);

/* The times of the last stop (or update), on the clock of ss_now_ns(). */
struct rig_window {
	uint64_t asked_ns;	/* the controlling thread asked for the stop */
	uint64_t open_ns;	/* all LPs were stopped, interrupts off (and audited) */
	uint64_t close_ns;	/* all LPs had finished, just before their release */
};
void rig_window(const struct rig *h, struct rig_window *window);

/* ---- audit ----------------------------------------------------------------------------------- */

struct rig_td_audit {
	struct sim_td_audit td;		/* zeros if the module does not know the TD any more */
	bool alive;			/* both module and host say that the TD lives */
	/* The SEAMCALL that made the host give the TD up; leaf and status 0 if there was none. */
	uint32_t dead_lp;
	uint64_t dead_leaf, dead_status;
	uint64_t entries;		/* TDH.VP.ENTERs that the host saw completed */
};

/**
 * rig_audit - look at every long-lived TD
 * @tds: config.nr_tds audits
 * Context: controlling thread. If LPs run, the audit stops the world, so that no vCPU changes
 *          memory meanwhile.
 */
void rig_audit(struct rig *h, struct rig_td_audit *tds);

/* The result of comparing two audits of the same TDs. */
struct rig_audit_diff {
	uint32_t total;
	uint32_t alive;			/* in @after */
	uint32_t died;			/* alive in @before, not in @after */
	/* Memory differs: an error only if no guest ran in between. */
	uint32_t digest_changed;
	uint32_t mrtd_changed;
	uint32_t not_progressed;	/* alive, but no quantum ran in between */
	uint32_t guest_errors;		/* TDs whose guest found its memory changed */
};
void rig_audit_compare(const struct rig_td_audit *before, const struct rig_td_audit *after,
		       uint32_t nr, struct rig_audit_diff *diff);

/**
 * rig_run_on - let the workload run until every living TD has made progress
 * @entries: completed TDH.VP.ENTERs that each TD must add
 * @limit_ns: give up after this time; 0 means never
 * Context: controlling thread, LPs run. Returns false at the limit.
 */
bool rig_run_on(struct rig *h, uint64_t entries, uint64_t limit_ns);

/* A snapshot of the host's counts since rig_create(). */
struct rig_counts {
	uint64_t entries;		/* TDH.VP.ENTER that ran a guest */
	uint64_t retries;		/* on statuses like busy, no entropy, vCPU associated */
	uint64_t unexpected;		/* statuses that KVM does not expect */
	uint64_t irqs;			/* interrupt handlers that ran */
	uint64_t irq_seamcalls;		/* SEAMCALLs that interrupt handlers made */
	uint64_t irqs_pended;		/* came inside SEAM or with interrupts off, and ran later */
	uint64_t builds, teardowns;	/* completed, of short-lived TDs */
	uint64_t builds_failed;		/* given up on a status that KVM does not expect */
	uint64_t memory_ops;
	uint64_t migrations;		/* of vCPUs */
	uint64_t repairs;		/* by machine.repair() */
	uint32_t private_pages_used;
	uint32_t hkids_used;
};
void rig_counts(struct rig *h, struct rig_counts *counts);

/* ---- TD builds, for --td-build --------------------------------------------------------------- */

/* TDs that the host knows to be between TDH.MNG.INIT and TDH.MR.FINALIZE. Context: any. */
uint32_t rig_builds(const struct rig *h);

/* While @on, no TD build passes TDH.MNG.INIT; builds beyond it go on to their end. */
void rig_hold_builds(struct rig *h, bool on);

/* Waits until no build is in progress (with hold_builds on). Returns false after @limit_ns. */
bool rig_wait_builds(struct rig *h, uint64_t limit_ns);

/* ---- the update ------------------------------------------------------------------------------ */

/* LP @lp reaches the update @ns later than the others, once, like an LP held up in firmware. */
void rig_delay_lp(struct rig *h, uint32_t lp, uint64_t ns);

/**
 * struct rig_update - one update, from before to after
 * @plan:   plan->machine must be rig_machine(); unchanged during the update
 * @lps:    config.nr_lps of them, filled in with the spans of every step; NULL if not wanted
 * @before: config.nr_tds TD audits, taken just before the window opens, or NULL
 * @after:  the same after the window has closed; no guest ran in between, so digests must be equal
 * @result: filled in
 * @window: filled in, without the time that the audits take
 * @sim:    filled in: the model's own audit after the window
 */
struct rig_update {
	const struct ss_update_plan *plan;
	struct ss_update_lp *lps;
	struct rig_td_audit *before, *after;
	struct ss_update_result result;
	struct rig_window window;
	struct sim_audit sim;
};

/**
 * rig_update - stop the world and update the module
 *
 * With config.no_stop the world does not stop. Every LP runs the update from process context when
 * it gets there, with interrupts on. While it waits for other LPs it goes on with its guests and
 * other tasks. This is a host that relies on a mutex alone. Two extra stops before and
 * after take the audits.
 *
 * Context: controlling thread. LPs run or are at rest. LPs at rest are started without workload for
 *          the update only.
 * Returns: false with @err set if nothing was tried (a plan that is not valid, no memory).
 */
bool rig_update(struct rig *h, struct rig_update *update, struct rig_error *err);

#endif
