// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Fault injection: when a fault strikes, and what it leaves behind in INSTALL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../sim/internal.h"
#include "sim_fixture.h"

#define LPS		4u
#define INSTALL		SS_LEAF_SEAMLDR_INSTALL
#define SYS_RD		SS_LEAF_TDH_SYS_RD
#define SYS_SHUTDOWN	SS_LEAF_TDH_SYS_SHUTDOWN
#define VMFAILINVALID	SS_TDX_SEAMCALL_VMFAILINVALID
#define FEATURES0	0x0a00000300000008ULL

/* Each test has 1.5.06 shut down, and an image of 1.5.08 to follow it. */
static struct fixture f;
static struct fixture_image next;

/* Some faults must not strike: the test counts these before it ends. */
static uint32_t injected, not_to_strike;

static int setup(void **state)
{
	(void)state;
	injected = not_to_strike = 0;
	fixture_create(&f, LPS, 2);
	fixture_boot(&f, "1.5.06");
	fixture_image(&f, "1.5.08", FIXTURE_UPDATE, &next);
	return 0;
}

static int setup_shut_down(void **state)
{
	setup(state);
	assert_int_equal(fixture_call(&f, 0, SS_LEAF_TDH_SYS_SHUTDOWN, 0), 0);
	return 0;
}

/* A fault that never struck has tested nothing. */
static void expect_struck(void)
{
	uint32_t i, idle = 0;

	for (i = 0; i < injected; i++)
		idle += !sim_fault_struck(f.sim, i);
	assert_int_equal(idle, not_to_strike);
}

static void clear(void)
{
	expect_struck();
	sim_fault_clear(f.sim);
	injected = not_to_strike = 0;
}

static int teardown(void **state)
{
	(void)state;
	expect_struck();
	fixture_destroy(&f);
	return 0;
}

static void inject(struct sim_fault fault)
{
	assert_true(sim_fault_add(f.sim, &fault));
	injected++;
}

static uint64_t read_features(uint32_t lp)
{
	struct ss_regs r = { .rax = SYS_RD, .rdx = FEATURES0 };

	return fixture_regs(&f, lp, &r);
}

static uint64_t install(uint32_t lp, uint64_t *rdx)
{
	struct ss_regs r = { .rax = INSTALL, .rcx = next.params_pa, .rdx = 99 };
	uint64_t status = fixture_regs(&f, lp, &r);

	*rdx = r.rdx;
	return status;
}

static void expect_install(uint32_t lp, uint64_t status, uint64_t want_rdx)
{
	uint64_t rdx;

	assert_int_equal(install(lp, &rdx), status);
	assert_int_equal(rdx, want_rdx);
}

static struct sim_audit audit(void)
{
	struct sim_audit a;

	sim_audit(f.sim, &a);
	return a;
}

/* ---- which call ------------------------------------------------------------------------------ */

static void strikes_the_nth_call_on_its_lp(void **state)
{
	uint32_t i;

	(void)state;
	inject((struct sim_fault){ SYS_RD, 1, 3, false, SS_TDX_SYS_BUSY, 0 });
	for (i = 1; i <= 5; i++) {
		assert_int_equal(read_features(0), 0);
		assert_int_equal(read_features(1), i == 3 ? SS_TDX_SYS_BUSY : 0);
	}
	assert_int_equal(sim_fault_hits(f.sim), 1);
}

static void sticks_from_the_nth_call_on(void **state)
{
	uint32_t i;

	(void)state;
	inject((struct sim_fault){ SYS_RD, 2, 2, true, SS_TDX_SYS_BUSY, 0 });
	for (i = 1; i <= 4; i++)
		assert_int_equal(read_features(2), i >= 2 ? SS_TDX_SYS_BUSY : 0);
	assert_int_equal(read_features(3), 0);
	assert_int_equal(sim_fault_hits(f.sim), 3);
}

