// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Building a TD: TDH.MNG.*, TDH.VP.CREATE to INIT, MRTD (8.4). */
#include "test_td.h"
#include "world.h"

void test_create(void **state)
{
	struct ss_word *kot;
	struct test_td td;
	struct world w;
	uint64_t page;

	(void)state;
	world_boot(&w, 1, 1, "1.5.06");
	kot = &w.f.sim->module->kot_lock;
	page = td_frame(&w);
	EXPECT(CALL(&w, 0, MNG_CREATE, page + 64, 65), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(CALL(&w, 0, MNG_CREATE, page | 65ULL << SIM_HKID_SHIFT, 65),
	       ABOUT(OPERAND_INVALID, RCX));
	EXPECT(CALL(&w, 0, MNG_CREATE, page | 1ULL << SIM_MAXPA, 65), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(CALL(&w, 0, MNG_CREATE, SIM_TDMR_BASE + SIM_GIB, 65),
	       ABOUT(OPERAND_ADDR_RANGE_ERROR, RCX));
	EXPECT(CALL(&w, 0, MNG_CREATE, page, SIM_FIRST_PRIVATE_HKID - 1),
	       ABOUT(OPERAND_INVALID, RDX));
	EXPECT(CALL(&w, 0, MNG_CREATE, page, SIM_FIRST_PRIVATE_HKID + w.f.config.private_hkids),
	       ABOUT(OPERAND_INVALID, RDX));
	EXPECT(CALL(&w, 0, MNG_CREATE, page, 65 | 1u << 16), ABOUT(OPERAND_INVALID, RDX));
	/* The key ID is checked first. */
	EXPECT(CALL(&w, 0, MNG_CREATE, page + 64, SIM_FIRST_PRIVATE_HKID - 1),
	       ABOUT(OPERAND_INVALID, RDX));
	/* The global key ID is reserved. */
	EXPECT(CALL(&w, 0, MNG_CREATE, page, SIM_FIRST_PRIVATE_HKID), STATUS(HKID_NOT_FREE));
	WHILE_LOCKED(kot, EXPECT(CALL(&w, 0, MNG_CREATE, page, 65), ABOUT(OPERAND_BUSY, KOT)));
	WHILE_LOCKED(&world_pamt(&w, page)->lock,
		     EXPECT(CALL(&w, 0, MNG_CREATE, page, 65), ABOUT(OPERAND_BUSY, RCX)));
	/* MNG.CREATE draws four words in six tries. */
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ .entropy_failures = 3 });
	EXPECT(CALL(&w, 0, MNG_CREATE, page, 65), STATUS(RND_NO_ENTROPY));
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ .entropy_failures = 2 });
	OK(CALL(&w, 0, MNG_CREATE, page, 65));
	EXPECT(CALL(&w, 0, MNG_CREATE, page, 66), ABOUT(PAGE_METADATA_INCORRECT, RCX));
	EXPECT(CALL(&w, 0, MNG_CREATE, td_frame(&w), 65), STATUS(HKID_NOT_FREE));
	w.next_hkid = 66;
	td_create(&w, &td);
	assert_int_equal(sim_module_tds(w.f.sim), 2);
	world_destroy(&w);
}

void test_key_config_td(void **state)
{
	struct world w;
	uint64_t tdr;

	(void)state;
	world_boot(&w, 4, 2, "1.5.06");
	tdr = td_frame(&w);
	EXPECT(CALL(&w, 0, MNG_KEY_CONFIG, tdr, 0), ABOUT(PAGE_METADATA_INCORRECT, RCX));
	OK(CALL(&w, 0, MNG_CREATE, tdr, 65));
	EXPECT(CALL(&w, 0, MNG_ADDCX, td_frame(&w), tdr), STATUS(TD_KEYS_NOT_CONFIGURED));
	WHILE_LOCKED(&w.f.sim->module->pconfig[0],
		     EXPECT(CALL(&w, 0, MNG_KEY_CONFIG, tdr, 0), ABOUT(OPERAND_BUSY, KET)));
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ .entropy_failures = 1 });
	EXPECT(CALL(&w, 0, MNG_KEY_CONFIG, tdr, 0), STATUS(KEY_GENERATION_FAILED));
	OK(CALL(&w, 0, MNG_KEY_CONFIG, tdr, 0));
	EXPECT(CALL(&w, 1, MNG_KEY_CONFIG, tdr, 0), STATUS(KEY_CONFIGURED));
	EXPECT(CALL(&w, 0, MNG_ADDCX, td_frame(&w), tdr), STATUS(TD_KEYS_NOT_CONFIGURED));
	OK(CALL(&w, 2, MNG_KEY_CONFIG, tdr, 0));
	EXPECT(CALL(&w, 3, MNG_KEY_CONFIG, tdr, 0), STATUS(LIFECYCLE_STATE_INCORRECT));
	OK(CALL(&w, 0, MNG_ADDCX, td_frame(&w), tdr));
	world_destroy(&w);
}

