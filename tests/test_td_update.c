// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDs and changes of the module under them: updates, a LOAD, the build race of 8.5. */
#include "test_td.h"
#include "world.h"

#define TDS		4u
#define AVOID		(1ULL << 16)
#define UPDATE_V1	(SS_LEAF_TDH_SYS_UPDATE | SS_LEAF_VERSION(1))
#define PROTECT		FEATURE(SIM_UPDATE_COMPATIBILITY)

/* A module with handoff versions 0 and 1, a given crypto library, with or without protection. */
static struct sim_module_info module(uint8_t svn, uint32_t crypto, bool protection)
{
	struct sim_module_info info = world_info("1.5.50", svn);

	info.module_hv = 1;
	info.built_hv = 1;
	info.crypto_generation = crypto;
	if (protection)
		info.features0 |= PROTECT;
	return info;
}

static void boot(struct world *w, const struct sim_module_info *info)
{
	world_create(w, 4, 2);
	world_boot_info(w, info);
}

/* Replaces the module, up to the next module's SYSINIT_DONE. */
static void replace(struct world *w, const struct sim_module_info *next, uint64_t hv)
{
	OK(CALL(w, 0, SYS_SHUTDOWN, hv, 0));
	world_install(w, next, FIXTURE_UPDATE);
	world_init(w);
}

/* ---- complete TDs ---------------------------------------------------------------------------- */

static void expect_same(struct world *w, struct test_td *td, const struct sim_td_audit *before)
{
	struct sim_td_audit now;

	td_audit(w, td, &now);
	assert_true(now.alive);
	assert_int_equal(now.pages, before->pages);
	assert_int_equal(now.progress, before->progress);
	assert_int_equal(now.guest_errors, 0);
	assert_memory_equal(now.digest, before->digest, sizeof(now.digest));
	assert_memory_equal(now.mrtd, td->mrtd, sizeof(now.mrtd));
}

/* Three updates in a row. After each one memory is unchanged, and every TD runs on its LPs. */
void test_tds_survive_updates(void **state)
{
	struct sim_td_audit before[TDS];
	struct test_td td[TDS];
	struct sim_tdvps *vps;
	struct world w;
	uint32_t round, i;

	(void)state;
	world_boot(&w, 4, 2, "1.5.01");
	for (i = 0; i < TDS; i++) {
		td_build(&w, &td[i], 2, 3);
		td_page_aug(&w, &td[i]);
		td_run(&w, &td[i], 0, 5 + i);
	}
	for (round = 0; round < 3; round++) {
		static const char *const next[] = { "1.5.05", "1.5.06", "1.5.24" };

		for (i = 0; i < TDS; i++)
			td_audit(&w, &td[i], &before[i]);
		world_update(&w, sim_ladder_find(next[round]), 0);
		for (i = 0; i < TDS; i++) {
			expect_same(&w, &td[i], &before[i]);
			/* The association survives. The VMCS's host state is rebuilt, once. */
			vps = world_frame(&w, td[i].vcpu[0]);
			assert_int_equal(vps->rebuilds, round);
			EXPECT(td_enter(&w, &td[i], 0, 1), STATUS(VCPU_ASSOCIATED));
			td_run(&w, &td[i], 0, 8);
			assert_int_equal(vps->rebuilds, round + 1);
			td_audit(&w, &td[i], &before[i]);
			assert_int_equal(before[i].guest_errors, 0);
		}
	}
	assert_int_equal(sim_module_tds(w.f.sim), TDS);
	/* The last module knows key IDs and pages too. */
	for (i = 0; i < TDS; i++) {
		td_kill(&w, &td[i]);
		td_reclaim(&w, &td[i]);
	}
	world_destroy(&w);
}

