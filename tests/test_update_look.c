// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The look at the end of an update: which call is believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "update_script.h"

/* A call of the look fails: the path decides the verdict, which is not confirmed. */
void test_look_without_answer(void **state)
{
	static const uint64_t leaves[] = { SS_LEAF_TDH_SYS_RD, SS_LEAF_TDH_PHYMEM_PAGE_RDMD };
	uint32_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(leaves); i++) {
		set_up(NULL);
		fw.script[0] = (struct line){ leaves[i], 1, ALWAYS, SS_TDX_OPERAND_INVALID };
		run();
		expect_end(SS_UPDATED, SS_REASON_NONE, false);
		assert_int_equal(script_update.result.has_version, i == 1);
	}
	set_up(NULL);
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INFO, 3, ALWAYS, SS_PSEAMLDR_ENOMEM };
	run();
	expect_end(SS_UPDATED, SS_REASON_NONE, false);
	assert_false(script_update.result.has_remaining);
	assert_int_equal(script_update.result.nr_events, 1);
	expect_event(&script_update.result.events[0], SS_STEP_VERIFY, SS_ACTION_IGNORE,
		     SS_LEAF_SEAMLDR_INFO, SS_PSEAMLDR_ENOMEM);
	/* INFO says "done" and writes nothing: the page has old contents. */
	set_up(NULL);
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INFO, 3, ALWAYS, 0 };
	run();
	expect_end(SS_UPDATED, SS_REASON_NONE, false);
	assert_false(script_update.result.has_remaining);
}

/* INFO names another SVN than the image's: READY, but the verdict is not confirmed. */
void test_look_finds_another(void **state)
{
	(void)state;
	fw.other_svn = 3;
	run();
	expect_end(SS_UPDATED, SS_REASON_NONE, false);
	assert_int_equal(script_update.result.seen, SS_SEEN_READY);
	set_up(NULL);
	fw.other_svn = 2;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_SHUTDOWN, 1, 1, SS_TDX_OPERAND_INVALID };
	run();
	expect_end(SS_UNCHANGED, SS_REASON_SHUTDOWN, false);
	assert_int_equal(script_update.result.seen, SS_SEEN_READY);
}

/*
 * The path fails for good, and RDMD says READY each time. That word alone, which is false here,
 * does not turn "lost" into a promise.
 */
void test_rdmd_alone_is_not_believed(void **state)
{
	static const struct {
		struct line fault;
		enum ss_update_reason reason;
	} cases[] = {
		{ { SS_LEAF_TDH_SYS_UPDATE, 1, ALWAYS, SS_TDX_SYS_INVALID_HANDOFF },
		  SS_REASON_HANDOFF },
		{ { SS_LEAF_TDH_SYS_LP_INIT, 1, ALWAYS, SS_TDX_INCONSISTENT_MSR, 0, false, 1 },
		  SS_REASON_INIT },
	};
	uint32_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(cases); i++) {
		set_up(NULL);
		fw.script[0] = cases[i].fault;
		fw.script[1] = (struct line){ SS_LEAF_TDH_PHYMEM_PAGE_RDMD, 1, ALWAYS, 0 };
		run_on_two();
		expect_end(SS_LOST, cases[i].reason, false);
		assert_int_equal(script_update.result.seen, SS_SEEN_UNKNOWN);
	}
}