static void counts_over_all_lps_for_any(void **state)
{
	(void)state;
	inject((struct sim_fault){ SYS_RD, SIM_LP_ANY, 3, false, SS_TDX_SYS_BUSY, 0 });
	assert_int_equal(read_features(0), 0);
	assert_int_equal(read_features(3), 0);
	assert_int_equal(read_features(1), SS_TDX_SYS_BUSY);
	assert_int_equal(read_features(1), 0);
}

static void other_leaves_do_not_count(void **state)
{
	struct ss_regs r = { .rax = SS_LEAF_TDH_SYS_UPDATE | SS_LEAF_VERSION(1) };

	(void)state;
	inject((struct sim_fault){ SS_LEAF_TDH_SYS_UPDATE, 0, 1, false, SS_TDX_SYS_BUSY, 0 });
	inject((struct sim_fault){ INSTALL, 0, 1, false, SS_PSEAMLDR_ENOMEM, 0 });
	not_to_strike = 1;
	assert_int_equal(read_features(0), 0);
	/* The P-SEAMLDR knows no versions. */
	assert_int_equal(fixture_call(&f, 0, INSTALL | SS_LEAF_VERSION(1), 0),
			 SS_PSEAMLDR_EBADPARAM);
	/* A leaf's version does not make it another leaf. */
	assert_int_equal(fixture_regs(&f, 0, &r), SS_TDX_SYS_BUSY);
	assert_int_equal(r.rax, SS_TDX_SYS_BUSY);
}

/* All faults count each call. Of the faults that are due the first added one strikes. */
static void several_faults(void **state)
{
	(void)state;
	inject((struct sim_fault){ SYS_RD, 0, 1, false, SS_TDX_SYS_BUSY, 0 });
	inject((struct sim_fault){ SYS_RD, 0, 1, false, SS_TDX_RND_NO_ENTROPY, 0 });
	inject((struct sim_fault){ SYS_RD, SIM_LP_ANY, 2, false, SS_TDX_SYS_NOT_READY, 0 });
	assert_int_equal(read_features(0), SS_TDX_SYS_BUSY);
	assert_int_equal(read_features(0), SS_TDX_SYS_NOT_READY);
	assert_int_equal(read_features(0), 0);
	assert_int_equal(sim_fault_hits(f.sim), 2);
	assert_int_equal(sim_fault_struck(f.sim, 0), 1);
	assert_int_equal(sim_fault_struck(f.sim, 1), 0);
	assert_int_equal(sim_fault_struck(f.sim, 2), 1);
	assert_int_equal(sim_fault_struck(f.sim, 3), 0);
	assert_int_equal(sim_fault_struck(f.sim, UINT32_MAX), 0);
	not_to_strike = 1;
}

/* Each fault has its own count, which goes on where the fault sticks. */
static void strikes_are_counted_fault_by_fault(void **state)
{
	uint32_t i;

	(void)state;
	inject((struct sim_fault){ SYS_RD, 1, 1, true, SS_TDX_SYS_BUSY, 0 });
	inject((struct sim_fault){ SYS_RD, 2, 3, false, SS_TDX_SYS_BUSY, 0 });
	for (i = 1; i <= 5; i++) {
		read_features(1);
		read_features(2);
		assert_int_equal(sim_fault_struck(f.sim, 0), i);
		assert_int_equal(sim_fault_struck(f.sim, 1), i >= 3);
	}
	clear();
	assert_int_equal(sim_fault_struck(f.sim, 0), 0);
	inject((struct sim_fault){ SYS_RD, 1, 1, false, SS_TDX_SYS_BUSY, 0 });
	assert_int_equal(sim_fault_struck(f.sim, 0), 0);
	read_features(1);
	assert_int_equal(sim_fault_struck(f.sim, 0), 1);
}

static void clearing_starts_anew(void **state)
{
	uint32_t i;

	(void)state;
	inject((struct sim_fault){ SYS_RD, 0, 2, false, SS_TDX_SYS_BUSY, 0 });
	inject((struct sim_fault){ SYS_RD, SIM_LP_ANY, 3, false, SS_TDX_SYS_BUSY, 0 });
	assert_int_equal(read_features(0), 0);
	not_to_strike = 2;
	clear();
	assert_int_equal(sim_fault_hits(f.sim), 0);
	for (i = 0; i < 4; i++)
		assert_int_equal(read_features(0), 0);
	inject((struct sim_fault){ SYS_RD, 0, 2, false, SS_TDX_SYS_BUSY, 0 });
	assert_int_equal(read_features(0), 0);
	assert_int_equal(read_features(0), SS_TDX_SYS_BUSY);
}

