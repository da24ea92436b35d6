// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The update after the shutdown: repetitions, other images, INSTALL sessions of two LPs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "update_script.h"

/* ---- after the shutdown ---------------------------------------------------------------------- */

/* INSTALL fails with RDX = 0: the update tries the other images, then all again, target last. */
void test_install_refused(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INSTALL, 1, ALWAYS, SS_PSEAMLDR_ENOMEM };
	run();
	expect_end(SS_LOST, SS_REASON_INSTALL, true);
	assert_int_equal(installs(), 123231);
	expect_failure(SS_STEP_INSTALL, SS_ACTION_FALLBACK, SS_LEAF_SEAMLDR_INSTALL,
		       SS_PSEAMLDR_ENOMEM);
	assert_int_equal(script_update.result.nr_events, 6);
	expect_event(&script_update.result.events[5], SS_STEP_INSTALL, SS_ACTION_GIVE_UP,
		     SS_LEAF_SEAMLDR_INSTALL, SS_PSEAMLDR_ENOMEM);
}

/* The status says that a repetition may help: each image gets three sessions. */
void test_install_without_entropy(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INSTALL, 1, 5, SS_PSEAMLDR_ENOENTROPY };
	run();
	expect_end(SS_RECOVERED, SS_REASON_INSTALL, true);
	assert_int_equal(installs(), 111222);
	assert_int_equal(script_update.result.image, 1);
	assert_int_equal(script_update.result.installs, 1);
	expect_failure(SS_STEP_INSTALL, SS_ACTION_REPEAT_INSTALL, SS_LEAF_SEAMLDR_INSTALL,
		       SS_PSEAMLDR_ENOENTROPY);
}

/* The target is installed, so the image with the lower SVN is excluded. */
void test_target_does_not_initialise(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_INIT, 1, 1, SS_TDX_CRYPTO_SELF_TEST_FAILED };
	run();
	expect_end(SS_RECOVERED, SS_REASON_INIT, true);
	assert_int_equal(installs(), 13);
	assert_int_equal(script_update.result.image, 2);
	assert_int_equal(script_update.result.installs, 2);
	assert_int_equal(script_update.result.remaining_updates, 7);
	expect_failure(SS_STEP_SYS_INIT, SS_ACTION_FALLBACK, SS_LEAF_TDH_SYS_INIT,
		       SS_TDX_CRYPTO_SELF_TEST_FAILED);
	assert_int_equal(script_update.result.failure.image, 2);
}

/* The target's update was the last one. Only a repetition is left, and it is made once. */
void test_no_update_left(void **state)
{
	(void)state;
	fw.remaining = 1;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_INIT, 1, 1, SS_TDX_CRYPTO_SELF_TEST_FAILED };
	run();
	expect_end(SS_UPDATED, SS_REASON_INIT, true);
	assert_int_equal(installs(), 1);
	expect_failure(SS_STEP_SYS_INIT, SS_ACTION_REPEAT_STEP, SS_LEAF_TDH_SYS_INIT,
		       SS_TDX_CRYPTO_SELF_TEST_FAILED);
}

/* INFO fails, so the status of INSTALL is believed: the SVN is the target's. */
void test_installed_without_info(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INFO, 2, 1, SS_PSEAMLDR_ENOMEM };
	fw.script[1] = (struct line){ SS_LEAF_TDH_SYS_INIT, 1, 1, SS_TDX_CRYPTO_SELF_TEST_FAILED };
	run();
	expect_end(SS_RECOVERED, SS_REASON_INIT, true);
	assert_int_equal(installs(), 13);
	/* After the last update, no update is left either. */
	set_up(NULL);
	fw.remaining = 1;
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INFO, 2, 1, SS_PSEAMLDR_ENOMEM };
	fw.script[1] = (struct line){ SS_LEAF_TDH_SYS_INIT, 1, 1, SS_TDX_CRYPTO_SELF_TEST_FAILED };
	run();
	expect_end(SS_UPDATED, SS_REASON_INIT, true);
	assert_int_equal(installs(), 1);
}

/* No LP can be initialised, no image and no update is left: the module itself says so. */
void test_lost_before_lp_init(void **state)
{
	(void)state;
	plan.nr_images = 1;
	fw.remaining = 1;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_LP_INIT, 1, ALWAYS, SS_TDX_OPERAND_INVALID };
	run();
	expect_end(SS_LOST, SS_REASON_INIT, true);
	assert_int_equal(script_update.result.seen, SS_SEEN_NOT_READY);
}

/* LP.INIT says that SYS.INIT was not done, which is true: the update goes back one step. */
void test_sys_init_does_nothing(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_INIT, 1, 1, 0 };
	run();
	expect_end(SS_UPDATED, SS_REASON_INIT, true);
	assert_int_equal(installs(), 1);
	assert_int_equal(count_calls(SS_LEAF_TDH_SYS_INIT), 2);
	assert_int_equal(count_calls(SS_LEAF_TDH_SYS_LP_INIT), 2);
}

/* UPDATE says that LP.INIT was not done, which is true: the update goes back one step. */
void test_lp_init_does_nothing(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_LP_INIT, 1, 1, 0 };
	run();
	expect_end(SS_UPDATED, SS_REASON_HANDOFF, true);
	assert_int_equal(installs(), 1);
	assert_int_equal(count_calls(SS_LEAF_TDH_SYS_LP_INIT), 2);
	assert_int_equal(count_calls(SS_LEAF_TDH_SYS_UPDATE), 2);
}

static const struct line inits_that_fail[] = {
	{ SS_LEAF_TDH_SYS_INIT, 1, ALWAYS, SS_TDX_CRYPTO_SELF_TEST_FAILED },
	{ SS_LEAF_TDH_SYS_LP_INIT, 1, ALWAYS, SS_TDX_INCONSISTENT_MSR, 0, false, 1 },
};

