// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDH.SYS.INIT and TDH.SYS.LP.INIT (6.3, 6.5). */
#include "test_module.h"
#include "world.h"

static void pending(struct world *w, uint32_t nr_lps)
{
	struct sim_module_info info = world_info("1.5.50", 1);

	world_create(w, nr_lps, 1);
	world_install(w, &info, FIXTURE_LOAD);
}

/*
 * Faults of an LP, and each leaf's status. SYS.INIT names the fault, LP.INIT the MSR that differs.
 * SYS.INIT reports some MSRs as something else.
 */
static const struct {
	struct sim_lp_state lp;
	uint64_t at_init, at_lp_init;
} troubles[] = {
	{ { .odd_msr = 0x10a }, WITH(INCORRECT_MSR_VALUE, 0x10a), WITH(INCONSISTENT_MSR, 0x10a) },
	{ { .limit_cpuid = true }, STATUS(LIMIT_CPUID_MAXVAL_SET),
	  STATUS(LIMIT_CPUID_MAXVAL_SET) },
	{ { .odd_cpuid = 7 }, STATUS(INCORRECT_CPUID_VALUE), STATUS(INCONSISTENT_CPUID_FIELD) },
	{ { .smrr = SIM_SMRR_NONE }, STATUS(SMRR_NOT_SUPPORTED), WITH(INCONSISTENT_MSR, 0xfe) },
	{ { .smrr = SIM_SMRR_NO_LOCK }, STATUS(SMRR_LOCK_NOT_SUPPORTED),
	  WITH(INCONSISTENT_MSR, 0xfe) },
	{ { .smrr = SIM_SMRR_UNLOCKED }, STATUS(SMRR_NOT_LOCKED), WITH(INCONSISTENT_MSR, 0x1f3) },
	{ { .smrr = SIM_SMRR_MISALIGNED }, STATUS(INVALID_SMRR_CONFIGURATION),
	  WITH(INCONSISTENT_MSR, 0x1f2) },
	{ { .odd_msr = 0xfe }, STATUS(SMRR_NOT_SUPPORTED), WITH(INCONSISTENT_MSR, 0xfe) },
	{ { .odd_msr = 0x1f2 }, STATUS(INVALID_SMRR_CONFIGURATION), WITH(INCONSISTENT_MSR, 0x1f2) },
	{ { .odd_msr = 0x1f3 }, STATUS(SMRR_NOT_LOCKED), WITH(INCONSISTENT_MSR, 0x1f3) },
	{ { .odd_msr = 0x87 }, WITH(NUM_ACTIVATED_HKIDS_NOT_SUPPORTED, 0x800),
	  WITH(INCONSISTENT_MSR, 0x87) },
	{ { .odd_msr = 0x98 }, WITH(INCORRECT_MSR_VALUE, 0x99), WITH(INCONSISTENT_MSR, 0x98) },
	{ { .odd_msr = 0x99 }, WITH(INCORRECT_MSR_VALUE, 0x99), WITH(INCONSISTENT_MSR, 0x99) },
	{ { .odd_msr = 0x982 }, WITH(INCORRECT_MSR_VALUE, 0x982), WITH(INCONSISTENT_MSR, 0x982) },
	{ { .odd_msr = 0x486 }, WITH(INCORRECT_MSR_VALUE, 0x486), WITH(INCONSISTENT_MSR, 0x486) },
	{ { .odd_msr = 0x487 }, WITH(INCORRECT_MSR_VALUE, 0x486), WITH(INCONSISTENT_MSR, 0x487) },
	{ { .no_seamdb = true }, STATUS(INCOMPATIBLE_SEAM_CAPABILITIES),
	  STATUS(INCOMPATIBLE_SEAM_CAPABILITIES) },
	{ { .entropy_failures = 1 }, STATUS(RND_NO_ENTROPY), STATUS(RND_NO_ENTROPY) },
};

static const struct sim_lp_state healthy;