static void there_is_room_for_so_many(void **state)
{
	struct sim_fault fault = { SYS_RD, 0, 1, false, SS_TDX_SYS_BUSY, 0 };
	uint32_t i;

	(void)state;
	for (i = 0; i < SIM_LP_FAULTS; i++)
		assert_true(sim_fault_add(f.sim, &fault));
	assert_false(sim_fault_add(f.sim, &fault));
}

/* ---- module leaves: nothing happened --------------------------------------------------------- */

static void a_module_leaf_does_not_run(void **state)
{
	(void)state;
	inject((struct sim_fault){ SS_LEAF_TDH_SYS_SHUTDOWN, SIM_LP_ANY, 1, false,
				   SS_TDX_SYS_BUSY, 0 });
	assert_int_equal(fixture_call(&f, 0, SS_LEAF_TDH_SYS_SHUTDOWN, 0), SS_TDX_SYS_BUSY);
	assert_int_equal(audit().state, SIM_SYS_READY);
	assert_false(audit().handoff_valid);
	assert_int_equal(fixture_call(&f, 0, SS_LEAF_TDH_SYS_SHUTDOWN, 0), 0);
}

/* A fault does not strike, and does not count a call, that never reached the firmware. */
static void unreachable_firmware_comes_first(void **state)
{
	uint64_t rdx;

	(void)state;
	inject((struct sim_fault){ SYS_RD, 0, 1, false, SS_TDX_SYS_BUSY, 0 });
	not_to_strike = 1;
	assert_int_equal(install(1, &rdx), 0);
	assert_int_equal(read_features(0), VMFAILINVALID);
	assert_int_equal(sim_fault_hits(f.sim), 0);
}

static void not_entered_at_all(void **state)
{
	static const uint64_t statuses[] = {
		VMFAILINVALID, SS_TDX_SEAMCALL_UD, SS_TDX_SEAMCALL_GP,
	};
	struct ss_regs r;
	uint32_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(statuses); i++) {
		clear();
		inject((struct sim_fault){ INSTALL, 3, 1, false, statuses[i], 1 });
		inject((struct sim_fault){ SYS_RD, 3, 1, false, statuses[i], 1 });
		r = (struct ss_regs){ .rax = SYS_RD, .rdx = 7 };
		assert_int_equal(fixture_regs(&f, 3, &r), statuses[i]);
		assert_int_equal(r.rax, SYS_RD);
		assert_int_equal(r.rdx, 7);
		r = (struct ss_regs){ .rax = INSTALL, .rdx = 7 };
		assert_int_equal(fixture_regs(&f, 3, &r), statuses[i]);
		assert_int_equal(r.rax, INSTALL);
		assert_int_equal(r.rdx, 7);
		assert_false(audit().session_open);
	}
	/* The fault does not wait for the last LP, whatever its RDX. */
	clear();
	inject((struct sim_fault){ INSTALL, SIM_LP_ANY, 1, false, VMFAILINVALID, 1 });
	expect_install(1, VMFAILINVALID, 99);
	/* On the LP that would complete the session the fault leaves the session open. */
	expect_install(0, 0, 0);
	expect_install(1, 0, 0);
	expect_install(2, 0, 0);
	clear();
	inject((struct sim_fault){ INSTALL, 3, 1, false, VMFAILINVALID, 1 });
	expect_install(3, VMFAILINVALID, 99);
	assert_true(audit().session_open);
	assert_int_equal(f.sim->seamldr->lps_in_update, 3);
}

/* ---- lies ------------------------------------------------------------------------------------ */

