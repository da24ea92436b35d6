// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDs on the software TDX Module: a whole life, op states (8.3), teardown (8.4), coverage. */
#include "test_td.h"
#include "world.h"

/* ---- a life ---------------------------------------------------------------------------------- */

static void expect_free(struct world *w, uint64_t pa)
{
	struct ss_regs r = { .rax = SS_LEAF_TDH_PHYMEM_PAGE_RDMD, .rcx = pa };

	OK(call_regs(w, 0, &r));
	assert_int_equal(r.rcx, SIM_PAGE_NDA);
	assert_int_equal(r.rdx, 0);
	OK(CALL(w, 0, PHYMEM_PAGE_WBINVD, pa, 0));
}

static void test_life(void **state)
{
	struct sim_td_audit audit;
	struct test_td td;
	struct world w;
	uint64_t pa;
	uint32_t round;

	(void)state;
	world_boot(&w, 4, 2, "1.5.06");
	for (round = 0; round < 2; round++) {
		td_build(&w, &td, 2, 3);
		assert_int_equal(sim_module_tds(w.f.sim), 1);
		td_page_aug(&w, &td);
		td_run(&w, &td, 0, 20);
		EXPECT(td_enter(&w, &td, 1, 1), SIM_EXIT_INTERRUPT);
		td_audit(&w, &td, &audit);
		assert_true(audit.alive);
		assert_int_equal(audit.op_state, SIM_RUNNABLE);
		assert_int_equal(audit.vcpus, 2);
		assert_int_equal(audit.pages, 4);
		assert_int_equal(audit.progress, 21);
		assert_int_equal(audit.guest_errors, 0);
		assert_memory_equal(audit.mrtd, td.mrtd, sizeof(td.mrtd));
		td_kill(&w, &td);
		td_audit(&w, &td, &audit);
		assert_false(audit.alive);
		td_reclaim(&w, &td);
		assert_int_equal(sim_module_tds(w.f.sim), 0);
		/* The same pages and the same key serve the next TD. */
		for (pa = SIM_TDMR_BASE; pa < w.next_pa; pa += SS_PAGE)
			expect_free(&w, pa);
		w.next_pa = SIM_TDMR_BASE;
		w.next_hkid--;
	}
	world_destroy(&w);
}

/* ---- op states ------------------------------------------------------------------------------- */

/* 8.3, row by row as printed there. */
static const struct {
	uint64_t leaf;
	const char *allowed;
} op_states[] = {
	{ SS_LEAF_TDH_VP_ENTER, "00110000010" },
	{ SS_LEAF_TDH_MNG_ADDCX, "10000000000" },
	{ SS_LEAF_TDH_MEM_PAGE_ADD, "01000000000" },
	{ SS_LEAF_TDH_MR_EXTEND, "01000000000" },
	{ SS_LEAF_TDH_MR_FINALIZE, "01000000000" },
	{ SS_LEAF_TDH_VP_INIT, "01000000000" },
	{ SS_LEAF_TDH_MEM_SEPT_ADD, "01110011110" },
	{ SS_LEAF_TDH_VP_CREATE, "01000001000" },
	{ SS_LEAF_TDH_VP_ADDCX, "01000001000" },
	{ SS_LEAF_TDH_MEM_PAGE_AUG, "01110000010" },
	{ SS_LEAF_TDH_MEM_RANGE_BLOCK, "01111100110" },
	{ SS_LEAF_TDH_MEM_RANGE_UNBLOCK, "01111100110" },
	{ SS_LEAF_TDH_MNG_INIT, "10000000000" },
	{ SS_LEAF_TDH_MEM_PAGE_REMOVE, "01111100111" },
	{ SS_LEAF_TDH_MEM_SEPT_REMOVE, "01111111111" },
	{ SS_LEAF_TDH_MEM_TRACK, "01111111110" },
	{ SS_LEAF_TDH_VP_WR, "01110011111" },
	{ SS_LEAF_TDH_VP_RD, "01111111111" },
	{ SS_LEAF_TDH_MNG_RD, "01111111111" },
};

/*
 * Calls the leaf with the right TD or vCPU and no other right operand, so that it has no effect.
 * The exception is MNG.ADDCX, which checks the page before the op state.
 */
