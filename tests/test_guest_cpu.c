// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Guests that the caller's CPUs run: sim/guest_cpu.h, TDCALL, and what lives on over an update. */
#include "../sim/guest_cpu.h"
#include "world.h"

#define GPA(page)	((uint64_t)(page) * SS_PAGE)

enum tdg {
	VP_INFO = 1, RTMR_EXTEND = 2, MR_REPORT = 4, PAGE_ACCEPT = 6, VM_RD = 7, VM_WR = 8,
	VP_RD = 9, SYS_RD = 11,
};

static uint32_t taken;		/* pages that are a TD's */
static uint32_t in_guest;	/* pages that have become a guest's memory */
static uint64_t damaged;	/* the page that the host has written to */

static void count_page(void *ctx, uint64_t pa, uint64_t bytes, enum sim_page_use use)
{
	(void)ctx;
	taken += use == SIM_USE_NONE ? -1u : 1;
	in_guest += use == SIM_USE_GUEST;
	damaged = pa <= damaged && damaged < pa + bytes ? 0 : damaged;
}

static bool is_damaged(void *ctx, uint64_t pa)
{
	(void)ctx;
	return damaged && pa / SS_PAGE == damaged / SS_PAGE;
}

static void begin(struct world *w, struct test_td *td)
{
	struct sim_module_info info = world_info("1.5.06", 6);

	taken = in_guest = 0;
	damaged = 0;
	world_config(w, 2, 1);
	w->f.config.cpu_guests = true;
	w->f.config.taken = count_page;
	w->f.config.is_damaged = is_damaged;
	fixture_power_on(&w->f);
	world_install(w, &info, FIXTURE_LOAD);
	world_ready(w);
	td_build(w, td, 2, 2);
}

static void end(struct world *w, struct test_td *td)
{
	td_forget(td);
	world_destroy(w);
}

static void enter(struct world *w, struct test_td *td, uint32_t vcpu, uint32_t lp)
{
	assert_true(td_enter(w, td, vcpu, lp) == SIM_RUN);
}

static uint64_t tdcall(struct world *w, uint64_t leaf, uint64_t rcx, uint64_t rdx)
{
	struct ss_regs r = { .rax = leaf, .rcx = rcx, .rdx = rdx };

	return sim_tdcall(w->f.sim, 0, &r);
}

static void sha384(const void *data, size_t bytes, uint8_t *out)
{
	assert_true(EVP_Q_digest(NULL, "SHA384", NULL, data, bytes, out, NULL));
}

/* ---- entering -------------------------------------------------------------------------------- */

static void test_enter(void **state)
{
	struct sim_guest guest;
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td);
	enter(&w, &td, 1, 1);
	EXPECT(td_enter(&w, &td, 1, 0), STATUS(VCPU_STATE_INCORRECT));
	EXPECT(CALL(&w, 1, VP_FLUSH, td.vcpu[1], 0), ABOUT(OPERAND_BUSY, RCX));
	sim_guest_facts(w.f.sim, 1, &guest);
	assert_true(guest.tdr_pa == td.tdr && guest.tdvpr_pa == td.vcpu[1]);
	assert_int_equal(guest.index, 1);
	assert_int_equal(guest.nr_vcpus, 2);
	assert_int_equal(guest.gpa_bits, 47);
	assert_true(guest.pending_ve && !guest.descriptor && !guest.shared_eptp);
	sim_guest_stop(w.f.sim, 1);
	OK(CALL(&w, 1, VP_FLUSH, td.vcpu[1], 0));
	enter(&w, &td, 1, 0);
	sim_guest_stop(w.f.sim, 0);
	end(&w, &td);
}

/* A fault may come after the leaf was executed. The guest then does not run. */
static void test_fault_after_enter(void **state)
{
	struct sim_fault fault = {
		.leaf = SS_LEAF_TDH_VP_ENTER, .lp = SIM_LP_ANY, .nth = 1, .executed = true,
		.status = SS_TDX_OPERAND_BUSY,
	};
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td);
	assert_true(sim_fault_add(w.f.sim, &fault));
	EXPECT(td_enter(&w, &td, 0, 0), STATUS(OPERAND_BUSY));
	enter(&w, &td, 0, 0);
	sim_guest_stop(w.f.sim, 0);
	end(&w, &td);
}

