// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The P-SEAMLDR around INSTALL's last call (specification 5): sessions and their prologue, INFO,
 * SEAMINFO, SHUTDOWN, the finite SEAMDB, LOAD against UPDATE, dry runs, and SEAMCALL itself (2.2,
 * 2.3).
 */
#include <pthread.h>
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
#define VMFAILINVALID	SS_TDX_SEAMCALL_VMFAILINVALID

/* Each test has a machine that runs 1.5.06, and an image of 1.5.08 to follow it. */
struct bench {
	struct fixture f;
	struct fixture_image next;
	uint64_t info_pa, seaminfo_pa;
	uint8_t *info, *seaminfo;
};

static void shut_down_module(struct bench *b)
{
	assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_TDH_SYS_SHUTDOWN, 0), 0);
}

static int setup(void **state)
{
	static struct bench b;

	fixture_create(&b.f, LPS, 2);
	fixture_boot(&b.f, "1.5.06");
	fixture_image(&b.f, "1.5.08", FIXTURE_UPDATE, &b.next);
	b.info = fixture_alloc(&b.f, 256, 256, &b.info_pa);
	b.seaminfo = fixture_alloc(&b.f, 2048, 2048, &b.seaminfo_pa);
	*state = &b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	fixture_destroy(&b->f);
	return 0;
}

static uint64_t install_on(struct bench *b, uint32_t lp, uint64_t params_pa, uint64_t *rdx)
{
	struct ss_regs r = { .rax = INSTALL, .rcx = params_pa, .rdx = 99 };
	uint64_t status = fixture_regs(&b->f, lp, &r);

	*rdx = r.rdx;
	return status;
}

static void expect_install(struct bench *b, uint32_t lp, uint64_t params_pa, uint64_t status)
{
	uint64_t rdx;

	assert_int_equal(install_on(b, lp, params_pa, &rdx), status);
	assert_int_equal(rdx, 0);
}

static struct sim_audit audit_of(struct bench *b)
{
	struct sim_audit audit;

	sim_audit(b->f.sim, &audit);
	return audit;
}

static uint64_t number_at(const uint8_t *p, uint32_t bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

/* Any call that a running module answers and a module that is not reachable does not. */
static uint64_t ping(struct bench *b, uint32_t lp)
{
	struct ss_regs r = { .rax = SS_LEAF_TDH_SYS_RD, .rdx = 0x0a00000300000008ULL };

	return fixture_regs(&b->f, lp, &r);
}

/* ---- the prologue ------------------------------------------------------------------------- */

static void row_1_x2apic_id_too_high(void **state)
{
	struct bench *b = *state;

	b->f.sim->config.x2apic_limit = 3;
	expect_install(b, 3, b->next.params_pa, SS_PSEAMLDR_EUNSPECERR);
	assert_false(audit_of(b).session_open);
	expect_install(b, 0, b->next.params_pa, 0);
	expect_install(b, 3, b->next.params_pa, SS_PSEAMLDR_EUNSPECERR);
	assert_int_equal(b->f.sim->seamldr->lps_in_update, 1);
}

static void row_1_default_is_1024(void **state)
{
	struct bench b;

	(void)state;
	fixture_create(&b.f, 1025, 1);
	expect_install(&b, 1023, 0, 0);
	expect_install(&b, 1024, 0, SS_PSEAMLDR_EUNSPECERR);
	fixture_destroy(&b.f);
}

static void row_2_after_a_shutdown_call(void **state)
{
	struct bench *b = *state;

	assert_int_equal(fixture_call(&b->f, 2, SS_LEAF_SEAMLDR_SHUTDOWN, 0), 0);
	expect_install(b, 0, b->next.params_pa, SS_PSEAMLDR_EBADCALL);
	expect_install(b, 2, b->next.params_pa, SS_PSEAMLDR_EBADCALL);
	assert_false(audit_of(b).session_open);
}

static void row_3_twice_on_one_lp(void **state)
{
	struct bench *b = *state;

	shut_down_module(b);
	expect_install(b, 1, b->next.params_pa, 0);
	expect_install(b, 1, b->next.params_pa, SS_PSEAMLDR_EBADCALL);
	assert_int_equal(b->f.sim->seamldr->lps_in_update, 1);
	/* It does no harm: the others complete the session. */
	expect_install(b, 0, 0, 0);
	expect_install(b, 1, b->next.params_pa, SS_PSEAMLDR_EBADCALL);
	expect_install(b, 2, 0, 0);
	expect_install(b, 3, b->next.params_pa, 0);
	assert_string_equal(audit_of(b).version, "1.5.08");
}

static void rows_1_2_3_in_that_order(void **state)
{
	struct bench *b = *state;

	expect_install(b, 3, b->next.params_pa, 0);
	b->f.sim->config.x2apic_limit = 3;
	/* 1 before 3. */
	expect_install(b, 3, b->next.params_pa, SS_PSEAMLDR_EUNSPECERR);
	/* 1 before 2. */
	assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_SEAMLDR_SHUTDOWN, 0), 0);
	expect_install(b, 3, b->next.params_pa, SS_PSEAMLDR_EUNSPECERR);
	b->f.sim->config.x2apic_limit = 0;
	expect_install(b, 3, b->next.params_pa, SS_PSEAMLDR_EBADCALL);
}

