// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The software TDX Module's dispatcher and global states (6.1, 6.2); all statuses are reached. */
#include "test_module.h"
#include "world.h"

/* ---- leaf x state -> status ------------------------------------------------------------------ */

#define STATES	5

static void reach(struct world *w, enum sim_state state)
{
	struct sim_module_info info = world_info("1.5.50", 1);
	struct ss_regs r;

	world_create(w, 2, 2);
	world_install(w, &info, FIXTURE_LOAD);
	if (state >= SIM_SYSINIT_DONE)
		world_init(w);
	if (state >= SIM_SYSCONFIG_DONE) {
		world_config_regs(w, &r);
		OK(call_regs(w, 0, &r));
	}
	if (state >= SIM_SYS_READY) {
		OK(CALL(w, 0, SYS_KEY_CONFIG, 0, 0));
		OK(CALL(w, 1, SYS_KEY_CONFIG, 0, 0));
	}
	if (state == SIM_SYS_SHUTDOWN)
		OK(CALL(w, 0, SYS_SHUTDOWN, 0, 0));
	assert_int_equal(world_state(w), state);
}

/*
 * The table of 6.2. Where a leaf "runs", the operands here make it return a status that only the
 * leaf itself returns: success, or a complaint about an operand.
 */
static const struct {
	uint64_t leaf, rcx, rdx;
	uint64_t status[STATES];
} acceptance[] = {
#define PER_STATE(a, b, c, d)	{ a, b, c, d, STATUS(SYS_SHUTDOWN) }
#define NOT_BEFORE_READY(d) \
	PER_STATE(STATUS(SYS_NOT_READY), STATUS(SYS_NOT_READY), STATUS(SYS_NOT_READY), d)
	{ SS_LEAF_TDH_SYS_INIT, 0, 0,
	  PER_STATE(STATUS(SUCCESS), STATUS(SYS_INIT_NOT_PENDING), STATUS(SYS_INIT_NOT_PENDING),
		    STATUS(SYS_INIT_NOT_PENDING)) },
	{ SS_LEAF_TDH_SYS_LP_INIT, 0, 0,
	  PER_STATE(STATUS(SYS_LP_INIT_NOT_PENDING), STATUS(SYS_LP_INIT_DONE),
		    STATUS(SYS_LP_INIT_NOT_PENDING), STATUS(SYS_LP_INIT_NOT_PENDING)) },
	{ SS_LEAF_TDH_SYS_RD, 0, 0x8900000100000000,
	  PER_STATE(STATUS(SYS_LP_INIT_NOT_DONE), STATUS(SUCCESS), STATUS(SUCCESS),
		    STATUS(SUCCESS)) },
	{ SS_LEAF_TDH_SYS_RDALL, 0, 1,
	  PER_STATE(STATUS(SYS_LP_INIT_NOT_DONE), ABOUT(OPERAND_INVALID, RDX),
		    ABOUT(OPERAND_INVALID, RDX), ABOUT(OPERAND_INVALID, RDX)) },
	{ SS_LEAF_TDH_SYS_INFO, 1, 0,
	  PER_STATE(STATUS(SYS_LP_INIT_NOT_DONE), ABOUT(OPERAND_INVALID, RCX),
		    ABOUT(OPERAND_INVALID, RCX), ABOUT(OPERAND_INVALID, RCX)) },
	{ SS_LEAF_TDH_SYS_CONFIG, 1, 0,
	  PER_STATE(STATUS(SYS_CONFIG_NOT_PENDING), ABOUT(OPERAND_INVALID, RCX),
		    STATUS(SYS_CONFIG_NOT_PENDING), STATUS(SYS_CONFIG_NOT_PENDING)) },
	{ SS_LEAF_TDH_SYS_KEY_CONFIG, 0, 0,
	  PER_STATE(STATUS(SYS_KEY_CONFIG_NOT_PENDING), STATUS(SYS_KEY_CONFIG_NOT_PENDING),
		    STATUS(SUCCESS), STATUS(SYS_KEY_CONFIG_NOT_PENDING)) },
	{ SS_LEAF_TDH_SYS_TDMR_INIT, SIM_TDMR_BASE, 0, NOT_BEFORE_READY(STATUS(SUCCESS)) },
	{ SS_LEAF_TDH_SYS_SHUTDOWN, 0, 0, NOT_BEFORE_READY(STATUS(SUCCESS)) },
	{ SS_LEAF_TDH_SYS_UPDATE, 0, 0,
	  PER_STATE(STATUS(SYS_STATE_INCORRECT), STATUS(SYS_INVALID_HANDOFF),
		    STATUS(SYS_STATE_INCORRECT), STATUS(SYS_STATE_INCORRECT)) },
	{ SS_LEAF_TDH_MNG_CREATE, 1, 0, NOT_BEFORE_READY(ABOUT(OPERAND_INVALID, RDX)) },
	{ SS_LEAF_TDH_VP_ENTER, 1, 0, NOT_BEFORE_READY(ABOUT(OPERAND_INVALID, RCX)) },
	{ SS_LEAF_TDH_PHYMEM_PAGE_RDMD, 1, 0, NOT_BEFORE_READY(ABOUT(OPERAND_INVALID, RCX)) },
	{ SS_LEAF_TDH_PHYMEM_CACHE_WB, 2, 0, NOT_BEFORE_READY(ABOUT(OPERAND_INVALID, RCX)) },
	{ SS_LEAF_TDH_MNG_KEY_RECLAIMID, 0, 0, NOT_BEFORE_READY(STATUS(SUCCESS)) },
	/* Leaves that only the specification knows, and a leaf that neither knows. */
	{ SS_LEAF_TDH_MEM_PAGE_RELOCATE, 0, 0, NOT_BEFORE_READY(ABOUT(OPERAND_INVALID, RAX)) },
	{ SS_LEAF_TDH_SYS_DISABLE, 0, 0, NOT_BEFORE_READY(ABOUT(OPERAND_INVALID, RAX)) },
	{ 999, 0, 0, NOT_BEFORE_READY(ABOUT(OPERAND_INVALID, RAX)) },
	{ SS_LEAF_TDH_SYS_LP_SHUTDOWN, 0, 0,
	  { STATUS(SUCCESS), STATUS(SUCCESS), STATUS(SUCCESS), STATUS(SUCCESS), STATUS(SUCCESS) } },
};

