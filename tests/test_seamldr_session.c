// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * INSTALL sessions (specification 5.2): the prologue on every LP, how a session ends, the finite
 * SEAMDB, LOAD against UPDATE, dry runs (10.5), LPs that race.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "seamldr_bench.h"

/* ---- the prologue ---------------------------------------------------------------------------- */

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
	/* The refused call does no harm: the other LPs complete the session. */
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

/* 5.2: an incomplete session blocks until it is closed. An invalid RCX closes it without harm. */
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

/* A module that was shut down stays shut down, and its handoff data stays valid. */
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

/* The host may change its pages until the last call, which reads them. */
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

/* ---- updates left, LOAD and UPDATE ----------------------------------------------------------- */

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
	/* The cached 0 is read anew and is still 0. */
	assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_SEAMLDR_INFO, b->info_pa), 0);
	assert_int_equal(get_le(b->info + 28, 4), 0);
	/* A LOAD fills the SEAMDB again. */
	fixture_boot(&b->f, "1.5.01");
	assert_int_equal(audit_of(b).remaining_updates, 9);
}

/* LOAD requires no SVN, no handoff data and no updates left. It forgets all TDs. */
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

/* An UPDATE is judged against the module installed last, started or not. */
static void no_way_back_after_a_success(void **state)
{
	struct fixture_image old;
	struct bench *b = *state;

	shut_down_module(b);
	assert_int_equal(fixture_install(&b->f, b->next.params_pa, NULL), 0);
	fixture_image(&b->f, "1.5.06", FIXTURE_UPDATE, &old);
	assert_int_equal(fixture_install(&b->f, old.params_pa, NULL), SS_PSEAMLDR_EBADSIG);
	/* The module's own image again, at the price of an update. */
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
	/* The dry run does not check the hash. */
	b->next.module[5000] ^= 1;
	assert_int_equal(fixture_install(&b->f, b->next.params_pa, NULL),
			 SS_PSEAMLDR_EBADHANDOFF);
	assert_int_equal(audit_of(b).state, SIM_SYS_READY);
}

/* ---- many LPs at once ------------------------------------------------------------------------ */

struct racer {
	pthread_t thread;
	struct bench *b;
	uint32_t lp;
	struct ss_word *go;
	uint64_t status;
	uint32_t turned_away;
};

/*
 * A host without a lock: while another LP is in the P-SEAMLDR the call fails with VMfailInvalid, so
 * the LP tries again.
 */
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

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
		TEST(all_lps_install_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