void test_addcx(void **state)
{
	struct test_td td;
	struct world w;
	uint32_t i;

	(void)state;
	world_boot(&w, 1, 1, "1.5.06");
	td_create(&w, &td);
	for (i = 0; i < 5; i++)
		OK(CALL(&w, 0, MNG_ADDCX, td_frame(&w), td.tdr));
	EXPECT(CALL(&w, 0, MNG_INIT, td.tdr, td_params(&w, 1)), STATUS(TDCS_NOT_ALLOCATED));
	EXPECT(CALL(&w, 0, MNG_ADDCX, td.tdr, td.tdr), ABOUT(OPERAND_BUSY, RCX));
	/* The sixth page completes the TDCS, with random numbers in it: four in six tries. */
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ .entropy_failures = 3 });
	EXPECT(CALL(&w, 0, MNG_ADDCX, td_frame(&w), td.tdr), STATUS(RND_NO_ENTROPY));
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ .entropy_failures = 2 });
	for (; i < 9; i++)
		OK(CALL(&w, 0, MNG_ADDCX, td_frame(&w), td.tdr));
	EXPECT(CALL(&w, 0, MNG_ADDCX, td_frame(&w), td.tdr), STATUS(TDCX_NUM_INCORRECT));
	OK(CALL(&w, 0, MNG_INIT, td.tdr, td_params(&w, 1)));
	/* The count and the page are checked before the op state. */
	EXPECT(CALL(&w, 0, MNG_ADDCX, td_frame(&w), td.tdr), STATUS(TDCX_NUM_INCORRECT));
	td_create(&w, &td);
	td_init(&w, &td);
	EXPECT(CALL(&w, 0, MNG_ADDCX, td.tdcx[1], td.tdr), ABOUT(PAGE_METADATA_INCORRECT, RCX));
	EXPECT(CALL(&w, 0, MNG_ADDCX, td_frame(&w), td.tdr), STATUS(OP_STATE_INCORRECT));
	td_forget(&td);
	world_destroy(&w);
}

/* ---- TD_PARAMS ------------------------------------------------------------------------------- */

/* One byte of TD_PARAMS, and the status of TDH.MNG.INIT. */
struct wrong_byte {
	uint32_t offset;
	uint8_t value;
	uint64_t status;
};

static uint64_t init_with(struct world *w, struct test_td *td, uint32_t offset, uint8_t value)
{
	uint64_t pa = td_params(w, 4);

	w->page[offset] = value;
	return CALL(w, 0, MNG_INIT, td->tdr, pa);
}

static void begin_init(struct world *w, struct test_td *td, const char *version)
{
	uint32_t i;

	world_boot(w, 1, 1, version);
	td_create(w, td);
	for (i = 0; i < 6; i++)
		OK(CALL(w, 0, MNG_ADDCX, td_frame(w), td->tdr));
}