static void test_acceptance(void **state)
{
	struct world w;
	uint32_t s;
	size_t i;

	(void)state;
	for (s = 0; s < STATES; s++) {
		for (i = 0; i < SS_ARRAY_SIZE(acceptance); i++) {
			reach(&w, s);
			EXPECT(call(&w, 0, acceptance[i].leaf, acceptance[i].rcx,
				    acceptance[i].rdx, 0, 0), acceptance[i].status[s]);
			world_destroy(&w);
		}
	}
}

/* ---- the dispatcher's order ------------------------------------------------------------------ */

/* Each call breaks all rules from some number on. The status must name the first broken rule. */
static void test_dispatcher_order(void **state)
{
	const uint64_t unknown = 999, v1 = SS_LEAF_VERSION(1);
	struct world w;

	(void)state;
	reach(&w, SIM_SYS_SHUTDOWN);
	/* 1 before 3. */
	EXPECT(call(&w, 0, unknown | 1u << 24, 0, 0, 0, 0), ABOUT(OPERAND_INVALID, RAX));
	EXPECT(call(&w, 0, unknown | 1ULL << 62, 0, 0, 0, 0), ABOUT(OPERAND_INVALID, RAX));
	/* 2 before 3. A leaf with versions gets as far as 3. */
	EXPECT(call(&w, 0, SS_LEAF_TDH_MNG_CREATE | v1, 0, 0, 0, 0), ABOUT(OPERAND_INVALID, RAX));
	EXPECT(call(&w, 0, SS_LEAF_TDH_MNG_RD | v1, 0, 0, 0, 0), STATUS(SYS_SHUTDOWN));
	/* 3 before 5. */
	EXPECT(call(&w, 0, unknown, 0, 0, 0, 0), STATUS(SYS_SHUTDOWN));
	world_destroy(&w);

	reach(&w, SIM_SYSINIT_PENDING);
	/* 2 before 4, 4 before 5. */
	EXPECT(call(&w, 0, unknown | v1, 0, 0, 0, 0), ABOUT(OPERAND_INVALID, RAX));
	EXPECT(call(&w, 0, unknown, 0, 0, 0, 0), STATUS(SYS_NOT_READY));
	world_destroy(&w);
}