void test_tds_gone_after_load(void **state)
{
	struct sim_td_audit audit;
	struct test_td td;
	struct world w;

	(void)state;
	world_boot(&w, 2, 1, "1.5.06");
	td_build(&w, &td, 1, 1);
	world_install(&w, sim_ladder_find("1.5.06"), FIXTURE_LOAD);
	assert_false(sim_td_audit(w.f.sim, td.tdr, &audit));
	assert_int_equal(sim_module_tds(w.f.sim), 0);
	world_ready(&w);
	EXPECT(td_enter(&w, &td, 0, 0), ABOUT(PAGE_METADATA_INCORRECT, RCX));
	/* Its pages and its key ID are free. */
	OK(CALL(&w, 0, MNG_CREATE, td.tdr, td.hkid));
	td_forget(&td);
	world_destroy(&w);
}

/* In the middle of a call on LP 0: a LOAD without a stop of the LPs. */
static void load_another(struct world *w)
{
	struct fixture_image image;

	fixture_image(&w->f, "1.5.08", FIXTURE_LOAD, &image);
	w->seen[0] = fixture_install(&w->f, image.params_pa, NULL);
}

static void expect_lost(struct world *w)
{
	struct sim_audit audit;

	OK(w->seen[0]);
	sim_audit(w->f.sim, &audit);
	assert_true(audit.fatal);
	assert_int_equal(audit.erased_under_lp, 1);
	EXPECT(CALL(w, 0, SYS_INIT, 0, 0), STATUS(SEAMCALL_VMFAILINVALID));
}

/* A TD exit returns into a module that never entered the TD; a leaf goes on without its code. */
void test_erased_under_guest(void **state)
{
	struct test_td td;
	struct world w;

	(void)state;
	world_boot(&w, 2, 1, "1.5.06");
	td_build(&w, &td, 1, 1);
	w.in_guest = load_another;
	EXPECT(td_enter(&w, &td, 0, 0), STATUS(SEAMCALL_VMFAILINVALID));
	expect_lost(&w);
	td_forget(&td);
	world_destroy(&w);

	world_boot(&w, 2, 1, "1.5.06");
	w.in_map = load_another;
	EXPECT(call(&w, 0, SS_LEAF_TDH_SYS_RDALL, 0, w.page_pa, UINT64_MAX, 0),
	       STATUS(SEAMCALL_VMFAILINVALID));
	expect_lost(&w);
	world_destroy(&w);
}

/* ---- TDs that are being built ---------------------------------------------------------------- */

static void half_build(struct world *w, struct test_td *td)
{
	td_create(w, td);
	td_init(w, td);
	td_tables(w, td);
	td_vcpu(w, td, 0);
	td_page_add(w, td);
	td_extend(w, td, 0);
}

static void other_half(struct world *w, struct test_td *td)
{
	td_page_add(w, td);
	td_extend(w, td, 1);
	td_finalize(w, td);
}

/* Every call succeeds. Is the measurement right? */
static bool measured_right(uint32_t old_crypto, uint32_t new_crypto)
{
	struct sim_module_info old = module(5, old_crypto, false);
	struct sim_module_info next = module(5, new_crypto, false);
	struct sim_td_audit audit;
	struct test_td td;
	struct world w;
	bool right;

	boot(&w, &old);
	half_build(&w, &td);
	world_update(&w, &next, 0);
	other_half(&w, &td);
	td_audit(&w, &td, &audit);
	assert_int_equal(audit.op_state, SIM_RUNNABLE);
	right = !memcmp(audit.mrtd, td.mrtd, sizeof(td.mrtd));
	td_forget(&td);
	world_destroy(&w);
	return right;
}

void test_build_goes_wrong_silently(void **state)
{
	(void)state;
	assert_true(measured_right(0, 0));
	assert_true(measured_right(3, 3));
	assert_false(measured_right(0, 1));
	assert_false(measured_right(1, 0));
	assert_false(measured_right(1, 2));
}

