// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The update against a firmware that follows a script: every SEAMCALL with its registers, and the
 * whole record of the update. The tests use one LP, and two LPs for INSTALL sessions. Failures are
 * in test_update_leave.c, test_update_recover.c and test_update_look.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "update_script.h"

/* ---- nothing fails --------------------------------------------------------------------------- */

static void expect_call(uint32_t i, uint64_t rax, uint64_t rcx, uint64_t rdx)
{
	assert_true(i < fw.nr_calls);
	assert_int_equal(fw.calls[i].rax, rax);
	assert_int_equal(fw.calls[i].rcx, rcx);
	assert_int_equal(fw.calls[i].rdx, rdx);
	assert_int_equal(fw.calls[i].r9, 0);
}

static void test_calls(void **state)
{
	(void)state;
	run();
	expect_end(SS_UPDATED, SS_REASON_NONE, true);
	expect_call(0, SS_LEAF_SEAMLDR_INFO, INFO_PA, 0);
	expect_call(1, SS_LEAF_TDH_SYS_SHUTDOWN, HV, 0);
	expect_call(2, SS_LEAF_SEAMLDR_INSTALL, PARAMS(0), 0);
	expect_call(3, SS_LEAF_SEAMLDR_INFO, INFO_PA, 0);
	expect_call(4, SS_LEAF_TDH_SYS_INIT, 0, 0);
	expect_call(5, SS_LEAF_TDH_SYS_LP_INIT, 0, 0);
	expect_call(6, SS_LEAF_TDH_SYS_UPDATE, 0, 0);
	expect_call(7, SS_LEAF_SEAMLDR_INFO, INFO_PA, 0);
	expect_call(8, SS_LEAF_TDH_SYS_RD, 0, 0x0800000100000004);
	expect_call(9, SS_LEAF_TDH_SYS_RD, 0, 0x0800000100000003);
	expect_call(10, SS_LEAF_TDH_SYS_RD, 0, 0x0800000100000005);
	expect_call(11, SS_LEAF_TDH_PHYMEM_PAGE_RDMD, INFO_PA & ~4095, 0);
	assert_int_equal(fw.nr_calls, 12);
}

static void test_record(void **state)
{
	static const uint8_t steps[] = {
		SS_STEP_CHECK, SS_STEP_PREPARE, SS_STEP_SHUTDOWN, SS_STEP_INSTALL,
		SS_STEP_INSTALLED, SS_STEP_SYS_INIT, SS_STEP_LP_INIT, SS_STEP_UPDATE,
		SS_STEP_VERIFY,
	};
	const struct ss_update_result *r = run();
	uint64_t before = lps[0].arrive_ns;
	uint32_t i;

	(void)state;
	assert_int_equal(r->nr_visits, sizeof(steps));
	for (i = 0; i < sizeof(steps); i++) {
		assert_int_equal(r->visits[i].step, steps[i]);
		assert_int_equal(r->visits[i].image, 0);
		assert_true(before && lps[0].spans[i].start_ns >= before);
		assert_true(lps[0].spans[i].end_ns >= lps[0].spans[i].start_ns);
		before = lps[0].spans[i].end_ns;
		assert_int_equal(fw.ended[steps[i]], 1);
	}
	assert_int_equal(lps[0].spans[i].start_ns, 0);
	assert_true(lps[0].leave_ns >= before && r->end_ns >= lps[0].leave_ns);
	assert_int_equal(r->start_ns, lps[0].arrive_ns);
	assert_in_range(r->shutdown_ns, lps[0].spans[2].start_ns, lps[0].spans[2].end_ns);
	assert_int_equal(r->nr_events, 0);
	assert_int_equal(r->events_dropped, 0);
	assert_int_equal(r->installs, 1);
	assert_int_equal(r->image, 0);
	assert_int_equal(r->seen, SS_SEEN_READY);
	assert_true(r->has_version && r->has_remaining);
	assert_int_equal(r->major, 1);
	assert_int_equal(r->minor, 5);
	assert_int_equal(r->update, 16);
	assert_int_equal(r->remaining_updates, 8);
}

