/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Between the files of the update: its SEAMCALLs and its INSTALL session. */
#ifndef SS_CORE_UPDATE_INTERNAL_H
#define SS_CORE_UPDATE_INTERNAL_H

#include "update.h"

/* update_call.c: any LP, in a step. */

/*
 * A SEAMCALL with what its status allows: repeated a bounded number of times, or after a repair of
 * the LP. @in is not changed, each try starts from it. The LP's record says how it went.
 */
bool ss_update_call(struct ss_update *u, uint32_t lp, uint32_t step, const struct ss_regs *in,
		    struct ss_regs *out);
bool ss_update_read_info(struct ss_update *u, uint32_t lp, uint32_t step,
			 struct ss_seamldr_info *info);
void ss_update_add_event(struct ss_update *u, uint32_t lp, uint32_t step,
			 const struct ss_update_call *call, enum ss_update_action action);

/*
 * As above, by the lead: a failure that repeating a call did not cure. The first one is the
 * result's.
 */
void ss_update_note_failure(struct ss_update *u, enum ss_update_reason reason, uint32_t step,
			    uint32_t lp, const struct ss_update_call *call,
			    enum ss_update_action action);
/* The first LP whose record says that it failed, or SS_NO_LP. By the lead. */
uint32_t ss_update_first_failed(const struct ss_update *u);

/* update_install.c */

/* Begin a session. By the lead. */
void ss_update_open_session(struct ss_update *u);
/* An LP's part of it, in an EACH step. Returns false if its call failed or did not count. */
bool ss_update_install_turn(struct ss_update *u, uint32_t lp, uint32_t step);
/*
 * Not all LPs' calls have counted: give them another turn. By the lead. Returns false if they have
 * had enough of them.
 */
bool ss_update_complete_session(struct ss_update *u, uint32_t step);

#endif
