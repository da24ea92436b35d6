// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A machine whose TDMRs lie in its RAM, set up call by call like Linux 7.3; TDH.SYS.DISABLE. */
#include <sys/mman.h>

#include "world.h"

#define GIB		SIM_GIB
#define MIB		(1ULL << 20)

/* RAM below 1 GiB with a hole, and the fixture's 64 MiB from 4 GiB on. Its first MiB is no CMR. */
#define LOW_BYTES	0x3ffdf000ULL
#define HOLE		0x20000000ULL
#define HOLE_BYTES	0x10000ULL
#define HIGH_AT		FIXTURE_PA
#define HIGH_END	(FIXTURE_PA + FIXTURE_BYTES)

/* Page metadata of a TDMR of 1 GiB in one piece, for 4 KiB, 2 MiB and 1 GiB pages. */
#define PAMT_4K_BYTES	(4 * MIB)
#define PAMT_2M_BYTES	(2ULL * SS_PAGE)
#define PAMT_BYTES	(PAMT_4K_BYTES + PAMT_2M_BYTES + SS_PAGE)
#define PAMTS_AT	0x10000000ULL
#define TDS_AT		0x18000000ULL	/* free memory for TDs */

static const struct sim_cmr cmrs[] = {
	{ MIB, HOLE - MIB },
	{ HOLE + HOLE_BYTES, LOW_BYTES - HOLE - HOLE_BYTES },
	{ HIGH_AT, FIXTURE_BYTES },
};

static const uint64_t tdmrs[] = { 0, HIGH_AT };

static uint8_t *low;	/* the memory at address 0 */

static void *map_ram(void *ctx, uint64_t pa, size_t bytes)
{
	struct fixture *f = ctx;

	if (pa < LOW_BYTES && bytes <= LOW_BYTES - pa)
		return low + pa;
	if (pa < HIGH_AT || bytes > FIXTURE_BYTES || pa - HIGH_AT > FIXTURE_BYTES - bytes)
		return NULL;
	return f->arena + (pa - HIGH_AT);
}

