// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* INFO, SEAMINFO and SHUTDOWN (5.1, 5.3, 5.4), SEAMCALL itself (2.2, 2.3), sim_bytes(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "seamldr_bench.h"

/* C2's formula for 1.5.08 and 8 addressable LPs, computed by hand. */
#define NEED_1_5_08	2482176u

/* ---- INFO, SEAMINFO -------------------------------------------------------------------------- */

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
	assert_int_equal(get_le(b->info, 4), 0);
	assert_int_equal(get_le(b->info + 4, 4), 0);
	assert_int_equal(get_le(b->info + 8, 4), 0x8086);
	assert_int_equal(get_le(b->info + 18, 2), 5);
	assert_int_equal(get_le(b->info + 20, 2), 1);
	assert_int_equal(get_le(b->info + 22, 2), 0);
	assert_int_equal(get_le(b->info + 28, 4), 9);
	assert_int_equal(get_le(b->info + 32, 8), 0x1ff);
	assert_int_equal(b->info[40], 6);
	assert_int_equal(b->info[41], 1);
	fixture_image(&b->f, "1.5.06", FIXTURE_LOAD, &same);
	assert_memory_equal(b->info + 56, same.sigstruct + 900, 48);
	assert_int_equal(b->info[160], 1);
	assert_int_equal(b->info[161], 0);
	assert_int_equal(b->info[162], 1);
	assert_int_equal(get_le(b->info + 168, 8), 0);
	assert_int_equal(get_le(b->info + 248, 8), 0);
}

/* 5.1: INFO reads the counter anew only where the cached one is 0. */
static void info_caches_the_counter(void **state)
{
	struct bench *b = *state;

	b->f.sim->seamdb_count = 4;
	assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_SEAMLDR_INFO, b->info_pa), 0);
	assert_int_equal(get_le(b->info + 28, 4), 9);
	b->f.sim->seamldr->remaining = 0;
	assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_SEAMLDR_INFO, b->info_pa), 0);
	assert_int_equal(get_le(b->info + 28, 4), 6);
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
		b->info_pa + 128, 1ULL << SIM_MAXPA,
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

/* INFO accepts a shared address without memory: what it writes there is gone. */
static void buffers_without_memory(void **state)
{
	struct bench *b = *state;
	struct ss_regs r = { .rax = SS_LEAF_SEAMLDR_INFO, .rcx = FIXTURE_PA - 256, .rdx = 5 };

	b->f.sim->seamldr->remaining = 0;
	assert_int_equal(fixture_regs(&b->f, 0, &r), 0);
	assert_int_equal(r.rdx, 5);
	/* INFO has done everything else: it has read the counter anew. */
	assert_int_equal(audit_of(b).remaining_updates, 9);
	assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_SEAMLDR_SEAMINFO, FIXTURE_PA - 2048), 0);
}

/* Before any module the cached counter is 0, and an empty SEAMDB fills it. */
static void info_before_any_module(void **state)
{
	struct bench b;

	(void)state;
	fixture_create(&b.f, LPS, 2);
	b.info = fixture_alloc(&b.f, 256, 256, &b.info_pa);
	assert_int_equal(fixture_call(&b.f, 1, SS_LEAF_SEAMLDR_INFO, b.info_pa), 0);
	assert_int_equal(get_le(b.info + 28, 4), 10);
	assert_int_equal(b.info[160], 0);
	assert_int_equal(b.info[162], 1);
	assert_int_equal(get_le(b.info + 32, 8), 0);
	assert_int_equal(ping(&b, 0), VMFAILINVALID);
	assert_string_equal(audit_of(&b).version, "");
	fixture_destroy(&b.f);
}

static void seaminfo_describes_the_platform(void **state)
{
	static const struct sim_cmr cmrs[] = { { 0x100000, 0x200000 }, { 0x500000, 0x1000 } };
	struct bench *b = *state;
	const uint8_t *p = b->seaminfo;
	struct ss_regs r = { .rax = SS_LEAF_SEAMLDR_SEAMINFO, .rcx = b->seaminfo_pa, .rdx = 5 };
	uint32_t i;

	sim_set_cmrs(b->f.sim, cmrs, 2);
	memset(b->seaminfo, 0xee, 2048);
	assert_int_equal(fixture_regs(&b->f, 1, &r), 0);
	assert_int_equal(r.rdx, 5);
	assert_int_equal(get_le(p, 8), 0);
	assert_int_equal(get_le(p + 8, 4), LPS);
	assert_int_equal(get_le(p + 12, 4), 2);
	assert_int_equal(get_le(p + 16, 4), 0x806f8);
	assert_int_equal(get_le(p + 20, 4), 0x806f8);
	assert_int_equal(get_le(p + 24, 4), 0);
	assert_int_equal(get_le(p + 48, 8) + get_le(p + 56, 8),
			 SIM_SEAMRR_BASE + SIM_SEAMRR_BYTES);
	assert_int_equal(get_le(p + 128, 8), 0x100000);
	assert_int_equal(get_le(p + 136, 8), 0x200000);
	assert_int_equal(get_le(p + 144, 8), 0x500000);
	assert_int_equal(get_le(p + 152, 8), 0x1000);
	for (i = 160; i < 2048; i++)
		assert_int_equal(p[i], 0);
}

