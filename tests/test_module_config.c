// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDH.SYS.CONFIG, TDH.SYS.KEY.CONFIG, TDH.SYS.TDMR.INIT (6.7). */
#include "test_module.h"
#include "world.h"

/* Offsets in TDMR_INFO. */
#define BASE		0u
#define SIZE		8u
#define PAMT_1G		16u
#define PAMT_2M		32u
#define PAMT_4K		48u
#define RESERVED(i)	(64u + 16u * (i))

#define SECOND_TDMR	(SIM_TDMR_BASE + 4 * SIM_GIB)

/* SYS.INIT and LP.INIT are done. */
static void initialised(struct world *w, uint64_t features)
{
	struct sim_module_info info = world_info("1.5.50", 1);

	info.features0 |= features;
	world_create(w, 4, 2);
	world_install(w, &info, FIXTURE_LOAD);
	world_init(w);
}

void test_config_order(void **state)
{
	struct ss_regs good, r;
	struct world w;

	(void)state;
	initialised(&w, 0);
	world_config_regs(&w, &good);
	r = good;
	r.rcx += 8;
	EXPECT(call_regs(&w, 0, &r), ABOUT(OPERAND_INVALID, RCX));
	r = good;
	r.rcx |= (uint64_t)SIM_FIRST_PRIVATE_HKID << SIM_HKID_SHIFT;
	EXPECT(call_regs(&w, 0, &r), ABOUT(OPERAND_INVALID, RCX));
	r = good;
	r.rcx = 1ULL << 39;	/* no memory there */
	EXPECT(call_regs(&w, 0, &r), ABOUT(OPERAND_INVALID, RCX));
	r = good;
	r.rdx = 0;
	EXPECT(call_regs(&w, 0, &r), ABOUT(OPERAND_INVALID, RDX));
	r = good;
	r.rdx = SIM_MAX_TDMRS + 1;
	EXPECT(call_regs(&w, 0, &r), ABOUT(OPERAND_INVALID, RDX));
	r = good;
	r.r8 = SIM_FIRST_PRIVATE_HKID - 1;
	EXPECT(call_regs(&w, 0, &r), ABOUT(OPERAND_INVALID, R8));
	r = good;
	r.r8 = SIM_FIRST_PRIVATE_HKID + w.f.config.private_hkids;
	EXPECT(call_regs(&w, 0, &r), ABOUT(OPERAND_INVALID, R8));
	r = good;
	r.r8 |= 1u << 16;	/* dynamic PAMT, which this module lacks */
	EXPECT(call_regs(&w, 0, &r), ABOUT(OPERAND_INVALID, R8));
	assert_int_equal(world_state(&w), SIM_SYSINIT_DONE);
	r = good;
	OK(call_regs(&w, 0, &r));
	assert_int_equal(world_state(&w), SIM_SYSCONFIG_DONE);
	r = good;
	EXPECT(call_regs(&w, 0, &r), STATUS(SYS_CONFIG_NOT_PENDING));
	world_destroy(&w);
}

/* A failed SYS.CONFIG keeps its key ID reserved, even when another one succeeds. */
void test_config_key_id_stays_reserved(void **state)
{
	const uint64_t failed = SIM_FIRST_PRIVATE_HKID + 5, good = SIM_FIRST_PRIVATE_HKID + 6;
	struct ss_regs r;
	struct world w;
	uint32_t i;

	(void)state;
	initialised(&w, 0);
	/* A call that is refused before it reads the TDMRs reserves nothing. */
	world_config_regs(&w, &r);
	r.r8 = SIM_FIRST_PRIVATE_HKID + 7;
	r.rdx = 0;
	EXPECT(call_regs(&w, 0, &r), ABOUT(OPERAND_INVALID, RDX));
	world_config_regs(&w, &r);
	r.r8 = failed;
	put_le(world_tdmr_info(&w) + SIZE, 0, 8);
	EXPECT(call_regs(&w, 0, &r), STATUS(INVALID_TDMR));
	world_config_regs(&w, &r);
	r.r8 = good;
	OK(call_regs(&w, 0, &r));
	OK(CALL(&w, 0, SYS_KEY_CONFIG, 0, 0));
	OK(CALL(&w, 3, SYS_KEY_CONFIG, 0, 0));
	for (i = 0; i < SIM_GIB / SIM_TDMR_INIT_BYTES; i++)
		OK(CALL(&w, 0, SYS_TDMR_INIT, SIM_TDMR_BASE, 0));
	EXPECT(CALL(&w, 0, MNG_CREATE, td_frame(&w), failed), STATUS(HKID_NOT_FREE));
	EXPECT(CALL(&w, 0, MNG_CREATE, td_frame(&w), good), STATUS(HKID_NOT_FREE));
	OK(CALL(&w, 0, MNG_CREATE, td_frame(&w), SIM_FIRST_PRIVATE_HKID + 7));
	world_destroy(&w);
}

