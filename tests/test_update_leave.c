// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The update before the shutdown, where a failure leaves the old module running; the rehearsal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "update_script.h"

/* ---- before the shutdown --------------------------------------------------------------------- */

void test_unfit_lp(void **state)
{
	(void)state;
	fw.unfit = SS_TDX_SEAMCALL_UD;
	run();
	expect_end(SS_UNCHANGED, SS_REASON_LP_UNFIT, true);
	expect_failure(SS_STEP_CHECK, SS_ACTION_LEAVE, 0, SS_TDX_SEAMCALL_UD);
	assert_int_equal(count_calls(SS_LEAF_TDH_SYS_SHUTDOWN), 0);
	assert_int_equal(script_update.result.nr_visits, 2);
}

/* LP 1 arrives after LP 0 has called the run off. */
void test_not_arrived(void **state)
{
	(void)state;
	machine.nr_lps = 2;
	plan.arrival_ns = 1;
	assert_true(ss_lockstep_init(&lockstep, lockstep_lps, 2, 2));
	assert_true(ss_update_init(&script_update, &plan, &lockstep, lps));
	assert_int_equal(ss_update_run(&script_update, 0), SS_UNCHANGED);
	expect_end(SS_UNCHANGED, SS_REASON_NOT_ARRIVED, true);
	assert_int_equal(script_update.result.failure.lp, 1);
	assert_int_equal(script_update.result.failure.action, SS_ACTION_LEAVE);
	assert_int_equal(script_update.result.nr_visits, 0);
	assert_int_equal(ss_update_run(&script_update, 1), SS_UNCHANGED);
	assert_int_equal(fw.nr_calls, 0);
}

void test_prepare(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < 5; i++) {
		set_up(NULL);
		fw.remaining = i == 0 ? 0 : 9;
		if (i == 1 || i == 2)
			fw.runs = PARAMS(i == 1 ? 0 : 2);
		if (i == 2)
			plan.images[2].svn_major = 2;
		if (i == 2)
			plan.images[2].svn_minor = 7;
		if (i == 3)
			fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INFO, 1, 1,
						      SS_PSEAMLDR_ENOMEM };
		fw.state = i == 4 ? ERASED : READY;
		run();
		/* The machine was in another state from the start. The look says in which. */
		if (i != 4)
			expect_end(SS_UNCHANGED, i ? SS_REASON_STATE : SS_REASON_EXHAUSTED, true);
		assert_int_equal(script_update.result.failure.step, SS_STEP_PREPARE);
		assert_int_equal(script_update.result.failure.action, SS_ACTION_LEAVE);
		assert_int_equal(count_calls(SS_LEAF_TDH_SYS_SHUTDOWN), 0);
	}
}

void test_shutdown_refused(void **state)
{
	static const struct {
		uint64_t status;
		enum ss_update_reason reason;
		uint32_t calls;
	} cases[] = {
		{ SS_TDX_UPDATE_COMPATIBILITY_SENSITIVE, SS_REASON_TD_BUILD, 1 },
		{ SS_TDX_SYS_BUSY, SS_REASON_BUSY, 10 },
		{ SS_TDX_OPERAND_INVALID, SS_REASON_SHUTDOWN, 1 },
	};
	uint32_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(cases); i++) {
		set_up(NULL);
		fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_SHUTDOWN, 1, ALWAYS,
					      cases[i].status };
		run();
		expect_end(SS_UNCHANGED, cases[i].reason, true);
		expect_failure(SS_STEP_SHUTDOWN, SS_ACTION_LEAVE, SS_LEAF_TDH_SYS_SHUTDOWN,
			       cases[i].status);
		assert_int_equal(count_calls(SS_LEAF_TDH_SYS_SHUTDOWN), cases[i].calls);
		assert_int_equal(script_update.result.shutdown_ns, 0);
		assert_int_equal(fw.begun[SS_STEP_LEAVE], 1);
	}
}