static void row_4_first_call_blocks_the_module(void **state)
{
	struct bench *b = *state;
	uint32_t lp;

	assert_int_equal(ping(b, 3), 0);
	expect_install(b, 2, b->next.params_pa, 0);
	for (lp = 0; lp < LPS; lp++)
		assert_int_equal(ping(b, lp), VMFAILINVALID);
	assert_true(audit_of(b).session_open);
	assert_false(audit_of(b).seam_ready);
	assert_true(b->f.sim->seamldr->snapshot.seam_ready);
}

static void row_6_needs_every_lp_in_any_order(void **state)
{
	static const uint32_t order[LPS] = { 2, 0, 3, 1 };
	struct bench *b = *state;
	uint32_t i;

	shut_down_module(b);
	for (i = 0; i < LPS; i++) {
		assert_string_equal(audit_of(b).version, "1.5.06");
		/* RCX counts on the last LP only. */
		expect_install(b, order[i], i < LPS - 1 ? ~0ULL : b->next.params_pa, 0);
	}
	assert_string_equal(audit_of(b).version, "1.5.08");
	assert_false(audit_of(b).session_open);
}

/* 5.2: an incomplete session blocks until it is closed, which an invalid RCX does without harm. */
static void a_session_closed_with_an_invalid_rcx(void **state)
{
	struct bench *b = *state;
	uint32_t lp;

	for (lp = 0; lp < LPS - 1; lp++)
		expect_install(b, lp, b->next.params_pa, 0);
	assert_int_equal(ping(b, 0), VMFAILINVALID);
	expect_install(b, LPS - 1, 1, SS_PSEAMLDR_EBADPARAM);
	assert_false(audit_of(b).session_open);
	assert_true(audit_of(b).seam_ready);
	assert_int_equal(ping(b, 0), 0);
	assert_int_equal(audit_of(b).state, SIM_SYS_READY);
	/* The next session works. */
	shut_down_module(b);
	assert_int_equal(fixture_update(&b->f, b->next.params_pa), 0);
	assert_string_equal(audit_of(b).version, "1.5.08");
	assert_int_equal(audit_of(b).state, SIM_SYS_READY);
}

/* A module that was shut down stays so, its handoff data stays valid. */
static void a_refusal_after_a_shutdown(void **state)
{
	struct bench *b = *state;

	shut_down_module(b);
	b->next.params[16] = 1;
	assert_int_equal(fixture_install(&b->f, b->next.params_pa, NULL), SS_PSEAMLDR_EBADPARAM);
	assert_int_equal(audit_of(b).state, SIM_SYS_SHUTDOWN);
	assert_true(audit_of(b).handoff_valid);
	assert_int_equal(ping(b, 0), SS_TDX_SYS_SHUTDOWN);
	b->next.params[16] = 0;
	assert_int_equal(fixture_update(&b->f, b->next.params_pa), 0);
}