/* All faults at once, repaired one by one in the order of the checks. */
void test_sys_init_order(void **state)
{
	struct sim_lp_state lp = { .odd_msr = 0x3a, .limit_cpuid = true, .odd_cpuid = 4,
				   .smrr = SIM_SMRR_UNLOCKED, .no_seamdb = true,
				   .entropy_failures = 1 };
	struct world w;

	(void)state;
	pending(&w, 1);
	sim_set_cmrs(w.f.sim, &(struct sim_cmr){ 0x1800, 0x1000 }, 1);
	sim_set_lp(w.f.sim, 0, &lp);
	EXPECT(CALL(&w, 0, SYS_INIT, 1, 0), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(CALL(&w, 0, SYS_INIT, 0, 0), WITH(INCORRECT_MSR_VALUE, 0x3a));
	lp.odd_msr = 0x480;
	sim_set_lp(w.f.sim, 0, &lp);
	EXPECT(CALL(&w, 0, SYS_INIT, 0, 0), STATUS(LIMIT_CPUID_MAXVAL_SET));
	lp.limit_cpuid = false;
	sim_set_lp(w.f.sim, 0, &lp);
	EXPECT(CALL(&w, 0, SYS_INIT, 0, 0), STATUS(INCORRECT_CPUID_VALUE));
	lp.odd_cpuid = 0;
	sim_set_lp(w.f.sim, 0, &lp);
	EXPECT(CALL(&w, 0, SYS_INIT, 0, 0), WITH(INCORRECT_MSR_VALUE, 0x480));
	lp.odd_msr = 0x87;
	sim_set_lp(w.f.sim, 0, &lp);
	EXPECT(CALL(&w, 0, SYS_INIT, 0, 0), WITH(NUM_ACTIVATED_HKIDS_NOT_SUPPORTED, 0x800));
	lp.odd_msr = 0;
	sim_set_lp(w.f.sim, 0, &lp);
	EXPECT(CALL(&w, 0, SYS_INIT, 0, 0), STATUS(CMR_LIST_INVALID));
	sim_set_cmrs(w.f.sim, &(struct sim_cmr){ 1u << 20, 1u << 20 }, 1);
	EXPECT(CALL(&w, 0, SYS_INIT, 0, 0), STATUS(SMRR_NOT_LOCKED));
	lp.smrr = SIM_SMRR_GOOD;
	sim_set_lp(w.f.sim, 0, &lp);
	EXPECT(CALL(&w, 0, SYS_INIT, 0, 0), STATUS(INCOMPATIBLE_SEAM_CAPABILITIES));
	lp.no_seamdb = false;
	sim_set_lp(w.f.sim, 0, &lp);
	EXPECT(CALL(&w, 0, SYS_INIT, 0, 0), STATUS(RND_NO_ENTROPY));
	/* The counted failure is over. Every error left the state PENDING. */
	assert_int_equal(world_state(&w), SIM_SYSINIT_PENDING);
	OK(CALL(&w, 0, SYS_INIT, 0, 0));
	assert_int_equal(world_state(&w), SIM_SYSINIT_DONE);
	EXPECT(CALL(&w, 0, SYS_INIT, 0, 0), STATUS(SYS_INIT_NOT_PENDING));
	EXPECT(CALL(&w, 0, SYS_INIT, 1, 0), ABOUT(OPERAND_INVALID, RCX));
	world_destroy(&w);
}

void test_sys_init_platform(void **state)
{
	static const struct sim_cmr bad[][2] = {
		{ { 0x1800, 0x1000 } },				/* misaligned */
		{ { 0x100000, 0x1000 }, { 0x100000, 0x1000 } },	/* overlap */
		{ { 0x100000, 0x1000 }, { 0x1000, 0x1000 } },	/* order */
		{ { 0x100000, 1ULL << SIM_HKID_SHIFT } },	/* beyond memory */
	};
	static const struct sim_cmr second_overlaps[] = {
		{ 1u << 20, 1u << 20 }, { 0 }, { SIM_SMRR_BASE, SS_PAGE },
	};
	struct world w;
	size_t i;

	(void)state;
	pending(&w, 1);
	for (i = 0; i < SS_ARRAY_SIZE(troubles); i++) {
		sim_set_lp(w.f.sim, 0, &troubles[i].lp);
		EXPECT(CALL(&w, 0, SYS_INIT, 0, 0), troubles[i].at_init);
	}
	sim_set_lp(w.f.sim, 0, &healthy);
	for (i = 0; i < SS_ARRAY_SIZE(bad); i++) {
		sim_set_cmrs(w.f.sim, bad[i], bad[i][1].bytes ? 2 : 1);
		EXPECT(CALL(&w, 0, SYS_INIT, 0, 0), STATUS(CMR_LIST_INVALID));
	}
	sim_set_cmrs(w.f.sim, &(struct sim_cmr){ 1u << 20, 1ULL << 32 }, 1);
	EXPECT(CALL(&w, 0, SYS_INIT, 0, 0), STATUS(SMRR_OVERLAPS_CMR));
	/* Info byte 1 names the CMR. */
	sim_set_cmrs(w.f.sim, second_overlaps, 3);
	EXPECT(CALL(&w, 0, SYS_INIT, 0, 0), WITH(SMRR_OVERLAPS_CMR, 2 << 8));
	world_destroy(&w);

	/* A module takes at most 2048 key IDs in all. */
	world_create(&w, 1, 1);
	fixture_destroy(&w.f);
	fixture_config(&w.f, 1, 1);
	w.f.config.private_hkids = SIM_MAX_HKIDS - SIM_FIRST_PRIVATE_HKID + 1;
	fixture_power_on(&w.f);
	world_install(&w, sim_ladder_find("1.5.06"), FIXTURE_LOAD);
	EXPECT(CALL(&w, 0, SYS_INIT, 0, 0), WITH(NUM_ACTIVATED_HKIDS_NOT_SUPPORTED, 0x800));
	world_destroy(&w);
}

/* SYS.INIT succeeds without memory for TDs. A CMR of size 0 does not count, wherever it stands. */
void test_sys_init_cmrs(void **state)
{
	static const struct sim_cmr holes[] = {
		{ 1u << 20, 1u << 20 }, { 0, 0 }, { SIM_SMRR_BASE + 1, 0 }, { 1u << 22, 1u << 20 },
	};
	struct world w;

	(void)state;
	pending(&w, 1);
	sim_set_cmrs(w.f.sim, holes, 0);
	OK(CALL(&w, 0, SYS_INIT, 0, 0));
	world_destroy(&w);
	pending(&w, 1);
	sim_set_cmrs(w.f.sim, holes, SS_ARRAY_SIZE(holes));
	OK(CALL(&w, 0, SYS_INIT, 0, 0));
	world_destroy(&w);
}

/* Outputs are always defined, and no other register changes. */
void test_sys_init_outputs(void **state)
{
	const struct ss_regs before = { .rax = SS_LEAF_TDH_SYS_INIT, .rdx = 2, .rbx = 3, .rsi = 4,
					.rdi = 5, .r8 = 8, .r9 = 9, .r10 = 10, .r11 = 11,
					.r12 = 12, .r13 = 13, .r14 = 14, .r15 = 15 };
	struct ss_regs r = before;
	struct world w;

	(void)state;
	pending(&w, 1);
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ .odd_cpuid = 7 });
	EXPECT(call_regs(&w, 0, &r), STATUS(INCORRECT_CPUID_VALUE));
	assert_int_equal(r.rax, STATUS(INCORRECT_CPUID_VALUE));
	assert_int_equal(r.rcx & 0xffffffff, 7);
	assert_int_not_equal(r.rdx, 2);
	sim_set_lp(w.f.sim, 0, &healthy);
	r = before;
	OK(call_regs(&w, 0, &r));
	assert_true(!r.rcx && !r.rdx && !r.r8 && !r.r9 && !r.r10);
	assert_true(r.rbx == 3 && r.rsi == 4 && r.rdi == 5 && r.r11 == 11 && r.r12 == 12 &&
		    r.r13 == 13 && r.r14 == 14 && r.r15 == 15);
	world_destroy(&w);
}

