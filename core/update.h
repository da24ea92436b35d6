/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The TD-preserving update as a program for the step machine, with its recovery edges. */
#ifndef SS_CORE_UPDATE_H
#define SS_CORE_UPDATE_H

#include "lockstep.h"
#include "seamcall.h"
#include "seamldr.h"

#define SS_UPDATE_MAX_IMAGES	8
#define SS_UPDATE_MAX_EVENTS	64
#define SS_UPDATE_MAX_VISITS	48

/* How an update ends. X(name, text) */
#define SS_VERDICTS(X) \
	X(UPDATED, "updated") \
	X(UNCHANGED, "unchanged") \
	X(RECOVERED, "recovered") \
	X(LOST, "lost")
#define SS_VERDICT_ENUM(name, text) SS_##name,
enum ss_verdict { SS_VERDICTS(SS_VERDICT_ENUM) SS_VERDICT_NR };
#undef SS_VERDICT_ENUM

/*
 * The rows of the program. X(name, mode, text); here and nowhere else a row gets its mode. All rows
 * before INSTALL belong to the time in which the old module runs.
 */
#define SS_UPDATE_STEPS(X) \
	X(CHECK, ALL, "check") \
	X(PREPARE, ONE, "prepare") \
	X(REHEARSE, EACH, "rehearse") \
	X(REHEARSED, ONE, "judge-rehearsal") \
	X(SHUTDOWN, ONE, "shutdown") \
	X(LEAVE, ONE, "leave") \
	X(INSTALL, EACH, "install") \
	X(INSTALLED, ONE, "judge-install") \
	X(SYS_INIT, ONE, "sys-init") \
	X(SYS_INIT_FAILED, ONE, "judge-sys-init") \
	X(LP_INIT, ALL, "lp-init") \
	X(LP_INIT_FAILED, ONE, "judge-lp-init") \
	X(UPDATE, ONE, "update") \
	X(UPDATE_FAILED, ONE, "judge-update") \
	X(VERIFY, ONE, "verify") \
	X(GIVE_UP, ONE, "give-up")
#define SS_UPDATE_STEP_ENUM(name, mode, text) SS_STEP_##name,
enum ss_update_step { SS_UPDATE_STEPS(SS_UPDATE_STEP_ENUM) SS_STEP_NR };
#undef SS_UPDATE_STEP_ENUM

/* What was done about a failure. X(name, text) */
#define SS_UPDATE_ACTIONS(X) \
	X(NONE, "none") \
	X(RETRY_CALL, "repeated the call") \
	X(REPAIR, "repaired the LP and repeated the call") \
	X(COMPLETE_SESSION, "completed the INSTALL session") \
	X(REPEAT_STEP, "repeated the step") \
	X(REPEAT_INSTALL, "installed the same image again") \
	X(FALLBACK, "installed a fallback image") \
	X(LEAVE, "left with the old module running") \
	X(GIVE_UP, "gave up") \
	X(IGNORE, "went on: the update itself was done") \
	X(BELIEVE, "went by what the firmware shows, not by this status") \
	X(GO_ON, "went on with the image that is installed") \
	X(NEXT_STEP, "went on to the next step, which is refused if this one is not done")
#define SS_UPDATE_ACTION_ENUM(name, text) SS_ACTION_##name,
enum ss_update_action { SS_UPDATE_ACTIONS(SS_UPDATE_ACTION_ENUM) SS_ACTION_NR };
#undef SS_UPDATE_ACTION_ENUM

/* Why an update ended otherwise than updated. X(id, name, text) */
#define SS_UPDATE_REASONS(X) \
	X(NONE, "none", "nothing went wrong") \
	X(NOT_ARRIVED, "not-arrived", "an LP did not arrive in time") \
	X(LP_UNFIT, "lp-unfit", "an LP is not fit for SEAMCALLs") \
	X(STATE, "state", "the host is not in the state that the update was prepared for") \
	X(EXHAUSTED, "exhausted", "no updates are left before a reboot") \
	X(REHEARSAL, "rehearsal", "the P-SEAMLDR refused the image in a rehearsal") \
	X(SHUTDOWN, "shutdown", "the running module refused to shut down") \
	X(BUSY, "busy", "the running module stayed busy") \
	X(TD_BUILD, "td-build", "TD builds or interrupted migrations are under way") \
	X(INSTALL, "install", "the P-SEAMLDR did not install the image") \
	X(SESSION, "session", "an LP could not take part in the INSTALL session") \
	X(DESTROYED, "destroyed", "the P-SEAMLDR failed after it had erased the old module") \
	X(INIT, "init", "the new module did not initialise") \
	X(HANDOFF, "handoff", "the new module did not take over the state") \
	X(BROKEN, "broken", "the update took a way that its own argument excludes")