/* The host may change its pages until the last call; what counts is what lies there then. */
static void pages_are_read_by_the_last_call(void **state)
{
	struct bench *b = *state;
	uint32_t lp;

	shut_down_module(b);
	b->next.module[0] ^= 1;
	for (lp = 0; lp < LPS - 1; lp++)
		expect_install(b, lp, b->next.params_pa, 0);
	b->next.module[0] ^= 1;
	expect_install(b, LPS - 1, b->next.params_pa, 0);
}

/* ---- updates left, LOAD and UPDATE ---------------------------------------------------------- */

static void updates_run_out(void **state)
{
	struct bench *b = *state;
	uint32_t left;

	for (left = audit_of(b).remaining_updates; left; left--) {
		assert_int_equal(audit_of(b).remaining_updates, left);
		shut_down_module(b);
		assert_int_equal(fixture_update(&b->f, b->next.params_pa), 0);
	}
	assert_int_equal(audit_of(b).remaining_updates, 0);
	assert_int_equal(audit_of(b).installs, 10);
	shut_down_module(b);
	assert_int_equal(fixture_install(&b->f, b->next.params_pa, NULL), SS_PSEAMLDR_EBADCALL);
	/* 0 is read anew, and still 0. */
	assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_SEAMLDR_INFO, b->info_pa), 0);
	assert_int_equal(number_at(b->info + 28, 4), 0);
	/* A LOAD starts over. */
	fixture_boot(&b->f, "1.5.01");
	assert_int_equal(audit_of(b).remaining_updates, 9);
}

/* LOAD asks for no SVN, no handoff data, no updates left; and forgets all. */
static void load_goes_back(void **state)
{
	struct bench *b = *state;
	uint32_t nonce = b->f.sim->seamdb_nonce;

	shut_down_module(b);
	fixture_boot(&b->f, "1.5.01");
	assert_string_equal(audit_of(b).version, "1.5.01");
	assert_int_equal(audit_of(b).svn_minor, 4);
	assert_int_equal(audit_of(b).remaining_updates, 9);
	assert_false(audit_of(b).handoff_valid);
	assert_int_not_equal(b->f.sim->seamdb_nonce, nonce);
}

static void update_keeps_the_seamdb(void **state)
{
	struct bench *b = *state;
	uint32_t nonce = b->f.sim->seamdb_nonce;

	shut_down_module(b);
	assert_int_equal(fixture_update(&b->f, b->next.params_pa), 0);
	assert_int_equal(b->f.sim->seamdb_nonce, nonce);
	assert_int_equal(b->f.sim->seamdb_count, 2);
	assert_int_equal(audit_of(b).remaining_updates, 8);
}

/* Major SVN 0 is TDX 1.0: an UPDATE that preserves nothing. */
static void update_of_a_module_with_major_svn_0(void **state)
{
	struct sim_module_info old = *sim_ladder_find("1.5.06");
	struct fixture_image image;
	struct bench *b = *state;
	uint64_t leaf;

	old.svn_major = 0;
	fixture_image_of(&b->f, &old, FIXTURE_LOAD, &image);
	assert_int_equal(sim_boot(b->f.sim, image.params_pa, b->f.scratch, &leaf), 0);
	fixture_image_of(&b->f, &old, FIXTURE_UPDATE, &image);
	assert_int_equal(fixture_install(&b->f, image.params_pa, NULL), 0);
	assert_int_equal(audit_of(b).remaining_updates, 9);
	assert_false(audit_of(b).handoff_valid);
	assert_int_equal(audit_of(b).state, SIM_SYSINIT_PENDING);
}

/* The base that an UPDATE is judged against is the module installed last, started or not. */
static void no_way_back_after_a_success(void **state)
{
	struct fixture_image old;
	struct bench *b = *state;

	shut_down_module(b);
	assert_int_equal(fixture_install(&b->f, b->next.params_pa, NULL), 0);
	fixture_image(&b->f, "1.5.06", FIXTURE_UPDATE, &old);
	assert_int_equal(fixture_install(&b->f, old.params_pa, NULL), SS_PSEAMLDR_EBADSIG);
	/* Its own image again, at the price of an update. */
	assert_int_equal(fixture_update(&b->f, b->next.params_pa), 0);
	assert_int_equal(audit_of(b).remaining_updates, 7);
}