/* The call says "failed" each time, and is done. The next step shows that. */
void test_init_lies(void **state)
{
	const struct ss_update_result *r;
	uint32_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(inits_that_fail); i++) {
		set_up(NULL);
		plan.nr_images = 1;
		fw.remaining = 1;
		fw.script[0] = inits_that_fail[i];
		fw.script[0].effect = true;
		r = run_on_two();
		expect_end(SS_UPDATED, SS_REASON_INIT, true);
		assert_int_equal(installs(), 11);
		assert_int_equal(r->events[r->nr_events - 1].action, SS_ACTION_NEXT_STEP);
	}
}

/* The call says "failed" each time, which is true. The next leaf is called once, and refused. */
void test_init_fails(void **state)
{
	static const uint64_t next[] = { SS_LEAF_TDH_SYS_LP_INIT, SS_LEAF_TDH_SYS_UPDATE };
	uint32_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(inits_that_fail); i++) {
		set_up(NULL);
		plan.nr_images = 1;
		fw.remaining = 1;
		fw.script[0] = inits_that_fail[i];
		run_on_two();
		expect_end(SS_LOST, SS_REASON_INIT, true);
		assert_int_equal(count_calls(next[i]), i ? 1 : 2);	/* LP.INIT: on two LPs */
	}
}

/* UPDATE says "failed", but the module is READY. */
void test_update_lies(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_UPDATE, 1, 1, SS_TDX_SYS_INVALID_HANDOFF, 0,
				      true };
	run();
	expect_end(SS_UPDATED, SS_REASON_NONE, true);
	assert_int_equal(script_update.result.nr_events, 1);
	expect_event(&script_update.result.events[0], SS_STEP_UPDATE, SS_ACTION_BELIEVE,
		     SS_LEAF_TDH_SYS_UPDATE, SS_TDX_SYS_INVALID_HANDOFF);
}

/* UPDATE says "done", but the module is not READY: VERIFY sees that. */
void test_update_does_nothing(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_UPDATE, 1, 1, 0 };
	run();
	expect_end(SS_UPDATED, SS_REASON_HANDOFF, true);
	assert_int_equal(installs(), 1);
	assert_int_equal(count_calls(SS_LEAF_TDH_SYS_UPDATE), 2);
	assert_int_equal(fw.begun[SS_STEP_VERIFY], 2);
}

/* The session's last call fails with RDX = 1: nothing is left, and the look confirms that. */
void test_destroyed(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INSTALL, 1, 1, SS_PSEAMLDR_ENOMEM, 1 };
	run();
	expect_end(SS_LOST, SS_REASON_DESTROYED, true);
	assert_int_equal(script_update.result.seen, SS_SEEN_NOT_READY);
	assert_int_equal(installs(), 1);
	assert_int_equal(fw.begun[SS_STEP_GIVE_UP], 1);
	expect_failure(SS_STEP_INSTALL, SS_ACTION_GIVE_UP, SS_LEAF_SEAMLDR_INSTALL,
		       SS_PSEAMLDR_ENOMEM);
	assert_int_equal(script_update.result.failure.call.rdx, 1);
}

/* ---- sessions of two LPs --------------------------------------------------------------------- */

/* The first call does not count, whatever its status: another turn completes the session. */
void test_call_does_not_count(void **state)
{
	static const uint64_t statuses[] = {
		SS_PSEAMLDR_EUNSPECERR, SS_TDX_SEAMCALL_UD, SS_TDX_SEAMCALL_GP,
		SS_TDX_SEAMCALL_VMFAILINVALID, SS_PSEAMLDR_EBADCALL, SS_PSEAMLDR_ENOMEM,
	};
	uint32_t i, lp;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(statuses); i++) {
		for (lp = 0; lp < 2; lp++) {
			set_up(NULL);
			plan.call_tries = 1;
			fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INSTALL, 1, 1, statuses[i], 0,
						      false, lp };
			run_on_two();
			expect_end(SS_UPDATED, SS_REASON_SESSION, true);
			assert_int_equal(script_update.result.failure.action,
					 SS_ACTION_COMPLETE_SESSION);
			assert_int_equal(script_update.result.failure.lp, lp);
			assert_int_equal(script_update.result.failure.call.status, statuses[i]);
			/* The count says that the last LP closes the session; INFO says no. */
			assert_int_equal(script_update.result.nr_events, lp && i >= 4 ? 2 : 1);
			assert_int_equal(script_update.result.installs, 1);
		}
	}
}

void test_call_never_counts(void **state)
{
	(void)state;
	plan.call_tries = 1;
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INSTALL, 1, ALWAYS, SS_TDX_SEAMCALL_UD, 0,
				      false, 1 };
	run_on_two();
	expect_end(SS_LOST, SS_REASON_SESSION, true);
	assert_int_equal(count_calls(SS_LEAF_SEAMLDR_INSTALL), 1 + 10);
	assert_int_equal(script_update.result.nr_events, 10);
	assert_int_equal(script_update.result.events[8].action, SS_ACTION_COMPLETE_SESSION);
	assert_int_equal(script_update.result.events[9].action, SS_ACTION_GIVE_UP);
	assert_int_equal(script_update.result.events[9].lp, 1);
}

/* One LP was initialised, the other LP is busy for a while: the step is repeated. */
void test_lp_init_busy(void **state)
{
	(void)state;
	plan.call_tries = 1;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_LP_INIT, 1, 1, SS_TDX_SYS_BUSY, 0, false, 1 };
	run_on_two();
	expect_end(SS_UPDATED, SS_REASON_INIT, true);
	assert_int_equal(script_update.result.failure.lp, 1);
	assert_int_equal(script_update.result.installs, 1);
}