static void power_on(struct world *w, uint32_t nr_lps, uint32_t sockets)
{
	low = mmap(NULL, LOW_BYTES, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_true(low != MAP_FAILED);
	world_config(w, nr_lps, sockets);
	w->fixture_map = map_ram;
	w->f.config.tds_in_ram = true;
	w->f.config.private_pages = 0;
	fixture_power_on(&w->f);
	sim_set_cmrs(w->f.sim, cmrs, SS_ARRAY_SIZE(cmrs));
	w->next_pa = TDS_AT;
	w->end_pa = HOLE;
}

static void power_off(struct world *w)
{
	world_destroy(w);
	munmap(low, LOW_BYTES);
}

/* ---- what the kernel does -------------------------------------------------------------------- */

static uint64_t field(struct world *w, uint64_t id)
{
	struct ss_regs r = { .rax = SS_LEAF_TDH_SYS_RD, .rdx = id };

	OK(call_regs(w, 0, &r));
	return r.r8;
}

/* Reads every field that Linux reads at boot, and checks those that it needs. */
static void read_metadata(struct world *w)
{
	static const uint64_t plain[] = {
		0x0800000100000003, 0x0800000100000004, 0x0800000100000005,	/* version */
		0x1900000300000000, 0x1900000300000001,				/* ATTRIBUTES */
		0x1900000300000002, 0x1900000300000003,				/* XFAM */
	};
	const uint64_t needed = 1ULL << 1 | 1ULL << 18;	/* TD_PRESERVING, NO_RBP_MOD */
	uint64_t i, configs;

	for (i = 0; i < SS_ARRAY_SIZE(plain); i++)
		field(w, plain[i]);
	assert_int_equal(field(w, 0x0a00000300000008) & needed, needed);
	assert_int_equal(field(w, 0x9100000100000008), SIM_MAX_TDMRS);
	assert_int_equal(field(w, 0x9100000100000009), SIM_MAX_RESERVED);
	for (i = 0x10; i <= 0x12; i++)
		assert_int_equal(field(w, 0x9100000100000000 | i), SIM_PAMT_ENTRY_BYTES);
	assert_int_equal(field(w, 0x9800000100000000), SS_PAGE);
	assert_int_equal(field(w, 0x9800000100000100), SIM_TDCS_PAGES * SS_PAGE);
	assert_int_equal(field(w, 0x9800000100000200), SIM_TDVPS_PAGES * SS_PAGE);
	configs = field(w, 0x9900000100000004);
	assert_true(configs <= 128);
	assert_true(field(w, 0x9900000100000008) > 0);	/* MAX_VCPUS_PER_TD */
	for (i = 0; i < configs; i++) {
		field(w, 0x9900000300000400 + i);
		field(w, 0x9900000300000500 + 2 * i);
		field(w, 0x9900000300000501 + 2 * i);
	}
}

static void reserve(uint8_t **at, uint64_t offset, uint64_t bytes)
{
	put_le(*at, offset, 8);
	put_le(*at + 8, bytes, 8);
	*at += 16;
}

/* The first TDMR holds the metadata of both, one behind the other. */
static void tdmr_info(uint8_t *info, uint32_t i, uint64_t pamt)
{
	uint8_t *reserved = info + 64;

	memset(info, 0, 512);
	put_le(info, tdmrs[i], 8);
	put_le(info + 8, GIB, 8);
	put_le(info + 48, pamt, 8);
	put_le(info + 56, PAMT_4K_BYTES, 8);
	put_le(info + 32, pamt + PAMT_4K_BYTES, 8);
	put_le(info + 40, PAMT_2M_BYTES, 8);
	put_le(info + 16, pamt + PAMT_4K_BYTES + PAMT_2M_BYTES, 8);
	put_le(info + 24, SS_PAGE, 8);
	if (i) {
		reserve(&reserved, FIXTURE_BYTES, GIB - FIXTURE_BYTES);
		return;
	}
	reserve(&reserved, 0, MIB);
	reserve(&reserved, PAMTS_AT, PAMT_BYTES);
	reserve(&reserved, PAMTS_AT + PAMT_BYTES, PAMT_BYTES);
	reserve(&reserved, HOLE, HOLE_BYTES);
	reserve(&reserved, LOW_BYTES, GIB - LOW_BYTES);
}

/* @second_pamt: the address of the second TDMR's metadata. */
static uint64_t configure(struct world *w, uint64_t second_pamt)
{
	uint8_t *scratch = w->f.scratch.va;
	struct ss_regs r = {
		.rax = SS_LEAF_TDH_SYS_CONFIG, .rcx = w->f.scratch.pa, .rdx = 2,
		.r8 = SIM_FIRST_PRIVATE_HKID,
	};
	uint32_t i;

	for (i = 0; i < 2; i++) {
		tdmr_info(scratch + SS_PAGE + i * 512, i, i ? second_pamt : PAMTS_AT);
		put_le(scratch + 8 * (size_t)i, w->f.scratch.pa + SS_PAGE + i * 512, 8);
	}
	return call_regs(w, 0, &r);
}

static void initialise_tdmrs(struct world *w)
{
	struct ss_regs r;
	uint32_t i;

	for (i = 0; i < 2; i++) {
		do {
			r = (struct ss_regs){ .rax = SS_LEAF_TDH_SYS_TDMR_INIT, .rcx = tdmrs[i] };
			OK(call_regs(w, 0, &r));
		} while (r.rdx < tdmrs[i] + GIB);
	}
}

/* From TDH.SYS.INIT on; the BIOS has done the part before. */
static void boot_kernel(struct world *w)
{
	world_init(w);
	read_metadata(w);
	OK(configure(w, PAMTS_AT + PAMT_BYTES));
	OK(CALL(w, 0, SYS_KEY_CONFIG, 0, 0));
	if (w->f.config.sockets == 2)
		OK(CALL(w, w->f.config.nr_lps / 2, SYS_KEY_CONFIG, 0, 0));
	assert_int_equal(world_state(w), SIM_SYS_READY);
	initialise_tdmrs(w);
}

static void boot(struct world *w, uint32_t nr_lps, uint32_t sockets, const char *version)
{
	struct fixture_image image;

	power_on(w, nr_lps, sockets);
	fixture_image(&w->f, version, FIXTURE_LOAD, &image);
	OK(sim_load(w->f.sim, image.params_pa));
	boot_kernel(w);
}

/* ---- tests ----------------------------------------------------------------------------------- */

/* The values that tdx-host asks of the P-SEAMLDR: seamldr_version, num_remaining_updates. */
static void expect_seamldr(struct world *w, const uint16_t version[3], uint32_t remaining)
{
	uint16_t got[3];	/* minor, major, update */
	uint32_t updates;

	OK(fixture_call(&w->f, 0, SS_LEAF_SEAMLDR_INFO, w->page_pa));
	memcpy(got, w->page + 18, sizeof(got));
	memcpy(&updates, w->page + 28, sizeof(updates));
	assert_memory_equal(got, version, sizeof(got));
	assert_int_equal(updates, remaining);
}

static uint64_t page_type(struct world *w, uint64_t pa)
{
	struct ss_regs r = { .rax = SS_LEAF_TDH_PHYMEM_PAGE_RDMD, .rcx = pa };

	OK(call_regs(w, 0, &r));
	return r.rcx;
}

static void linux_boots(void **state)
{
	static const uint16_t seamldr[] = { 5, 1, 0 };
	struct world w;

	(void)state;
	boot(&w, 4, 2, "1.5.16");
	expect_seamldr(&w, seamldr, 9);	/* the BIOS used one */

	assert_int_equal(page_type(&w, MIB), SIM_PAGE_NDA);
	assert_int_equal(page_type(&w, LOW_BYTES - SS_PAGE), SIM_PAGE_NDA);
	assert_int_equal(page_type(&w, HIGH_END - SS_PAGE), SIM_PAGE_NDA);
	assert_int_equal(page_type(&w, MIB - SS_PAGE), SIM_PAGE_RSVD);
	assert_int_equal(page_type(&w, PAMTS_AT), SIM_PAGE_RSVD);
	assert_int_equal(page_type(&w, PAMTS_AT + 2 * PAMT_BYTES - SS_PAGE), SIM_PAGE_RSVD);
	assert_int_equal(page_type(&w, PAMTS_AT + 2 * PAMT_BYTES), SIM_PAGE_NDA);
	assert_int_equal(page_type(&w, HOLE), SIM_PAGE_RSVD);
	assert_int_equal(page_type(&w, HIGH_END), SIM_PAGE_RSVD);
	EXPECT(CALL(&w, 0, PHYMEM_PAGE_RDMD, 2 * GIB, 0), ABOUT(OPERAND_ADDR_RANGE_ERROR, RCX));

	/* At power-off Linux calls this leaf with every module; this module lacks it. */
	EXPECT(CALL(&w, 0, SYS_DISABLE, 0, 0), ABOUT(OPERAND_INVALID, RAX));
	power_off(&w);
}

/* An older module has no MAX_VCPUS_PER_TD, and Linux 7.3 does not start with it. */
static void old_module_lacks_a_field(void **state)
{
	struct fixture_image image;
	struct world w;

	(void)state;
	power_on(&w, 1, 1);
	fixture_image(&w.f, "1.5.01", FIXTURE_LOAD, &image);
	OK(sim_load(w.f.sim, image.params_pa));
	world_init(&w);
	EXPECT(CALL(&w, 0, SYS_RD, 0, 0x9900000100000008), STATUS(METADATA_FIELD_ID_INCORRECT));
	power_off(&w);
}

/* A PAMT area inside the CMRs where the host has no memory. */
static void pamt_needs_memory(void **state)
{
	const struct sim_cmr wide[] = { { MIB, GIB - MIB }, { HIGH_AT, 2 * GIB } };
	struct fixture_image image;
	struct world w;

	(void)state;
	power_on(&w, 1, 1);
	fixture_image(&w.f, "1.5.16", FIXTURE_LOAD, &image);
	OK(sim_load(w.f.sim, image.params_pa));
	sim_set_cmrs(w.f.sim, wide, 2);
	world_init(&w);
	EXPECT(configure(&w, HIGH_AT + GIB), WITH(PAMT_OUTSIDE_CMRS, 1));
	OK(configure(&w, PAMTS_AT + PAMT_BYTES));
	power_off(&w);
}

static const struct sim_pamt_entry *metadata(uint64_t pa)
{
	return (const struct sim_pamt_entry *)(low + PAMTS_AT) + pa / SS_PAGE;
}

/* The module works only in the pages and the PAMT that the host gave to it. */
static void td_lives_in_ram(void **state)
{
	struct sim_module_info next = *sim_ladder_find("1.5.17");
	struct sim_td_audit before, after;
	struct test_td td;
	struct world w;
	uint64_t pa;

	(void)state;
	boot(&w, 2, 1, "1.5.16");
	td_build(&w, &td, 1, 3);
	assert_int_equal(metadata(td.tdr)->type, SIM_PAGE_TDR);
	assert_int_equal(metadata(td.page[2])->type, SIM_PAGE_REG);
	assert_int_equal(metadata(td.page[2])->owner, td.tdr / SS_PAGE);
	assert_memory_equal(low + td.page[2], w.page, SS_PAGE);
	assert_int_equal(low[w.next_pa], 0);
	td_run(&w, &td, 0, 20);
	td_audit(&w, &td, &before);
	assert_int_equal(before.pages, 3);

	world_update(&w, &next, 0);
	td_audit(&w, &td, &after);
	assert_true(after.alive);
	assert_memory_equal(after.digest, before.digest, sizeof(after.digest));
	assert_memory_equal(after.mrtd, td.mrtd, sizeof(td.mrtd));
	td_run(&w, &td, 0, 20);
	td_audit(&w, &td, &after);
	assert_int_equal(after.guest_errors, 0);

	EXPECT(CALL(&w, 0, MNG_CREATE, PAMTS_AT, td_hkid(&w)), ABOUT(PAGE_METADATA_INCORRECT, RCX));
	EXPECT(CALL(&w, 0, MNG_CREATE, td.tdr, td_hkid(&w)), ABOUT(PAGE_METADATA_INCORRECT, RCX));
	td_kill(&w, &td);
	td_reclaim(&w, &td);
	for (pa = TDS_AT; pa < w.next_pa; pa += SS_PAGE)
		assert_int_equal(metadata(pa)->type, SIM_PAGE_NDA);
	power_off(&w);
}

/* ---- TDH.SYS.DISABLE ------------------------------------------------------------------------- */

static void disable_takes_pieces(void **state)
{
	uint64_t status, calls = 0;
	struct sim_td_audit audit;
	struct test_td td;
	struct world w;

	(void)state;
	boot(&w, 2, 1, "1.5.24");
	td_build(&w, &td, 1, 1);
	while ((status = CALL(&w, 0, SYS_DISABLE, 0, 0)) == STATUS(INTERRUPTED_RESUMABLE)) {
		/* From the first call on the module keeps other calls out. */
		EXPECT(CALL(&w, 0, SYS_RD, 0, 0x8900000100000000), STATUS(SYS_BUSY));
		EXPECT(td_enter(&w, &td, 0, 0), STATUS(SYS_BUSY));
		OK(CALL(&w, 0, SYS_LP_SHUTDOWN, 0, 0));
		calls++;
	}
	OK(status);
	assert_int_equal(calls, 2 * GIB / SIM_TDMR_INIT_BYTES);
	assert_int_equal(metadata(td.tdr)->type, SIM_PAGE_NDA);
	assert_false(sim_td_audit(w.f.sim, td.tdr, &audit));
	assert_int_equal(sim_module_tds(w.f.sim), 0);
	td_forget(&td);

	/* As after a boot: the module is there and knows nothing. */
	assert_int_equal(world_state(&w), SIM_SYSINIT_PENDING);
	EXPECT(CALL(&w, 0, MNG_CREATE, TDS_AT, 65), STATUS(SYS_NOT_READY));
	boot_kernel(&w);
	w.next_pa = TDS_AT;
	w.next_hkid = SIM_FIRST_PRIVATE_HKID + 1;
	td_build(&w, &td, 1, 1);
	td_run(&w, &td, 0, 1);
	td_forget(&td);
	power_off(&w);
}

static void disable_waits_for_others(void **state)
{
	struct world w;

	(void)state;
	boot(&w, 2, 1, "1.5.24");
	ss_store(&w.f.guests_run, 1);
	ss_store(&w.f.sim->lps[1].busy, 1);
	EXPECT(CALL(&w, 0, SYS_DISABLE, 0, 0), STATUS(SYS_BUSY));
	EXPECT(CALL(&w, 0, SYS_RD, 0, 0x8900000100000000), STATUS(SYS_BUSY));
	assert_int_equal(world_state(&w), SIM_SYS_READY);
	ss_store(&w.f.sim->lps[1].busy, 0);
	OK(CALL(&w, 0, SYS_DISABLE, 0, 0));
	/* DISABLE runs again, and in every state but one. */
	OK(CALL(&w, 0, SYS_DISABLE, 0, 0));
	boot_kernel(&w);
	OK(CALL(&w, 0, SYS_SHUTDOWN, 1, 0));
	EXPECT(CALL(&w, 0, SYS_DISABLE, 0, 0), STATUS(SYS_SHUTDOWN));
	power_off(&w);
}

/* An update is given up halfway: the old module's handoff data goes too. */
static void disable_voids_handoff(void **state)
{
	struct sim_module_info next = *sim_ladder_find("1.5.25");
	struct sim_audit audit;
	struct world w;

	(void)state;
	boot(&w, 2, 1, "1.5.24");
	OK(CALL(&w, 0, SYS_SHUTDOWN, 1, 0));
	world_install(&w, &next, FIXTURE_UPDATE);
	world_init(&w);
	sim_audit(w.f.sim, &audit);
	assert_true(audit.handoff_valid);
	OK(CALL(&w, 0, SYS_DISABLE, 0, 0));
	sim_audit(w.f.sim, &audit);
	assert_false(audit.handoff_valid);
	world_init(&w);
	EXPECT(CALL(&w, 0, SYS_UPDATE, 0, 0), STATUS(SYS_INVALID_HANDOFF));
	power_off(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(linux_boots),
		cmocka_unit_test(old_module_lacks_a_field),
		cmocka_unit_test(pamt_needs_memory),
		cmocka_unit_test(td_lives_in_ram),
		cmocka_unit_test(disable_takes_pieces),
		cmocka_unit_test(disable_waits_for_others),
		cmocka_unit_test(disable_voids_handoff),
	};

	return cmocka_run_group_tests_name("ram", tests, NULL, NULL);
}