/* SHUTDOWN says "failed", but the module is down: LEAVE sees that, and INSTALL follows. */
void test_shutdown_lies(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_SHUTDOWN, 1, 1, SS_TDX_OPERAND_INVALID, 0,
				      true };
	run();
	expect_end(SS_UPDATED, SS_REASON_SHUTDOWN, true);
	assert_int_equal(script_update.result.nr_events, 2);
	expect_event(&script_update.result.events[1], SS_STEP_LEAVE, SS_ACTION_BELIEVE,
		     SS_LEAF_TDH_PHYMEM_PAGE_RDMD, SS_TDX_SYS_SHUTDOWN);
	assert_true(script_update.result.shutdown_ns);
}

/* SHUTDOWN says "done", but the module is READY: there is no handoff data, and nothing happened. */
void test_shutdown_does_nothing(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_SHUTDOWN, 1, 1, 0 };
	run();
	expect_end(SS_UNCHANGED, SS_REASON_SHUTDOWN, true);
	expect_failure(SS_STEP_INSTALL, SS_ACTION_LEAVE, SS_LEAF_SEAMLDR_INSTALL,
		       SS_PSEAMLDR_EBADHANDOFF);
	assert_int_equal(count_calls(SS_LEAF_SEAMLDR_INSTALL), 1);
	assert_int_equal(fw.begun[SS_STEP_GIVE_UP], 1);
}

/* ---- the rehearsal --------------------------------------------------------------------------- */

void test_rehearsal(void **state)
{
	uint32_t times;

	(void)state;
	for (times = 0; times < 3; times++) {
		set_up(NULL);
		plan.rehearse = true;
		fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INSTALL, 1, times,
					      SS_PSEAMLDR_ENOENTROPY };
		run();
		expect_end(SS_UPDATED, SS_REASON_NONE, true);
		assert_int_equal(fw.begun[SS_STEP_REHEARSE], times + 1);
		assert_int_equal(count_calls(SS_LEAF_SEAMLDR_INSTALL), times + 2);
		assert_int_equal(script_update.result.nr_events, times);
		if (times)
			expect_event(&script_update.result.events[0], SS_STEP_REHEARSE,
				     SS_ACTION_REPEAT_STEP, SS_LEAF_SEAMLDR_INSTALL,
				     SS_PSEAMLDR_ENOENTROPY);
	}
}

void test_rehearsal_refused(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		set_up(NULL);
		plan.rehearse = true;
		fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INSTALL, 1, ALWAYS,
					      i ? SS_PSEAMLDR_ENOMEM : SS_PSEAMLDR_ENOENTROPY };
		run();
		expect_end(SS_UNCHANGED, SS_REASON_REHEARSAL, true);
		expect_failure(SS_STEP_REHEARSE, SS_ACTION_LEAVE, SS_LEAF_SEAMLDR_INSTALL,
			       fw.script[0].status);
		assert_int_equal(fw.begun[SS_STEP_REHEARSE], i ? 1 : 3);
		assert_int_equal(count_calls(SS_LEAF_TDH_SYS_SHUTDOWN), 0);
	}
}

/* RDX = 1 in a rehearsal: the old module is erased without handoff data. There is no way out. */
void test_rehearsal_destroys(void **state)
{
	(void)state;
	plan.rehearse = true;
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INSTALL, 1, 1, SS_PSEAMLDR_ENOMEM, 1 };
	run();
	expect_end(SS_LOST, SS_REASON_DESTROYED, true);
	expect_failure(SS_STEP_REHEARSE, SS_ACTION_GIVE_UP, SS_LEAF_SEAMLDR_INSTALL,
		       SS_PSEAMLDR_ENOMEM);
	assert_int_equal(fw.begun[SS_STEP_GIVE_UP], 1);
	assert_int_equal(fw.begun[SS_STEP_LEAVE], 0);
}