#define SS_UPDATE_REASON_ENUM(id, name, text) SS_REASON_##id,
enum ss_update_reason { SS_UPDATE_REASONS(SS_UPDATE_REASON_ENUM) SS_REASON_NR };
#undef SS_UPDATE_REASON_ENUM

/* What a look at the firmware shows. X(id, name) */
#define SS_UPDATE_SIGHTS(X) \
	X(UNKNOWN, "unknown")		/* the calls failed, or contradict each other */ \
	X(READY, "ready")		/* a module in state READY: TDs can run */ \
	X(NOT_READY, "not-ready")	/* no module, or one that serves no TDs */
#define SS_UPDATE_SIGHT_ENUM(id, name) SS_SEEN_##id,
enum ss_update_sight { SS_UPDATE_SIGHTS(SS_UPDATE_SIGHT_ENUM) SS_SEEN_NR };
#undef SS_UPDATE_SIGHT_ENUM

/* An image ready to install, in pages that nothing else writes. */
struct ss_update_image {
	const char *name;		/* for reports */
	uint64_t params_pa;		/* its SEAMLDR_PARAMS, scenario UPDATE */
	uint8_t svn_minor, svn_major;
	uint16_t module_hv, min_update_hv;
};

/* The caller's decisions. Constant during the update. */
struct ss_update_plan {
	const struct ss_machine *machine;
	/* images[0] is the target; the others are fallbacks, in the order of the tries. */
	struct ss_update_image images[SS_UPDATE_MAX_IMAGES];
	uint32_t nr_images;
	uint8_t svn_minor, svn_major;	/* of the running module */
	uint16_t hv;			/* asked for in TDH.SYS.SHUTDOWN */
	bool avoid_td_build;		/* bit 16 of RCX: only where TDX_FEATURES0 has bit 47 */
	uint64_t enable;		/* R9 of TDH.SYS.UPDATE version 1; 0 uses version 0 */
	bool rehearse;
	struct ss_buffer info;		/* 256 bytes, 256-aligned, for SEAMLDR.INFO */
	uint64_t arrival_ns;
	uint32_t call_tries;		/* of one SEAMCALL that may be repeated; 0 means 10 */
	uint32_t step_tries;		/* of one step or INSTALL session; 0 means 3 */
};

/* A SEAMCALL and what came back. */
struct ss_update_call {
	uint64_t leaf, status, rdx;
};

/* Something that went wrong, or was put right. */
struct ss_update_event {
	uint8_t step;		/* enum ss_update_step */
	uint8_t action;		/* enum ss_update_action */
	uint8_t image;		/* in the plan; for FALLBACK the one chosen */
	uint32_t lp;
	struct ss_update_call call;
	uint64_t at_ns;
};

/* One visit of one step: which step, by which image. */
struct ss_update_visit {
	uint8_t step, image;
};

struct ss_update_span {
	uint64_t start_ns, end_ns;	/* start 0: this LP had nothing to do */
};

struct ss_update_lp {
	/* Of the step under way: written by this LP, read by the lead in the next step. */
	struct ss_update_call call;
	bool failed;
	bool called;			/* has called INSTALL in the session that is open */
	uint64_t arrive_ns, leave_ns;
	struct ss_update_span spans[SS_UPDATE_MAX_VISITS];
} SS_LINE_ALIGNED;

struct ss_update_result {
	enum ss_verdict verdict;
	enum ss_update_reason reason;
	uint32_t image;			/* that runs now; only if updated or recovered */
	/* The first failure that repeating a call did not cure. Valid if reason is not NONE. */
	struct ss_update_event failure;
	struct ss_update_event events[SS_UPDATE_MAX_EVENTS];
	uint32_t nr_events;		/* recorded */
	uint32_t events_dropped;
	struct ss_update_visit visits[SS_UPDATE_MAX_VISITS];
	uint32_t nr_visits;
	uint32_t installs;		/* that succeeded: updates that were spent */
	/*
	 * What the lead saw of the firmware right before all LPs left. @confirmed says that every
	 * call of that look was answered and that the look agrees with the verdict. If not, the
	 * verdict follows from the path, and the caller has to look again.
	 */
	enum ss_update_sight seen;
	bool confirmed;
	uint64_t start_ns, end_ns;	/* of the window on the lead: arrival to verdict */
	uint64_t shutdown_ns;		/* when the old module was shut down; 0: never */
	/* Read in that look, where the firmware answered. */
	bool has_version, has_remaining;
	uint16_t major, minor, update;
	uint32_t remaining_updates;
};