static uint64_t init_with(void (*change)(struct sim_module_info *info))
{
	struct sim_module_info info = world_info("1.5.50", 1);
	struct world w;
	uint64_t status;

	info.module_hv = 2;
	info.min_update_hv = 1;
	info.built_hv = 2;
	info.built_min_hv = 1;
	change(&info);
	world_create(&w, 1, 1);
	world_install(&w, &info, FIXTURE_LOAD);
	status = CALL(&w, 0, SYS_INIT, 0, 0);
	world_destroy(&w);
	return status;
}

static void nothing(struct sim_module_info *info)
{
	(void)info;
}

static void sig_hv_higher(struct sim_module_info *info)
{
	info->module_hv = 3;
}

static void sig_hv_lower(struct sim_module_info *info)
{
	info->module_hv = 1;
}

static void sig_min_lower(struct sim_module_info *info)
{
	info->min_update_hv = 0;
}

static void sig_min_higher(struct sim_module_info *info)
{
	info->min_update_hv = 2;
}

static void sig_may_downgrade(struct sim_module_info *info)
{
	info->built_no_downgrade = 1;
}

static void sig_may_not_downgrade(struct sim_module_info *info)
{
	info->no_downgrade = 1;
}

static void sig_few_pages(struct sim_module_info *info)
{
	info->handoff_pages = 13;
}