void test_config_version_1(void **state)
{
	struct ss_regs good, r;
	struct world w;

	(void)state;
	initialised(&w, FEATURE(SIM_UPDATE_COMPATIBILITY) | FEATURE(SIM_DYNAMIC_PAMT));
	world_config_regs(&w, &good);
	good.rax |= SS_LEAF_VERSION(1);
	good.r8 |= 1u << 16;
	good.r9 = FEATURE(SIM_UPDATE_COMPATIBILITY);
	r = good;
	r.rax = SS_LEAF_TDH_SYS_CONFIG | SS_LEAF_VERSION(2);
	EXPECT(call_regs(&w, 0, &r), ABOUT(OPERAND_INVALID, RAX));
	r = good;
	r.r9 |= FEATURE(63);
	EXPECT(call_regs(&w, 0, &r), ABOUT(OPERAND_INVALID, R9));
	r = good;
	r.r10 = 1;
	EXPECT(call_regs(&w, 0, &r), ABOUT(OPERAND_INVALID, R10));
	r = good;
	OK(call_regs(&w, 0, &r));
	world_destroy(&w);
}

/* Makes one number of the TDMR wrong. */
static uint64_t config_with(struct world *w, uint32_t offset, uint64_t value)
{
	struct ss_regs r;
	uint8_t *info;

	world_config_regs(w, &r);
	info = world_tdmr_info(w);
	put_le(info + offset, value, 8);
	return call_regs(w, 0, &r);
}

static uint64_t config_reserved(struct world *w, uint64_t a, uint64_t a_bytes, uint64_t b,
				uint64_t b_bytes)
{
	struct ss_regs r;
	uint8_t *info;

	world_config_regs(w, &r);
	info = world_tdmr_info(w);
	put_le(info + RESERVED(0), a, 8);
	put_le(info + RESERVED(0) + 8, a_bytes, 8);
	put_le(info + RESERVED(1), b, 8);
	put_le(info + RESERVED(1) + 8, b_bytes, 8);
	return call_regs(w, 0, &r);
}

/*
 * Adds a second TDMR: a copy of the first at another base, with its own page metadata. Then writes
 * @value (0: nothing) to @offset. The second TDMR's information begins at 512.
 */
static uint64_t config_two_with(struct world *w, uint64_t second, uint32_t offset, uint64_t value)
{
	struct ss_regs r;
	uint8_t *info;
	uint64_t pamt;
	uint32_t i;

	world_config_regs(w, &r);
	info = world_tdmr_info(w);
	memcpy(info + 512, info, 512);
	put_le(info + 512 + BASE, second, 8);
	for (i = 0; i < 3; i++) {
		memcpy(&pamt, info + PAMT_1G + 16 * i, 8);
		put_le(info + 512 + PAMT_1G + 16 * i, pamt + SIM_GIB / 2, 8);
	}
	if (value)
		put_le(info + offset, value, 8);
	put_le(w->f.scratch.va + 8, w->f.scratch.pa + SS_PAGE + 512, 8);
	r.rdx = 2;
	return call_regs(w, 0, &r);
}

static uint64_t config_two(struct world *w, uint64_t second)
{
	return config_two_with(w, second, 0, 0);
}

