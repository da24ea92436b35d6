// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The TD-preserving update as a program for the step machine, with its recovery edges.
 *
 * The line that matters runs through the success of TDH.SYS.SHUTDOWN. Before it, any failure leads
 * to LEAVE and nothing has happened. After it, the old module answers nothing any more and its
 * handoff data waits for a successor, so every failure leads to a judge, which repeats the step,
 * chooses another image, or, when the interface leaves nothing else, ends with "lost".
 *
 *   CHECK PREPARE [REHEARSE] | SHUTDOWN | INSTALL  SYS_INIT  LP_INIT  UPDATE  VERIFY
 *       \       \       \          \        |  ^      |         |        |
 *        `-------`-------`-- LEAVE -'       v  |______v_________v________v____ judges --> lost
 *
 * What a judge may rely on (specification 10.4): a SYS.* leaf that fails leaves the module as it
 * was and the handoff data valid; an INSTALL that fails with RDX = 0 does so too; one that fails
 * with RDX = 1 leaves nothing. Once an INSTALL has succeeded, an image with a lower SVN is refused.
 *
 * An INSTALL session ends only when as many LPs have called as the platform has, and the module is
 * out of reach until then. So no LP ever skips its turn because another has failed, and an LP whose
 * call did not count gets another turn before anything else is considered.
 */
#include "update_internal.h"

/* What a judge decides; the columns of the program. BACK is the step before the one that failed. */
enum { GO_ON = 0, FAILED = 1, REPEAT = 0, INSTALL = 1, LOST = 2, BACK = 3 };
/* PREPARE and REHEARSED have columns of their own. */
enum { TO_REHEARSE = 2, BLOCKED = 3 };

#define STEP_TRIES	3u
#define IMAGE_ATTEMPTS	2u	/* the second one only when all others have failed */

#define SHUTDOWN_AVOID_COMPAT_SENSITIVE	(1ULL << 16)	/* 6.4 */
#define FIELD_MINOR_VERSION	0x0800000100000003ULL	/* 7 */
#define FIELD_MAJOR_VERSION	0x0800000100000004ULL
#define FIELD_UPDATE_VERSION	0x0800000100000005ULL

static uint32_t step_tries(const struct ss_update *u)
{
	return u->plan->step_tries ? u->plan->step_tries : STEP_TRIES;
}

/* ---- before the shutdown: a failure leads to LEAVE ------------------------------------- */

static uint32_t leave(struct ss_update *u, enum ss_update_reason reason, uint32_t step)
{
	ss_update_note_failure(u, reason, step, 0, &u->lps[0].call, SS_ACTION_LEAVE);
	return FAILED;
}

static uint32_t do_check(struct ss_update *u, uint32_t lp)
{
	const struct ss_machine *m = u->plan->machine;
	struct ss_update_lp *me = &u->lps[lp];

	me->call.status = m->check_lp ? m->check_lp(m->ctx, lp) : 0;
	me->failed = me->call.status != 0;
	return me->failed ? FAILED : GO_ON;
}

/* The plan was made with the machine running; is it still true now that nothing can change it? */
static uint32_t do_prepare(struct ss_update *u, uint32_t lp)
{
	const struct ss_update_plan *plan = u->plan;
	struct ss_seamldr_info info;

	if (!ss_update_read_info(u, lp, SS_STEP_PREPARE, &info))
		return leave(u, SS_REASON_STATE, SS_STEP_PREPARE);
	u->remaining = info.num_remaining_updates;
	if (!info.seam_ready || info.svn_minor != plan->svn_minor ||
	    info.svn_major != plan->svn_major)
		return leave(u, SS_REASON_STATE, SS_STEP_PREPARE);
	if (!u->remaining)
		return leave(u, SS_REASON_EXHAUSTED, SS_STEP_PREPARE);
	return plan->rehearse ? TO_REHEARSE : GO_ON;
}

static uint32_t do_shutdown(struct ss_update *u, uint32_t lp)
{
	struct ss_regs in = { .rax = SS_LEAF_TDH_SYS_SHUTDOWN, .rcx = u->plan->hv }, out;
	struct ss_update_lp *me = &u->lps[lp];

	if (u->plan->avoid_td_build)
		in.rcx |= SHUTDOWN_AVOID_COMPAT_SENSITIVE;
	if (ss_update_call(u, lp, SS_STEP_SHUTDOWN, &in, &out)) {
		u->result.shutdown_ns = ss_now_ns();
		return GO_ON;
	}
	if (ss_status_eq(me->call.status, SS_TDX_UPDATE_COMPATIBILITY_SENSITIVE))
		return leave(u, SS_REASON_TD_BUILD, SS_STEP_SHUTDOWN);
	if (ss_status_class(me->call.leaf, me->call.status) == SS_CLASS_NOW)
		return leave(u, SS_REASON_BUSY, SS_STEP_SHUTDOWN);
	return leave(u, SS_REASON_SHUTDOWN, SS_STEP_SHUTDOWN);
}

static uint32_t do_leave(struct ss_update *u, uint32_t lp)
{
	uint32_t bad = ss_update_first_failed(u);

	(void)lp;
	if (u->result.reason == SS_REASON_NONE && bad != SS_NO_LP)	/* from CHECK */
		ss_update_note_failure(u, SS_REASON_LP_UNFIT, SS_STEP_CHECK, bad,
				       &u->lps[bad].call, SS_ACTION_LEAVE);
	return 0;
}

/* ---- the rehearsal and the INSTALL session --------------------------------------------- */

static uint32_t do_rehearse(struct ss_update *u, uint32_t lp)
{
	return ss_update_install_turn(u, lp, SS_STEP_REHEARSE) ? GO_ON : FAILED;
}

/*
 * Without a shutdown there is no handoff data, so an image with which all is well ends in
 * EBADHANDOFF and RDX = 0, and the running module stays as it is (specification 10.5).
 */
static uint32_t do_rehearsed(struct ss_update *u, uint32_t lp)
{
	struct ss_update_call last = u->session.call;

	(void)lp;
	if (!u->session.closed)
		return ss_update_complete_session(u, SS_STEP_REHEARSE) ? TO_REHEARSE : BLOCKED;
	lp = u->session.lp;
	if (last.rdx || !last.status) {
		ss_update_note_failure(u, SS_REASON_DESTROYED, SS_STEP_REHEARSE, lp, &last,
				       SS_ACTION_GIVE_UP);
		return BLOCKED;
	}
	ss_update_open_session(u);
	if (last.status == SS_PSEAMLDR_EBADHANDOFF)
		return GO_ON;
	if (last.status == SS_PSEAMLDR_ENOENTROPY &&
	    ++u->repeats[SS_STEP_REHEARSE] < step_tries(u)) {
		ss_update_add_event(u, lp, SS_STEP_REHEARSE, &last, SS_ACTION_REPEAT_STEP);
		return TO_REHEARSE;
	}
	ss_update_note_failure(u, SS_REASON_REHEARSAL, SS_STEP_REHEARSE, lp, &last,
			       SS_ACTION_LEAVE);
	return FAILED;
}

static uint32_t do_install(struct ss_update *u, uint32_t lp)
{
	return ss_update_install_turn(u, lp, SS_STEP_INSTALL) ? GO_ON : FAILED;
}

/* ---- after the shutdown: judges ---------------------------------------------------------- */

/* Would the P-SEAMLDR take this image now, as far as can be told (5.2 B13, B14, D1, D2)? */
static bool installable(const struct ss_update *u, uint32_t i)
{
	const struct ss_update_image *image = &u->plan->images[i];

	return u->remaining && image->svn_major == u->base_major &&
	       image->svn_minor >= u->base_minor &&
	       image->min_update_hv <= u->plan->hv && u->plan->hv <= image->module_hv;
}

/*
 * Choose what to install next: of the images that may still be installed the one that was
 * chosen least often, fallbacks in their order, the target after them. Returns false if none is
 * left.
 */
static bool choose_image(struct ss_update *u, uint32_t attempts)
{
	uint32_t i, n = u->plan->nr_images, image;

	for (i = 1; i <= n; i++) {
		image = i % n;
		if (u->attempts[image] > attempts || !installable(u, image))
			continue;
		u->attempts[image]++;
		memset(u->repeats, 0, sizeof(u->repeats));
		u->image = image;
		ss_update_open_session(u);
		return true;
	}
	return false;
}

/* Install another image, or the same again if @attempts allows. Returns false if there is none. */
static bool try_image(struct ss_update *u, uint32_t attempts, enum ss_update_reason reason,
		      uint32_t step, uint32_t lp, const struct ss_update_call *call)
{
	uint32_t before = u->image;

	if (!choose_image(u, attempts))
		return false;
	ss_update_note_failure(u, reason, step, lp, call,
			       u->image == before ? SS_ACTION_REPEAT_INSTALL : SS_ACTION_FALLBACK);
	return true;
}

static uint32_t judge_failed_session(struct ss_update *u)
{
	struct ss_update_call last = u->session.call;
	uint32_t lp = u->session.lp, attempts;

	/* RDX is the only discriminator: three statuses occur with both values (2.6). */
	if (last.rdx) {
		ss_update_note_failure(u, SS_REASON_DESTROYED, SS_STEP_INSTALL, lp, &last,
				       SS_ACTION_GIVE_UP);
		return LOST;
	}
	if (ss_status_class(last.leaf, last.status) == SS_CLASS_NOW && u->remaining &&
	    ++u->repeats[SS_STEP_INSTALL] < step_tries(u)) {
		ss_update_note_failure(u, SS_REASON_INSTALL, SS_STEP_INSTALL, lp, &last,
				       SS_ACTION_REPEAT_INSTALL);
		ss_update_open_session(u);
		return INSTALL;
	}
	for (attempts = 0; attempts < IMAGE_ATTEMPTS; attempts++)
		if (try_image(u, attempts, SS_REASON_INSTALL, SS_STEP_INSTALL, lp, &last))
			return INSTALL;
	ss_update_note_failure(u, SS_REASON_INSTALL, SS_STEP_INSTALL, lp, &last,
			       SS_ACTION_GIVE_UP);
	return LOST;
}

static uint32_t do_installed(struct ss_update *u, uint32_t lp)
{
	const struct ss_update_image *image = &u->plan->images[u->image];

	(void)lp;
	if (!u->session.closed)
		return ss_update_complete_session(u, SS_STEP_INSTALL) ? INSTALL : LOST;
	if (u->session.call.status)
		return judge_failed_session(u);
	u->result.installs++;
	u->remaining--;
	u->base_minor = image->svn_minor;
	u->base_major = image->svn_major;
	return GO_ON;
}

/* Statuses that say that the step before was not done on every LP, whatever it returned. */
static bool wants_step_before(const struct ss_update_call *call)
{
	return ss_status_eq(call->status, SS_TDX_SYS_LP_INIT_NOT_PENDING) ||
	       ss_status_eq(call->status, SS_TDX_SYS_STATE_INCORRECT);
}

/*
 * A SYS.* leaf failed for good where it was called. It left everything as it was (6.3, 6.5, 6.6),
 * so in this order: the same again where the status says that this can help; an image that was not
 * tried; the same again although it should not help, since it costs nothing; any image again.
 */
static uint32_t judge(struct ss_update *u, enum ss_update_reason reason, uint32_t step)
{
	uint32_t lp = ss_update_first_failed(u), attempts;
	const struct ss_update_call *call = &u->lps[lp].call;
	bool hopeless = ss_status_class(call->leaf, call->status) == SS_CLASS_CALLER;

	if (!hopeless && ++u->repeats[step] < step_tries(u)) {
		ss_update_note_failure(u, reason, step, lp, call, SS_ACTION_REPEAT_STEP);
		return wants_step_before(call) ? BACK : REPEAT;
	}
	if (try_image(u, 0, reason, step, lp, call))
		return INSTALL;
	if (hopeless && !u->repeats[step]++) {
		ss_update_note_failure(u, reason, step, lp, call, SS_ACTION_REPEAT_STEP);
		return REPEAT;
	}
	for (attempts = 1; attempts < IMAGE_ATTEMPTS; attempts++)
		if (try_image(u, attempts, reason, step, lp, call))
			return INSTALL;
	ss_update_note_failure(u, reason, step, lp, call, SS_ACTION_GIVE_UP);
	return LOST;
}

static uint32_t do_sys_init(struct ss_update *u, uint32_t lp)
{
	struct ss_regs in = { .rax = SS_LEAF_TDH_SYS_INIT }, out;

	/* Done already is done; if it was not, LP.INIT says so and this step gets another turn. */
	if (ss_update_call(u, lp, SS_STEP_SYS_INIT, &in, &out) ||
	    ss_status_eq(u->lps[lp].call.status, SS_TDX_SYS_INIT_NOT_PENDING))
		return GO_ON;
	return FAILED;
}

static uint32_t do_sys_init_failed(struct ss_update *u, uint32_t lp)
{
	(void)lp;
	return judge(u, SS_REASON_INIT, SS_STEP_SYS_INIT);
}

static uint32_t do_lp_init(struct ss_update *u, uint32_t lp)
{
	struct ss_regs in = { .rax = SS_LEAF_TDH_SYS_LP_INIT }, out;

	return ss_update_call(u, lp, SS_STEP_LP_INIT, &in, &out) ? GO_ON : FAILED;
}

static uint32_t do_lp_init_failed(struct ss_update *u, uint32_t lp)
{
	(void)lp;
	return judge(u, SS_REASON_INIT, SS_STEP_LP_INIT);
}

static uint32_t do_update(struct ss_update *u, uint32_t lp)
{
	struct ss_regs in = { .rax = SS_LEAF_TDH_SYS_UPDATE }, out;
	struct ss_update_lp *me = &u->lps[lp];

	if (u->enable) {
		in.rax |= SS_LEAF_VERSION(1);
		in.r9 = u->enable;
	}
	if (ss_update_call(u, lp, SS_STEP_UPDATE, &in, &out))
		return GO_ON;
	if (!ss_status_eq(me->call.status, SS_TDX_OPERAND_INVALID))
		return FAILED;
	/* A module that does not know the version: better without the features than without TDs. */
	ss_update_add_event(u, lp, SS_STEP_UPDATE, &me->call, SS_ACTION_RETRY_CALL);
	u->enable = 0;
	in.rax = SS_LEAF_TDH_SYS_UPDATE;
	in.r9 = 0;
	return ss_update_call(u, lp, SS_STEP_UPDATE, &in, &out) ? GO_ON : FAILED;
}

static uint32_t do_update_failed(struct ss_update *u, uint32_t lp)
{
	(void)lp;
	return judge(u, SS_REASON_HANDOFF, SS_STEP_UPDATE);
}

static bool read_field(struct ss_update *u, uint32_t lp, uint64_t field, uint16_t *value)
{
	struct ss_regs in = { .rax = SS_LEAF_TDH_SYS_RD, .rdx = field }, out;

	if (!ss_update_call(u, lp, SS_STEP_VERIFY, &in, &out)) {
		ss_update_add_event(u, lp, SS_STEP_VERIFY, &u->lps[lp].call,
				    SS_ACTION_IGNORE);
		return false;
	}
	*value = (uint16_t)out.r8;
	return true;
}

/* The module runs and the TDs are safe. What can't be read back is reported, no more. */
static uint32_t do_verify(struct ss_update *u, uint32_t lp)
{
	struct ss_update_result *r = &u->result;
	struct ss_seamldr_info info;

	r->image = u->image;
	r->has_version = read_field(u, lp, FIELD_MAJOR_VERSION, &r->major) &&
			 read_field(u, lp, FIELD_MINOR_VERSION, &r->minor) &&
			 read_field(u, lp, FIELD_UPDATE_VERSION, &r->update);
	r->has_remaining = ss_update_read_info(u, lp, SS_STEP_VERIFY, &info);
	if (r->has_remaining)
		r->remaining_updates = info.num_remaining_updates;
	else
		ss_update_add_event(u, lp, SS_STEP_VERIFY, &u->lps[lp].call,
				    SS_ACTION_IGNORE);
	return u->image ? FAILED : GO_ON;
}

/* ---- the program -------------------------------------------------------------------------- */

static uint32_t perform(struct ss_update *u, uint32_t lp, enum ss_update_step step,
			uint32_t (*fn)(struct ss_update *u, uint32_t lp));

#define STEP_FN(NAME, mode, text, fn)						\
	static uint32_t step_##fn(void *ctx, uint32_t lp)			\
	{									\
		return perform(ctx, lp, SS_STEP_##NAME, do_##fn);		\
	}
STEP_FN(CHECK, ALL, "", check)
STEP_FN(PREPARE, ONE, "", prepare)
STEP_FN(REHEARSE, EACH, "", rehearse)
STEP_FN(REHEARSED, ONE, "", rehearsed)
STEP_FN(SHUTDOWN, ONE, "", shutdown)
STEP_FN(INSTALL, EACH, "", install)
STEP_FN(INSTALLED, ONE, "", installed)
STEP_FN(SYS_INIT, ONE, "", sys_init)
STEP_FN(SYS_INIT_FAILED, ONE, "", sys_init_failed)
STEP_FN(LP_INIT, ALL, "", lp_init)
STEP_FN(LP_INIT_FAILED, ONE, "", lp_init_failed)
STEP_FN(UPDATE, ONE, "", update)
STEP_FN(UPDATE_FAILED, ONE, "", update_failed)
STEP_FN(VERIFY, ONE, "", verify)
STEP_FN(LEAVE, ONE, "", leave)
#undef STEP_FN

#define TO(NAME)	SS_STEP_##NAME
#define ROW(NAME, mode, fn, ...) [SS_STEP_##NAME] = { #NAME, mode, step_##fn, { __VA_ARGS__ } }
static const struct ss_step program[SS_STEP_NR] = {
	/*				   0 go on	1 failed	2		3 */
	ROW(CHECK, SS_ALL, check,	   TO(PREPARE),	TO(LEAVE)),
	ROW(PREPARE, SS_ONE, prepare,	   TO(SHUTDOWN), TO(LEAVE),	TO(REHEARSE)),
	ROW(REHEARSE, SS_EACH, rehearse,   TO(REHEARSED), TO(REHEARSED)),
	ROW(REHEARSED, SS_ONE, rehearsed,  TO(SHUTDOWN), TO(LEAVE),	TO(REHEARSE),
					   SS_END(SS_LOST)),
	ROW(SHUTDOWN, SS_ONE, shutdown,	   TO(INSTALL),	TO(LEAVE)),
	ROW(INSTALL, SS_EACH, install,	   TO(INSTALLED), TO(INSTALLED)),

	/*				   0 again	1 install	2 lost		3 back */
	ROW(INSTALLED, SS_ONE, installed,  TO(SYS_INIT), TO(INSTALL),	SS_END(SS_LOST)),
	ROW(SYS_INIT, SS_ONE, sys_init,	   TO(LP_INIT),	TO(SYS_INIT_FAILED)),
	ROW(SYS_INIT_FAILED, SS_ONE, sys_init_failed,
					   TO(SYS_INIT), TO(INSTALL),	SS_END(SS_LOST)),
	ROW(LP_INIT, SS_ALL, lp_init,	   TO(UPDATE),	TO(LP_INIT_FAILED)),
	ROW(LP_INIT_FAILED, SS_ONE, lp_init_failed,
					   TO(LP_INIT),	TO(INSTALL),	SS_END(SS_LOST),
					   TO(SYS_INIT)),
	ROW(UPDATE, SS_ONE, update,	   TO(VERIFY),	TO(UPDATE_FAILED)),
	ROW(UPDATE_FAILED, SS_ONE, update_failed,
					   TO(UPDATE),	TO(INSTALL),	SS_END(SS_LOST),
					   TO(LP_INIT)),

	/*				   0 the target	1 a fallback */
	ROW(VERIFY, SS_ONE, verify,	   SS_END(SS_UPDATED), SS_END(SS_RECOVERED)),
	ROW(LEAVE, SS_ONE, leave,	   SS_END(SS_UNCHANGED)),
};

static void begin_visit(struct ss_update *u, uint32_t step)
{
	if (u->visit < SS_UPDATE_MAX_VISITS) {
		u->result.visits[u->visit].step = (uint8_t)step;
		u->result.visits[u->visit].image = (uint8_t)u->image;
		u->result.nr_visits = u->visit + 1;
	}
}

/*
 * Run a step's function and note its times. Visits are numbered by the lead: those of ONE steps
 * when they begin, those of other steps by the ONE step before them, which the lockstep orders.
 */
static uint32_t perform(struct ss_update *u, uint32_t lp, enum ss_update_step step,
			uint32_t (*fn)(struct ss_update *u, uint32_t lp))
{
	const struct ss_machine *machine = u->plan->machine;
	bool one = program[step].mode == SS_ONE;
	struct ss_update_span *span = NULL;
	uint32_t outcome;
	int8_t next;

	if (one) {
		u->visit++;
		begin_visit(u, step);
	}
	if (u->visit < SS_UPDATE_MAX_VISITS)
		span = &u->lps[lp].spans[u->visit];
	if (machine->trace)
		machine->trace(machine->ctx, lp, step, u->image, true);
	if (span)
		span->start_ns = ss_now_ns();
	outcome = fn(u, lp);
	if (span)
		span->end_ns = ss_now_ns();
	if (machine->trace)
		machine->trace(machine->ctx, lp, step, u->image, false);

	next = program[step].next[outcome];
	if (one && next >= 0 && program[next].mode != SS_ONE) {
		u->visit++;
		begin_visit(u, (uint32_t)next);
	}
	return outcome;
}

static bool plan_is_sound(const struct ss_update_plan *plan, const struct ss_lockstep *lockstep)
{
	const struct ss_update_image *target = &plan->images[0];

	return plan->machine && plan->machine->seamcall &&
	       plan->machine->nr_lps == lockstep->nr_lps &&
	       plan->nr_images && plan->nr_images <= SS_UPDATE_MAX_IMAGES &&
	       plan->info.va && plan->info.bytes >= SS_SEAMLDR_INFO_BYTES &&
	       !(plan->info.pa % SS_SEAMLDR_INFO_BYTES) &&
	       target->min_update_hv <= plan->hv && plan->hv <= target->module_hv;
}

bool ss_update_init(struct ss_update *u, const struct ss_update_plan *plan,
		    struct ss_lockstep *lockstep, struct ss_update_lp *lps)
{
	if (!plan_is_sound(plan, lockstep))
		return false;
	memset(u, 0, sizeof(*u));
	memset(lps, 0, lockstep->nr_lps * sizeof(*lps));
	u->plan = plan;
	u->lockstep = lockstep;
	u->lps = lps;
	u->base_minor = plan->svn_minor;
	u->base_major = plan->svn_major;
	u->enable = plan->enable;
	u->attempts[0] = 1;
	begin_visit(u, SS_STEP_CHECK);
	ss_lockstep_prepare(lockstep, program, u, plan->arrival_ns);
	return true;
}

/* The lead's last words, when the verdict is known. */
static void conclude(struct ss_update *u, uint32_t verdict)
{
	struct ss_update_result *r = &u->result;
	uint32_t lp, nr = ss_load(&u->nr_events);

	if (verdict == SS_NOT_ARRIVED) {
		lp = ss_lockstep_missing(u->lockstep);
		r->reason = SS_REASON_NOT_ARRIVED;
		r->failure.lp = lp;
		r->failure.action = SS_ACTION_LEAVE;
		verdict = SS_UNCHANGED;
		r->nr_visits = 0;
	}
	r->verdict = (enum ss_verdict)verdict;
	r->nr_events = nr < SS_UPDATE_MAX_EVENTS ? nr : SS_UPDATE_MAX_EVENTS;
	r->events_dropped = nr - r->nr_events;
	r->start_ns = u->lps[0].arrive_ns;
	r->end_ns = ss_now_ns();
}

enum ss_verdict ss_update_run(struct ss_update *u, uint32_t lp)
{
	uint32_t verdict;

	u->lps[lp].arrive_ns = ss_now_ns();
	verdict = ss_lockstep_run(u->lockstep, lp);
	u->lps[lp].leave_ns = ss_now_ns();
	if (lp == 0)
		conclude(u, verdict);
	return verdict == SS_NOT_ARRIVED ? SS_UNCHANGED : (enum ss_verdict)verdict;
}

enum ss_mode ss_update_step_mode(uint32_t step)
{
	return program[step].mode;
}