void test_td_params(void **state)
{
	static const struct wrong_byte wrong[] = {
		{ 0, 0x02, ABOUT(OPERAND_INVALID, ATTRIBUTES) },
		{ 8, 0x01, ABOUT(OPERAND_INVALID, XFAM) },		/* a bit that must be 1 */
		{ 9, 0x80, ABOUT(OPERAND_INVALID, XFAM) },
		{ 16, 0, ABOUT(OPERAND_INVALID, MAX_VCPUS) },
		{ 18, 4, ABOUT(OPERAND_INVALID, NUM_L2_VMS) },
		/* An L2 VM needs one page more than there is. */
		{ 18, 1, STATUS(TDCS_NOT_ALLOCATED) },
		{ 19, 2, ABOUT(OPERAND_INVALID, RDX) },			/* reserved */
		{ 19, 0x80, ABOUT(OPERAND_INVALID, RDX) },
		{ 20, 1, ABOUT(OPERAND_INVALID, RDX) },
		{ 24, 3 << 3, ABOUT(OPERAND_INVALID, EPTP_CONTROLS) },	/* uncached */
		{ 24, 6 | 2 << 3, ABOUT(OPERAND_INVALID, EPTP_CONTROLS) },	/* three levels */
		{ 25, 1, ABOUT(OPERAND_INVALID, EPTP_CONTROLS) },
		{ 32, 8, ABOUT(OPERAND_INVALID, EXEC_CONTROLS) },
		/* Wide addresses, four levels. */
		{ 32, 1, ABOUT(OPERAND_INVALID, EPTP_CONTROLS) },
		{ 40, 3, ABOUT(OPERAND_INVALID, TSC_FREQUENCY) },
		{ 41, 2, ABOUT(OPERAND_INVALID, TSC_FREQUENCY) },	/* 552 */
		{ 79, 1, ABOUT(OPERAND_INVALID, RDX) },
		/* Virtual ARCH_CAPABILITIES without its flag. */
		{ 224, 1, WITH(OPERAND_INVALID, 0x48) },
		{ 231, 0x80, WITH(OPERAND_INVALID, 0x48) },
		{ 255, 1, ABOUT(OPERAND_INVALID, RDX) },
		{ 260, 1, ABOUT(OPERAND_INVALID, CPUID_CONFIG) },	/* EBX of leaf 1 */
		{ 448, 1, ABOUT(OPERAND_INVALID, RDX) },	/* past the configurable leaves */
		{ 1023, 1, ABOUT(OPERAND_INVALID, RDX) },
	};
	struct ss_regs r;
	struct test_td td;
	struct world w;
	size_t k;

	(void)state;
	begin_init(&w, &td, "1.5.06");
	EXPECT(CALL(&w, 0, MNG_INIT, td.tdr, td_params(&w, 1) + 512), ABOUT(OPERAND_INVALID, RDX));
	EXPECT(CALL(&w, 0, MNG_INIT, td.tdr, 1ULL << 39), ABOUT(OPERAND_INVALID, RDX));
	for (k = 0; k < SS_ARRAY_SIZE(wrong); k++)
		EXPECT(init_with(&w, &td, wrong[k].offset, wrong[k].value), wrong[k].status);
	td_params(&w, 1);
	w.page[260] = 1;
	r = (struct ss_regs){ .rax = SS_LEAF_TDH_MNG_INIT, .rcx = td.tdr, .rdx = w.page_pa };
	EXPECT(call_regs(&w, 0, &r), ABOUT(OPERAND_INVALID, CPUID_CONFIG));
	assert_int_equal(r.rcx & 0xffffffff, 1);
	/* MNG.INIT checks only one MSR: IA32_TSC_ADJUST. */
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ .odd_msr = 0x10a, .tsc_adjust = 1 });
	EXPECT(CALL(&w, 0, MNG_INIT, td.tdr, td_params(&w, 1)), WITH(INCONSISTENT_MSR, 0x3b));
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ .odd_msr = 0x10a });
	td_params(&w, 1);
	w.page[19] = 1;
	w.page[224] = 1;
	w.page[256] = 0x70;	/* EAX of leaf 1 */
	OK(CALL(&w, 0, MNG_INIT, td.tdr, w.page_pa));
	EXPECT(CALL(&w, 0, MNG_INIT, td.tdr, td_params(&w, 1)), STATUS(OP_STATE_INCORRECT));
	world_destroy(&w);
}