static void test_kill(void **state)
{
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td);
	enter(&w, &td, 0, 0);
	sim_guest_kill(w.f.sim, 0);
	sim_guest_stop(w.f.sim, 0);
	EXPECT(td_enter(&w, &td, 0, 0), STATUS(TD_FATAL));
	end(&w, &td);
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void test_translate_and_accept(void **state)
{
	struct test_td td;
	struct world w;
	uint64_t pa = 0;

	(void)state;
	begin(&w, &td);
	td_page_aug(&w, &td);
	enter(&w, &td, 0, 0);
	assert_int_equal(sim_guest_translate(w.f.sim, 0, GPA(1) + 5, &pa), SIM_GUEST_MAPPED);
	assert_true(pa == td.page[1]);
	assert_int_equal(sim_guest_translate(w.f.sim, 0, GPA(3), &pa), SIM_GUEST_NONE);
	assert_int_equal(sim_guest_translate(w.f.sim, 0, 1ULL << 47, &pa), SIM_GUEST_NONE);
	assert_int_equal(sim_guest_translate(w.f.sim, 0, GPA(2), &pa), SIM_GUEST_PENDING);
	OK(tdcall(&w, PAGE_ACCEPT, GPA(2), 0));
	assert_int_equal(sim_guest_translate(w.f.sim, 0, GPA(2), &pa), SIM_GUEST_MAPPED);
	EXPECT(tdcall(&w, PAGE_ACCEPT, GPA(2), 0), STATUS(PAGE_ALREADY_ACCEPTED));
	EXPECT(tdcall(&w, PAGE_ACCEPT, 0 | 1, 0), ABOUT(PAGE_SIZE_MISMATCH, RCX));
	EXPECT(tdcall(&w, PAGE_ACCEPT, GPA(1) | 1, 0), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(tdcall(&w, PAGE_ACCEPT, 2, 0), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(tdcall(&w, PAGE_ACCEPT, 1ULL << 47, 0), ABOUT(OPERAND_INVALID, RCX));
	assert_true(tdcall(&w, PAGE_ACCEPT, GPA(3), 0) == SIM_GUEST_VIOLATION);
	assert_true(tdcall(&w, PAGE_ACCEPT, GPA(512), 0) == SIM_GUEST_VIOLATION);
	sim_guest_stop(w.f.sim, 0);
	end(&w, &td);
}

/* The caller learns of every page that a TD gets, and of every page that is free again. */
static void test_pages_taken(void **state)
{
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td);
	/* TDR, TDCX, tables, vCPUs, pages. */
	assert_int_equal(taken, 1 + SIM_TDCS_PAGES + 3 + 2 * SIM_TDVPS_PAGES + 2);
	assert_int_equal(in_guest, 2);
	td_kill(&w, &td);
	td_reclaim(&w, &td);
	assert_int_equal(taken, 0);
	world_destroy(&w);
}

/* ---- what a guest may ask -------------------------------------------------------------------- */

static void test_info(void **state)
{
	struct ss_regs r = { .rax = VP_INFO };
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td);
	enter(&w, &td, 0, 0);
	OK(sim_tdcall(w.f.sim, 0, &r));
	assert_int_equal(r.rcx, 48);
	assert_int_equal(r.r8 & UINT32_MAX, 2);
	assert_int_equal(r.r9, 0);
	EXPECT(tdcall(&w, 5, 0, 0), ABOUT(OPERAND_INVALID, RAX));
	EXPECT(tdcall(&w, 99, 0, 0), ABOUT(OPERAND_INVALID, RAX));
	EXPECT(tdcall(&w, VP_INFO | 1 << 24, 0, 0), ABOUT(OPERAND_INVALID, RAX));
	sim_guest_stop(w.f.sim, 0);
	end(&w, &td);
}

static uint64_t vm_wr(struct world *w, uint64_t id, uint64_t value, uint64_t mask)
{
	struct ss_regs r = { .rax = VM_WR, .rdx = id, .r8 = value, .r9 = mask };

	return sim_tdcall(w->f.sim, 0, &r);
}

static void expect_field(struct world *w, uint64_t leaf, uint64_t id, uint64_t value)
{
	struct ss_regs r = { .rax = leaf, .rdx = id };

	OK(sim_tdcall(w->f.sim, 0, &r));
	assert_true(r.r8 == value);
}