static void the_running_version_is_a_way_back(void **state)
{
	struct fixture_image same;
	struct bench *b = *state;

	shut_down_module(b);
	fixture_image(&b->f, "1.5.06", FIXTURE_UPDATE, &same);
	assert_int_equal(fixture_update(&b->f, same.params_pa), 0);
	assert_string_equal(audit_of(b).version, "1.5.06");
	assert_int_equal(audit_of(b).state, SIM_SYS_READY);
}

/* 10.5: without a shutdown the loader runs all its early checks, and the module goes on. */
static void a_dry_run_finds_what_is_wrong(void **state)
{
	struct bench *b = *state;

	assert_int_equal(fixture_install(&b->f, b->next.params_pa, NULL),
			 SS_PSEAMLDR_EBADHANDOFF);
	assert_int_equal(ping(b, 2), 0);
	b->f.sim->config.seam_bytes = 1 << 20;
	assert_int_equal(fixture_install(&b->f, b->next.params_pa, NULL), SS_PSEAMLDR_ENOMEM);
	b->next.sigstruct[600] ^= 1;
	assert_int_equal(fixture_install(&b->f, b->next.params_pa, NULL), SS_PSEAMLDR_EBADSIG);
	b->next.sigstruct[600] ^= 1;
	b->f.sim->config.seam_bytes = 0;
	assert_int_equal(audit_of(b).state, SIM_SYS_READY);
	assert_int_equal(audit_of(b).remaining_updates, 9);
	assert_int_equal(ping(b, 2), 0);
	/* Not covered: the hash. */
	b->next.module[5000] ^= 1;
	assert_int_equal(fixture_install(&b->f, b->next.params_pa, NULL),
			 SS_PSEAMLDR_EBADHANDOFF);
	assert_int_equal(audit_of(b).state, SIM_SYS_READY);
}

/* ---- INFO, SEAMINFO ------------------------------------------------------------------------- */

static void info_tells_about_the_module(void **state)
{
	struct bench *b = *state;
	struct fixture_image same;
	struct ss_regs r = { .rax = SS_LEAF_SEAMLDR_INFO, .rcx = b->info_pa, .rdx = 77 };

	memset(b->info, 0xee, 256);
	assert_int_equal(fixture_regs(&b->f, 3, &r), 0);
	assert_int_equal(r.rax, 0);
	assert_int_equal(r.rcx, b->info_pa);
	assert_int_equal(r.rdx, 77);
	assert_int_equal(number_at(b->info, 4), 0);
	assert_int_equal(number_at(b->info + 4, 4), 0);
	assert_int_equal(number_at(b->info + 8, 4), 0x8086);
	assert_int_equal(number_at(b->info + 18, 2), 5);
	assert_int_equal(number_at(b->info + 20, 2), 1);
	assert_int_equal(number_at(b->info + 22, 2), 0);
	assert_int_equal(number_at(b->info + 28, 4), 9);
	assert_int_equal(number_at(b->info + 32, 8), 0x1ff);
	assert_int_equal(b->info[40], 6);
	assert_int_equal(b->info[41], 1);
	fixture_image(&b->f, "1.5.06", FIXTURE_LOAD, &same);
	assert_memory_equal(b->info + 56, same.sigstruct + 900, 48);
	assert_int_equal(b->info[160], 1);
	assert_int_equal(b->info[161], 0);
	assert_int_equal(b->info[162], 1);
	assert_int_equal(number_at(b->info + 168, 8), 0);
	assert_int_equal(number_at(b->info + 248, 8), 0);
}

static void info_inside_a_session(void **state)
{
	struct bench *b = *state;

	expect_install(b, 0, b->next.params_pa, 0);
	assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_SEAMLDR_INFO, b->info_pa), 0);
	assert_int_equal(b->info[160], 0);
	assert_int_equal(b->info[40], 6);
	assert_true(audit_of(b).session_open);
}