/* ---- SHUTDOWN -------------------------------------------------------------------------------- */

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
	assert_int_equal(get_le(b->info + 24, 4), 0);
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

/* ---- SEAMCALL -------------------------------------------------------------------------------- */

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

/*
 * 2.6: no entropy for the loader's own canary, at the very first entry. The loader does not look at
 * the leaf, so RDX is unchanged.
 */
static void no_entropy_at_first_entry(void **state)
{
	struct sim_lp_state lp = { .entropy_failures = 1 };
	struct bench b;
	uint64_t rdx;

	(void)state;
	fixture_create(&b.f, LPS, 2);
	sim_set_lp(b.f.sim, 2, &lp);
	assert_int_equal(install_on(&b, 2, 0, &rdx), SS_PSEAMLDR_EUNSPECERR);
	assert_int_equal(rdx, 99);
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
	/* The module still answers. */
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
	/* This LP does not exist. */
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

static void an_audit_counts_and_reports(void **state)
{
	struct bench *b = *state;
	uint64_t calls = audit_of(b).calls;
	uint32_t lp;

	for (lp = 0; lp < LPS; lp++)
		ping(b, lp);
	fixture_call(&b->f, 0, SS_LEAF_SEAMLDR_INFO, 1);
	assert_int_equal(audit_of(b).calls, calls + LPS + 1);
	assert_int_equal(audit_of(b).foreign, 0);
	assert_int_equal(audit_of(b).foreign_lp, 0);
	fixture_boot(&b->f, "1.5.24");
	assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_TDH_SYS_SHUTDOWN, 1), 0);
	assert_true(audit_of(b).handoff_valid);
	assert_int_equal(audit_of(b).handoff_hv, 1);
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

/* An update without stopping the machine: two LPs are inside the erased module. */
static void erased_under_an_lp(void **state)
{
	struct bench *b = *state;

	shut_down_module(b);
	ss_store(&b->f.sim->lps[0].busy, 1);
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
#define ALLOWED(field, value) \
	do { \
		c = good; \
		c.field = (value); \
		assert_true(sim_bytes(&c)); \
	} while (0)
	ALLOWED(nr_lps, SIM_MAX_LPS);
	ALLOWED(x2apic_limit, SIM_MAX_LPS);
	ALLOWED(sockets, LPS);
	ALLOWED(updates, 0);
	ALLOWED(updates, 255);
	ALLOWED(seamldr_line, 2);
	ALLOWED(seam_bytes, SIM_SEAMRR_BYTES - SIM_P_SEAMLDR_BYTES);
	ALLOWED(private_pages, 0);
	ALLOWED(private_pages, (SIM_SEAMRR_BASE - SIM_TDMR_BASE) / 2 / SS_PAGE);
	ALLOWED(private_hkids, 1);
	ALLOWED(private_hkids, 2048);
	good.nr_lps = SIM_MAX_SOCKETS;
	ALLOWED(sockets, SIM_MAX_SOCKETS);
#undef ALLOWED
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

/*
 * C2 counts addressable LPs: sockets times their LPs, rounded up to a power of two. The smallest
 * size that passes C2 fails in E1, with RDX 1. Seven pages more are enough.
 */
static void memory_for_addressable_lps(void **state)
{
	static const struct {
		uint64_t bytes, status, rdx;
	} cases[] = {
		{ NEED_1_5_08 - 1, SS_PSEAMLDR_ENOMEM, 0 },
		{ NEED_1_5_08, SS_PSEAMLDR_ENOMEM, 1 },
		{ NEED_1_5_08 + 7 * 4096, 0, 0 },
	};
	struct fixture_image image;
	struct fixture f;
	uint64_t rdx = 99;
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(cases); i++) {
		fixture_config(&f, 6, 2);	/* 3 per socket count as 4 */
		f.config.seam_bytes = cases[i].bytes;
		fixture_power_on(&f);
		fixture_image(&f, "1.5.08", FIXTURE_LOAD, &image);
		assert_int_equal(fixture_install(&f, image.params_pa, &rdx), cases[i].status);
		assert_int_equal(rdx, cases[i].rdx);
		fixture_destroy(&f);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(info_tells_about_the_module),
		TEST(info_caches_the_counter),
		TEST(info_inside_a_session),
		TEST(info_wants_a_good_buffer),
		TEST(buffers_without_memory),
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
		TEST(an_audit_counts_and_reports),
		TEST(foreign_calls_are_counted),
		TEST(erased_under_an_lp),
		TEST(refusals_erase_nothing),
		cmocka_unit_test(odd_configurations_are_refused),
		cmocka_unit_test(one_lp_is_first_and_last),
		cmocka_unit_test(memory_for_addressable_lps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