void test_build_refused_by_shutdown(void **state)
{
	struct sim_module_info old = module(5, 0, true), next = module(5, 1, true);
	struct sim_td_audit audit;
	struct test_td td;
	struct world w;

	(void)state;
	boot(&w, &old);
	half_build(&w, &td);
	EXPECT(CALL(&w, 0, SYS_SHUTDOWN, 1 | AVOID, 0),
	       WITH(UPDATE_COMPATIBILITY_SENSITIVE, 1 << 16));
	/* Nothing has changed: the build goes on, and then the update. */
	other_half(&w, &td);
	world_update(&w, &next, 1 | AVOID);
	td_audit(&w, &td, &audit);
	assert_memory_equal(audit.mrtd, td.mrtd, sizeof(td.mrtd));
	td_forget(&td);
	world_destroy(&w);
}

/* SYS.UPDATE version 1 with bit 47: may the build go on under the next module? */
static uint64_t continued(const struct sim_module_info *old, const struct sim_module_info *next)
{
	struct sim_td_audit audit;
	struct test_td td, fresh;
	struct world w;
	uint64_t status, page;

	boot(&w, old);
	half_build(&w, &td);
	replace(&w, next, 0);
	OK(call(&w, 0, UPDATE_V1, 0, 0, 0, PROTECT));
	page = td_frame(&w);
	status = call(&w, 0, SS_LEAF_TDH_MEM_PAGE_ADD, SS_PAGE, td.tdr, page, w.page_pa);
	if (status) {
		/* All three measuring leaves refuse and change nothing. */
		EXPECT(CALL(&w, 0, MR_EXTEND, 0, td.tdr), status);
		EXPECT(CALL(&w, 0, MR_FINALIZE, td.tdr, 0), status);
		td_audit(&w, &td, &audit);
		assert_int_equal(audit.op_state, SIM_INITIALIZED);
		assert_int_equal(audit.pages, 1);
	}
	/* A build that begins now succeeds. */
	td_build(&w, &fresh, 1, 1);
	td_audit(&w, &fresh, &audit);
	assert_memory_equal(audit.mrtd, fresh.mrtd, sizeof(fresh.mrtd));
	td_forget(&td);
	td_forget(&fresh);
	world_destroy(&w);
	return status;
}

void test_build_refused_afterwards(void **state)
{
	struct sim_module_info plain = module(5, 0, false), a = module(5, 0, true);
	struct sim_module_info same = module(6, 0, true), other = module(6, 1, true);

	(void)state;
	EXPECT(continued(&a, &other), STATUS(INCOMPATIBLE_MRTD_CONTEXT));
	OK(continued(&a, &same));
	/* A module without the feature records no version, which counts as incompatible. */
	EXPECT(continued(&plain, &same), STATUS(INCOMPATIBLE_MRTD_CONTEXT));
}

/* Handoff version 1 hands the count over; with version 0 the count starts at 0. */
void test_build_count_handed_off(void **state)
{
	struct sim_module_info a = module(5, 0, true), b = module(6, 0, true);
	struct sim_module_info plain = module(5, 0, false);
	struct test_td td;
	struct world w;
	uint64_t hv;

	(void)state;
	for (hv = 0; hv <= 1; hv++) {
		boot(&w, &a);
		half_build(&w, &td);
		world_update(&w, &b, hv);
		if (hv)
			EXPECT(CALL(&w, 0, SYS_SHUTDOWN, 1 | AVOID, 0),
			       WITH(UPDATE_COMPATIBILITY_SENSITIVE, 1 << 16));
		other_half(&w, &td);
		assert_int_equal(ss_load(&w.f.sim->module->td_builds), 0);
		OK(CALL(&w, 0, SYS_SHUTDOWN, 1 | AVOID, 0));
		td_forget(&td);
		world_destroy(&w);
	}
	/* A build that began under a module without the feature never counts. */
	boot(&w, &plain);
	half_build(&w, &td);
	world_update(&w, &b, 1);
	OK(CALL(&w, 0, SYS_SHUTDOWN, 1 | AVOID, 0));
	td_forget(&td);
	world_destroy(&w);
}
