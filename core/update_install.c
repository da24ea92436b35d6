// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The INSTALL session: one call of SEAMLDR.INSTALL on every LP, and no way out before.
 *
 * The P-SEAMLDR makes the running module unreachable at the first call, does all its work in the
 * call of the last LP, and closes the session with it, whatever comes of it (specification 5.2). A
 * session that stays open keeps every TD dead, so it matters more that each call counts than what
 * it returns.
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

/* Of these the P-SEAMLDR does not take note (5.2 prologue row 1; 2.3). */
static bool does_not_count(uint64_t status)
{
	return status == SS_PSEAMLDR_EUNSPECERR || status == SS_TDX_SEAMCALL_VMFAILINVALID ||
	       status == SS_TDX_SEAMCALL_UD || status == SS_TDX_SEAMCALL_GP;
}

static bool would_be_last(const struct ss_update *u)
{
	return u->session.nr_called + 1 == u->plan->machine->nr_lps;
}

/*
 * Has this call been the session's last? By count, unless an LP was told that it had called
 * already: then the P-SEAMLDR counts otherwise than we do, and only SEAM_READY, which is off while
 * a session is open, tells. (A failure with RDX = 1 leaves it off, but closes the session too.)
 */
static bool was_last(struct ss_update *u, uint32_t lp, uint32_t step)
{
	struct ss_update_lp *me = &u->lps[lp];
	struct ss_update_call install = me->call;
	struct ss_seamldr_info info = { 0 };
	bool failed = me->failed;

	if (!u->session.doubt)
		return would_be_last(u);
	if (failed && install.rdx)
		return true;
	ss_update_read_info(u, lp, step, &info);
	me->call = install;
	me->failed = failed;
	return info.seam_ready;
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