/* The call does its work, and says something else. */
static void an_executed_call_fails(void **state)
{
	struct ss_regs r = { .rax = SYS_RD, .rdx = FEATURES0 };

	(void)state;
	inject((struct sim_fault){ SYS_SHUTDOWN, SIM_LP_ANY, 1, false, SS_TDX_SYS_BUSY, 0, true });
	inject((struct sim_fault){ SYS_RD, 0, 1, false, SS_TDX_SYS_BUSY, 0, true });
	assert_int_equal(fixture_regs(&f, 0, &r), SS_TDX_SYS_BUSY);
	assert_int_equal(r.r8, sim_ladder_find("1.5.06")->features0);
	assert_int_equal(fixture_call(&f, 0, SYS_SHUTDOWN, 0), SS_TDX_SYS_BUSY);
	assert_int_equal(audit().state, SIM_SYS_SHUTDOWN);
	assert_true(audit().handoff_valid);
}

/* Whatever the call itself would have returned. */
static void an_executed_call_succeeds(void **state)
{
	(void)state;
	inject((struct sim_fault){ SYS_SHUTDOWN, SIM_LP_ANY, 1, false, SS_TDX_TD_FATAL, 0, true });
	assert_int_equal(fixture_call(&f, 0, SYS_SHUTDOWN, 0x7777), SS_TDX_TD_FATAL);
	assert_int_equal(audit().state, SIM_SYS_READY);
}

static void an_executed_call_that_was_not_entered(void **state)
{
	struct ss_regs r = { .rax = SYS_RD, .rdx = FEATURES0, .r8 = 5 };

	(void)state;
	inject((struct sim_fault){ SYS_RD, 0, 1, false, VMFAILINVALID, 0, true });
	assert_int_equal(fixture_regs(&f, 0, &r), VMFAILINVALID);
	assert_int_equal(r.rax, SYS_RD);
	assert_int_equal(r.rdx, FEATURES0);
	assert_int_equal(r.r8, 5);
}

/* A session whose calls all count, although two of them say otherwise. */
static void an_executed_install_counts(void **state)
{
	(void)state;
	inject((struct sim_fault){ INSTALL, 1, 1, false, SS_PSEAMLDR_EUNSPECERR, 1, true });
	inject((struct sim_fault){ INSTALL, SIM_LP_ANY, 1, false, SS_PSEAMLDR_EBADSIG, 1, true });
	expect_install(0, 0, 0);
	expect_install(1, SS_PSEAMLDR_EUNSPECERR, 1);
	expect_install(2, 0, 0);
	assert_int_equal(f.sim->seamldr->lps_in_update, 3);
	expect_install(3, SS_PSEAMLDR_EBADSIG, 1);
	assert_false(audit().session_open);
	assert_string_equal(audit().version, "1.5.08");
	assert_int_equal(audit().state, SIM_SYSINIT_PENDING);
	assert_true(audit().seam_ready);
}

/* "Done", and nothing is. */
static void success_without_work(void **state)
{
	uint32_t lp;

	(void)state;
	inject((struct sim_fault){ SYS_SHUTDOWN, SIM_LP_ANY, 1, false, SS_TDX_SUCCESS, 0 });
	assert_int_equal(fixture_call(&f, 0, SYS_SHUTDOWN, 0), 0);
	assert_int_equal(audit().state, SIM_SYS_READY);
	assert_false(audit().handoff_valid);
	inject((struct sim_fault){ INSTALL, 3, 1, true, SS_PSEAMLDR_SUCCESS, 0 });
	for (lp = 0; lp < LPS; lp++)
		expect_install(lp, 0, 0);
	assert_true(audit().session_open);
	assert_int_equal(f.sim->seamldr->lps_in_update, 3);
	assert_string_equal(audit().version, "1.5.06");
}