/* If everything is wrong from a check on, the status is that check's. */
void test_td_params_in_order(void **state)
{
	static const struct wrong_byte wrong[] = {
		{ 0, 0x02, ABOUT(OPERAND_INVALID, ATTRIBUTES) },
		{ 9, 0x80, ABOUT(OPERAND_INVALID, XFAM) },
		{ 16, 0, ABOUT(OPERAND_INVALID, MAX_VCPUS) },
		{ 18, 4, ABOUT(OPERAND_INVALID, NUM_L2_VMS) },
		{ 18, 1, STATUS(TDCS_NOT_ALLOCATED) },
		{ 20, 1, ABOUT(OPERAND_INVALID, RDX) },
		{ 32, 8, ABOUT(OPERAND_INVALID, EXEC_CONTROLS) },
		{ 24, 3 << 3, ABOUT(OPERAND_INVALID, EPTP_CONTROLS) },
		{ 40, 3, ABOUT(OPERAND_INVALID, TSC_FREQUENCY) },
		{ 256, 0, WITH(INCONSISTENT_MSR, 0x3b) },	/* the LP's fault */
		{ 79, 1, ABOUT(OPERAND_INVALID, RDX) },
		{ 19, 2, ABOUT(OPERAND_INVALID, RDX) },
		{ 255, 1, ABOUT(OPERAND_INVALID, RDX) },
		{ 260, 1, ABOUT(OPERAND_INVALID, CPUID_CONFIG) },
		{ 224, 1, WITH(OPERAND_INVALID, 0x48) },
	};
	struct test_td td;
	struct world w;
	size_t i, k;

	(void)state;
	begin_init(&w, &td, "1.5.06");
	/* On this LP no leaf can check a TD. */
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ .limit_cpuid = true });
	EXPECT(CALL(&w, 0, MNG_INIT, td.tdr + 1, 1), STATUS(LIMIT_CPUID_MAXVAL_SET));
	for (i = 0; i < SS_ARRAY_SIZE(wrong); i++) {
		td_params(&w, 1);
		for (k = SS_ARRAY_SIZE(wrong); k-- > i;)
			w.page[wrong[k].offset] = wrong[k].value;
		sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ .tsc_adjust = i < 10 });
		EXPECT(CALL(&w, 0, MNG_INIT, td.tdr, w.page_pa), wrong[i].status);
	}
	world_destroy(&w);
}

/* Calls MNG.INIT with these parameters and a wrong clock, the last check: is the field accepted? */
static uint64_t init_up_to_clock(struct world *w, struct test_td *td, uint32_t xfam,
				 uint16_t max_vcpus)
{
	td_params(w, max_vcpus);
	memcpy(w->page + 8, &xfam, sizeof(xfam));
	w->page[40] = 3;
	return CALL(w, 0, MNG_INIT, td->tdr, w->page_pa);
}

void test_xfam_and_vcpus(void **state)
{
	static const uint32_t parts[] = { 0x20, 0x40, 0x80, 0x60, 0xa0, 0xc0, 0x20000, 0x40000 };
	const uint64_t accepted = ABOUT(OPERAND_INVALID, TSC_FREQUENCY);
	struct test_td td;
	struct world w;
	size_t i;

	(void)state;
	begin_init(&w, &td, "1.5.06");
	/* The components of AVX-512 come together, and so do those of AMX. */
	for (i = 0; i < SS_ARRAY_SIZE(parts); i++)
		EXPECT(init_up_to_clock(&w, &td, 3 | parts[i], 1), ABOUT(OPERAND_INVALID, XFAM));
	EXPECT(init_up_to_clock(&w, &td, 0xe7, 1), accepted);
	EXPECT(init_up_to_clock(&w, &td, 0x60003, 1), accepted);
	EXPECT(init_up_to_clock(&w, &td, 0x600e7, 1), accepted);
	EXPECT(init_up_to_clock(&w, &td, 3, SIM_MAX_VCPUS), accepted);
	EXPECT(init_up_to_clock(&w, &td, 3, SIM_MAX_VCPUS + 1), ABOUT(OPERAND_INVALID, MAX_VCPUS));
	world_destroy(&w);

	/* A module that does not report a maximum of vCPUs takes any number except 0. */
	begin_init(&w, &td, "1.5.01");
	EXPECT(init_up_to_clock(&w, &td, 3, 0xffff), accepted);
	EXPECT(init_up_to_clock(&w, &td, 3, 0), ABOUT(OPERAND_INVALID, MAX_VCPUS));
	world_destroy(&w);
}