void test_sys_init_sigstruct(void **state)
{
	(void)state;
	OK(init_with(nothing));
	EXPECT(init_with(sig_hv_higher), STATUS(SYS_INCOMPATIBLE_SIGSTRUCT));
	EXPECT(init_with(sig_hv_lower), STATUS(SYS_INCOMPATIBLE_SIGSTRUCT));
	EXPECT(init_with(sig_min_lower), STATUS(SYS_INCOMPATIBLE_SIGSTRUCT));
	EXPECT(init_with(sig_may_downgrade), STATUS(SYS_INCOMPATIBLE_SIGSTRUCT));
	EXPECT(init_with(sig_few_pages), STATUS(SYS_INCOMPATIBLE_SIGSTRUCT));
	/* The sigstruct may be stricter. */
	OK(init_with(sig_min_higher));
	OK(init_with(sig_may_not_downgrade));
}

void test_sys_init_version_1(void **state)
{
	struct sim_module_info info = world_info("1.5.50", 1);
	const uint64_t leaf = SS_LEAF_TDH_SYS_INIT;
	struct world w;

	(void)state;
	pending(&w, 1);
	EXPECT(call(&w, 0, leaf | SS_LEAF_VERSION(1), 0, 0, 0, 0), ABOUT(OPERAND_INVALID, RAX));
	/* Version 0 ignores R8. */
	OK(call(&w, 0, leaf, 0, 0, 1, 0));
	world_destroy(&w);

	world_create(&w, 1, 1);
	info.features0 |= FEATURE(SIM_FATAL_DIAGNOSTICS);
	world_install(&w, &info, FIXTURE_LOAD);
	EXPECT(call(&w, 0, leaf | SS_LEAF_VERSION(2), 0, 0, 0, 0), ABOUT(OPERAND_INVALID, RAX));
	EXPECT(call(&w, 0, leaf | SS_LEAF_VERSION(1), 0, 0, 1, 0), ABOUT(OPERAND_INVALID, R8));
	OK(call(&w, 0, leaf | SS_LEAF_VERSION(1), 0, 0, 0, 0));
	world_destroy(&w);
}

/* ---- LP.INIT --------------------------------------------------------------------------------- */