void test_config_tdmrs(void **state)
{
	const struct sim_cmr hole[] = {
		{ SIM_TDMR_BASE, SIM_GIB / 2 },
		{ SIM_TDMR_BASE + SIM_GIB / 2 + SS_PAGE, 8 * SIM_GIB },
	};
	struct ss_regs r;
	struct world w;

	(void)state;
	initialised(&w, 0);
	/* The list points to a TDMR_INFO that is misaligned. */
	world_config_regs(&w, &r);
	put_le(w.f.scratch.va, w.f.scratch.pa + SS_PAGE + 8, 8);
	EXPECT(call_regs(&w, 0, &r), ABOUT(OPERAND_INVALID, RCX));

	EXPECT(config_with(&w, BASE, SIM_TDMR_BASE + SS_PAGE), STATUS(INVALID_TDMR));
	EXPECT(config_with(&w, SIZE, SIM_GIB + SS_PAGE), STATUS(INVALID_TDMR));
	EXPECT(config_with(&w, SIZE, 0), STATUS(INVALID_TDMR));
	EXPECT(config_with(&w, SIZE, 0 - SIM_GIB), STATUS(INVALID_TDMR));
	EXPECT(config_with(&w, BASE, 0 - SIM_GIB), STATUS(INVALID_TDMR));
	EXPECT(config_two(&w, SIM_TDMR_BASE), WITH(NON_ORDERED_TDMR, 1));
	EXPECT(config_two(&w, SIM_TDMR_BASE - SIM_GIB), WITH(NON_ORDERED_TDMR, 1));
	EXPECT(config_two(&w, SECOND_TDMR + SS_PAGE), WITH(INVALID_TDMR, 1));
	/* The check of order comes before alignment, the end of all addresses before order. */
	EXPECT(config_two(&w, SIM_TDMR_BASE + SS_PAGE), WITH(NON_ORDERED_TDMR, 1));
	EXPECT(config_two_with(&w, SIM_TDMR_BASE, 512 + SIZE, 0 - SIM_GIB), WITH(INVALID_TDMR, 1));

	EXPECT(config_reserved(&w, 1, SS_PAGE, 0, 0), STATUS(INVALID_RESERVED_IN_TDMR));
	EXPECT(config_reserved(&w, SIM_GIB, SS_PAGE, 0, 0), STATUS(INVALID_RESERVED_IN_TDMR));
	EXPECT(config_reserved(&w, 0, SS_PAGE, SS_PAGE, SIM_GIB),
	       WITH(INVALID_RESERVED_IN_TDMR, 1 << 8));
	EXPECT(config_reserved(&w, 4 * SS_PAGE, SS_PAGE, 0, SS_PAGE),
	       WITH(NON_ORDERED_RESERVED_IN_TDMR, 1 << 8));
	/* The check of order comes before alignment here too. */
	EXPECT(config_reserved(&w, 4 * SS_PAGE, SS_PAGE, 1, SS_PAGE),
	       WITH(NON_ORDERED_RESERVED_IN_TDMR, 1 << 8));
	EXPECT(config_reserved(&w, 4 * SS_PAGE, SS_PAGE, SS_PAGE, 0 - (uint64_t)SS_PAGE),
	       WITH(INVALID_RESERVED_IN_TDMR, 1 << 8));
	/* An area of size 0 ends the list: the areas after it must have size 0 too. */
	EXPECT(config_reserved(&w, 0, 0, 4 * SS_PAGE, SS_PAGE),
	       STATUS(NON_ORDERED_RESERVED_IN_TDMR));
	EXPECT(config_with(&w, RESERVED(15) + 8, SS_PAGE),
	       WITH(NON_ORDERED_RESERVED_IN_TDMR, 14 << 8));

	/* Memory outside the CMRs must be reserved. */
	sim_set_cmrs(w.f.sim, hole, 2);
	EXPECT(config_with(&w, BASE, SIM_TDMR_BASE), STATUS(TDMR_OUTSIDE_CMRS));
	/* The status does not tell which part of the TDMR is wrong. */
	EXPECT(config_reserved(&w, 4 * SS_PAGE, SS_PAGE, 0, 0), STATUS(TDMR_OUTSIDE_CMRS));
	OK(config_reserved(&w, SIM_GIB / 2, SS_PAGE, 0, 0));
	world_destroy(&w);

	initialised(&w, 0);
	OK(config_two(&w, SECOND_TDMR));
	world_destroy(&w);
}