static void info_wants_a_good_buffer(void **state)
{
	struct bench *b = *state;
	const uint64_t bad[] = {
		b->info_pa + 128, FIXTURE_PA - 256, 1ULL << SIM_MAXPA,
		b->info_pa | (uint64_t)SIM_FIRST_PRIVATE_HKID << SIM_HKID_SHIFT,
		SIM_SEAMRR_BASE,
	};
	uint32_t i;

	for (i = 0; i < SS_ARRAY_SIZE(bad); i++) {
		assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_SEAMLDR_INFO, bad[i]),
				 SS_PSEAMLDR_EBADPARAM);
		assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_SEAMLDR_SEAMINFO, bad[i]),
				 SS_PSEAMLDR_EBADPARAM);
	}
	assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_SEAMLDR_SEAMINFO,
				      b->seaminfo_pa + 1024), SS_PSEAMLDR_EBADPARAM);
}

/* Before any module: the cached counter is 0, and read from an empty SEAMDB. */
static void info_before_any_module(void **state)
{
	struct bench b;

	(void)state;
	fixture_create(&b.f, LPS, 2);
	b.info = fixture_alloc(&b.f, 256, 256, &b.info_pa);
	assert_int_equal(fixture_call(&b.f, 1, SS_LEAF_SEAMLDR_INFO, b.info_pa), 0);
	assert_int_equal(number_at(b.info + 28, 4), 10);
	assert_int_equal(b.info[160], 0);
	assert_int_equal(b.info[162], 1);
	assert_int_equal(number_at(b.info + 32, 8), 0);
	assert_int_equal(ping(&b, 0), VMFAILINVALID);
	assert_string_equal(audit_of(&b).version, "");
	fixture_destroy(&b.f);
}

static void seaminfo_describes_the_platform(void **state)
{
	struct bench *b = *state;
	const uint8_t *p = b->seaminfo;
	struct ss_regs r = { .rax = SS_LEAF_SEAMLDR_SEAMINFO, .rcx = b->seaminfo_pa, .rdx = 5 };

	memset(b->seaminfo, 0xee, 2048);
	assert_int_equal(fixture_regs(&b->f, 1, &r), 0);
	assert_int_equal(r.rdx, 5);
	assert_int_equal(number_at(p, 8), 0);
	assert_int_equal(number_at(p + 8, 4), LPS);
	assert_int_equal(number_at(p + 12, 4), 2);
	assert_int_equal(number_at(p + 16, 4), 0x806f8);
	assert_int_equal(number_at(p + 20, 4), 0x806f8);
	assert_int_equal(number_at(p + 24, 4), 0);
	assert_int_equal(number_at(p + 48, 8) + number_at(p + 56, 8),
			 SIM_SEAMRR_BASE + SIM_SEAMRR_BYTES);
	assert_int_equal(number_at(p + 128, 8), b->f.sim->cmrs[0].base);
	assert_int_equal(number_at(p + 136, 8), b->f.sim->cmrs[0].bytes);
	assert_int_equal(number_at(p + 2040, 8), 0);
}

/* ---- SHUTDOWN ------------------------------------------------------------------------------- */

static uint64_t shutdown_on(struct bench *b, uint32_t lp)
{
	return fixture_call(&b->f, lp, SS_LEAF_SEAMLDR_SHUTDOWN, 0);
}

static void shutdown_by_all_lps(void **state)
{
	struct bench *b = *state;

	assert_int_equal(shutdown_on(b, 3), 0);
	assert_int_equal(ping(b, 0), VMFAILINVALID);
	assert_int_equal(shutdown_on(b, 3), 0);
	assert_int_equal(shutdown_on(b, 1), 0);
	assert_int_equal(shutdown_on(b, 2), 0);
	assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_SEAMLDR_INFO, b->info_pa), 0);
	assert_int_equal(shutdown_on(b, 0), 0);
	assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_SEAMLDR_INFO, b->info_pa), VMFAILINVALID);
	assert_int_equal(shutdown_on(b, 0), VMFAILINVALID);
	assert_int_equal(ping(b, 0), VMFAILINVALID);
	assert_int_equal(fixture_install(&b->f, b->next.params_pa, NULL), VMFAILINVALID);
}