static void each_fault_counts_its_own(void **state)
{
	(void)state;
	inject((struct sim_fault){ SYS_RD, 0, 2, true, SS_TDX_SYS_BUSY, 0 });
	inject((struct sim_fault){ SYS_RD, 0, 1, false, SS_TDX_SYS_BUSY, 0, true });
	inject((struct sim_fault){ SYS_RD, 1, 1, false, SS_TDX_SYS_BUSY, 0 });
	read_features(0);
	assert_int_equal(sim_fault_struck(f.sim, 0), 0);
	read_features(0);
	read_features(0);
	assert_int_equal(sim_fault_struck(f.sim, 0), 2);
	assert_int_equal(sim_fault_struck(f.sim, 1), 1);
	assert_int_equal(sim_fault_struck(f.sim, 2), 0);
	assert_int_equal(sim_fault_struck(f.sim, 3), 0);
	assert_int_equal(sim_fault_hits(f.sim), 3);
	not_to_strike = 1;
	clear();
	inject((struct sim_fault){ SYS_RD, 0, 2, true, SS_TDX_SYS_BUSY, 0 });
	not_to_strike = 1;
	assert_int_equal(sim_fault_struck(f.sim, 0), 0);
}

/* ---- INSTALL --------------------------------------------------------------------------------- */

static const uint64_t last_only[] = {
	SS_PSEAMLDR_EBADPARAM, SS_PSEAMLDR_EBADHANDOFF, SS_PSEAMLDR_ENOMEM, SS_PSEAMLDR_EUNSUPCPU,
	SS_PSEAMLDR_EBADSIG, SS_PSEAMLDR_EBADHASH, SS_PSEAMLDR_ENOENTROPY,
};

/* On an LP that is not last the call does not count, whatever the status. */
static void install_fails_early(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(last_only); i++) {
		clear();
		inject((struct sim_fault){ INSTALL, 1, 1, false, last_only[i], 0 });
		/* A session does not open with the failed first call. */
		expect_install(1, last_only[i], 0);
		assert_false(audit().session_open);
		assert_int_equal(ss_load(&f.sim->gates), SIM_GATE_SEAMLDR | SIM_GATE_MODULE);
	}
	clear();
	inject((struct sim_fault){ INSTALL, 1, 1, false, SS_PSEAMLDR_EBADCALL, 0 });
	expect_install(0, 0, 0);
	expect_install(1, SS_PSEAMLDR_EBADCALL, 0);
	expect_install(2, 0, 0);
	expect_install(3, 0, 0);
	assert_true(audit().session_open);
	expect_install(1, 0, 0);
	assert_string_equal(audit().version, "1.5.08");
}

static void install_waits_for_the_last_lp(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(last_only); i++) {
		clear();
		inject((struct sim_fault){ INSTALL, SIM_LP_ANY, 1, false, last_only[i], 0 });
		expect_install(2, 0, 0);
		expect_install(3, 0, 0);
		expect_install(0, 0, 0);
		expect_install(1, last_only[i], 0);
		/* Recoverable: the session is closed, and all is as before. */
		assert_false(audit().session_open);
		assert_true(audit().seam_ready);
		assert_true(audit().handoff_valid);
		assert_int_equal(audit().state, SIM_SYS_SHUTDOWN);
		assert_string_equal(audit().version, "1.5.06");
		assert_int_equal(audit().remaining_updates, 9);
		assert_int_equal(sim_fault_hits(f.sim), 1);
	}
	assert_int_equal(fixture_update(&f, next.params_pa), 0);
}

static void install_fails_in_the_second_session(void **state)
{
	(void)state;
	inject((struct sim_fault){ INSTALL, SIM_LP_ANY, 2, true, SS_PSEAMLDR_ENOMEM, 0 });
	assert_int_equal(fixture_install(&f, next.params_pa, NULL), 0);
	assert_int_equal(fixture_install(&f, next.params_pa, NULL), SS_PSEAMLDR_ENOMEM);
	assert_int_equal(fixture_install(&f, next.params_pa, NULL), SS_PSEAMLDR_ENOMEM);
	assert_true(audit().seam_ready);
	assert_string_equal(audit().version, "1.5.08");
}