#define SS_NO_IMAGE	UINT32_MAX

struct ss_update {
	const struct ss_update_plan *plan;
	struct ss_lockstep *lockstep;
	struct ss_update_lp *lps;
	struct ss_update_result result;
	struct ss_word nr_events;
	/*
	 * The notebook. One LP at a time writes, and the lockstep orders the writers: the lead in
	 * ONE steps, the LP whose turn it is in EACH steps. The notebook is constant in ALL steps.
	 */
	uint32_t image;			/* being installed, or running */
	uint32_t installed;		/* the last one whose INSTALL succeeded; SS_NO_IMAGE */
	bool down;			/* the old module was shut down: no way but INSTALL */
	struct {
		uint32_t nr_called;	/* LPs that have called */
		uint32_t rounds;	/* times that all LPs have had their turn */
		bool closed;		/* the last LP's call has come back */
		bool doubt;		/* an LP was told that it had called already */
		uint32_t lp;		/* the one that closed it, and what it was told */
		struct ss_update_call call;
	} session;			/* of SEAMLDR.INSTALL */
	uint8_t base_minor, base_major;	/* SVN that a further UPDATE is judged against */
	uint32_t remaining;		/* updates left */
	uint8_t seen_minor, seen_major;	/* SVN that the last look found */
	bool seen_all;			/* every call of that look was answered */
	struct ss_update_call unread;	/* of that look, a call that was not; leaf 0: none */
	uint64_t enable;
	uint8_t attempts[SS_UPDATE_MAX_IMAGES];	/* times that an image was chosen */
	uint8_t repeats[SS_STEP_NR];	/* of a step, since the image was chosen */
	uint32_t visit;			/* index of the visit under way */
};

/**
 * ss_update_init - prepare an update
 * @u:        to be initialised
 * @plan:     must stay as it is until all LPs have left
 * @lockstep: initialised for plan->machine->nr_lps LPs; prepared by this function
 * @lps:      one an LP; contents are overwritten
 *
 * Context: any; may not sleep. Returns false if the plan contradicts itself (no image, LP counts
 *          differ, an info buffer that is missing or misaligned).
 */
SS_MUST_CHECK bool ss_update_init(struct ss_update *u, const struct ss_update_plan *plan,
				  struct ss_lockstep *lockstep, struct ss_update_lp *lps);

/**
 * ss_update_run - carry the update out; every LP calls this, once, inside the stopped window
 * @lp: the caller
 *
 * As long as TDH.SYS.SHUTDOWN has not succeeded, every failure leaves the old module running. From
 * then on SEAMLDR.INSTALL is the only way out. The flow does not give up while the interface offers
 * a call that could start a module with the old module's state.
 *
 * Context: all LPs at once, interrupts off, no TD vCPU in guest mode, no other SEAMCALL in flight
 *          or possible until all have left. Does not sleep, allocate or log.
 * Returns: the verdict, the same on every LP. u->result is complete when all LPs have left.
 * Source:  specification 10.3, 10.4.
 */
enum ss_verdict ss_update_run(struct ss_update *u, uint32_t lp);

const char *ss_verdict_name(enum ss_verdict verdict);
const char *ss_update_step_name(uint32_t step);
enum ss_mode ss_update_step_mode(uint32_t step);
const char *ss_update_action_text(uint32_t action);
const char *ss_update_reason_name(uint32_t reason);	/* "not-arrived" */
const char *ss_update_reason_text(uint32_t reason);
const char *ss_update_sight_name(uint32_t sight);	/* "not-ready" */

/**
 * ss_update_program - the table itself, for programs that check or show the table
 * @outcomes: set to one number a row: a row's function returns 0 .. outcomes[row] - 1
 *
 * Context: any. Returns SS_STEP_NR rows.
 */
const struct ss_step *ss_update_program(const uint8_t **outcomes);

#endif