/* ---- vCPUs ----------------------------------------------------------------------------------- */

void test_vcpu_create(void **state)
{
	struct test_td td;
	struct world w;
	uint64_t vcpu, second;
	uint32_t i;

	(void)state;
	world_boot(&w, 1, 1, "1.5.06");
	td_create(&w, &td);
	EXPECT(CALL(&w, 0, VP_CREATE, td_frame(&w), td.tdr), STATUS(TDCS_NOT_ALLOCATED));
	for (i = 0; i < 6; i++)
		OK(CALL(&w, 0, MNG_ADDCX, td_frame(&w), td.tdr));
	OK(CALL(&w, 0, MNG_INIT, td.tdr, td_params(&w, 2)));
	vcpu = td_frame(&w);
	EXPECT(CALL(&w, 0, VP_CREATE, td.tdr + 2 * SS_PAGE, td.tdr),
	       ABOUT(PAGE_METADATA_INCORRECT, RCX));
	OK(CALL(&w, 0, VP_CREATE, vcpu, td.tdr));
	EXPECT(CALL(&w, 0, VP_ADDCX, td_frame(&w), td.tdr), ABOUT(PAGE_METADATA_INCORRECT, RDX));
	EXPECT(CALL(&w, 0, VP_INIT, vcpu, 0), STATUS(TDCX_NUM_INCORRECT));
	EXPECT(CALL(&w, 0, VP_FLUSH, vcpu, 0), STATUS(TDCX_NUM_INCORRECT));
	for (i = 1; i < SIM_TDVPS_MAX_PAGES; i++)
		OK(CALL(&w, 0, VP_ADDCX, td_frame(&w), vcpu));
	EXPECT(CALL(&w, 0, VP_ADDCX, td_frame(&w), vcpu), STATUS(TDCX_NUM_INCORRECT));
	WHILE_LOCKED(&world_pamt(&w, vcpu)->lock,
		     EXPECT(CALL(&w, 0, VP_INIT, vcpu, 0), ABOUT(OPERAND_BUSY, RCX)));
	WHILE_LOCKED(&world_pamt(&w, td.tdr)->lock,
		     EXPECT(CALL(&w, 0, VP_INIT, vcpu, 0), ABOUT(OPERAND_BUSY, TDR)));
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ .tsc_adjust = 1 });
	EXPECT(CALL(&w, 0, VP_INIT, vcpu, 0), WITH(INCONSISTENT_MSR, 0x3b));
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ 0 });
	OK(CALL(&w, 0, VP_INIT, vcpu, 0));
	EXPECT(CALL(&w, 0, VP_INIT, vcpu, 0), STATUS(VCPU_STATE_INCORRECT));
	EXPECT(CALL(&w, 0, VP_ADDCX, td_frame(&w), vcpu), STATUS(VCPU_STATE_INCORRECT));
	/* The TD has room for two vCPUs; the attempt with a wrong clock counts as one. */
	second = td_frame(&w);
	OK(CALL(&w, 0, VP_CREATE, second, td.tdr));
	for (i = 1; i < 6; i++)
		OK(CALL(&w, 0, VP_ADDCX, td_frame(&w), second));
	EXPECT(CALL(&w, 0, VP_INIT, second, 0), STATUS(MAX_VCPUS_EXCEEDED));
	world_destroy(&w);
}

static uint64_t init_v1(struct world *w, struct test_td *td, uint64_t x2apic, uint32_t version)
{
	uint64_t vcpu = td_frame(w);
	uint32_t i;

	OK(CALL(w, 0, VP_CREATE, vcpu, td->tdr));
	for (i = 1; i < 6; i++)
		OK(CALL(w, 0, VP_ADDCX, td_frame(w), vcpu));
	return call(w, 0, SS_LEAF_TDH_VP_INIT | SS_LEAF_VERSION(version), vcpu, 0, x2apic, 0);
}