/* EBADCALL can come from the prologue (3) on any LP, so it strikes on any LP at once. */
static void ebadcall_does_not_wait(void **state)
{
	(void)state;
	inject((struct sim_fault){ INSTALL, SIM_LP_ANY, 2, false, SS_PSEAMLDR_EBADCALL, 0 });
	expect_install(0, 0, 0);
	expect_install(1, SS_PSEAMLDR_EBADCALL, 0);
	expect_install(1, 0, 0);
	/* On the last LP EBADCALL is D1 or B13. */
	clear();
	inject((struct sim_fault){ INSTALL, 3, 1, false, SS_PSEAMLDR_EBADCALL, 0 });
	expect_install(2, 0, 0);
	expect_install(3, SS_PSEAMLDR_EBADCALL, 0);
	assert_false(audit().session_open);
	assert_true(audit().seam_ready);
}

/* An LP that the P-SEAMLDR does not know is never the last one. */
static void an_lp_too_high_is_not_last(void **state)
{
	(void)state;
	f.sim->config.x2apic_limit = 3;
	not_to_strike = 1;
	inject((struct sim_fault){ INSTALL, SIM_LP_ANY, 1, false, SS_PSEAMLDR_EBADSIG, 0 });
	expect_install(0, 0, 0);
	expect_install(1, 0, 0);
	expect_install(2, 0, 0);
	expect_install(3, SS_PSEAMLDR_EUNSPECERR, 0);
	assert_true(audit().session_open);
}

/* EUNSPECERR comes from before the prologue: the session stays unchanged wherever it strikes. */
static void eunspecerr_leaves_the_session_open(void **state)
{
	(void)state;
	inject((struct sim_fault){ INSTALL, 3, 1, false, SS_PSEAMLDR_EUNSPECERR, 0 });
	expect_install(0, 0, 0);
	expect_install(1, 0, 0);
	expect_install(2, 0, 0);
	expect_install(3, SS_PSEAMLDR_EUNSPECERR, 0);
	assert_true(audit().session_open);
	expect_install(3, 0, 0);
	assert_string_equal(audit().version, "1.5.08");
}

static void expect_lost(uint64_t status)
{
	assert_false(audit().session_open);
	assert_false(audit().seam_ready);
	assert_string_equal(audit().version, "");
	assert_int_equal(audit().remaining_updates, 9);
	/* Only G1 leaves the new module's identity. */
	assert_int_equal(audit().svn_minor, status == SS_PSEAMLDR_ENOENTROPY ? 7 : 0);
	assert_int_equal(read_features(0), VMFAILINVALID);
	clear();
	assert_int_equal(fixture_install(&f, next.params_pa, NULL), SS_PSEAMLDR_EBADPARAM);
}

/* EBADPARAM: E3. ENOMEM: E1, impossible in the model by itself. EBADHASH: E2. ENOENTROPY: G1. */
static void install_destroys(void **state)
{
	static const uint64_t statuses[] = {
		SS_PSEAMLDR_EBADPARAM, SS_PSEAMLDR_ENOMEM, SS_PSEAMLDR_EBADHASH,
		SS_PSEAMLDR_ENOENTROPY,
	};
	uint64_t rdx;
	uint32_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(statuses); i++) {
		clear();
		fixture_boot(&f, "1.5.06");
		inject((struct sim_fault){ INSTALL, SIM_LP_ANY, 1, false, statuses[i], 1 });
		assert_int_equal(fixture_call(&f, 0, SS_LEAF_TDH_SYS_SHUTDOWN, 0), 0);
		assert_int_equal(fixture_install(&f, next.params_pa, &rdx), statuses[i]);
		assert_int_equal(rdx, 1);
		expect_lost(statuses[i]);
	}
	fixture_boot(&f, "1.5.06");
	assert_int_equal(audit().state, SIM_SYS_READY);
}

/* The fault strikes even if the parameters cannot be read. Then no identity is left. */
static void install_destroys_without_parameters(void **state)
{
	struct ss_regs r;
	uint32_t lp;

	(void)state;
	inject((struct sim_fault){ INSTALL, SIM_LP_ANY, 1, false, SS_PSEAMLDR_ENOENTROPY, 1 });
	for (lp = 0; lp < LPS; lp++) {
		r = (struct ss_regs){ .rax = INSTALL, .rcx = 1 };
		fixture_regs(&f, lp, &r);
	}
	assert_int_equal(r.rax, SS_PSEAMLDR_ENOENTROPY);
	assert_int_equal(r.rdx, 1);
	assert_int_equal(audit().svn_minor, 0);
	expect_lost(SS_TDX_SUCCESS);
}