void test_lp_init(void **state)
{
	struct world w;

	(void)state;
	pending(&w, 3);
	EXPECT(CALL(&w, 0, SYS_LP_INIT, 0, 0), STATUS(SYS_LP_INIT_NOT_PENDING));
	OK(CALL(&w, 0, SYS_INIT, 0, 0));
	OK(CALL(&w, 1, SYS_LP_INIT, 0, 0));
	EXPECT(CALL(&w, 1, SYS_LP_INIT, 0, 0), STATUS(SYS_LP_INIT_DONE));
	/* A repetition does not count twice: one LP is still missing. */
	OK(CALL(&w, 0, SYS_LP_INIT, 0, 0));
	EXPECT(CALL(&w, 0, SYS_CONFIG, 1, 0), STATUS(SYS_CONFIG_NOT_PENDING));
	EXPECT(CALL(&w, 0, SYS_UPDATE, 0, 0), STATUS(SYS_STATE_INCORRECT));
	OK(CALL(&w, 2, SYS_LP_INIT, 0, 0));
	EXPECT(CALL(&w, 0, SYS_CONFIG, 1, 0), ABOUT(OPERAND_INVALID, RCX));
	world_destroy(&w);
}

void test_lp_init_platform(void **state)
{
	struct ss_regs r = { .rax = SS_LEAF_TDH_SYS_LP_INIT, .rcx = 1, .rdx = 2, .r8 = 3 };
	struct world w;
	size_t i;

	(void)state;
	pending(&w, 2);
	/* The other LPs must have the value of SYS.INIT's LP. */
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ .tsc_adjust = 5 });
	OK(CALL(&w, 0, SYS_INIT, 0, 0));
	for (i = 0; i < SS_ARRAY_SIZE(troubles); i++) {
		struct sim_lp_state lp = troubles[i].lp;

		lp.tsc_adjust = 5;
		sim_set_lp(w.f.sim, 1, &lp);
		EXPECT(CALL(&w, 1, SYS_LP_INIT, 0, 0), troubles[i].at_lp_init);
	}
	sim_set_lp(w.f.sim, 1, &healthy);
	EXPECT(CALL(&w, 1, SYS_LP_INIT, 0, 0), WITH(INCONSISTENT_MSR, 0x3b));
	sim_set_lp(w.f.sim, 1, &(struct sim_lp_state){ .tsc_adjust = 5, .package = 8 });
	EXPECT(CALL(&w, 1, SYS_LP_INIT, 0, 0), WITH(INVALID_PKG_ID, 8));
	sim_set_lp(w.f.sim, 1, &(struct sim_lp_state){ .tsc_adjust = 5, .odd_cpuid = 7 });
	EXPECT(call_regs(&w, 1, &r), STATUS(INCONSISTENT_CPUID_FIELD));
	assert_int_equal(r.rcx & 0xffffffff, 7);
	/* A repaired LP may repeat the call. */
	sim_set_lp(w.f.sim, 1, &(struct sim_lp_state){ .tsc_adjust = 5 });
	r = (struct ss_regs){ .rax = SS_LEAF_TDH_SYS_LP_INIT, .rcx = 1, .rdx = 2, .r8 = 3 };
	OK(call_regs(&w, 1, &r));
	assert_true(!r.rcx && !r.rdx && !r.r8);
	world_destroy(&w);
}