void test_config_pamt(void **state)
{
	struct ss_regs r;
	struct world w;
	uint8_t *info;
	uint64_t pamt;

	(void)state;
	initialised(&w, 0);
	EXPECT(config_with(&w, PAMT_4K, SIM_TDMR_BASE + SIM_GIB + 8), WITH(INVALID_PAMT, 0 << 8));
	EXPECT(config_with(&w, PAMT_2M + 8, 0), WITH(INVALID_PAMT, 1 << 8));
	EXPECT(config_with(&w, PAMT_1G + 8, 1), WITH(INVALID_PAMT, 2 << 8));
	EXPECT(config_with(&w, PAMT_4K, 0), WITH(PAMT_OUTSIDE_CMRS, 0 << 8));
	EXPECT(config_with(&w, PAMT_1G, SIM_TDMR_BASE), WITH(PAMT_OVERLAP, 2 << 8));
	/* Two areas at the same address. */
	info = world_tdmr_info(&w);
	memcpy(&pamt, info + PAMT_4K, 8);
	EXPECT(config_with(&w, PAMT_2M, pamt), WITH(PAMT_OVERLAP, 0 << 8));

	/* A PAMT area may lie in its TDMR's reserved areas, and reach from one into the next. */
	world_config_regs(&w, &r);
	info = world_tdmr_info(&w);
	put_le(info + PAMT_2M, SIM_TDMR_BASE + 16 * SS_PAGE, 8);
	put_le(info + RESERVED(0), 16 * SS_PAGE, 8);
	put_le(info + RESERVED(0) + 8, SS_PAGE, 8);
	put_le(info + RESERVED(1), 17 * SS_PAGE, 8);
	put_le(info + RESERVED(1) + 8, SS_PAGE, 8);
	OK(call_regs(&w, 0, &r));
	world_destroy(&w);
}

/* Two faults of page metadata in one TDMR, and one each in two TDMRs. */
void test_config_pamt_order(void **state)
{
	const uint64_t behind = SIM_TDMR_BASE + SIM_GIB;	/* the first TDMR's areas */
	struct ss_regs r;
	struct world w;
	uint8_t *info;

	(void)state;
	initialised(&w, 0);
	/* Sizes and alignment come from 1 GiB downwards, before any overlap. */
	info = world_tdmr_info(&w);
	world_config_regs(&w, &r);
	put_le(info + PAMT_4K, 1, 8);
	put_le(info + PAMT_2M, 1, 8);
	EXPECT(call_regs(&w, 0, &r), WITH(INVALID_PAMT, 1 << 8));
	world_config_regs(&w, &r);
	put_le(info + PAMT_4K, SIM_TDMR_BASE, 8);
	put_le(info + PAMT_1G, 1, 8);
	EXPECT(call_regs(&w, 0, &r), WITH(INVALID_PAMT, 2 << 8));
	/* Reserved areas come before all PAMT checks. */
	world_config_regs(&w, &r);
	put_le(info + PAMT_1G, 1, 8);
	put_le(info + RESERVED(0), 1, 8);
	put_le(info + RESERVED(0) + 8, SS_PAGE, 8);
	EXPECT(call_regs(&w, 0, &r), STATUS(INVALID_RESERVED_IN_TDMR));
	/* Overlap comes before areas outside of the CMRs: 2 MiB at 0, 4 KiB in the TDMR. */
	world_config_regs(&w, &r);
	put_le(info + PAMT_2M, 0, 8);
	put_le(info + PAMT_4K, SIM_TDMR_BASE, 8);
	EXPECT(call_regs(&w, 0, &r), WITH(PAMT_OVERLAP, 0 << 8));
	/* Areas outside of the CMRs come from 1 GiB downwards. */
	world_config_regs(&w, &r);
	put_le(info + PAMT_1G, 0, 8);
	put_le(info + PAMT_2M, SS_PAGE, 8);
	EXPECT(call_regs(&w, 0, &r), WITH(PAMT_OUTSIDE_CMRS, 2 << 8));

	/* The later TDMR is to blame if its metadata meets the earlier one's metadata or memory. */
	EXPECT(config_two_with(&w, SECOND_TDMR, 512 + PAMT_2M, behind),
	       WITH(PAMT_OVERLAP, 1 | 1 << 8 | 0 << 16));
	EXPECT(config_two_with(&w, SECOND_TDMR, 512 + PAMT_1G, SIM_TDMR_BASE),
	       WITH(PAMT_OVERLAP, 1 | 2 << 8 | 0 << 16));
	/* The owner of metadata in the later TDMR's memory is to blame. */
	EXPECT(config_two_with(&w, SECOND_TDMR, PAMT_2M, SECOND_TDMR),
	       WITH(PAMT_OVERLAP, 0 | 1 << 8 | 1 << 16));
	/* TDMR by TDMR: faults of the second one do not matter yet. */
	world_config_regs(&w, &r);
	put_le(info + PAMT_1G, SIM_TDMR_BASE, 8);
	put_le(w.f.scratch.va + 8, 1, 8);
	r.rdx = 2;
	EXPECT(call_regs(&w, 0, &r), WITH(PAMT_OVERLAP, 2 << 8));
	world_destroy(&w);
}

