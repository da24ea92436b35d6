// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* One run of the update's program: what it begins with, and what the lead says at its end. */
#include "update_internal.h"

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
	const uint8_t *outcomes;

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
	u->installed = SS_NO_IMAGE;
	ss_update_begin_visit(u, SS_STEP_CHECK);
	ss_lockstep_prepare(lockstep, ss_update_program(&outcomes), u, plan->arrival_ns);
	return true;
}

/* No step has run on any LP (L6). "unchanged" needs no other evidence. */
static void conclude_not_arrived(struct ss_update *u)
{
	struct ss_update_result *r = &u->result;

	r->reason = SS_REASON_NOT_ARRIVED;
	r->failure.lp = ss_lockstep_missing(u->lockstep);
	r->failure.action = SS_ACTION_LEAVE;
	r->nr_visits = 0;
	r->confirmed = true;
}

/* There was no look, so the worse of the two readings counts. */
static void conclude_trapped(struct ss_update *u)
{
	u->result.reason = SS_REASON_BROKEN;
	u->result.seen = SS_SEEN_UNKNOWN;
	u->result.confirmed = false;
}

static enum ss_verdict to_verdict(const struct ss_update *u, uint32_t end)
{
	if (end == SS_NOT_ARRIVED)
		return SS_UNCHANGED;
	if (end >= SS_VERDICT_NR)
		return u->down ? SS_LOST : SS_UNCHANGED;
	return (enum ss_verdict)end;
}

/* What the lead does last, when the verdict is known. */
static void conclude(struct ss_update *u, uint32_t end)
{
	struct ss_update_result *r = &u->result;
	uint32_t nr = ss_load(&u->nr_events);

	r->verdict = to_verdict(u, end);
	if (end == SS_NOT_ARRIVED)
		conclude_not_arrived(u);
	else if (end >= SS_VERDICT_NR)
		conclude_trapped(u);
	r->nr_events = nr < SS_UPDATE_MAX_EVENTS ? nr : SS_UPDATE_MAX_EVENTS;
	r->events_dropped = nr - r->nr_events;
	r->start_ns = u->lps[0].arrive_ns;
	r->end_ns = ss_now_ns();
}

enum ss_verdict ss_update_run(struct ss_update *u, uint32_t lp)
{
	enum ss_verdict verdict;
	uint32_t end;

	u->lps[lp].arrive_ns = ss_now_ns();
	end = ss_lockstep_run(u->lockstep, lp);
	u->lps[lp].leave_ns = ss_now_ns();
	verdict = to_verdict(u, end);
	if (lp == 0)
		conclude(u, end);
	return verdict;
}

enum ss_mode ss_update_step_mode(uint32_t step)
{
	const uint8_t *outcomes;

	return ss_update_program(&outcomes)[step].mode;
}