/* All differences at once, repaired one by one in the order of the checks. */
void test_lp_init_order(void **state)
{
	struct sim_lp_state lp = { .odd_msr = 0x10a, .limit_cpuid = true, .odd_cpuid = 4,
				   .package = 9, .tsc_adjust = 7, .smrr = SIM_SMRR_UNLOCKED,
				   .no_seamdb = true, .entropy_failures = 1 };
	struct world w;

	(void)state;
	pending(&w, 2);
	OK(CALL(&w, 0, SYS_INIT, 0, 0));
#define LP_INIT(expected) \
	do { \
		sim_set_lp(w.f.sim, 1, &lp); \
		EXPECT(CALL(&w, 1, SYS_LP_INIT, 0, 0), expected); \
	} while (0)
	LP_INIT(STATUS(RND_NO_ENTROPY));
	lp.entropy_failures = 0;
	LP_INIT(STATUS(INCOMPATIBLE_SEAM_CAPABILITIES));
	lp.no_seamdb = false;
	LP_INIT(WITH(INCONSISTENT_MSR, 0x10a));
	lp.odd_msr = 0x480;
	LP_INIT(STATUS(LIMIT_CPUID_MAXVAL_SET));
	lp.limit_cpuid = false;
	LP_INIT(STATUS(INCONSISTENT_CPUID_FIELD));
	lp.odd_cpuid = 0;
	LP_INIT(WITH(INVALID_PKG_ID, 9));
	lp.package = 0;
	LP_INIT(WITH(INCONSISTENT_MSR, 0x3b));
	lp.tsc_adjust = 0;
	LP_INIT(WITH(INCONSISTENT_MSR, 0x1f3));
	lp.smrr = SIM_SMRR_GOOD;
	LP_INIT(WITH(INCONSISTENT_MSR, 0x480));
	lp.odd_msr = 0x87;
	LP_INIT(WITH(INCONSISTENT_MSR, 0x87));
	lp.odd_msr = 0;
	LP_INIT(STATUS(SUCCESS));
#undef LP_INIT
	world_destroy(&w);
}

/* IA32_TSC_ADJUST may have any value on the LP of SYS.INIT. */
void test_tsc_adjust_is_sampled(void **state)
{
	struct world w;

	(void)state;
	pending(&w, 2);
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ .odd_msr = 0x3b });
	OK(CALL(&w, 0, SYS_INIT, 0, 0));
	sim_set_lp(w.f.sim, 1, &(struct sim_lp_state){ .odd_msr = 0x3b });
	EXPECT(CALL(&w, 1, SYS_LP_INIT, 0, 0), WITH(INCONSISTENT_MSR, 0x3b));
	world_destroy(&w);
}

/* ---- the global lock ------------------------------------------------------------------------- */

/* Runs in the middle of a SYS.CONFIG on LP 0. */
static void others_call(struct world *w)
{
	EXPECT(CALL(w, 1, SYS_INIT, 0, 0), STATUS(SYS_BUSY));
	EXPECT(CALL(w, 1, SYS_LP_INIT, 0, 0), STATUS(SYS_BUSY));
	EXPECT(CALL(w, 1, SYS_CONFIG, 0, 0), STATUS(SYS_BUSY));
	EXPECT(CALL(w, 1, SYS_KEY_CONFIG, 0, 0), STATUS(SYS_BUSY));
	EXPECT(CALL(w, 1, SYS_UPDATE, 0, 0), STATUS(SYS_BUSY));
	/* These leaves do not take the lock. */
	OK(CALL(w, 1, SYS_RD, 0, 0x8900000100000000));
	OK(CALL(w, 1, SYS_LP_SHUTDOWN, 0, 0));
	w->seen[0]++;
}

void test_init_busy(void **state)
{
	struct sim_module *m;
	struct ss_regs r;
	struct world w;

	(void)state;
	pending(&w, 2);
	world_init(&w);
	world_config_regs(&w, &r);
	w.in_map = others_call;
	OK(call_regs(&w, 0, &r));
	assert_int_equal(w.seen[0], 1);
	world_destroy(&w);

	/* LP.INIT shares the lock with other LP.INITs and excludes the exclusive ones. */
	pending(&w, 2);
	m = w.f.sim->module;
	OK(CALL(&w, 0, SYS_INIT, 0, 0));
	ss_store(&m->lock, 1);
	OK(CALL(&w, 0, SYS_LP_INIT, 0, 0));
	EXPECT(CALL(&w, 0, SYS_CONFIG, 0, 0), STATUS(SYS_BUSY));
	ss_store(&m->lock, 0);
	world_destroy(&w);
}