/* The ACM's LP, which INFO names, must come last. */
static void shutdown_with_another_lp_last(void **state)
{
	struct bench *b = *state;

	assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_SEAMLDR_INFO, b->info_pa), 0);
	assert_int_equal(number_at(b->info + 24, 4), 0);
	assert_int_equal(shutdown_on(b, 0), 0);
	assert_int_equal(shutdown_on(b, 1), 0);
	assert_int_equal(shutdown_on(b, 2), 0);
	assert_int_equal(shutdown_on(b, 3), SS_PSEAMLDR_EBADCALL);
	assert_int_equal(shutdown_on(b, 2), SS_PSEAMLDR_EBADCALL);
	assert_int_equal(shutdown_on(b, 0), 0);
	assert_int_equal(shutdown_on(b, 0), VMFAILINVALID);
}

static void shutdown_on_an_lp_too_high(void **state)
{
	struct bench *b = *state;

	b->f.sim->config.x2apic_limit = 3;
	assert_int_equal(shutdown_on(b, 3), SS_PSEAMLDR_EUNSPECERR);
	assert_int_equal(ping(b, 0), 0);
	expect_install(b, 0, 0, 0);
}

/* ---- SEAMCALL ------------------------------------------------------------------------------- */

static void unknown_leaves(void **state)
{
	static const uint64_t leaves[] = {
		SS_LEAF_SEAMLDR | 4, SS_LEAF_SEAMLDR | 0xffff,
		INSTALL | SS_LEAF_VERSION(1), INSTALL | 1ULL << 62,
	};
	struct bench *b = *state;
	uint32_t i;

	for (i = 0; i < SS_ARRAY_SIZE(leaves); i++) {
		struct ss_regs r = { .rax = leaves[i], .rcx = 1, .rdx = 2 };

		assert_int_equal(fixture_regs(&b->f, 0, &r), SS_PSEAMLDR_EBADPARAM);
		assert_int_equal(r.rax, SS_PSEAMLDR_EBADPARAM);
		assert_int_equal(r.rdx, 2);
	}
	assert_false(audit_of(b).session_open);
}

/* 2.6: no entropy for the loader's own canary, at its very first entry. */
static void no_entropy_at_first_entry(void **state)
{
	struct sim_lp_state lp = { .entropy_failures = 1 };
	struct bench b;

	(void)state;
	fixture_create(&b.f, LPS, 2);
	sim_set_lp(b.f.sim, 2, &lp);
	expect_install(&b, 2, 0, SS_PSEAMLDR_EUNSPECERR);
	assert_false(audit_of(&b).session_open);
	expect_install(&b, 2, 0, 0);
	assert_true(audit_of(&b).session_open);
	fixture_destroy(&b.f);
}

static void seamldr_is_busy(void **state)
{
	struct bench *b = *state;
	struct ss_regs r = { .rax = INSTALL, .rcx = b->next.params_pa, .rdx = 42 };

	assert_true(sim_try_exclusive(&b->f.sim->seamldr->busy));
	assert_int_equal(fixture_regs(&b->f, 0, &r), VMFAILINVALID);
	assert_int_equal(r.rax, INSTALL);
	assert_int_equal(r.rdx, 42);
	/* The module does not mind. */
	assert_int_equal(ping(b, 1), 0);
	sim_unlock_exclusive(&b->f.sim->seamldr->busy);
	assert_int_equal(fixture_regs(&b->f, 0, &r), 0);
}

static void an_lp_without_vmx(void **state)
{
	struct sim_lp_state lp = { .no_vmx = true };
	struct ss_regs r = { .rax = SS_LEAF_SEAMLDR_INFO };
	struct bench *b = *state;

	sim_set_lp(b->f.sim, 1, &lp);
	assert_int_equal(fixture_regs(&b->f, 1, &r), SS_TDX_SEAMCALL_UD);
	assert_int_equal(r.rax, SS_LEAF_SEAMLDR_INFO);
	assert_int_equal(ping(b, 1), SS_TDX_SEAMCALL_UD);
	assert_int_equal(ping(b, 2), 0);
	/* There is no such LP at all. */
	assert_int_equal(ping(b, LPS), SS_TDX_SEAMCALL_UD);
}