static void install_on_the_only_lp(void **state)
{
	struct fixture_image image;
	struct fixture one;
	struct sim_audit a;

	(void)state;
	fixture_create(&one, 1, 1);
	fixture_boot(&one, "1.5.06");
	fixture_image(&one, "1.5.08", FIXTURE_UPDATE, &image);
	assert_true(sim_fault_add(one.sim, &(struct sim_fault){
		INSTALL, SIM_LP_ANY, 1, false, SS_PSEAMLDR_EBADSIG, 0 }));
	assert_int_equal(fixture_install(&one, image.params_pa, NULL), SS_PSEAMLDR_EBADSIG);
	assert_int_equal(sim_fault_struck(one.sim, 0), 1);
	sim_audit(one.sim, &a);
	assert_true(a.seam_ready);
	assert_false(a.session_open);
	assert_int_equal(a.state, SIM_SYS_READY);
	fixture_destroy(&one);
}

/* ---- boot ------------------------------------------------------------------------------------ */

static void boot_tells_which_call_failed(void **state)
{
	static const uint64_t leaves[] = {
		INSTALL, SS_LEAF_TDH_SYS_INIT, SS_LEAF_TDH_SYS_LP_INIT, SS_LEAF_TDH_SYS_CONFIG,
		SS_LEAF_TDH_SYS_KEY_CONFIG, SS_LEAF_TDH_SYS_TDMR_INIT,
	};
	struct fixture_image image;
	uint64_t leaf;
	uint32_t i;

	(void)state;
	fixture_image(&f, "1.5.06", FIXTURE_LOAD, &image);
	for (i = 0; i < SS_ARRAY_SIZE(leaves); i++) {
		clear();
		inject((struct sim_fault){ leaves[i], i ? SIM_LP_ANY : LPS - 1, 1, false,
					   SS_TDX_RND_NO_ENTROPY, 0 });
		assert_int_equal(sim_boot(f.sim, image.params_pa, f.scratch, &leaf),
				 SS_TDX_RND_NO_ENTROPY);
		assert_int_equal(leaf, leaves[i]);
	}
	clear();
	assert_int_equal(sim_boot(f.sim, image.params_pa, f.scratch, NULL), 0);
}

#define TEST(t)		cmocka_unit_test_setup_teardown(t, setup, teardown)
#define TEST_DOWN(t)	cmocka_unit_test_setup_teardown(t, setup_shut_down, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(strikes_the_nth_call_on_its_lp),
		TEST(sticks_from_the_nth_call_on),
		TEST(counts_over_all_lps_for_any),
		TEST(other_leaves_do_not_count),
		TEST(several_faults),
		TEST(strikes_are_counted_fault_by_fault),
		TEST(clearing_starts_anew),
		TEST(there_is_room_for_so_many),
		TEST(a_module_leaf_does_not_run),
		TEST(unreachable_firmware_comes_first),
		TEST(not_entered_at_all),
		TEST(an_executed_call_fails),
		TEST(an_executed_call_succeeds),
		TEST(an_executed_call_that_was_not_entered),
		TEST_DOWN(an_executed_install_counts),
		TEST(success_without_work),
		TEST(each_fault_counts_its_own),
		TEST_DOWN(install_fails_early),
		TEST_DOWN(install_waits_for_the_last_lp),
		TEST_DOWN(install_fails_in_the_second_session),
		TEST_DOWN(ebadcall_does_not_wait),
		TEST_DOWN(an_lp_too_high_is_not_last),
		TEST_DOWN(eunspecerr_leaves_the_session_open),
		TEST(install_destroys),
		TEST_DOWN(install_destroys_without_parameters),
		TEST_DOWN(install_on_the_only_lp),
		TEST(boot_tells_which_call_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