static uint64_t call_with_td(struct world *w, struct test_td *td, uint64_t leaf)
{
	const uint64_t wrong = ~0ULL;

	switch (leaf) {
	case SS_LEAF_TDH_VP_ENTER:
	case SS_LEAF_TDH_VP_INIT:
	case SS_LEAF_TDH_VP_RD:
	case SS_LEAF_TDH_VP_WR:
		return call(w, 0, leaf, td->vcpu[0], wrong, wrong, wrong);
	case SS_LEAF_TDH_MNG_ADDCX:
		return call(w, 0, leaf, td_frame(w), td->tdr, wrong, wrong);
	case SS_LEAF_TDH_VP_ADDCX:
		return call(w, 0, leaf, wrong, td->vcpu[0], wrong, wrong);
	case SS_LEAF_TDH_MR_FINALIZE:
	case SS_LEAF_TDH_MEM_TRACK:
	case SS_LEAF_TDH_MNG_INIT:
	case SS_LEAF_TDH_MNG_RD:
		return call(w, 0, leaf, td->tdr, wrong, wrong, wrong);
	default:
		return call(w, 0, leaf, wrong, td->tdr, wrong, wrong);
	}
}

static void test_op_states(void **state)
{
	struct sim_tdvps *vps;
	struct test_td td;
	struct world w;
	uint64_t status;
	uint32_t op;
	size_t i;

	(void)state;
	world_boot(&w, 1, 1, "1.5.06");
	td_build(&w, &td, 1, 1);
	/* Finalizing again must fail for another reason, and a vCPU must not run. */
	ss_store(&world_tdcs(&w, &td)->nr_vcpus, 0);
	vps = world_frame(&w, td.vcpu[0]);
	ss_store(&vps->life, SIM_VCPU_DISABLED);
	for (i = 0; i < SS_ARRAY_SIZE(op_states); i++) {
		for (op = 0; op <= 10; op++) {
			world_tdcs(&w, &td)->op_state = op;
			status = call_with_td(&w, &td, op_states[i].leaf);
			if ((status == STATUS(OP_STATE_INCORRECT)) ==
			    (op_states[i].allowed[op] == '1'))
				fail_msg("%s in op state %u: %s",
					 ss_leaf_name(op_states[i].leaf), op,
					 ss_status_name(0, status));
		}
	}
	td_forget(&td);
	world_destroy(&w);
}

/* ---- teardown -------------------------------------------------------------------------------- */

static void test_flush_done(void **state)
{
	struct test_td td;
	struct world w;

	(void)state;
	world_boot(&w, 2, 1, "1.5.06");
	td_build(&w, &td, 2, 1);
	EXPECT(CALL(&w, 0, MNG_VPFLUSHDONE, td.tdr, 0), STATUS(FLUSHVP_NOT_DONE));
	EXPECT(CALL(&w, 1, VP_FLUSH, td.vcpu[0], 0), STATUS(VCPU_NOT_ASSOCIATED));
	OK(CALL(&w, 0, VP_FLUSH, td.vcpu[0], 0));
	EXPECT(CALL(&w, 0, VP_FLUSH, td.vcpu[0], 0), STATUS(VCPU_NOT_ASSOCIATED));
	EXPECT(CALL(&w, 0, MNG_VPFLUSHDONE, td.tdr, 0), STATUS(FLUSHVP_NOT_DONE));
	OK(CALL(&w, 1, VP_FLUSH, td.vcpu[1], 0));
	/* KEY.FREEID checks the TD before it takes the table of keys, VPFLUSHDONE afterwards. */
	WHILE_LOCKED(&w.f.sim->module->kot_lock,
		     EXPECT(CALL(&w, 0, MNG_KEY_FREEID, td.tdr, 0),
			    STATUS(LIFECYCLE_STATE_INCORRECT)));
	WHILE_LOCKED(&w.f.sim->module->kot_lock,
		     EXPECT(CALL(&w, 0, MNG_VPFLUSHDONE, td.tdr, 0), ABOUT(OPERAND_BUSY, KOT)));
	OK(CALL(&w, 0, MNG_VPFLUSHDONE, td.tdr, 0));
	EXPECT(CALL(&w, 0, MNG_VPFLUSHDONE, td.tdr, 0), STATUS(LIFECYCLE_STATE_INCORRECT));
	EXPECT(CALL(&w, 0, VP_FLUSH, td.vcpu[1], 0), STATUS(TD_KEYS_NOT_CONFIGURED));
	EXPECT(td_enter(&w, &td, 0, 0), STATUS(TD_KEYS_NOT_CONFIGURED));
	td_forget(&td);
	world_destroy(&w);
}