static void a_fatal_error_ends_everything(void **state)
{
	struct bench *b = *state;

	ss_store(&b->f.sim->fatal, 1);
	assert_int_equal(ping(b, 0), VMFAILINVALID);
	assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_SEAMLDR_INFO, b->info_pa), VMFAILINVALID);
	assert_true(audit_of(b).fatal);
}

static void foreign_calls_are_counted(void **state)
{
	struct bench *b = *state;
	struct sim_audit audit;

	ping(b, 1);
	sim_window_begin(b->f.sim);
	b->f.flags = SIM_FROM_UPDATE;
	ping(b, 1);
	b->f.flags = 0;
	assert_int_equal(audit_of(b).foreign, 0);
	fixture_call(&b->f, 3, SS_LEAF_SEAMLDR_INFO, b->info_pa);
	ping(b, 2);
	sim_window_end(b->f.sim);
	ping(b, 1);
	audit = audit_of(b);
	assert_int_equal(audit.foreign, 2);
	assert_int_equal(audit.foreign_lp, 3);
	assert_int_equal(audit.foreign_leaf, SS_LEAF_SEAMLDR_INFO);
}

/* An update without stopping the machine: somebody is inside when the ground goes. */
static void erased_under_an_lp(void **state)
{
	struct bench *b = *state;

	shut_down_module(b);
	ss_store(&b->f.sim->lps[1].busy, 1);
	ss_store(&b->f.sim->lps[3].busy, 1);
	assert_int_equal(fixture_install(&b->f, b->next.params_pa, NULL), 0);
	assert_int_equal(audit_of(b).erased_under_lp, 2);
}

static void refusals_erase_nothing(void **state)
{
	struct bench *b = *state;

	ss_store(&b->f.sim->lps[1].busy, 1);
	assert_int_equal(fixture_install(&b->f, b->next.params_pa, NULL),
			 SS_PSEAMLDR_EBADHANDOFF);
	assert_int_equal(audit_of(b).erased_under_lp, 0);
}

/* ---- configurations -------------------------------------------------------------------------- */

static void odd_configurations_are_refused(void **state)
{
	struct fixture f;
	struct sim_config good, c;

	(void)state;
	fixture_config(&f, LPS, 2);
	good = f.config;
	assert_true(sim_bytes(&good));
#define REFUSED(field, value) \
	do { \
		c = good; \
		c.field = (value); \
		assert_int_equal(sim_bytes(&c), 0); \
		assert_null(sim_init(f.arena, &c)); \
	} while (0)
	REFUSED(nr_lps, 0);
	REFUSED(nr_lps, SIM_MAX_LPS + 1);
	REFUSED(x2apic_limit, SIM_MAX_LPS + 1);
	REFUSED(sockets, 0);
	REFUSED(sockets, SIM_MAX_SOCKETS + 1);
	REFUSED(sockets, LPS + 1);
	REFUSED(updates, 256);
	REFUSED(seamldr_line, 1);
	REFUSED(seam_bytes, SIM_SEAMRR_BYTES);
	REFUSED(private_pages, UINT32_MAX);
	REFUSED(private_hkids, 0);
	REFUSED(private_hkids, 2049);
	REFUSED(map, NULL);
#undef REFUSED
	fixture_destroy(&f);
}

static void one_lp_is_first_and_last(void **state)
{
	struct fixture_image next;
	struct fixture f;

	(void)state;
	fixture_create(&f, 1, 1);
	fixture_boot(&f, "1.5.06");
	fixture_image(&f, "1.5.08", FIXTURE_UPDATE, &next);
	assert_int_equal(fixture_install(&f, next.params_pa, NULL), SS_PSEAMLDR_EBADHANDOFF);
	assert_int_equal(fixture_call(&f, 0, SS_LEAF_TDH_SYS_SHUTDOWN, 0), 0);
	assert_int_equal(fixture_update(&f, next.params_pa), 0);
	fixture_destroy(&f);
}

