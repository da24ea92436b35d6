// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* SEAMCALLs of the update: bounded repetition, repair, and the record of both. */
#include "update_internal.h"

#define CALL_TRIES	10u

void ss_update_add_event(struct ss_update *u, uint32_t lp, uint32_t step,
			 const struct ss_update_call *call, enum ss_update_action action)
{
	uint32_t n = ss_add(&u->nr_events, 1);	/* the slot is ours; readers come after the run */
	struct ss_update_event *e;

	if (n >= SS_UPDATE_MAX_EVENTS)
		return;
	e = &u->result.events[n];
	e->step = (uint8_t)step;
	e->action = (uint8_t)action;
	e->image = (uint8_t)u->image;
	e->lp = lp;
	e->call = *call;
	e->at_ns = ss_now_ns();
}

void ss_update_note_failure(struct ss_update *u, enum ss_update_reason reason, uint32_t step,
			    uint32_t lp, const struct ss_update_call *call,
			    enum ss_update_action action)
{
	struct ss_update_event *f = &u->result.failure;

	ss_update_add_event(u, lp, step, call, action);
	if (u->result.reason != SS_REASON_NONE)
		return;
	u->result.reason = reason;
	f->step = (uint8_t)step;
	f->action = (uint8_t)action;
	f->image = (uint8_t)u->image;
	f->lp = lp;
	f->call = *call;
	f->at_ns = ss_now_ns();
}

uint32_t ss_update_first_failed(const struct ss_update *u)
{
	uint32_t lp;

	for (lp = 0; lp < u->plan->machine->nr_lps; lp++)
		if (u->lps[lp].failed)
			return lp;
	return SS_NO_LP;
}

/* May the call be repeated at once, on the same LP? */
static bool repeatable(const struct ss_update_call *call)
{
	if (call->status == SS_TDX_SEAMCALL_VMFAILINVALID)
		return true;
	/* INSTALL's other status of this class ends the session: a repetition begins another. */
	if (call->leaf == SS_LEAF_SEAMLDR_INSTALL)
		return call->status == SS_PSEAMLDR_EUNSPECERR;
	return ss_status_class(call->leaf, call->status) == SS_CLASS_NOW;
}

/* Only the module looks at the LP's set-up, and a repeated INSTALL may begin a session. */
static bool repaired(const struct ss_update *u, uint32_t lp, const struct ss_update_call *call)
{
	const struct ss_machine *m = u->plan->machine;

	return m->repair && !(call->leaf & SS_LEAF_SEAMLDR) &&
	       m->repair(m->ctx, lp, call->leaf, call->status);
}

bool ss_update_call(struct ss_update *u, uint32_t lp, uint32_t step, const struct ss_regs *in,
		    struct ss_regs *out)
{
	const struct ss_machine *m = u->plan->machine;
	struct ss_update_lp *me = &u->lps[lp];
	struct ss_update_call *call = &me->call;
	uint32_t tries = u->plan->call_tries ? u->plan->call_tries : CALL_TRIES;

	for (;;) {
		*out = *in;
		call->leaf = in->rax;
		call->status = m->seamcall(m->ctx, lp, out);
		call->rdx = out->rdx;
		me->failed = !ss_status_is_done(call->leaf, call->status);
		if (!me->failed || !--tries)
			return !me->failed;
		if (repeatable(call))
			ss_update_add_event(u, lp, step, call, SS_ACTION_RETRY_CALL);
		else if (repaired(u, lp, call))
			ss_update_add_event(u, lp, step, call, SS_ACTION_REPAIR);
		else
			return false;
	}
}

bool ss_update_read_info(struct ss_update *u, uint32_t lp, uint32_t step,
			 struct ss_seamldr_info *info)
{
	struct ss_regs in = { .rax = SS_LEAF_SEAMLDR_INFO, .rcx = u->plan->info.pa }, out;

	memset(u->plan->info.va, 0, SS_SEAMLDR_INFO_BYTES);
	if (!ss_update_call(u, lp, step, &in, &out))
		return false;
	ss_seamldr_info_parse(u->plan->info.va, info);
	u->lps[lp].failed = info->vendor_id != SS_SEAMLDR_VENDOR;
	return !u->lps[lp].failed;
}
