// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The INSTALL session: one call of SEAMLDR.INSTALL on every LP, and no way out before.
 *
 * The P-SEAMLDR makes the running module unreachable at the first call. It does all its work in the
 * call of the last LP, and that call closes the session whatever the outcome (specification 5.2). A
 * session that stays open keeps every TD dead. So it is more important that each call counts than
 * what the call returns.
 */
#include "update_internal.h"

#define SESSION_ROUNDS	10u	/* turns that an LP gets to make its call count */

void ss_update_open_session(struct ss_update *u)
{
	uint32_t lp;

	memset(&u->session, 0, sizeof(u->session));
	for (lp = 0; lp < u->plan->machine->nr_lps; lp++)
		u->lps[lp].called = false;
}

/* The P-SEAMLDR does not count a call that returned one of these (5.2 prologue row 1; 2.3). */
static bool does_not_count(uint64_t status)
{
	return status == SS_PSEAMLDR_EUNSPECERR || status == SS_TDX_SEAMCALL_VMFAILINVALID ||
	       status == SS_TDX_SEAMCALL_UD || status == SS_TDX_SEAMCALL_GP;
}

/*
 * RDX has a meaning only if the P-SEAMLDR was entered and has set RDX. EUNSPECERR comes before that
 * and leaves RDX as it was.
 */
static bool has_rdx(const struct ss_update_call *call)
{
	return !does_not_count(call->status);
}

static bool would_be_last(const struct ss_update *u)
{
	return u->session.nr_called + 1 == u->plan->machine->nr_lps;
}

/*
 * Was this call the last one of the session? The count of calls tells, unless an LP was told that
 * it had called already: then the P-SEAMLDR has another count. In that case SEAM_READY tells,
 * because SEAM_READY is off while a session is open. A failure with RDX = 1 closes the session and
 * leaves SEAM_READY off.
 */
static bool was_last(struct ss_update *u, uint32_t lp, uint32_t step)
{
	struct ss_update_lp *me = &u->lps[lp];
	struct ss_update_call install = me->call;
	struct ss_seamldr_info info = { 0 };
	bool failed = me->failed, known;

	if (!u->session.doubt)
		return would_be_last(u);
	if (failed && has_rdx(&install) && install.rdx)
		return true;
	known = ss_update_read_info(u, lp, step, &info);
	me->call = install;
	me->failed = failed;
	return known && info.seam_ready;
}

bool ss_update_install_turn(struct ss_update *u, uint32_t lp, uint32_t step)
{
	struct ss_regs in = { .rax = SS_LEAF_SEAMLDR_INSTALL }, out;
	struct ss_update_lp *me = &u->lps[lp];
	bool last;

	me->failed = false;
	if (u->session.closed || me->called)
		return true;
	in.rcx = u->plan->images[u->image].params_pa;
	if (!ss_update_call(u, lp, step, &in, &out)) {
		if (does_not_count(me->call.status))
			return false;
		if (!would_be_last(u) && me->call.status == SS_PSEAMLDR_EBADCALL)
			u->session.doubt = true;	/* "this LP has called already" */
		else if (!would_be_last(u) && !u->session.doubt)
			return false;
	}
	last = was_last(u, lp, step);
	if (last && me->failed && u->session.doubt && !u->session.nr_called) {
		u->session.doubt = false;		/* it was refused, and no session is open */
		return false;
	}
	me->called = true;
	u->session.nr_called++;
	if (last) {
		u->session.closed = true;
		u->session.lp = lp;
		u->session.call = me->call;
		if (!me->failed)
			u->session.call.status = 0;
	}
	return !me->failed;
}

/* INFO cannot be read: the last call's return value decides. */
static enum ss_session_end end_by_status(const struct ss_update_call *last)
{
	if (!last->status)
		return SS_SESSION_INSTALLED;
	return has_rdx(last) && last->rdx ? SS_SESSION_DESTROYED : SS_SESSION_REFUSED;
}

/*
 * The last call says that it failed. If one update was spent and the SVN is the image's, the image
 * is installed in spite of that. A last call that says "done" is believed: if the call did nothing,
 * TDH.SYS.INIT meets the old module, and that module says that it is shut down.
 */
static bool was_installed(const struct ss_update *u, const struct ss_seamldr_info *info)
{
	const struct ss_update_image *image = &u->plan->images[u->image];

	return !u->session.call.status ||
	       (info->num_remaining_updates + 1 == u->remaining &&
		info->svn_minor == image->svn_minor && info->svn_major == image->svn_major);
}

static enum ss_session_end end_by_info(struct ss_update *u, const struct ss_seamldr_info *info)
{
	const struct ss_update_call *last = &u->session.call;
	bool installed = was_installed(u, info);

	if (!info->seam_ready && end_by_status(last) == SS_SESSION_DESTROYED)
		return SS_SESSION_DESTROYED;
	if (!info->seam_ready) {
		u->session.closed = false;
		u->session.doubt = true;
		return SS_SESSION_OPEN;
	}
	u->remaining = info->num_remaining_updates;
	u->base_minor = info->svn_minor;
	u->base_major = info->svn_major;
	return installed ? SS_SESSION_INSTALLED : SS_SESSION_REFUSED;
}

enum ss_session_end ss_update_session_end(struct ss_update *u, uint32_t step)
{
	struct ss_update_call saved = u->lps[0].call;
	const struct ss_update_image *image = &u->plan->images[u->image];
	struct ss_seamldr_info info;
	enum ss_session_end end;
	bool failed = u->lps[0].failed, known;

	if (!u->session.closed)
		return SS_SESSION_OPEN;
	known = ss_update_read_info(u, 0, step, &info);
	u->lps[0].call = saved;
	u->lps[0].failed = failed;
	if (known) {
		end = end_by_info(u, &info);
	} else {
		end = end_by_status(&u->session.call);
		if (end == SS_SESSION_INSTALLED) {
			u->remaining -= !!u->remaining;
			u->base_minor = image->svn_minor;
			u->base_major = image->svn_major;
		}
	}
	if (end == SS_SESSION_OPEN || end_by_status(&u->session.call) != end)
		ss_update_add_event(u, u->session.lp, step, &u->session.call, SS_ACTION_BELIEVE);
	return end;
}

bool ss_update_complete_session(struct ss_update *u, uint32_t step)
{
	uint32_t lp, bad = ss_update_first_failed(u);
	bool enough = ++u->session.rounds == SESSION_ROUNDS;

	if (bad == SS_NO_LP)
		bad = 0;
	ss_update_note_failure(u, SS_REASON_SESSION, step, bad, &u->lps[bad].call,
			       enough ? SS_ACTION_GIVE_UP : SS_ACTION_COMPLETE_SESSION);
	if (u->session.doubt) {
		u->session.nr_called = 0;
		for (lp = 0; lp < u->plan->machine->nr_lps; lp++)
			u->lps[lp].called = false;
	}
	return !enough;
}