/* The IDs are those of Linux, arch/x86/include/asm/shared/tdx.h. */
static void test_fields(void **state)
{
	const uint64_t td_ctls = 0x1110000300000017, notify_enables = 0x9100000000000010;
	const uint64_t xfam = 0x1110000300000001, major = 0x0800000100000004;
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td);
	enter(&w, &td, 0, 0);
	expect_field(&w, VM_RD, xfam, 3);
	expect_field(&w, SYS_RD, major, 1);
	expect_field(&w, VP_RD, 0xa020000200000002, 0);
	OK(vm_wr(&w, notify_enables, 1, UINT64_MAX));
	expect_field(&w, VM_RD, notify_enables, 1);
	OK(vm_wr(&w, notify_enables, 0, 0));
	expect_field(&w, VM_RD, notify_enables, 1);
	/* The host did not allow the guest to choose. */
	EXPECT(vm_wr(&w, td_ctls, 1, 1), STATUS(METADATA_FIELD_VALUE_NOT_VALID));
	EXPECT(vm_wr(&w, xfam, 7, 7), STATUS(METADATA_FIELD_NOT_WRITABLE));
	EXPECT(tdcall(&w, VM_RD, 0, 0x3f00000000000000), STATUS(METADATA_FIELD_ID_INCORRECT));
	sim_guest_stop(w.f.sim, 0);
	end(&w, &td);
}

/* ---- measurements ---------------------------------------------------------------------------- */

static void test_rtmr(void **state)
{
	uint8_t chain[2 * SS_SHA384_BYTES] = { 0 }, *data;
	struct sim_tdcs *tdcs;
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td);
	data = world_frame(&w, td.page[1]);
	tdcs = world_frame(&w, td.tdcx[0]);
	memcpy(data + 64, "an event's digest, which the guest has chosen...", SS_SHA384_BYTES);
	memcpy(chain + SS_SHA384_BYTES, data + 64, SS_SHA384_BYTES);
	enter(&w, &td, 0, 0);
	EXPECT(tdcall(&w, RTMR_EXTEND, GPA(1) + 32, 2), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(tdcall(&w, RTMR_EXTEND, GPA(9), 2), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(tdcall(&w, RTMR_EXTEND, GPA(1) + 64, 4), ABOUT(OPERAND_INVALID, RDX));
	OK(tdcall(&w, RTMR_EXTEND, GPA(1) + 64, 2));
	OK(tdcall(&w, RTMR_EXTEND, GPA(1) + 64, 2));
	sha384(chain, sizeof(chain), chain);
	sha384(chain, sizeof(chain), chain);
	assert_memory_equal(tdcs->rtmr[2], chain, SS_SHA384_BYTES);
	sim_guest_stop(w.f.sim, 0);
	end(&w, &td);
}

/* The offsets are those of struct tdreport in Linux's tools/testing/selftests/tdx. */
static void check_report(struct world *w, struct test_td *td, uint8_t launched, uint8_t runs)
{
	uint8_t *page = world_frame(w, td->page[1]), hash[SS_SHA384_BYTES], *report = page + 1024;

	enter(w, td, 0, 0);
	memset(page, 0x5a, SS_PAGE);
	EXPECT(tdcall(w, MR_REPORT, GPA(1) + 512, GPA(1)), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(tdcall(w, MR_REPORT, GPA(1) + 1024, GPA(1) + 8), ABOUT(OPERAND_INVALID, RDX));
	OK(tdcall(w, MR_REPORT, GPA(1) + 1024, GPA(1)));
	sim_guest_stop(w->f.sim, 0);
	assert_int_equal(report[0], 0x81);
	assert_memory_equal(report + 128, page, 64);
	sha384(report + 256, 239, hash);
	assert_memory_equal(report + 32, hash, sizeof(hash));
	sha384(report + 512, 512, hash);
	assert_memory_equal(report + 80, hash, sizeof(hash));
	assert_int_equal(report[264], launched);
	assert_int_equal(report[265], 1);
	assert_int_equal(report[384], runs);
	assert_int_equal(report[385], 1);
	assert_memory_equal(report + 528, td->mrtd, sizeof(td->mrtd));
	assert_true(page[1023] == 0x5a && page[2048] == 0x5a);
}

/* ---- updates --------------------------------------------------------------------------------- */

static void test_update(void **state)
{
	struct sim_module_info next = world_info("1.5.07", 7);
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td);
	check_report(&w, &td, 6, 6);
	enter(&w, &td, 0, 0);
	strcpy(sim_guest_page(w.f.sim, 0, SIM_GUEST_PAGES - 1), "registers");
	sim_guest_pending(w.f.sim, 0, true);
	sim_guest_stop(w.f.sim, 0);
	world_update(&w, &next, 0);
	check_report(&w, &td, 6, 7);
	enter(&w, &td, 0, 0);
	assert_string_equal(sim_guest_page(w.f.sim, 0, SIM_GUEST_PAGES - 1), "registers");
	sim_guest_stop(w.f.sim, 0);
	end(&w, &td);
}

/* A TD that gets the pages of another one finds nothing there. */
static void test_pages_of_a_vcpu(void **state)
{
	struct test_td td;
	struct world w;
	uint32_t i;

	(void)state;
	begin(&w, &td);
	enter(&w, &td, 0, 0);
	for (i = 0; i < SIM_GUEST_PAGES; i++)
		memset(sim_guest_page(w.f.sim, 0, i), 1, SS_PAGE);
	sim_guest_stop(w.f.sim, 0);
	td_kill(&w, &td);
	td_reclaim(&w, &td);
	w.next_pa = SIM_TDMR_BASE;
	td_build(&w, &td, 1, 2);
	enter(&w, &td, 0, 0);
	for (i = 0; i < SIM_GUEST_PAGES; i++)
		assert_int_equal(*(uint8_t *)sim_guest_page(w.f.sim, 0, i), 0);
	sim_guest_stop(w.f.sim, 0);
	end(&w, &td);
}

/* The host let a guest run while it replaced the module: the machine is lost. */
static void test_erased_under_guest(void **state)
{
	struct sim_module_info next = world_info("1.5.07", 7);
	struct sim_audit audit;
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td);
	enter(&w, &td, 1, 1);
	world_install(&w, &next, FIXTURE_LOAD);
	sim_guest_stop(w.f.sim, 1);
	sim_audit(w.f.sim, &audit);
	assert_true(audit.fatal);
	end(&w, &td);
}

