// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDH.SYS.SHUTDOWN, the handoff data, TDH.SYS.UPDATE (6.4, 6.6, 6.8). */
#include "test_module.h"
#include "world.h"

#define AVOID	(1ULL << 16)	/* bit 16 of SHUTDOWN's RCX */

/* Offsets of 6.8 start at the region; the payload follows the header. */
#define PAYLOAD(offset)	((offset) - 8u)
#define KOT		PAYLOAD(0x0008u)
#define WBT		PAYLOAD(0x4008u)
#define TDMRS		PAYLOAD(0x8088u)
#define NR_TDMRS	PAYLOAD(0xd088u)
#define GLOBAL_HKID	PAYLOAD(0xd08cu)
#define PACKAGES	PAYLOAD(0xd08eu)
#define TD_BUILDS	PAYLOAD(0xd093u)
#define HV0_BYTES	53386u
#define HV1_BYTES	(0xe000u - 8u)

static struct sim_module_info windowed(const char *version, uint8_t svn, uint16_t min, uint16_t max)
{
	struct sim_module_info info = world_info(version, svn);

	info.min_update_hv = min;
	info.built_min_hv = min;
	info.module_hv = max;
	info.built_hv = max;
	return info;
}

static struct sim_module_info sensitive(const char *version, uint8_t svn)
{
	struct sim_module_info info = windowed(version, svn, 0, 1);

	info.features0 |= FEATURE(SIM_UPDATE_COMPATIBILITY);
	return info;
}

static uint64_t payload(struct world *w, uint32_t offset, uint32_t bytes)
{
	uint64_t v = 0;

	memcpy(&v, w->f.sim->handoff->payload + offset, bytes);
	return v;
}

static void with_window(struct world *w, uint16_t min, uint16_t max, uint8_t no_downgrade)
{
	struct sim_module_info info = windowed("1.5.50", 5, min, max);

	info.no_downgrade = no_downgrade;
	world_create(w, 2, 1);
	world_boot_info(w, &info);
}