/* Modules from 1.5.05 on have TOPOLOGY_ENUM, and with it the version that hosts use today. */
void test_vp_init_version_1(void **state)
{
	struct test_td td;
	struct world w;

	(void)state;
	world_boot(&w, 1, 1, "1.5.01");
	td_create(&w, &td);
	td_init(&w, &td);
	EXPECT(init_v1(&w, &td, 0, 1), ABOUT(OPERAND_INVALID, RAX));
	td_forget(&td);
	world_destroy(&w);

	world_boot(&w, 1, 1, "1.5.05");
	td_create(&w, &td);
	td_init(&w, &td);
	OK(init_v1(&w, &td, 7, 1));
	EXPECT(init_v1(&w, &td, 7, 1), STATUS(X2APIC_ID_NOT_UNIQUE));
	EXPECT(init_v1(&w, &td, 1ULL << 32, 1), ABOUT(OPERAND_INVALID, R8));
	EXPECT(init_v1(&w, &td, 8, 2), ABOUT(OPERAND_INVALID, RAX));
	OK(init_v1(&w, &td, 8, 1));
	OK(init_v1(&w, &td, 0, 0));
	td_forget(&td);
	world_destroy(&w);
}

/* ---- measurement ----------------------------------------------------------------------------- */

void test_extend_finalize(void **state)
{
	struct ss_regs r;
	struct test_td td;
	struct world w;

	(void)state;
	world_boot(&w, 1, 1, "1.5.06");
	td_create(&w, &td);
	td_init(&w, &td);
	EXPECT(CALL(&w, 0, MR_EXTEND, 0, td.tdr), ABOUT(EPT_ENTRY_NOT_PRESENT, RCX));
	td_tables(&w, &td);
	EXPECT(CALL(&w, 0, MR_EXTEND, 0, td.tdr), ABOUT(EPT_ENTRY_NOT_PRESENT, RCX));
	EXPECT(CALL(&w, 0, MR_EXTEND, 128, td.tdr), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(CALL(&w, 0, MR_EXTEND, 1ULL << 47, td.tdr), ABOUT(OPERAND_INVALID, RCX));
	/* A page that the guest has not accepted does not count. RCX and RDX describe the entry. */
	td_page_aug(&w, &td);
	r = (struct ss_regs){ .rax = SS_LEAF_TDH_MR_EXTEND, .rcx = 256, .rdx = td.tdr };
	EXPECT(call_regs(&w, 0, &r), ABOUT(EPT_ENTRY_NOT_PRESENT, RCX));
	assert_true(r.rcx == (td.page[0] | 1ULL << 63 | 0xf0) && r.rdx == 2 << 8);
	EXPECT(CALL(&w, 0, MR_FINALIZE, td.tdr, 0), STATUS(NO_VCPUS));
	td_vcpu(&w, &td, 0);
	OK(CALL(&w, 0, MR_FINALIZE, td.tdr, 0));
	EXPECT(CALL(&w, 0, MR_FINALIZE, td.tdr, 0), STATUS(OP_STATE_INCORRECT));
	EXPECT(CALL(&w, 0, MR_EXTEND, 0, td.tdr), STATUS(OP_STATE_INCORRECT));
	td_forget(&td);
	world_destroy(&w);
}

/* Compares with a hash that libcrypto makes from the specification's description. */
void test_mrtd(void **state)
{
	struct sim_td_audit audit;
	struct test_td td, twin;
	struct world w;

	(void)state;
	world_boot(&w, 1, 1, "1.5.06");
	td_build(&w, &td, 1, 5);
	td_audit(&w, &td, &audit);
	assert_memory_equal(audit.mrtd, td.mrtd, sizeof(td.mrtd));
	/* A page that was added but not measured makes a difference, and so does a page's data. */
	td_create(&w, &twin);
	td_init(&w, &twin);
	td_tables(&w, &twin);
	td_vcpu(&w, &twin, 0);
	td_page_add(&w, &twin);
	td_finalize(&w, &twin);
	td_audit(&w, &twin, &audit);
	assert_memory_equal(audit.mrtd, twin.mrtd, sizeof(twin.mrtd));
	assert_memory_not_equal(td.mrtd, twin.mrtd, sizeof(twin.mrtd));
	td_forget(&td);
	td_forget(&twin);
	world_destroy(&w);
}