/* ---- a host that writes to what it has handed over ------------------------------------------- */

static void test_damaged_operands(void **state)
{
	struct test_td td;
	struct world w;
	uint64_t pa;

	(void)state;
	begin(&w, &td);
	td_page_aug(&w, &td);
	enter(&w, &td, 0, 0);
	damaged = td.page[1];
	assert_true(tdcall(&w, RTMR_EXTEND, GPA(1), 0) == SIM_GUEST_DAMAGED);
	assert_true(tdcall(&w, MR_REPORT, GPA(1), GPA(0)) == SIM_GUEST_DAMAGED);
	assert_true(tdcall(&w, MR_REPORT, GPA(0), GPA(1)) == SIM_GUEST_DAMAGED);
	/* A page that is accepted is zero, whatever the host wrote before. */
	sim_guest_translate(w.f.sim, 0, GPA(2), &pa);
	damaged = pa;
	memset(world_frame(&w, pa), 0x77, SS_PAGE);
	OK(tdcall(&w, PAGE_ACCEPT, GPA(2), 0));
	assert_true(!damaged);
	assert_int_equal(*(uint8_t *)world_frame(&w, pa), 0);
	sim_guest_stop(w.f.sim, 0);
	end(&w, &td);
}

/* The module is lost when it reads the page, and not before. */
static void check_lost(uint64_t (*page)(const struct test_td *td))
{
	struct sim_audit audit;
	struct test_td td;
	struct world w;

	begin(&w, &td);
	damaged = page(&td);
	OK(CALL(&w, 0, SYS_RD, 0, 0x0a00000100000008));
	assert_true(td_enter(&w, &td, 0, 0) == STATUS(SEAMCALL_VMFAILINVALID));
	assert_true(CALL(&w, 1, SYS_RD, 0, 0x0a00000100000008) == STATUS(SEAMCALL_VMFAILINVALID));
	sim_audit(w.f.sim, &audit);
	assert_true(audit.fatal);
	end(&w, &td);
}

static uint64_t tdr_of(const struct test_td *td)
{
	return td->tdr;
}

static uint64_t tdcs_of(const struct test_td *td)
{
	return td->tdcx[0];
}

static uint64_t vcpu_of(const struct test_td *td)
{
	return td->vcpu[0];
}

static void test_damaged_control_page(void **state)
{
	(void)state;
	check_lost(tdr_of);
	check_lost(tdcs_of);
	check_lost(vcpu_of);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_enter), cmocka_unit_test(test_fault_after_enter),
		cmocka_unit_test(test_kill), cmocka_unit_test(test_translate_and_accept),
		cmocka_unit_test(test_pages_taken), cmocka_unit_test(test_info),
		cmocka_unit_test(test_fields), cmocka_unit_test(test_rtmr),
		cmocka_unit_test(test_update), cmocka_unit_test(test_pages_of_a_vcpu),
		cmocka_unit_test(test_erased_under_guest), cmocka_unit_test(test_damaged_operands),
		cmocka_unit_test(test_damaged_control_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
