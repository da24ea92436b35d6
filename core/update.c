// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The TD-preserving update as a program for the step machine, with its recovery edges.
 *
 * The success of TDH.SYS.SHUTDOWN divides the program. Before it, any failure leads to LEAVE, and
 * nothing has happened. After it, the old module answers no more calls and its handoff data waits
 * for a successor. So every failure leads to a judge (update_judge.c). The judge repeats the step
 * or chooses another image. The judge gives up only if the interface leaves nothing else.
 *
 *   CHECK PREPARE [REHEARSE] | SHUTDOWN | INSTALL  SYS_INIT  LP_INIT  UPDATE  VERIFY --> updated,
 *       \       \       \          \        |  ^      |         |        |      ^       recovered
 *        \       \       \          \       v  |______v_________v________v______|  judges
 *         `-------`-------`-- LEAVE -'      ^          \        \        \
 *                   unchanged <-'  \________'           `--------`--------`-- GIVE_UP --> lost
 *
 * What a judge may rely on (specification 10.4): a SYS.* leaf that fails leaves the module as it
 * was and the handoff data valid. An INSTALL that fails with RDX = 0 does so too. An INSTALL that
 * fails with RDX = 1 leaves nothing. Once an INSTALL has succeeded, an image with a lower SVN is
 * refused.
 *
 * An INSTALL session ends only when as many LPs have called as the platform has. The module is out
 * of reach until then. So no LP ever skips its turn because another LP has failed. An LP whose call
 * did not count gets another turn before anything else is considered.
 *
 * What must hold, for every value that any SEAMCALL returns:
 *
 *   U1 A status is a success only where the specification calls it one for that leaf
 *      (ss_status_is_done()). Every other value, known or not, leads along a failing edge.
 *   U2 No verdict without evidence. All ways end in LEAVE, VERIFY or GIVE_UP, and there the lead
 *      looks (update_look.c). "unchanged", "updated" and "recovered" need a module that was seen
 *      READY; "lost" needs a look that found none. If the look finds out nothing, or its witnesses
 *      contradict each other, the path decides the verdict, and result.confirmed is false.
 *   U3 The look overrides the path. Without a READY module LEAVE goes on to INSTALL, and VERIFY
 *      to the judge. With a READY module GIVE_UP does not say "lost".
 *   U4 From INSTALL on no row before INSTALL is reached: u->down says that the old module is shut
 *      down, and begin() asserts that no earlier row runs then.
 *   U5 Each row's outcomes have columns that are set. The compiler checks the number of columns,
 *      and a test checks that no column is unset. At run time an outcome without a column counts
 *      as the row's worst.
 *   U6 Each cycle is bounded (update_judge.c; complete_session(); the rehearsal's repeats).
 */
#include "update_internal.h"

#define SHUTDOWN_AVOID_COMPAT_SENSITIVE	(1ULL << 16)	/* 6.4 */

/*
 * What each row's function may return: the columns of the program. The last outcome is the worst,
 * and is safe at any time. LPs of an ALL or EACH step agree on their worst outcome.
 */
enum check_outcome	{ CHECK_FIT, CHECK_UNFIT, CHECK_NR };
enum prepare_outcome	{ PREPARE_SHUTDOWN, PREPARE_REHEARSE, PREPARE_LEAVE, PREPARE_NR };
enum rehearse_outcome	{ REHEARSE_CALLED, REHEARSE_FAILED, REHEARSE_NR };
enum rehearsed_outcome	{ REHEARSED_WELL, REHEARSED_AGAIN, REHEARSED_GIVE_UP, REHEARSED_LEAVE,
			  REHEARSED_NR };
enum shutdown_outcome	{ SHUTDOWN_DOWN, SHUTDOWN_LEAVE, SHUTDOWN_NR };
enum leave_outcome	{ LEAVE_UNCHANGED, LEAVE_INSTALL, LEAVE_NR };
enum install_outcome	{ INSTALL_CALLED, INSTALL_FAILED, INSTALL_NR };
enum installed_outcome	{ INSTALLED_INIT, INSTALLED_AGAIN, INSTALLED_GIVE_UP, INSTALLED_NR };
enum sys_init_outcome	{ SYS_INIT_DONE, SYS_INIT_FAILED, SYS_INIT_NR };
enum init_judged	{ INIT_AGAIN, INIT_BACK, INIT_INSTALL, INIT_GO_ON, INIT_GIVE_UP, INIT_NR };
enum lp_init_outcome	{ LP_INIT_DONE, LP_INIT_FAILED, LP_INIT_NR };
enum update_outcome	{ UPDATE_DONE, UPDATE_FAILED, UPDATE_NR };
enum update_judged	{ JUDGED_DONE, JUDGED_AGAIN, JUDGED_BACK, JUDGED_INSTALL, JUDGED_GIVE_UP,
			  JUDGED_NR };
enum verify_outcome	{ VERIFY_UPDATED, VERIFY_RECOVERED, VERIFY_NOT_READY, VERIFY_NR };
enum give_up_outcome	{ GIVE_UP_UNCHANGED, GIVE_UP_UPDATED, GIVE_UP_RECOVERED, GIVE_UP_LOST,
			  GIVE_UP_NR };

/* ---- before the shutdown: a failure leads to LEAVE ------------------------------------------- */

static void note_leave(struct ss_update *u, enum ss_update_reason reason, uint32_t step)
{
	ss_update_note_failure(u, reason, step, 0, &u->lps[0].call, SS_ACTION_LEAVE);
}

static enum check_outcome do_check(struct ss_update *u, uint32_t lp)
{
	const struct ss_machine *m = u->plan->machine;
	struct ss_update_lp *me = &u->lps[lp];

	me->call.status = m->check_lp ? m->check_lp(m->ctx, lp) : 0;
	me->failed = me->call.status != 0;
	return me->failed ? CHECK_UNFIT : CHECK_FIT;
}

/* The plan was made with the machine running. Is the plan still true? Nothing can change now. */
static enum prepare_outcome do_prepare(struct ss_update *u, uint32_t lp)
{
	const struct ss_update_plan *plan = u->plan;
	struct ss_seamldr_info info;

	if (!ss_update_read_info(u, lp, SS_STEP_PREPARE, &info) || !info.seam_ready ||
	    info.svn_minor != plan->svn_minor || info.svn_major != plan->svn_major) {
		note_leave(u, SS_REASON_STATE, SS_STEP_PREPARE);
		return PREPARE_LEAVE;
	}
	u->remaining = info.num_remaining_updates;
	if (!u->remaining) {
		note_leave(u, SS_REASON_EXHAUSTED, SS_STEP_PREPARE);
		return PREPARE_LEAVE;
	}
	return plan->rehearse ? PREPARE_REHEARSE : PREPARE_SHUTDOWN;
}

static enum ss_update_reason shutdown_reason(const struct ss_update_call *call)
{
	if (ss_status_eq(call->status, SS_TDX_UPDATE_COMPATIBILITY_SENSITIVE))
		return SS_REASON_TD_BUILD;
	if (ss_status_class(call->leaf, call->status) == SS_CLASS_NOW)
		return SS_REASON_BUSY;
	return SS_REASON_SHUTDOWN;
}

static void note_down(struct ss_update *u)
{
	u->down = true;
	u->result.shutdown_ns = ss_now_ns();
}

static enum shutdown_outcome do_shutdown(struct ss_update *u, uint32_t lp)
{
	struct ss_regs in = { .rax = SS_LEAF_TDH_SYS_SHUTDOWN, .rcx = u->plan->hv }, out;

	if (u->plan->avoid_td_build)
		in.rcx |= SHUTDOWN_AVOID_COMPAT_SENSITIVE;
	if (ss_update_call(u, lp, SS_STEP_SHUTDOWN, &in, &out)) {
		note_down(u);
		return SHUTDOWN_DOWN;
	}
	note_leave(u, shutdown_reason(&u->lps[lp].call), SS_STEP_SHUTDOWN);
	return SHUTDOWN_LEAVE;
}

/* Is there no READY module where @verdict needs one? Two looks must say so. */
static bool contradicted(struct ss_update *u, uint32_t step, enum ss_verdict verdict,
			 struct ss_update_call *told)
{
	return ss_update_confirm(u, step, verdict, told) == SS_SEEN_NOT_READY &&
	       ss_update_confirm(u, step, verdict, told) == SS_SEEN_NOT_READY;
}

/*
 * If all calls did what they said, nothing was done. If still no module is READY, the old module is
 * down, and INSTALL is the way out.
 */
static enum leave_outcome do_leave(struct ss_update *u, uint32_t lp)
{
	uint32_t bad = ss_update_first_failed(u);
	struct ss_update_call told;

	if (u->result.reason == SS_REASON_NONE && bad != SS_NO_LP)	/* from CHECK */
		ss_update_note_failure(u, SS_REASON_LP_UNFIT, SS_STEP_CHECK, bad,
				       &u->lps[bad].call, SS_ACTION_LEAVE);
	if (!contradicted(u, SS_STEP_LEAVE, SS_UNCHANGED, &told))
		return LEAVE_UNCHANGED;
	ss_update_add_event(u, lp, SS_STEP_LEAVE, &told, SS_ACTION_BELIEVE);
	note_down(u);
	ss_update_open_session(u);
	return LEAVE_INSTALL;
}

/* ---- the rehearsal and the INSTALL session --------------------------------------------------- */

static enum rehearse_outcome do_rehearse(struct ss_update *u, uint32_t lp)
{
	return ss_update_install_turn(u, lp, SS_STEP_REHEARSE) ? REHEARSE_CALLED : REHEARSE_FAILED;
}

static enum rehearsed_outcome judge_rehearsal(struct ss_update *u)
{
	struct ss_update_call last = u->session.call;
	uint32_t lp = u->session.lp;

	ss_update_open_session(u);
	if (last.status == SS_PSEAMLDR_EBADHANDOFF)
		return REHEARSED_WELL;
	if (last.status == SS_PSEAMLDR_ENOENTROPY &&
	    ++u->repeats[SS_STEP_REHEARSE] < ss_update_step_tries(u)) {
		ss_update_add_event(u, lp, SS_STEP_REHEARSE, &last, SS_ACTION_REPEAT_STEP);
		return REHEARSED_AGAIN;
	}
	ss_update_note_failure(u, SS_REASON_REHEARSAL, SS_STEP_REHEARSE, lp, &last,
			       SS_ACTION_LEAVE);
	return REHEARSED_LEAVE;
}

/*
 * Without a shutdown there is no handoff data. So a good image ends in EBADHANDOFF and RDX = 0, and
 * the running module stays as it is (specification 10.5).
 */
static enum rehearsed_outcome do_rehearsed(struct ss_update *u, uint32_t lp)
{
	(void)lp;
	switch (ss_update_session_end(u, SS_STEP_REHEARSE)) {
	case SS_SESSION_OPEN:
		return ss_update_complete_session(u, SS_STEP_REHEARSE) ? REHEARSED_AGAIN
								       : REHEARSED_GIVE_UP;
	case SS_SESSION_REFUSED:
		return judge_rehearsal(u);
	default:
		ss_update_note_failure(u, SS_REASON_DESTROYED, SS_STEP_REHEARSE, u->session.lp,
				       &u->session.call, SS_ACTION_GIVE_UP);
		return REHEARSED_GIVE_UP;
	}
}

static enum install_outcome do_install(struct ss_update *u, uint32_t lp)
{
	return ss_update_install_turn(u, lp, SS_STEP_INSTALL) ? INSTALL_CALLED : INSTALL_FAILED;
}

/* ---- after the shutdown ---------------------------------------------------------------------- */

static enum installed_outcome note_installed(struct ss_update *u)
{
	u->result.installs++;
	u->installed = u->image;
	return INSTALLED_INIT;
}

/*
 * The P-SEAMLDR refused the image and left everything as it was. Is the module there shut down? If
 * it serves TDs, TDH.SYS.SHUTDOWN said "done" and nothing has happened.
 */
static enum installed_outcome judge_refusal(struct ss_update *u)
{
	if (ss_update_look(u, SS_STEP_INSTALLED, true, NULL) == SS_SEEN_READY) {
		ss_update_note_failure(u, SS_REASON_SHUTDOWN, SS_STEP_INSTALL, u->session.lp,
				       &u->session.call, SS_ACTION_LEAVE);
		return INSTALLED_GIVE_UP;
	}
	switch (ss_update_judge_session(u)) {
	case SS_JUDGE_AGAIN:
	case SS_JUDGE_INSTALL:
		return INSTALLED_AGAIN;
	case SS_JUDGE_GO_ON:
		return INSTALLED_INIT;
	default:
		return INSTALLED_GIVE_UP;
	}
}

static enum installed_outcome do_installed(struct ss_update *u, uint32_t lp)
{
	(void)lp;
	switch (ss_update_session_end(u, SS_STEP_INSTALL)) {
	case SS_SESSION_OPEN:
		return ss_update_complete_session(u, SS_STEP_INSTALL) ? INSTALLED_AGAIN
								      : INSTALLED_GIVE_UP;
	case SS_SESSION_INSTALLED:
		return note_installed(u);
	case SS_SESSION_REFUSED:
		return judge_refusal(u);
	default:
		ss_update_note_failure(u, SS_REASON_DESTROYED, SS_STEP_INSTALL, u->session.lp,
				       &u->session.call, SS_ACTION_GIVE_UP);
		return INSTALLED_GIVE_UP;
	}
}

static enum sys_init_outcome do_sys_init(struct ss_update *u, uint32_t lp)
{
	struct ss_regs in = { .rax = SS_LEAF_TDH_SYS_INIT }, out;

	/* "Done before" is done. If that is false, LP.INIT says so and this step is repeated. */
	return ss_update_call(u, lp, SS_STEP_SYS_INIT, &in, &out) ? SYS_INIT_DONE : SYS_INIT_FAILED;
}

/* @again: the outcome that repeats the step. */
static enum init_judged judge_init(struct ss_update *u, uint32_t step, enum init_judged again)
{
	switch (ss_update_judge_step(u, SS_REASON_INIT, step)) {
	case SS_JUDGE_AGAIN:
		return again;
	case SS_JUDGE_INSTALL:
		return INIT_INSTALL;
	case SS_JUDGE_GO_ON:
		return INIT_GO_ON;
	default:
		return INIT_GIVE_UP;
	}
}

static enum init_judged do_sys_init_failed(struct ss_update *u, uint32_t lp)
{
	(void)lp;
	return judge_init(u, SS_STEP_SYS_INIT, INIT_AGAIN);
}

static enum lp_init_outcome do_lp_init(struct ss_update *u, uint32_t lp)
{
	struct ss_regs in = { .rax = SS_LEAF_TDH_SYS_LP_INIT }, out;

	return ss_update_call(u, lp, SS_STEP_LP_INIT, &in, &out) ? LP_INIT_DONE : LP_INIT_FAILED;
}

/* Goes back if the status says that TDH.SYS.INIT was not done, whatever that call returned. */
static enum init_judged do_lp_init_failed(struct ss_update *u, uint32_t lp)
{
	uint32_t bad = ss_update_first_failed(u);

	(void)lp;
	if (bad != SS_NO_LP &&
	    ss_status_eq(u->lps[bad].call.status, SS_TDX_SYS_LP_INIT_NOT_PENDING))
		return judge_init(u, SS_STEP_LP_INIT, INIT_BACK);
	return judge_init(u, SS_STEP_LP_INIT, INIT_AGAIN);
}

static enum update_outcome do_update(struct ss_update *u, uint32_t lp)
{
	struct ss_regs in = { .rax = SS_LEAF_TDH_SYS_UPDATE }, out;
	struct ss_update_lp *me = &u->lps[lp];

	if (u->enable) {
		in.rax |= SS_LEAF_VERSION(1);
		in.r9 = u->enable;
	}
	if (ss_update_call(u, lp, SS_STEP_UPDATE, &in, &out))
		return UPDATE_DONE;
	if (!ss_status_eq(me->call.status, SS_TDX_OPERAND_INVALID))
		return UPDATE_FAILED;
	/* The module does not know the version. Better to lose the features than the TDs. */
	ss_update_add_event(u, lp, SS_STEP_UPDATE, &me->call, SS_ACTION_RETRY_CALL);
	u->enable = 0;
	in.rax = SS_LEAF_TDH_SYS_UPDATE;
	in.r9 = 0;
	return ss_update_call(u, lp, SS_STEP_UPDATE, &in, &out) ? UPDATE_DONE : UPDATE_FAILED;
}

/* Is the update done all the same? If not: STATE_INCORRECT means that an LP is not initialised. */
static enum update_judged do_update_failed(struct ss_update *u, uint32_t lp)
{
	struct ss_update_call call = u->lps[lp].call;

	if (ss_update_look(u, SS_STEP_UPDATE_FAILED, true, NULL) == SS_SEEN_READY) {
		ss_update_add_event(u, lp, SS_STEP_UPDATE, &call, SS_ACTION_BELIEVE);
		return JUDGED_DONE;
	}
	switch (ss_update_judge_step(u, SS_REASON_HANDOFF, SS_STEP_UPDATE)) {
	case SS_JUDGE_AGAIN:
		return ss_status_eq(call.status, SS_TDX_SYS_STATE_INCORRECT) ? JUDGED_BACK
									     : JUDGED_AGAIN;
	case SS_JUDGE_INSTALL:
		return JUDGED_INSTALL;
	default:
		return JUDGED_GIVE_UP;
	}
}

/* ---- the ends -------------------------------------------------------------------------------- */

static enum ss_verdict installed_verdict(const struct ss_update *u)
{
	return u->installed ? SS_RECOVERED : SS_UPDATED;
}

/* TDH.SYS.UPDATE says that the new module has the TDs. Does that module serve them? */
static enum verify_outcome do_verify(struct ss_update *u, uint32_t lp)
{
	enum ss_verdict verdict = installed_verdict(u);
	struct ss_update_call told;

	u->result.image = u->installed;
	if (contradicted(u, SS_STEP_VERIFY, verdict, &told)) {
		u->lps[lp].call = told;		/* for the judge: this is the call that failed */
		u->lps[lp].failed = true;
		return VERIFY_NOT_READY;
	}
	return verdict == SS_UPDATED ? VERIFY_UPDATED : VERIFY_RECOVERED;
}

static enum give_up_outcome do_give_up(struct ss_update *u, uint32_t lp)
{
	struct ss_update_call told;
	enum ss_verdict verdict;

	(void)lp;
	if (ss_update_confirm(u, SS_STEP_GIVE_UP, SS_LOST, &told) != SS_SEEN_READY)
		return GIVE_UP_LOST;
	verdict = u->installed == SS_NO_IMAGE ? SS_UNCHANGED : installed_verdict(u);
	if (verdict != SS_UNCHANGED) {
		u->image = u->installed;
		u->result.image = u->installed;
	}
	ss_update_confirm(u, SS_STEP_GIVE_UP, verdict, &told);
	if (verdict == SS_UNCHANGED)
		return GIVE_UP_UNCHANGED;
	return verdict == SS_UPDATED ? GIVE_UP_UPDATED : GIVE_UP_RECOVERED;
}

/* ---- the program ----------------------------------------------------------------------------- */

static bool begin(struct ss_update *u, uint32_t lp, enum ss_update_step step);
static uint32_t end(struct ss_update *u, uint32_t lp, enum ss_update_step step, uint32_t outcome);

/* X(row, function, number of outcomes) */
#define ROW_FNS(X)							\
	X(CHECK, check, CHECK_NR)					\
	X(PREPARE, prepare, PREPARE_NR)					\
	X(REHEARSE, rehearse, REHEARSE_NR)				\
	X(REHEARSED, rehearsed, REHEARSED_NR)				\
	X(SHUTDOWN, shutdown, SHUTDOWN_NR)				\
	X(LEAVE, leave, LEAVE_NR)					\
	X(INSTALL, install, INSTALL_NR)					\
	X(INSTALLED, installed, INSTALLED_NR)				\
	X(SYS_INIT, sys_init, SYS_INIT_NR)				\
	X(SYS_INIT_FAILED, sys_init_failed, INIT_NR)			\
	X(LP_INIT, lp_init, LP_INIT_NR)					\
	X(LP_INIT_FAILED, lp_init_failed, INIT_NR)			\
	X(UPDATE, update, UPDATE_NR)					\
	X(UPDATE_FAILED, update_failed, JUDGED_NR)			\
	X(VERIFY, verify, VERIFY_NR)					\
	X(GIVE_UP, give_up, GIVE_UP_NR)

#define STEP_FN(ROW, fn, nr)						\
	static uint32_t step_##fn(void *ctx, uint32_t lp)		\
	{								\
		struct ss_update *u = ctx;				\
									\
		if (!begin(u, lp, SS_STEP_##ROW))			\
			return (nr) - 1;				\
		return end(u, lp, SS_STEP_##ROW, (uint32_t)do_##fn(u, lp));	\
	}
ROW_FNS(STEP_FN)
#undef STEP_FN

#define OUTCOMES(ROW, fn, nr) [SS_STEP_##ROW] = (nr),
static const uint8_t outcomes[SS_STEP_NR] = { ROW_FNS(OUTCOMES) };
#undef OUTCOMES

#define ROW_MODE(ROW, mode, text) MODE_##ROW = SS_##mode,
enum { SS_UPDATE_STEPS(ROW_MODE) };
#undef ROW_MODE

#define TO(NAME)	SS_TO(SS_STEP_##NAME)
#define COLUMNS_CHECK	[CHECK_FIT] = TO(PREPARE), [CHECK_UNFIT] = TO(LEAVE)
#define COLUMNS_PREPARE	[PREPARE_SHUTDOWN] = TO(SHUTDOWN), [PREPARE_REHEARSE] = TO(REHEARSE), \
			[PREPARE_LEAVE] = TO(LEAVE)
#define COLUMNS_REHEARSE	[REHEARSE_CALLED] = TO(REHEARSED), [REHEARSE_FAILED] = TO(REHEARSED)
#define COLUMNS_REHEARSED	[REHEARSED_WELL] = TO(SHUTDOWN), [REHEARSED_AGAIN] = TO(REHEARSE), \
				[REHEARSED_GIVE_UP] = TO(GIVE_UP), [REHEARSED_LEAVE] = TO(LEAVE)
#define COLUMNS_SHUTDOWN	[SHUTDOWN_DOWN] = TO(INSTALL), [SHUTDOWN_LEAVE] = TO(LEAVE)
#define COLUMNS_LEAVE	[LEAVE_UNCHANGED] = SS_END(SS_UNCHANGED), [LEAVE_INSTALL] = TO(INSTALL)

#define COLUMNS_INSTALL		[INSTALL_CALLED] = TO(INSTALLED), [INSTALL_FAILED] = TO(INSTALLED)
#define COLUMNS_INSTALLED	[INSTALLED_INIT] = TO(SYS_INIT), [INSTALLED_AGAIN] = TO(INSTALL), \
				[INSTALLED_GIVE_UP] = TO(GIVE_UP)
#define COLUMNS_SYS_INIT	[SYS_INIT_DONE] = TO(LP_INIT), \
				[SYS_INIT_FAILED] = TO(SYS_INIT_FAILED)
#define COLUMNS_SYS_INIT_FAILED	[INIT_AGAIN] = TO(SYS_INIT), [INIT_BACK] = TO(SYS_INIT), \
				[INIT_INSTALL] = TO(INSTALL), [INIT_GO_ON] = TO(LP_INIT), \
				[INIT_GIVE_UP] = TO(GIVE_UP)
#define COLUMNS_LP_INIT		[LP_INIT_DONE] = TO(UPDATE), [LP_INIT_FAILED] = TO(LP_INIT_FAILED)
#define COLUMNS_LP_INIT_FAILED	[INIT_AGAIN] = TO(LP_INIT), [INIT_BACK] = TO(SYS_INIT), \
				[INIT_INSTALL] = TO(INSTALL), [INIT_GO_ON] = TO(UPDATE), \
				[INIT_GIVE_UP] = TO(GIVE_UP)
#define COLUMNS_UPDATE		[UPDATE_DONE] = TO(VERIFY), [UPDATE_FAILED] = TO(UPDATE_FAILED)
#define COLUMNS_UPDATE_FAILED	[JUDGED_DONE] = TO(VERIFY), [JUDGED_AGAIN] = TO(UPDATE), \
				[JUDGED_BACK] = TO(LP_INIT), [JUDGED_INSTALL] = TO(INSTALL), \
				[JUDGED_GIVE_UP] = TO(GIVE_UP)
#define COLUMNS_VERIFY		[VERIFY_UPDATED] = SS_END(SS_UPDATED), \
				[VERIFY_RECOVERED] = SS_END(SS_RECOVERED), \
				[VERIFY_NOT_READY] = TO(UPDATE_FAILED)
#define COLUMNS_GIVE_UP		[GIVE_UP_UNCHANGED] = SS_END(SS_UNCHANGED), \
				[GIVE_UP_UPDATED] = SS_END(SS_UPDATED), \
				[GIVE_UP_RECOVERED] = SS_END(SS_RECOVERED), \
				[GIVE_UP_LOST] = SS_END(SS_LOST)

#define ROW_IS_FULL(ROW, fn, nr)					\
	_Static_assert(sizeof((int8_t[]){ COLUMNS_##ROW }) == (nr) && (nr) <= SS_OUTCOMES,	\
		       "row " #ROW " has a column for each outcome");
ROW_FNS(ROW_IS_FULL)
#undef ROW_IS_FULL

#define PROGRAM_ROW(ROW, fn, nr)					\
	[SS_STEP_##ROW] = { #ROW, (enum ss_mode)MODE_##ROW, step_##fn, { COLUMNS_##ROW } },
static const struct ss_step program[SS_STEP_NR] = { ROW_FNS(PROGRAM_ROW) };
#undef PROGRAM_ROW

const struct ss_step *ss_update_program(const uint8_t **nr_outcomes)
{
	*nr_outcomes = outcomes;
	return program;
}

void ss_update_begin_visit(struct ss_update *u, uint32_t step)
{
	if (u->visit < SS_UPDATE_MAX_VISITS) {
		u->result.visits[u->visit].step = (uint8_t)step;
		u->result.visits[u->visit].image = (uint8_t)u->image;
		u->result.nr_visits = u->visit + 1;
	}
}

/*
 * Notes the times around a step's function, and traces the step on the LP. The lead numbers the
 * visits: a visit of a ONE step when the step begins, a visit of another step in the ONE step
 * before. The lockstep orders both. Returns false if the step may not run (U4).
 */
static bool begin(struct ss_update *u, uint32_t lp, enum ss_update_step step)
{
	const struct ss_machine *machine = u->plan->machine;

	if (!ss_sound(!u->down || step >= SS_STEP_INSTALL) ||
	    !ss_sound(u->image < u->plan->nr_images))
		return false;
	if (program[step].mode == SS_ONE) {
		u->visit++;
		ss_update_begin_visit(u, step);
	}
	if (machine->trace)
		machine->trace(machine->ctx, lp, step, u->image, true);
	if (u->visit < SS_UPDATE_MAX_VISITS)
		u->lps[lp].spans[u->visit].start_ns = ss_now_ns();
	return true;
}

static uint32_t end(struct ss_update *u, uint32_t lp, enum ss_update_step step, uint32_t outcome)
{
	const struct ss_machine *machine = u->plan->machine;
	int8_t next;

	if (u->visit < SS_UPDATE_MAX_VISITS)
		u->lps[lp].spans[u->visit].end_ns = ss_now_ns();
	if (machine->trace)
		machine->trace(machine->ctx, lp, step, u->image, false);
	if (!ss_sound(outcome < outcomes[step] && program[step].next[outcome]))
		outcome = outcomes[step] - 1u;
	next = program[step].next[outcome];
	if (program[step].mode == SS_ONE && next > 0 && program[next - 1].mode != SS_ONE) {
		u->visit++;
		ss_update_begin_visit(u, (uint32_t)next - 1);
	}
	return outcome;
}