void test_key_config(void **state)
{
	struct ss_regs r;
	struct world w;

	(void)state;
	initialised(&w, 0);
	EXPECT(CALL(&w, 0, SYS_KEY_CONFIG, 0, 0), STATUS(SYS_KEY_CONFIG_NOT_PENDING));
	world_config_regs(&w, &r);
	OK(call_regs(&w, 0, &r));
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ .pconfig_busy = 1, .entropy_failures = 1 });
	EXPECT(CALL(&w, 0, SYS_KEY_CONFIG, 0, 0), ABOUT(OPERAND_BUSY, KET));
	EXPECT(CALL(&w, 0, SYS_KEY_CONFIG, 0, 0), STATUS(KEY_GENERATION_FAILED));
	OK(CALL(&w, 0, SYS_KEY_CONFIG, 0, 0));
	/* LPs 0 and 1 belong to one package. */
	EXPECT(CALL(&w, 1, SYS_KEY_CONFIG, 0, 0), STATUS(KEY_CONFIGURED));
	assert_int_equal(world_state(&w), SIM_SYSCONFIG_DONE);
	OK(CALL(&w, 3, SYS_KEY_CONFIG, 0, 0));
	assert_int_equal(world_state(&w), SIM_SYS_READY);
	world_destroy(&w);
}

static uint64_t page_type(struct world *w, uint64_t pa, uint64_t *type)
{
	struct ss_regs r = { .rax = SS_LEAF_TDH_PHYMEM_PAGE_RDMD, .rcx = pa };
	uint64_t status = call_regs(w, 0, &r);

	*type = r.rcx;
	return status;
}

void test_tdmr_init(void **state)
{
	struct ss_regs r = { 0 };
	struct world w;
	uint64_t type;
	uint8_t *info;
	uint32_t calls = 0;

	(void)state;
	initialised(&w, 0);
	world_config_regs(&w, &r);
	info = world_tdmr_info(&w);
	put_le(info + RESERVED(0), 2 * SS_PAGE, 8);
	put_le(info + RESERVED(0) + 8, SS_PAGE, 8);
	OK(call_regs(&w, 0, &r));
	OK(CALL(&w, 0, SYS_KEY_CONFIG, 0, 0));
	OK(CALL(&w, 3, SYS_KEY_CONFIG, 0, 0));

	EXPECT(CALL(&w, 0, SYS_TDMR_INIT, SIM_TDMR_BASE + SIM_GIB, 0),
	       ABOUT(OPERAND_INVALID, RCX));
	EXPECT(CALL(&w, 0, SYS_TDMR_INIT, SIM_TDMR_BASE + SS_PAGE, 0),
	       ABOUT(OPERAND_INVALID, RCX));
	WHILE_LOCKED(&w.f.sim->module->t.tdmr[0].lock,
		     EXPECT(CALL(&w, 0, SYS_TDMR_INIT, SIM_TDMR_BASE, 0),
			    ABOUT(OPERAND_BUSY, RCX)));
	/* A call does 4 MiB. No page is usable before the last call for its block of 1 GiB. */
	do {
		EXPECT(page_type(&w, SIM_TDMR_BASE, &type), ABOUT(OPERAND_ADDR_RANGE_ERROR, RCX));
		r = (struct ss_regs){ .rax = SS_LEAF_TDH_SYS_TDMR_INIT, .rcx = SIM_TDMR_BASE };
		OK(call_regs(&w, 0, &r));
		calls++;
	} while (r.rdx < SIM_TDMR_BASE + SIM_GIB);
	assert_int_equal(calls, SIM_GIB / SIM_TDMR_INIT_BYTES);
	OK(page_type(&w, SIM_TDMR_BASE, &type));
	assert_int_equal(type, SIM_PAGE_NDA);
	OK(page_type(&w, SIM_TDMR_BASE + 2 * SS_PAGE, &type));
	assert_int_equal(type, SIM_PAGE_RSVD);
	EXPECT(CALL(&w, 0, SYS_TDMR_INIT, SIM_TDMR_BASE, 0), STATUS(TDMR_ALREADY_INITIALIZED));
	world_destroy(&w);
}