void test_shutdown_window(void **state)
{
	struct sim_module_info info;
	struct world w;

	(void)state;
	with_window(&w, 1, 2, 0);
	EXPECT(CALL(&w, 0, SYS_SHUTDOWN, 0, 0), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(CALL(&w, 0, SYS_SHUTDOWN, 3, 0), ABOUT(OPERAND_INVALID, RCX));
	/* A module without the feature takes the flag for a version, and compares all 64 bits. */
	EXPECT(CALL(&w, 0, SYS_SHUTDOWN, 2 | AVOID, 0), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(CALL(&w, 0, SYS_SHUTDOWN, 2 | 1ULL << 32, 0), ABOUT(OPERAND_INVALID, RCX));
	assert_int_equal(world_state(&w), SIM_SYS_READY);
	assert_false(w.f.sim->handoff->valid);
	OK(CALL(&w, 0, SYS_SHUTDOWN, 1, 0));
	assert_true(w.f.sim->handoff->valid);
	assert_int_equal(w.f.sim->handoff->hv, 1);
	world_destroy(&w);

	with_window(&w, 0, 2, 1);
	EXPECT(CALL(&w, 0, SYS_SHUTDOWN, 1, 0), ABOUT(OPERAND_INVALID, RCX));
	OK(CALL(&w, 0, SYS_SHUTDOWN, 2, 0));
	world_destroy(&w);

	world_create(&w, 1, 1);
	info = sensitive("1.5.50", 5);
	world_boot_info(&w, &info);
	EXPECT(CALL(&w, 0, SYS_SHUTDOWN, AVOID << 1, 0), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(CALL(&w, 0, SYS_SHUTDOWN, 2 | AVOID, 0), ABOUT(OPERAND_INVALID, RCX));
	OK(CALL(&w, 0, SYS_SHUTDOWN, 1 | AVOID, 0));
	world_destroy(&w);
}

/* ---- other LPs ------------------------------------------------------------------------------- */

static void shut_down_meanwhile(struct world *w)
{
	w->seen[0] = CALL(w, 1, SYS_SHUTDOWN, 0, 0);
	w->seen[1] = world_state(w);
	w->seen[2] = w->f.sim->handoff->valid;
}

static void expect_refused(struct world *w)
{
	EXPECT(w->seen[0], STATUS(SYS_BUSY));
	assert_int_equal(w->seen[1], SIM_SYS_READY);
	assert_int_equal(w->seen[2], 0);
	memset(w->seen, 0xff, sizeof(w->seen));
}

void test_shutdown_busy(void **state)
{
	struct test_td td, other;
	struct world w;

	(void)state;
	world_boot(&w, 2, 1, "1.5.06");
	td_build(&w, &td, 1, 1);
	/* A vCPU in guest mode on another LP counts. */
	w.in_guest = shut_down_meanwhile;
	EXPECT(td_enter(&w, &td, 0, 0), SIM_EXIT_INTERRUPT);
	expect_refused(&w);
	/* A call in progress on another LP counts too. */
	td_create(&w, &other);
	w.in_map = shut_down_meanwhile;
	EXPECT(CALL(&w, 0, MNG_INIT, other.tdr, td_params(&w, 1)), STATUS(TDCS_NOT_ALLOCATED));
	w.in_map = NULL;
	w.in_map = shut_down_meanwhile;
	EXPECT(call(&w, 0, SS_LEAF_TDH_SYS_RDALL, 0, w.page_pa, UINT64_MAX, 0), STATUS(SUCCESS));
	expect_refused(&w);
	/* The lock is taken. */
	WHILE_LOCKED(&w.f.sim->module->lock,
		     EXPECT(CALL(&w, 0, SYS_SHUTDOWN, 0, 0), STATUS(SYS_BUSY)));
	/* None of these calls has done harm. */
	td_run(&w, &td, 0, 1);
	OK(CALL(&w, 1, SYS_SHUTDOWN, 0, 0));
	td_forget(&td);
	world_destroy(&w);
}

void test_shutdown_is_final(void **state)
{
	struct test_td td;
	struct world w;

	(void)state;
	world_boot(&w, 2, 1, "1.5.06");
	td_build(&w, &td, 1, 1);
	OK(CALL(&w, 0, SYS_SHUTDOWN, 0, 0));
	EXPECT(CALL(&w, 0, SYS_SHUTDOWN, 0, 0), STATUS(SYS_SHUTDOWN));
	EXPECT(CALL(&w, 0, SYS_RD, 0, 0x8900000100000000), STATUS(SYS_SHUTDOWN));
	EXPECT(CALL(&w, 0, SYS_UPDATE, 0, 0), STATUS(SYS_SHUTDOWN));
	EXPECT(td_enter(&w, &td, 0, 0), STATUS(SYS_SHUTDOWN));
	td_forget(&td);
	world_destroy(&w);
}

/* ---- TD builds ------------------------------------------------------------------------------- */

void test_shutdown_build(void **state)
{
	struct sim_module_info info = sensitive("1.5.50", 5);
	struct test_td a, b, c;
	struct world w;

	(void)state;
	world_create(&w, 2, 1);
	world_boot_info(&w, &info);
	td_create(&w, &a);
	td_create(&w, &b);
	td_create(&w, &c);
	td_init(&w, &a);
	td_init(&w, &b);
	td_vcpu(&w, &a, 0);
	/* Two builds. SHUTDOWN spares a build only if the host asks. */
	EXPECT(CALL(&w, 0, SYS_SHUTDOWN, 1 | AVOID, 0),
	       WITH(UPDATE_COMPATIBILITY_SENSITIVE, 2 << 16));
	assert_int_equal(world_state(&w), SIM_SYS_READY);
	assert_false(w.f.sim->handoff->valid);
	td_finalize(&w, &a);
	EXPECT(CALL(&w, 0, SYS_SHUTDOWN, 1 | AVOID, 0),
	       WITH(UPDATE_COMPATIBILITY_SENSITIVE, 1 << 16));
	/* An abandoned build ends too. */
	td_kill(&w, &b);
	OK(CALL(&w, 0, SYS_SHUTDOWN, 1 | AVOID, 0));
	assert_int_equal(payload(&w, TD_BUILDS, 2), 0);
	td_forget(&a);
	td_forget(&b);
	world_destroy(&w);

	world_create(&w, 2, 1);
	world_boot_info(&w, &info);
	td_create(&w, &a);
	td_init(&w, &a);
	OK(CALL(&w, 0, SYS_SHUTDOWN, 1, 0));
	assert_int_equal(payload(&w, TD_BUILDS, 2), 1);
	td_forget(&a);
	world_destroy(&w);
}

/* ---- the data -------------------------------------------------------------------------------- */

static void expect_same_tdmr(const struct sim_tdmr *a, const struct sim_tdmr *b)
{
	uint32_t i;

	assert_int_equal(a->base, b->base);
	assert_int_equal(a->bytes, b->bytes);
	assert_int_equal(ss_load(&a->initialised), ss_load(&b->initialised));
	assert_int_equal(a->nr_reserved, b->nr_reserved);
	assert_memory_equal(a->reserved, b->reserved, sizeof(a->reserved));
	for (i = 0; i < 3; i++)
		assert_int_equal(a->pamt[i].base, b->pamt[i].base);
}

/* The offsets of the specification, and then all of the data in the next module. */
void test_handoff_round_trip(void **state)
{
	struct sim_module_info next = world_info("1.5.51", 9);
	struct sim_tables before, *after;
	struct test_td td, dead;
	struct world w;
	uint32_t i;

	(void)state;
	world_boot(&w, 2, 2, "1.5.06");
	td_build(&w, &td, 1, 1);
	td_create(&w, &dead);
	OK(CALL(&w, 0, MNG_VPFLUSHDONE, dead.tdr, 0));
	/* An interrupt has cut a cache write-back short. */
	EXPECT(CALL(&w, 1, PHYMEM_CACHE_WB, 0, 0), STATUS(INTERRUPTED_RESUMABLE));
	before = w.f.sim->module->t;

	OK(CALL(&w, 0, SYS_SHUTDOWN, 0, 0));
	assert_int_equal(w.f.sim->handoff->size, HV0_BYTES);
	assert_int_equal(payload(&w, KOT + 8 * SIM_FIRST_PRIVATE_HKID + 4, 1), SIM_KOT_RESERVED);
	assert_int_equal(payload(&w, KOT + 8 * td.hkid + 4, 1), SIM_KOT_ASSIGNED);
	assert_int_equal(payload(&w, KOT + 8 * dead.hkid, 4), 3);
	assert_int_equal(payload(&w, KOT + 8 * dead.hkid + 4, 1), SIM_KOT_FLUSHED);
	assert_int_equal(payload(&w, WBT + 2064, 8), before.wbt[1].resume);
	assert_int_not_equal(before.wbt[1].resume, 0);
	assert_int_equal(payload(&w, WBT + 2064 + 8 + dead.hkid, 1), 1);
	assert_int_equal(payload(&w, TDMRS, 8), SIM_TDMR_BASE);
	assert_int_equal(payload(&w, TDMRS + 8, 8), SIM_GIB);
	assert_int_equal(payload(&w, TDMRS + 16, 8), SIM_TDMR_BASE + SIM_GIB);
	assert_int_equal(payload(&w, NR_TDMRS, 4), 1);
	assert_int_equal(payload(&w, GLOBAL_HKID, 2), SIM_FIRST_PRIVATE_HKID);
	assert_int_equal(payload(&w, PACKAGES, 4), 3);

	world_install(&w, &next, FIXTURE_UPDATE);
	after = &w.f.sim->module->t;
	assert_int_equal(after->nr_tdmrs, 0);
	assert_int_equal(after->kot[td.hkid].state, SIM_KOT_FREE);
	world_init(&w);
	OK(CALL(&w, 0, SYS_UPDATE, 0, 0));
	for (i = 0; i < SIM_MAX_HKIDS; i++) {
		assert_int_equal(after->kot[i].state, before.kot[i].state);
		assert_int_equal(ss_load(&after->kot[i].to_write_back),
				 ss_load(&before.kot[i].to_write_back));
	}
	assert_memory_equal(after->wbt, before.wbt, sizeof(before.wbt));
	for (i = 0; i < SIM_MAX_TDMRS; i++)
		expect_same_tdmr(&after->tdmr[i], &before.tdmr[i]);
	assert_int_equal(after->nr_tdmrs, before.nr_tdmrs);
	assert_int_equal(after->global_hkid, before.global_hkid);
	assert_int_equal(after->keyed_packages, before.keyed_packages);
	/* Not handed off: SYS.INIT samples these anew. */
	assert_int_equal(after->seamdb_index, before.seamdb_index + 1);
	assert_false(w.f.sim->handoff->valid);
	assert_int_equal(w.f.sim->handoff->size, 0);

	/* The write-back goes on where it was. */
	ss_store(&w.f.guests_run, 1);
	OK(CALL(&w, 1, PHYMEM_CACHE_WB, 1, 0));
	OK(CALL(&w, 0, PHYMEM_CACHE_WB, 0, 0));
	OK(CALL(&w, 0, MNG_KEY_FREEID, dead.tdr, 0));
	td_forget(&td);
	world_destroy(&w);
}

/* An entry of the table of TDMRs after TDH.SYS.TDMR.INIT has done a part of the TDMR. */
void test_handoff_tdmr(void **state)
{
	const uint64_t pamt = SIM_TDMR_BASE + SIM_GIB, piece = SIM_TDMR_INIT_BYTES;
	struct sim_module_info info = world_info("1.5.50", 1), next = world_info("1.5.51", 9);
	struct ss_regs r;
	struct world w;
	uint8_t *tdmr;
	uint32_t i;

	(void)state;
	world_create(&w, 1, 1);
	world_install(&w, &info, FIXTURE_LOAD);
	world_init(&w);
	world_config_regs(&w, &r);
	tdmr = world_tdmr_info(&w);
	memcpy(tdmr + 64, (uint64_t[]){ 0x2000, 0x1000, 0x8000, 0x3000 }, 32);
	OK(call_regs(&w, 0, &r));
	OK(CALL(&w, 0, SYS_KEY_CONFIG, 0, 0));
	for (i = 0; i < 3; i++)
		OK(CALL(&w, 0, SYS_TDMR_INIT, SIM_TDMR_BASE, 0));
	OK(CALL(&w, 0, SYS_SHUTDOWN, 0, 0));

	assert_int_equal(payload(&w, TDMRS, 8), SIM_TDMR_BASE);
	assert_int_equal(payload(&w, TDMRS + 8, 8), SIM_GIB);
	/* The progress is an address. Metadata of 1 GiB pages comes first. */
	assert_int_equal(payload(&w, TDMRS + 16, 8), SIM_TDMR_BASE + 3 * piece);
	assert_int_equal(payload(&w, TDMRS + 24, 8), pamt);
	assert_int_equal(payload(&w, TDMRS + 32, 8), pamt + 0x1000);
	assert_int_equal(payload(&w, TDMRS + 40, 8), pamt + 0x3000);
	/* The number of blocks of 1 GiB, the number of reserved areas, and the areas. */
	assert_int_equal(payload(&w, TDMRS + 48, 4), 1);
	assert_int_equal(payload(&w, TDMRS + 52, 4), 2);
	assert_int_equal(payload(&w, TDMRS + 56, 8), 0x2000);
	assert_int_equal(payload(&w, TDMRS + 64, 8), 0x1000);
	assert_int_equal(payload(&w, TDMRS + 72, 8), 0x8000);
	assert_int_equal(payload(&w, TDMRS + 80, 8), 0x3000);
	for (i = 88; i < 640; i += 8)
		assert_int_equal(payload(&w, TDMRS + i, 8), 0);

	/* The next module goes on where this one was. */
	world_install(&w, &next, FIXTURE_UPDATE);
	world_init(&w);
	OK(CALL(&w, 0, SYS_UPDATE, 0, 0));
	for (i = 3; i < SIM_GIB / piece; i++)
		OK(CALL(&w, 0, SYS_TDMR_INIT, SIM_TDMR_BASE, 0));
	EXPECT(CALL(&w, 0, SYS_TDMR_INIT, SIM_TDMR_BASE, 0), STATUS(TDMR_ALREADY_INITIALIZED));
	world_destroy(&w);
}

/* Old and new window, the requested version, and the new module's answer to SYS.UPDATE. */
void test_handoff_versions(void **state)
{
	static const struct {
		uint16_t old_min, old_max, hv, bytes, new_min, new_max;
	} cases[] = {
		{ 0, 0, 0, HV0_BYTES, 0, 0 },
		{ 0, 1, 0, HV0_BYTES, 0, 0 },
		{ 0, 1, 1, HV1_BYTES, 0, 1 },
		{ 0, 2, 2, HV1_BYTES, 1, 3 },
		{ 1, 2, 1, HV1_BYTES, 0, 1 },
	};
	struct sim_module_info old, next;
	struct sim_td_audit audit;
	struct test_td td;
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(cases); i++) {
		old = windowed("1.5.50", 5, cases[i].old_min, cases[i].old_max);
		next = windowed("1.5.51", 5, cases[i].new_min, cases[i].new_max);
		world_create(&w, 2, 1);
		world_boot_info(&w, &old);
		td_build(&w, &td, 1, 1);
		OK(CALL(&w, 0, SYS_SHUTDOWN, cases[i].hv, 0));
		assert_int_equal(w.f.sim->handoff->size, cases[i].bytes);
		world_install(&w, &next, FIXTURE_UPDATE);
		world_init(&w);
		OK(CALL(&w, 0, SYS_UPDATE, 0, 0));
		td_audit(&w, &td, &audit);
		assert_true(audit.alive);
		td_forget(&td);
		world_destroy(&w);
	}
}

/* ---- SYS.UPDATE ------------------------------------------------------------------------------ */

void test_update_order(void **state)
{
	struct sim_module_info next = windowed("1.5.51", 9, 1, 2);
	struct sim_handoff *h;
	struct world w;

	(void)state;
	with_window(&w, 0, 1, 0);
	h = w.f.sim->handoff;
	OK(CALL(&w, 0, SYS_SHUTDOWN, 1, 0));
	world_install(&w, &next, FIXTURE_UPDATE);
	EXPECT(CALL(&w, 0, SYS_UPDATE, 0, 0), STATUS(SYS_STATE_INCORRECT));
	OK(CALL(&w, 0, SYS_INIT, 0, 0));
	OK(CALL(&w, 0, SYS_LP_INIT, 0, 0));
	EXPECT(CALL(&w, 0, SYS_UPDATE, 0, 0), STATUS(SYS_STATE_INCORRECT));
	OK(CALL(&w, 1, SYS_LP_INIT, 0, 0));
	/* The P-SEAMLDR has checked the header before. The test changes it afterwards. */
	h->hv = 0;
	EXPECT(CALL(&w, 0, SYS_UPDATE, 0, 0), STATUS(SYS_INVALID_HANDOFF));
	h->hv = 3;
	EXPECT(CALL(&w, 0, SYS_UPDATE, 0, 0), STATUS(SYS_INVALID_HANDOFF));
	h->hv = 1;
	h->valid = 0;
	EXPECT(CALL(&w, 0, SYS_UPDATE, 0, 0), STATUS(SYS_INVALID_HANDOFF));
	h->valid = 1;
	WHILE_LOCKED(&w.f.sim->module->lock,
		     EXPECT(CALL(&w, 0, SYS_UPDATE, 0, 0), STATUS(SYS_BUSY)));
	assert_int_equal(world_state(&w), SIM_SYSINIT_DONE);
	OK(CALL(&w, 0, SYS_UPDATE, 0, 0));
	assert_int_equal(world_state(&w), SIM_SYS_READY);
	EXPECT(CALL(&w, 0, SYS_UPDATE, 0, 0), STATUS(SYS_STATE_INCORRECT));
	world_destroy(&w);
}

void test_update_version_1(void **state)
{
	struct sim_module_info next = sensitive("1.5.51", 9);
	struct ss_regs r = { 0 };
	struct world w;
	uint64_t leaf = SS_LEAF_TDH_SYS_UPDATE;

	(void)state;
	world_boot(&w, 1, 1, "1.5.06");
	OK(CALL(&w, 0, SYS_SHUTDOWN, 0, 0));
	world_install(&w, &next, FIXTURE_UPDATE);
	world_init(&w);
	EXPECT(call(&w, 0, leaf | SS_LEAF_VERSION(2), 0, 0, 0, 0), ABOUT(OPERAND_INVALID, RAX));
	EXPECT(call(&w, 0, leaf | SS_LEAF_VERSION(1), 0, 0, 0, FEATURE(63)),
	       ABOUT(OPERAND_INVALID, R9));
	r.rax = leaf | SS_LEAF_VERSION(1);
	r.r10 = 1;
	EXPECT(call_regs(&w, 0, &r), ABOUT(OPERAND_INVALID, R10));
	/* A refused SYS.UPDATE can be repeated. */
	assert_true(w.f.sim->handoff->valid);
	OK(call(&w, 0, leaf | SS_LEAF_VERSION(1), 0, 0, 0, FEATURE(SIM_UPDATE_COMPATIBILITY)));
	world_destroy(&w);
}

/* Too little data, or more than the new module's area: module and machine die. */
void test_update_size_fatal(void **state)
{
	static const struct {
		uint32_t size;
		bool fatal;
	} cases[] = {
		{ 0, true }, { HV0_BYTES - 1, true }, { HV0_BYTES, false },
		{ 14 * SS_PAGE - 8, false }, { 14 * SS_PAGE - 7, true },
	};
	struct sim_module_info next = world_info("1.5.51", 9);
	struct sim_audit audit;
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(cases); i++) {
		world_boot(&w, 1, 1, "1.5.06");
		OK(CALL(&w, 0, SYS_SHUTDOWN, 0, 0));
		world_install(&w, &next, FIXTURE_UPDATE);
		world_init(&w);
		w.f.sim->handoff->size = cases[i].size;
		EXPECT(CALL(&w, 0, SYS_UPDATE, 0, 0),
		       cases[i].fatal ? STATUS(SEAMCALL_VMFAILINVALID) : STATUS(SUCCESS));
		sim_audit(w.f.sim, &audit);
		assert_int_equal(audit.fatal, cases[i].fatal);
		EXPECT(CALL(&w, 0, SYS_LP_SHUTDOWN, 0, 0),
		       cases[i].fatal ? STATUS(SEAMCALL_VMFAILINVALID) : STATUS(SUCCESS));
		world_destroy(&w);
	}
}

/* Modules 2.0.x hand over 25 pages, with the tables of TDX Connect. */
void test_update_2_0(void **state)
{
	struct sim_td_audit audit;
	struct test_td td;
	struct world w;

	(void)state;
	world_create(&w, 2, 1);
	fixture_destroy(&w.f);
	fixture_config(&w.f, 2, 1);
	w.f.config.fms[0] = 0xa06d0;
	w.f.config.seamldr_line = 2;
	fixture_power_on(&w.f);
	w.page = fixture_alloc(&w.f, SS_PAGE, SS_PAGE, &w.page_pa);
	fixture_boot(&w.f, "2.0.04");
	td_build(&w, &td, 1, 1);
	OK(CALL(&w, 0, SYS_SHUTDOWN, 0, 0));
	assert_int_equal(w.f.sim->handoff->size, 25 * SS_PAGE - 8);
	world_install(&w, sim_ladder_find("2.0.05"), FIXTURE_UPDATE);
	world_init(&w);
	OK(CALL(&w, 0, SYS_UPDATE, 0, 0));
	td_audit(&w, &td, &audit);
	assert_true(audit.alive);
	td_forget(&td);
	world_destroy(&w);
}