static void test_options(void **state)
{
	uint32_t i;

	(void)state;
	plan.avoid_td_build = true;
	plan.enable = 0x5a;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_UPDATE, 1, 1, SS_TDX_OPERAND_INVALID };
	run();
	expect_end(SS_UPDATED, SS_REASON_NONE, true);
	assert_int_equal(fw.calls[1].rcx, HV | 1 << 16);
	i = find_call(SS_LEAF_TDH_SYS_UPDATE, 0);
	assert_int_equal(fw.calls[i].rax, SS_LEAF_TDH_SYS_UPDATE | SS_LEAF_VERSION(1));
	assert_int_equal(fw.calls[i].r9, 0x5a);
	expect_call(i + 1, SS_LEAF_TDH_SYS_UPDATE, 0, 0);
	assert_int_equal(script_update.result.nr_events, 1);
	expect_event(&script_update.result.events[0], SS_STEP_UPDATE, SS_ACTION_RETRY_CALL,
		     SS_LEAF_TDH_SYS_UPDATE, SS_TDX_OPERAND_INVALID);
}

/* ---- bounds and refusals --------------------------------------------------------------------- */

/* A call that stays busy is tried as often as the plan says, and so is a step. */
static void test_tries(void **state)
{
	(void)state;
	plan.call_tries = 4;
	plan.step_tries = 2;
	plan.nr_images = 1;
	fw.remaining = 1;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_INIT, 1, ALWAYS, SS_TDX_SYS_BUSY };
	run();
	expect_end(SS_LOST, SS_REASON_INIT, true);
	/* Twice, and once more when LP.INIT says that SYS.INIT was not done. */
	assert_int_equal(count_calls(SS_LEAF_TDH_SYS_INIT), 4 * 3);
	assert_int_equal(fw.begun[SS_STEP_SYS_INIT], 3);
	assert_int_equal(fw.begun[SS_STEP_LP_INIT], 1);
}

static void test_events_dropped(void **state)
{
	(void)state;
	plan.call_tries = 90;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_INIT, 1, 89, SS_TDX_SYS_BUSY };
	run();
	expect_end(SS_UPDATED, SS_REASON_NONE, true);
	assert_int_equal(script_update.result.nr_events, SS_UPDATE_MAX_EVENTS);
	assert_int_equal(script_update.result.events_dropped, 89 - SS_UPDATE_MAX_EVENTS);
	assert_int_equal(script_update.result.nr_visits, 9);
	assert_int_equal(script_update.result.visits[0].step, SS_STEP_CHECK);
	assert_int_equal(script_update.result.visits[1].step, SS_STEP_PREPARE);
	assert_int_equal(script_update.result.visits[8].step, SS_STEP_VERIFY);
}

static void refused(void)
{
	assert_false(ss_update_init(&script_update, &plan, &lockstep, lps));
	set_up(NULL);
	assert_true(ss_update_init(&script_update, &plan, &lockstep, lps));
}

static void test_plan_refused(void **state)
{
	(void)state;
	plan.machine = NULL;
	refused();
	machine.seamcall = NULL;
	refused();
	machine.nr_lps = 2;
	refused();
	plan.nr_images = 0;
	refused();
	plan.nr_images = SS_UPDATE_MAX_IMAGES + 1;
	refused();
	plan.info.va = NULL;
	refused();
	plan.info.bytes = 255;
	refused();
	plan.info.pa = INFO_PA + 128;
	refused();
	plan.images[0].min_update_hv = HV + 1;
	refused();
	plan.images[0].module_hv = HV - 1;
	refused();
	plan.info.bytes = 256;
	plan.images[0].min_update_hv = HV - 1;
	plan.images[0].module_hv = HV + 1;
	assert_true(ss_update_init(&script_update, &plan, &lockstep, lps));
}

#define TEST(fn) cmocka_unit_test_setup(fn, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_calls), TEST(test_record), TEST(test_options), TEST(test_unfit_lp),
		TEST(test_not_arrived), TEST(test_prepare), TEST(test_shutdown_refused),
		TEST(test_shutdown_lies),
		TEST(test_shutdown_does_nothing), TEST(test_rehearsal),
		TEST(test_rehearsal_refused), TEST(test_rehearsal_destroys),
		TEST(test_install_refused), TEST(test_install_without_entropy),
		TEST(test_target_does_not_initialise), TEST(test_no_update_left),
		TEST(test_installed_without_info), TEST(test_lost_before_lp_init),
		TEST(test_sys_init_does_nothing), TEST(test_lp_init_does_nothing),
		TEST(test_init_lies), TEST(test_init_fails),
		TEST(test_update_lies), TEST(test_update_does_nothing), TEST(test_destroyed),
		TEST(test_call_does_not_count), TEST(test_call_never_counts),
		TEST(test_lp_init_busy), TEST(test_look_without_answer),
		TEST(test_look_finds_another), TEST(test_rdmd_alone_is_not_believed),
		TEST(test_tries),
		TEST(test_events_dropped), TEST(test_plan_refused),
	};

	return cmocka_run_group_tests_name("update-script", tests, NULL, NULL);
}