/* Versions above 0 by leaf, for a module without the features that bring them and one with them. */
static void test_versions(void **state)
{
	static const struct {
		uint64_t leaf, feature;
	} v1[] = {
		{ SS_LEAF_TDH_MEM_SEPT_ADD, 0 },
		{ SS_LEAF_TDH_MNG_RD, 0 },
		{ SS_LEAF_TDH_VP_RD, 0 },
		{ SS_LEAF_TDH_MEM_SEPT_REMOVE, 0 },
		{ SS_LEAF_TDH_VP_INIT, FEATURE(SIM_TOPOLOGY_ENUM) },
		{ SS_LEAF_TDH_SYS_INIT, FEATURE(SIM_FATAL_DIAGNOSTICS) },
		{ SS_LEAF_TDH_SYS_CONFIG, FEATURE(SIM_UPDATE_COMPATIBILITY) },
		{ SS_LEAF_TDH_SYS_UPDATE, FEATURE(SIM_UPDATE_COMPATIBILITY) },
	};
	struct sim_module_info info = world_info("1.5.50", 1);
	uint64_t features[2] = { FEATURES_PLAIN & ~FEATURE(SIM_TOPOLOGY_ENUM),
				 FEATURES_PLAIN | FEATURE(SIM_FATAL_DIAGNOSTICS) |
				 FEATURE(SIM_UPDATE_COMPATIBILITY) };
	struct world w;
	uint32_t newer;
	uint64_t status;
	size_t i;

	(void)state;
	for (newer = 0; newer < 2; newer++) {
		world_create(&w, 1, 1);
		info.features0 = features[newer];
		world_boot_info(&w, &info);
		for (i = 0; i < SS_ARRAY_SIZE(v1); i++) {
			/* No leaf takes this operand, so nothing happens. */
			status = call(&w, 0, v1[i].leaf | SS_LEAF_VERSION(1), 1, 1, 1, 1);
			assert_int_equal(status == ABOUT(OPERAND_INVALID, RAX),
					 v1[i].feature && !newer);
			status = call(&w, 0, v1[i].leaf | SS_LEAF_VERSION(2), 0, 1, 1, 1);
			if (v1[i].feature && !newer)
				EXPECT(status, ABOUT(OPERAND_INVALID, RAX));
		}
		world_destroy(&w);
	}
}

/* Calls that do not reach the module: there is no module, or the machine is lost. */
static void test_not_entered(void **state)
{
	struct world w;

	(void)state;
	world_create(&w, 1, 1);
	EXPECT(CALL(&w, 0, SYS_INIT, 0, 0), STATUS(SEAMCALL_VMFAILINVALID));
	fixture_boot(&w.f, "1.5.06");
	OK(CALL(&w, 0, SYS_LP_SHUTDOWN, 0, 0));
	ss_store(&w.f.sim->fatal, 1);
	EXPECT(CALL(&w, 0, SYS_LP_SHUTDOWN, 0, 0), STATUS(SEAMCALL_VMFAILINVALID));
	world_destroy(&w);
}

/* ---- every status of section 6 --------------------------------------------------------------- */