/* In a TDMR of 2 GiB the first half is usable while the second half is not. */
void test_tdmr_init_by_block(void **state)
{
	const uint64_t second = SIM_TDMR_BASE + SIM_GIB, calls = SIM_GIB / SIM_TDMR_INIT_BYTES;
	struct ss_regs r;
	struct world w;
	uint64_t type, i;
	uint8_t *info;

	(void)state;
	/* The model has frames for 16 MiB. Here these reach into the second block. */
	world_create(&w, 4, 2);
	fixture_destroy(&w.f);
	world_config(&w, 4, 2);
	w.f.config.private_pages = (SIM_GIB + SIM_TDMR_INIT_BYTES) / SS_PAGE;
	fixture_power_on(&w.f);
	world_install(&w, sim_ladder_find("1.5.06"), FIXTURE_LOAD);
	world_init(&w);
	world_config_regs(&w, &r);
	info = world_tdmr_info(&w);
	put_le(info + SIZE, 2 * SIM_GIB, 8);
	put_le(info + PAMT_1G, SIM_TDMR_BASE + 2 * SIM_GIB, 8);
	put_le(info + PAMT_2M, SIM_TDMR_BASE + 2 * SIM_GIB + SS_PAGE, 8);
	put_le(info + PAMT_2M + 8, 4 * SS_PAGE, 8);
	put_le(info + PAMT_4K, SIM_TDMR_BASE + 2 * SIM_GIB + 5 * SS_PAGE, 8);
	put_le(info + PAMT_4K + 8, 8ULL << 20, 8);
	OK(call_regs(&w, 0, &r));
	OK(CALL(&w, 0, SYS_KEY_CONFIG, 0, 0));
	OK(CALL(&w, 3, SYS_KEY_CONFIG, 0, 0));
	for (i = 0; i < 2 * calls; i++) {
		EXPECT(page_type(&w, second - SS_PAGE, &type),
		       i < calls ? ABOUT(OPERAND_ADDR_RANGE_ERROR, RCX) : STATUS(SUCCESS));
		EXPECT(page_type(&w, second, &type), ABOUT(OPERAND_ADDR_RANGE_ERROR, RCX));
		OK(CALL(&w, 0, SYS_TDMR_INIT, SIM_TDMR_BASE, 0));
	}
	OK(page_type(&w, second, &type));
	world_destroy(&w);
}

/* In SYSINIT_DONE a host can choose SYS.CONFIG instead of SYS.UPDATE. Then all TDs are lost. */
void test_new_key_loses_tds(void **state)
{
	struct sim_module_info next = world_info("1.5.51", 9);
	struct sim_td_audit audit;
	struct test_td td;
	struct world w;

	(void)state;
	world_boot(&w, 2, 1, "1.5.06");
	td_build(&w, &td, 1, 2);
	OK(CALL(&w, 0, SYS_SHUTDOWN, 0, 0));
	world_install(&w, &next, FIXTURE_UPDATE);
	assert_true(sim_td_audit(w.f.sim, td.tdr, &audit));
	assert_false(audit.alive);
	world_ready(&w);
	assert_int_equal(world_state(&w), SIM_SYS_READY);
	assert_false(sim_td_audit(w.f.sim, td.tdr, &audit));
	assert_int_equal(sim_module_tds(w.f.sim), 0);
	EXPECT(td_enter(&w, &td, 0, 0), ABOUT(PAGE_METADATA_INCORRECT, RCX));
	td_forget(&td);
	world_destroy(&w);
}
