// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What follows a failure after the shutdown: a repetition, another image, or the end.
 *
 * Every way back has a budget: repeats[] for a step, attempts[] for an image, session.rounds for
 * another turn of a session. repeats[] begins anew with each image, and each image is chosen a
 * bounded number of times, so each way ends.
 */
#include "update_internal.h"

#define IMAGE_ATTEMPTS	2u	/* the second one only when all others have failed */

/* Would the P-SEAMLDR take this image now, as far as can be told (5.2 B13, B14, D1, D2)? */
static bool installable(const struct ss_update *u, uint32_t i)
{
	const struct ss_update_image *image = &u->plan->images[i];

	return u->remaining && image->svn_major == u->base_major &&
	       image->svn_minor >= u->base_minor && image->min_update_hv <= u->plan->hv &&
	       u->plan->hv <= image->module_hv;
}

/*
 * Chooses the next image to install among the images that may still be installed: the one that was
 * chosen least often, fallbacks in their order, then the target. Returns false if none is left.
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

/* Installs another image, or the same again if @attempts allows. Returns false if there is none. */
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

static bool pay_repeat(struct ss_update *u, uint32_t step)
{
	if (u->repeats[step] + 1u >= ss_update_step_tries(u))
		return false;
	u->repeats[step]++;
	return true;
}

/* The judge's own row counts that the update went on to the next step. */
static bool pay_next(struct ss_update *u, uint32_t step)
{
	return !u->repeats[step + 1]++;
}

enum ss_judgement ss_update_judge_session(struct ss_update *u)
{
	struct ss_update_call last = u->session.call;
	uint32_t lp = u->session.lp, attempts;

	if (ss_status_class(last.leaf, last.status) == SS_CLASS_NOW && installable(u, u->image) &&
	    pay_repeat(u, SS_STEP_INSTALL)) {
		ss_update_note_failure(u, SS_REASON_INSTALL, SS_STEP_INSTALL, lp, &last,
				       SS_ACTION_REPEAT_INSTALL);
		ss_update_open_session(u);
		return SS_JUDGE_AGAIN;
	}
	for (attempts = 0; attempts < IMAGE_ATTEMPTS; attempts++)
		if (try_image(u, attempts, SS_REASON_INSTALL, SS_STEP_INSTALL, lp, &last))
			return SS_JUDGE_INSTALL;
	if (u->installed != SS_NO_IMAGE && pay_repeat(u, SS_STEP_INSTALLED)) {
		ss_update_note_failure(u, SS_REASON_INSTALL, SS_STEP_INSTALL, lp, &last,
				       SS_ACTION_GO_ON);
		u->image = u->installed;
		return SS_JUDGE_GO_ON;
	}
	ss_update_note_failure(u, SS_REASON_INSTALL, SS_STEP_INSTALL, lp, &last,
			       SS_ACTION_GIVE_UP);
	return SS_JUDGE_GIVE_UP;
}

/*
 * The leaf left everything as it was (6.3, 6.5, 6.6). The judge takes the first of these that is
 * possible:
 *
 *   - repeat the step, if the status says that a repetition can help
 *   - install an image that was not tried
 *   - repeat the step although a repetition should not help, because a repetition costs nothing
 *   - install any image again
 *   - repeat the step, as often as a step may be repeated
 *   - go on to the next step, once: the status may have lied about a step that is done. If the step
 *     is not done, the next leaf is refused and changes nothing: TDH.SYS.LP.INIT needs
 *     TDH.SYS.INIT, and TDH.SYS.UPDATE needs TDH.SYS.LP.INIT on every LP (6.2, 6.5, 6.6)
 */
enum ss_judgement ss_update_judge_step(struct ss_update *u, enum ss_update_reason reason,
				       uint32_t step)
{
	uint32_t lp = ss_update_first_failed(u), attempts;
	const struct ss_update_call *call;
	bool hopeless;

	if (!ss_sound(lp != SS_NO_LP))
		lp = 0;
	call = &u->lps[lp].call;
	hopeless = ss_status_class(call->leaf, call->status) == SS_CLASS_CALLER;
	if (hopeless && try_image(u, 0, reason, step, lp, call))
		return SS_JUDGE_INSTALL;
	if (hopeless ? !u->repeats[step] && pay_repeat(u, step) : pay_repeat(u, step))
		goto again;
	for (attempts = 0; attempts < IMAGE_ATTEMPTS; attempts++)
		if (try_image(u, attempts, reason, step, lp, call))
			return SS_JUDGE_INSTALL;
	if (pay_repeat(u, step))
		goto again;
	if (step != SS_STEP_UPDATE && pay_next(u, step)) {
		ss_update_note_failure(u, reason, step, lp, call, SS_ACTION_NEXT_STEP);
		return SS_JUDGE_GO_ON;
	}
	ss_update_note_failure(u, reason, step, lp, call, SS_ACTION_GIVE_UP);
	return SS_JUDGE_GIVE_UP;
again:
	ss_update_note_failure(u, reason, step, lp, call, SS_ACTION_REPEAT_STEP);
	return SS_JUDGE_AGAIN;
}