/* C2 counts addressable LPs: sockets times their LPs, rounded up to a power of two. */
static void memory_for_addressable_lps(void **state)
{
	/* The formula for N = 8 and 1.5.08, computed by hand. */
	static const uint64_t need = 2482176;
	struct fixture_image image;
	struct fixture f;
	int less;

	(void)state;
	for (less = 0; less < 2; less++) {
		fixture_config(&f, 6, 2);	/* 3 a socket are 4 */
		f.config.seam_bytes = need - (uint64_t)less;
		fixture_power_on(&f);
		fixture_image(&f, "1.5.08", FIXTURE_LOAD, &image);
		assert_int_equal(fixture_install(&f, image.params_pa, NULL),
				 less ? SS_PSEAMLDR_ENOMEM : 0);
		fixture_destroy(&f);
	}
}

/*
 * ---- many LPs at once
 * ---------------------------------------------------------------------------
 */

struct racer {
	pthread_t thread;
	struct bench *b;
	uint32_t lp;
	struct ss_word *go;
	uint64_t status;
	uint32_t turned_away;
};

/* As a host that takes no lock: VMfailInvalid while another LP is in the P-SEAMLDR, so again. */
static void *race_install(void *arg)
{
	struct racer *r = arg;

	while (!ss_load_acquire(r->go))
		;
	do {
		r->status = fixture_call(&r->b->f, r->lp, INSTALL, r->b->next.params_pa);
		r->turned_away += r->status == VMFAILINVALID;
		ping(r->b, r->lp);
	} while (r->status == VMFAILINVALID);
	return NULL;
}

static void all_lps_install_at_once(void **state)
{
	struct bench *b = *state;
	struct racer racers[LPS];
	struct ss_word go = { 0 };
	uint32_t i, round;

	for (round = 0; round < 5; round++) {
		shut_down_module(b);
		ss_store(&go, 0);
		for (i = 0; i < LPS; i++) {
			racers[i] = (struct racer){ .b = b, .lp = i, .go = &go };
			assert_int_equal(pthread_create(&racers[i].thread, NULL, race_install,
							&racers[i]), 0);
		}
		ss_publish(&go, 1);
		for (i = 0; i < LPS; i++) {
			pthread_join(racers[i].thread, NULL);
			assert_int_equal(racers[i].status, 0);
		}
		assert_false(audit_of(b).session_open);
		assert_int_equal(audit_of(b).installs, round + 2);
		assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_TDH_SYS_INIT, 0), 0);
		for (i = 0; i < LPS; i++)
			assert_int_equal(fixture_call(&b->f, i, SS_LEAF_TDH_SYS_LP_INIT, 0), 0);
		assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_TDH_SYS_UPDATE, 0), 0);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(row_1_x2apic_id_too_high),
		cmocka_unit_test(row_1_default_is_1024),
		TEST(row_2_after_a_shutdown_call),
		TEST(row_3_twice_on_one_lp),
		TEST(rows_1_2_3_in_that_order),
		TEST(row_4_first_call_blocks_the_module),
		TEST(row_6_needs_every_lp_in_any_order),
		TEST(a_session_closed_with_an_invalid_rcx),
		TEST(a_refusal_after_a_shutdown),
		TEST(pages_are_read_by_the_last_call),
		TEST(updates_run_out),
		TEST(load_goes_back),
		TEST(update_keeps_the_seamdb),
		TEST(update_of_a_module_with_major_svn_0),
		TEST(no_way_back_after_a_success),
		TEST(the_running_version_is_a_way_back),
		TEST(a_dry_run_finds_what_is_wrong),
		TEST(info_tells_about_the_module),
		TEST(info_inside_a_session),
		TEST(info_wants_a_good_buffer),
		cmocka_unit_test(info_before_any_module),
		TEST(seaminfo_describes_the_platform),
		TEST(shutdown_by_all_lps),
		TEST(shutdown_with_another_lp_last),
		TEST(shutdown_on_an_lp_too_high),
		TEST(unknown_leaves),
		cmocka_unit_test(no_entropy_at_first_entry),
		TEST(seamldr_is_busy),
		TEST(an_lp_without_vmx),
		TEST(a_fatal_error_ends_everything),
		TEST(foreign_calls_are_counted),
		TEST(erased_under_an_lp),
		TEST(refusals_erase_nothing),
		cmocka_unit_test(odd_configurations_are_refused),
		cmocka_unit_test(one_lp_is_first_and_last),
		cmocka_unit_test(memory_for_addressable_lps),
		TEST(all_lps_install_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