static void test_all_reached(void **state)
{
	static const uint64_t section_6[] = {
		STATUS(SUCCESS), STATUS(OPERAND_INVALID), STATUS(SYS_SHUTDOWN),
		STATUS(SYS_NOT_READY), STATUS(SYS_BUSY),
		/* SYS.INIT and LP.INIT */
		STATUS(SYS_INIT_NOT_PENDING), STATUS(LIMIT_CPUID_MAXVAL_SET),
		STATUS(INCORRECT_CPUID_VALUE), STATUS(INCORRECT_MSR_VALUE),
		STATUS(NUM_ACTIVATED_HKIDS_NOT_SUPPORTED), STATUS(CMR_LIST_INVALID),
		STATUS(SMRR_NOT_LOCKED), STATUS(INVALID_SMRR_CONFIGURATION),
		STATUS(SMRR_OVERLAPS_CMR), STATUS(SMRR_LOCK_NOT_SUPPORTED),
		STATUS(SMRR_NOT_SUPPORTED), STATUS(INCOMPATIBLE_SEAM_CAPABILITIES),
		STATUS(SYS_INCOMPATIBLE_SIGSTRUCT), STATUS(RND_NO_ENTROPY),
		STATUS(SYS_LP_INIT_NOT_PENDING), STATUS(SYS_LP_INIT_DONE),
		STATUS(INCONSISTENT_MSR), STATUS(INCONSISTENT_CPUID_FIELD), STATUS(INVALID_PKG_ID),
		/* SHUTDOWN and UPDATE */
		STATUS(UPDATE_COMPATIBILITY_SENSITIVE), STATUS(SYS_STATE_INCORRECT),
		STATUS(SYS_INVALID_HANDOFF), STATUS(SEAMCALL_VMFAILINVALID),
		/* CONFIG, KEY.CONFIG, TDMR.INIT */
		STATUS(SYS_CONFIG_NOT_PENDING), STATUS(INVALID_TDMR), STATUS(NON_ORDERED_TDMR),
		STATUS(TDMR_OUTSIDE_CMRS), STATUS(INVALID_PAMT), STATUS(PAMT_OUTSIDE_CMRS),
		STATUS(PAMT_OVERLAP), STATUS(INVALID_RESERVED_IN_TDMR),
		STATUS(NON_ORDERED_RESERVED_IN_TDMR), STATUS(SYS_KEY_CONFIG_NOT_PENDING),
		STATUS(KEY_CONFIGURED), STATUS(OPERAND_BUSY), STATUS(KEY_GENERATION_FAILED),
		STATUS(TDMR_ALREADY_INITIALIZED),
		/* RD, RDALL, INFO */
		STATUS(SYS_LP_INIT_NOT_DONE), STATUS(METADATA_FIELD_ID_INCORRECT),
		STATUS(METADATA_FIRST_FIELD_ID_IN_CONTEXT),
	};

	(void)state;
	check_all_reached(section_6, SS_ARRAY_SIZE(section_6));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_acceptance),
		cmocka_unit_test(test_dispatcher_order),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_not_entered),
		cmocka_unit_test(test_sys_init_order),
		cmocka_unit_test(test_sys_init_platform),
		cmocka_unit_test(test_sys_init_cmrs),
		cmocka_unit_test(test_sys_init_outputs),
		cmocka_unit_test(test_sys_init_sigstruct),
		cmocka_unit_test(test_sys_init_version_1),
		cmocka_unit_test(test_lp_init),
		cmocka_unit_test(test_lp_init_platform),
		cmocka_unit_test(test_lp_init_order),
		cmocka_unit_test(test_tsc_adjust_is_sampled),
		cmocka_unit_test(test_init_busy),
		cmocka_unit_test(test_config_order),
		cmocka_unit_test(test_config_version_1),
		cmocka_unit_test(test_config_tdmrs),
		cmocka_unit_test(test_config_pamt),
		cmocka_unit_test(test_config_pamt_order),
		cmocka_unit_test(test_config_key_id_stays_reserved),
		cmocka_unit_test(test_key_config),
		cmocka_unit_test(test_tdmr_init),
		cmocka_unit_test(test_tdmr_init_by_block),
		cmocka_unit_test(test_new_key_loses_tds),
		cmocka_unit_test(test_shutdown_window),
		cmocka_unit_test(test_shutdown_busy),
		cmocka_unit_test(test_shutdown_is_final),
		cmocka_unit_test(test_shutdown_build),
		cmocka_unit_test(test_handoff_round_trip),
		cmocka_unit_test(test_handoff_tdmr),
		cmocka_unit_test(test_handoff_versions),
		cmocka_unit_test(test_update_order),
		cmocka_unit_test(test_update_version_1),
		cmocka_unit_test(test_update_size_fatal),
		cmocka_unit_test(test_update_2_0),
		cmocka_unit_test(test_rd_known_fields),
		cmocka_unit_test(test_rd_cpuid_configs),
		cmocka_unit_test(test_rd_walk),
		cmocka_unit_test(test_rd_errors),
		cmocka_unit_test(test_rdall),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_all_reached),
	};

	return cmocka_run_group_tests_name("module", tests, NULL, NULL);
}
