/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the files of the update share: SEAMCALLs, the INSTALL session, judges, the look. */
#ifndef SS_CORE_UPDATE_INTERNAL_H
#define SS_CORE_UPDATE_INTERNAL_H

#include "update.h"

/* ---- update_call.c: any LP, in a step -------------------------------------------------------- */

/*
 * Make a SEAMCALL and do what its status allows: a bounded number of repetitions, or a repair of
 * the LP and a repetition. @in is not changed, and each try starts from @in. The LP's record says
 * how the call went. Returns whether the call has done its work (ss_status_is_done()).
 */
SS_MUST_CHECK bool ss_update_call(struct ss_update *u, uint32_t lp, uint32_t step,
				  const struct ss_regs *in, struct ss_regs *out);
/* SEAMLDR.INFO. Returns false also if the call says "done" and has written nothing. */
SS_MUST_CHECK bool ss_update_read_info(struct ss_update *u, uint32_t lp, uint32_t step,
				       struct ss_seamldr_info *info);
void ss_update_add_event(struct ss_update *u, uint32_t lp, uint32_t step,
			 const struct ss_update_call *call, enum ss_update_action action);

/*
 * Add an event for a failure that repeating a call did not cure. By the lead. The first such
 * failure becomes the result's failure.
 */
void ss_update_note_failure(struct ss_update *u, enum ss_update_reason reason, uint32_t step,
			    uint32_t lp, const struct ss_update_call *call,
			    enum ss_update_action action);
/* The first LP whose record says that it failed, or SS_NO_LP. By the lead. */
uint32_t ss_update_first_failed(const struct ss_update *u);

static inline uint32_t ss_update_step_tries(const struct ss_update *u)
{
	return u->plan->step_tries ? u->plan->step_tries : 3;
}

/* ---- update.c: the program ------------------------------------------------------------------- */

/* Note that the visit under way is one of @step. By the lead. */
void ss_update_begin_visit(struct ss_update *u, uint32_t step);

/* ---- update_install.c: the INSTALL session --------------------------------------------------- */

/* Begin a session. By the lead. */
void ss_update_open_session(struct ss_update *u);
/* An LP's part of the session, in an EACH step. Returns false: its call failed or did not count. */
SS_MUST_CHECK bool ss_update_install_turn(struct ss_update *u, uint32_t lp, uint32_t step);

enum ss_session_end {
	SS_SESSION_OPEN,		/* not all LPs' calls have counted */
	SS_SESSION_INSTALLED,		/* the image is in */
	SS_SESSION_REFUSED,		/* everything is as before the session */
	SS_SESSION_DESTROYED,		/* the old module is erased and nothing is in its place */
};

/*
 * What became of the session when all LPs have had their turn. By the lead. SEAMLDR.INFO tells. If
 * INFO cannot be read, what the last call returned decides.
 */
SS_MUST_CHECK enum ss_session_end ss_update_session_end(struct ss_update *u, uint32_t step);
/*
 * The session is open: give the LPs another turn. By the lead. Returns false if the LPs have used
 * up their turns.
 */
SS_MUST_CHECK bool ss_update_complete_session(struct ss_update *u, uint32_t step);

/* ---- update_judge.c: what follows a failure after the shutdown. By the lead ------------------ */

enum ss_judgement {
	SS_JUDGE_AGAIN,			/* the step, or the session, once more */
	SS_JUDGE_INSTALL,		/* another image is chosen, and a session for it is open */
	SS_JUDGE_GO_ON,			/* with the image that is in; or with the next step */
	SS_JUDGE_GIVE_UP,
};

/* A SYS.* leaf failed in @step. */
SS_MUST_CHECK enum ss_judgement ss_update_judge_step(struct ss_update *u,
						     enum ss_update_reason reason, uint32_t step);
/* An INSTALL session ended SS_SESSION_REFUSED. */
SS_MUST_CHECK enum ss_judgement ss_update_judge_session(struct ss_update *u);

/* ---- update_look.c: what the firmware shows. By the lead ------------------------------------- */

/*
 * Look whether a module is READY, and write the findings to the result. The LP's record of its last
 * call stays as it was.
 * @doubt: the path of the update says that no module is READY: RDMD's word alone is not enough
 * @told: set to the call that told; may be NULL
 */
enum ss_update_sight ss_update_look(struct ss_update *u, uint32_t step, bool doubt,
				    struct ss_update_call *told);
/* The same look. Notes in addition whether the findings agree with @verdict. */
enum ss_update_sight ss_update_confirm(struct ss_update *u, uint32_t step,
				       enum ss_verdict verdict, struct ss_update_call *told);

#endif