static void test_cache_wb(void **state)
{
	struct sim_module *m;
	struct test_td td;
	struct world w;

	(void)state;
	world_boot(&w, 2, 2, "1.5.06");
	m = w.f.sim->module;
	ss_store(&w.f.guests_run, 1);	/* no interrupts */
	EXPECT(CALL(&w, 0, PHYMEM_CACHE_WB, 2, 0), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(CALL(&w, 0, PHYMEM_CACHE_WB, 0, 0), STATUS(NO_HKID_READY_TO_WBCACHE));
	EXPECT(CALL(&w, 0, PHYMEM_CACHE_WB, 1, 0), STATUS(WBCACHE_RESUME_ERROR));
	td_create(&w, &td);
	OK(CALL(&w, 0, MNG_VPFLUSHDONE, td.tdr, 0));
	EXPECT(CALL(&w, 0, MNG_KEY_FREEID, td.tdr, 0), STATUS(WBCACHE_NOT_COMPLETE));
	WHILE_LOCKED(&m->t.wbt[0].lock,
		     EXPECT(CALL(&w, 0, PHYMEM_CACHE_WB, 0, 0), ABOUT(OPERAND_BUSY, WBCACHE)));
	WHILE_LOCKED(&m->kot_lock,
		     EXPECT(CALL(&w, 0, PHYMEM_CACHE_WB, 0, 0), ABOUT(OPERAND_BUSY, KOT)));
	OK(CALL(&w, 0, PHYMEM_CACHE_WB, 0, 0));
	/* A package can repeat its write-back: it suffices that some key is to be freed. */
	OK(CALL(&w, 0, PHYMEM_CACHE_WB, 0, 0));
	ss_store(&w.f.guests_run, 0);
	EXPECT(CALL(&w, 0, PHYMEM_CACHE_WB, 0, 0), STATUS(INTERRUPTED_RESUMABLE));
	/* The other package has to do it too. After an interrupt it goes on where it was. */
	EXPECT(CALL(&w, 0, MNG_KEY_FREEID, td.tdr, 0), STATUS(WBCACHE_NOT_COMPLETE));
	EXPECT(CALL(&w, 1, PHYMEM_CACHE_WB, 0, 0), STATUS(INTERRUPTED_RESUMABLE));
	EXPECT(CALL(&w, 1, PHYMEM_CACHE_WB, 1, 0), STATUS(INTERRUPTED_RESUMABLE));
	ss_store(&w.f.guests_run, 1);
	OK(CALL(&w, 1, PHYMEM_CACHE_WB, 1, 0));
	EXPECT(CALL(&w, 1, PHYMEM_CACHE_WB, 1, 0), STATUS(WBCACHE_RESUME_ERROR));
	WHILE_LOCKED(&m->kot_lock,
		     EXPECT(CALL(&w, 0, MNG_KEY_FREEID, td.tdr, 0), ABOUT(OPERAND_BUSY, KOT)));
	OK(CALL(&w, 0, MNG_KEY_FREEID, td.tdr, 0));
	EXPECT(CALL(&w, 0, PHYMEM_CACHE_WB, 0, 0), STATUS(NO_HKID_READY_TO_WBCACHE));
	OK(CALL(&w, 0, MNG_KEY_RECLAIMID, td.tdr, 0));
	world_destroy(&w);
}

static void test_reclaim(void **state)
{
	struct ss_regs r;
	struct test_td td;
	struct world w;
	uint64_t hkid;

	(void)state;
	world_boot(&w, 2, 1, "1.5.06");
	td_build(&w, &td, 1, 1);
	OK(CALL(&w, 0, MEM_TRACK, td.tdr, 0));
	OK(CALL(&w, 0, MEM_RANGE_BLOCK, 0, td.tdr));	/* in the second epoch */
	EXPECT(CALL(&w, 0, PHYMEM_PAGE_RECLAIM, td.page[0] + 1, 0), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(CALL(&w, 0, PHYMEM_PAGE_RECLAIM, SIM_TDMR_BASE - SS_PAGE, 0),
	       ABOUT(OPERAND_ADDR_RANGE_ERROR, RCX));
	EXPECT(CALL(&w, 0, PHYMEM_PAGE_RECLAIM, td_frame(&w), 0),
	       ABOUT(PAGE_METADATA_INCORRECT, RCX));
	EXPECT(CALL(&w, 0, PHYMEM_PAGE_RECLAIM, td.page[0], 0),
	       STATUS(LIFECYCLE_STATE_INCORRECT));
	EXPECT(CALL(&w, 0, PHYMEM_PAGE_RECLAIM, td.tdr, 0), STATUS(LIFECYCLE_STATE_INCORRECT));
	td_kill(&w, &td);
	EXPECT(CALL(&w, 0, PHYMEM_PAGE_RECLAIM, td.tdr, 0), STATUS(TD_ASSOCIATED_PAGES_EXIST));
	WHILE_LOCKED(&world_pamt(&w, td.page[0])->lock,
		     EXPECT(CALL(&w, 0, PHYMEM_PAGE_RECLAIM, td.page[0], 0),
			    ABOUT(OPERAND_BUSY, RCX)));
	WHILE_LOCKED(&world_pamt(&w, td.tdr)->lock,
		     EXPECT(CALL(&w, 0, PHYMEM_PAGE_RECLAIM, td.page[0], 0),
			    ABOUT(OPERAND_BUSY, TDR)));
	r = (struct ss_regs){ .rax = SS_LEAF_TDH_PHYMEM_PAGE_RECLAIM, .rcx = td.page[0], .r8 = 7,
			      .r9 = 7, .r10 = 7, .r11 = 7 };
	OK(call_regs(&w, 0, &r));
	assert_true(r.rcx == SIM_PAGE_REG && r.rdx == td.tdr && r.r8 == 0);
	assert_true(r.r9 == 2 && r.r10 == 0 && r.r11 == 0);
	EXPECT(CALL(&w, 0, PHYMEM_PAGE_RECLAIM, td.page[0], 0),
	       ABOUT(PAGE_METADATA_INCORRECT, RCX));
	EXPECT(CALL(&w, 0, PHYMEM_PAGE_WBINVD, td.tdr, 0), ABOUT(PAGE_METADATA_INCORRECT, RCX));
	/* Any key ID can have cached the memory. */
	for (hkid = 0; hkid <= td.hkid; hkid++)
		OK(CALL(&w, 0, PHYMEM_PAGE_WBINVD, td.page[0] | hkid << SIM_HKID_SHIFT, 0));
	EXPECT(CALL(&w, 0, PHYMEM_PAGE_WBINVD, td.page[0] | 1ULL << SIM_MAXPA, 0),
	       ABOUT(OPERAND_INVALID, RCX));
	td_forget(&td);
	world_destroy(&w);
}

/* ---- every status of 8.4 --------------------------------------------------------------------- */

static void test_all_reached(void **state)
{
	static const uint64_t section_8[] = {
		STATUS(SUCCESS), STATUS(OPERAND_INVALID), STATUS(OPERAND_ADDR_RANGE_ERROR),
		STATUS(OPERAND_BUSY), STATUS(PAGE_METADATA_INCORRECT), STATUS(TD_FATAL),
		STATUS(TD_KEYS_NOT_CONFIGURED), STATUS(TDCS_NOT_ALLOCATED),
		STATUS(OP_STATE_INCORRECT), STATUS(HKID_NOT_FREE), STATUS(RND_NO_ENTROPY),
		STATUS(LIFECYCLE_STATE_INCORRECT), STATUS(KEY_CONFIGURED),
		STATUS(KEY_GENERATION_FAILED), STATUS(TDCX_NUM_INCORRECT),
		STATUS(LIMIT_CPUID_MAXVAL_SET), STATUS(INCONSISTENT_MSR),
		STATUS(VCPU_STATE_INCORRECT), STATUS(MAX_VCPUS_EXCEEDED),
		STATUS(X2APIC_ID_NOT_UNIQUE), STATUS(EPT_WALK_FAILED),
		STATUS(EPT_ENTRY_STATE_INCORRECT), STATUS(INCOMPATIBLE_MRTD_CONTEXT),
		STATUS(EPT_ENTRY_NOT_PRESENT), STATUS(NO_VCPUS), STATUS(VCPU_ASSOCIATED),
		STATUS(TSC_ROLLBACK), STATUS(VCPU_NOT_ASSOCIATED), STATUS(FLUSHVP_NOT_DONE),
		STATUS(NO_HKID_READY_TO_WBCACHE), STATUS(WBCACHE_RESUME_ERROR),
		STATUS(INTERRUPTED_RESUMABLE), STATUS(WBCACHE_NOT_COMPLETE),
		STATUS(TD_ASSOCIATED_PAGES_EXIST), STATUS(PREVIOUS_TLB_EPOCH_BUSY),
		STATUS(TLB_TRACKING_NOT_DONE), STATUS(GPA_RANGE_ALREADY_BLOCKED),
		STATUS(GPA_RANGE_NOT_BLOCKED), STATUS(EPT_PAGE_NOT_FREE),
		STATUS(METADATA_FIELD_ID_INCORRECT), STATUS(METADATA_FIELD_NOT_READABLE),
		STATUS(METADATA_FIELD_NOT_WRITABLE), STATUS(METADATA_FIELD_VALUE_NOT_VALID),
		STATUS(METADATA_FIRST_FIELD_ID_IN_CONTEXT),
		STATUS(TD_VMCS_FIELD_NOT_INITIALIZED), STATUS(NON_RECOVERABLE_TD_CORRUPTED_MD),
		STATUS(UPDATE_COMPATIBILITY_SENSITIVE),
	};

	(void)state;
	check_all_reached(section_8, SS_ARRAY_SIZE(section_8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_op_states),
		cmocka_unit_test(test_flush_done),
		cmocka_unit_test(test_cache_wb),
		cmocka_unit_test(test_reclaim),
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_key_config_td),
		cmocka_unit_test(test_addcx),
		cmocka_unit_test(test_td_params),
		cmocka_unit_test(test_td_params_in_order),
		cmocka_unit_test(test_xfam_and_vcpus),
		cmocka_unit_test(test_vcpu_create),
		cmocka_unit_test(test_vp_init_version_1),
		cmocka_unit_test(test_extend_finalize),
		cmocka_unit_test(test_mrtd),
		cmocka_unit_test(test_sept_add),
		cmocka_unit_test(test_sept_add_version_1),
		cmocka_unit_test(test_page_add),
		cmocka_unit_test(test_page_aug),
		cmocka_unit_test(test_block_track_remove),
		cmocka_unit_test(test_track_epochs),
		cmocka_unit_test(test_sept_remove),
		cmocka_unit_test(test_remove_while_built),
		cmocka_unit_test(test_entries_described),
		cmocka_unit_test(test_memory_locks),
		cmocka_unit_test(test_five_levels),
		cmocka_unit_test(test_enter),
		cmocka_unit_test(test_exit_registers),
		cmocka_unit_test(test_enter_platform),
		cmocka_unit_test(test_association),
		cmocka_unit_test(test_running_holds_locks),
		cmocka_unit_test(test_guest_accepts),
		cmocka_unit_test(test_guest_notices),
		cmocka_unit_test(test_guest_faults),
		cmocka_unit_test(test_corrupted_metadata),
		cmocka_unit_test(test_rdmd),
		cmocka_unit_test(test_vcpu_fields),
		cmocka_unit_test(test_vcpu_field_ids),
		cmocka_unit_test(test_vcpu_fields_hidden),
		cmocka_unit_test(test_posted_interrupts),
		cmocka_unit_test(test_write_masks),
		cmocka_unit_test(test_fields_associate),
		cmocka_unit_test(test_fields_while_running),
		cmocka_unit_test(test_td_fields),
		cmocka_unit_test(test_td_field_ids),
		cmocka_unit_test(test_td_cpuid),
		cmocka_unit_test(test_td_clock),
		cmocka_unit_test(test_tds_survive_updates),
		cmocka_unit_test(test_tds_gone_after_load),
		cmocka_unit_test(test_erased_under_guest),
		cmocka_unit_test(test_build_goes_wrong_silently),
		cmocka_unit_test(test_build_refused_by_shutdown),
		cmocka_unit_test(test_build_refused_afterwards),
		cmocka_unit_test(test_build_count_handed_off),
		cmocka_unit_test(test_all_reached),
	};

	return cmocka_run_group_tests_name("td", tests, NULL, NULL);
}
