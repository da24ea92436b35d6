// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * CPUID in a TD whose guests the caller's CPUs run: what the guest sees, and what the host reads by
 * TDH.MNG.RD. KVM_TDX_GET_CPUID hands these fields to a VMM (tdx_read_cpuid() in arch/x86/kvm/vmx/
 * tdx.c has their IDs).
 */
#include "../sim/guest_cpu.h"
#include "world.h"

enum { EAX, EBX, ECX, EDX };
enum { VM_WR = 8 };

#define YMM		2u	/* component of the XSAVE state */
#define NA		0xffu	/* no subleaf */

/* A CPU that has everything. */
static void native(void *ctx, uint32_t lp, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	(void)ctx;
	(void)lp;
	(void)leaf;
	(void)subleaf;
	memset(out, 0xff, 4 * sizeof(out[0]));
}

/* vCPU 1 runs on LP 1. */
static void begin(struct world *w, struct test_td *td)
{
	struct sim_module_info info = world_info("1.5.06", 6);

	world_config(w, 2, 1);
	w->f.config.cpu_guests = true;
	w->f.config.cpuid = native;
	fixture_power_on(&w->f);
	world_install(w, &info, FIXTURE_LOAD);
	world_ready(w);
	td_build(w, td, 2, 2);
	assert_true(td_enter(w, td, 1, 1) == SIM_RUN);
}

static void end(struct world *w, struct test_td *td)
{
	sim_guest_stop(w->f.sim, 1);
	td_forget(td);
	world_destroy(w);
}

/* The status; the registers go to @out. */
static uint64_t host_reads(struct world *w, struct test_td *td, uint32_t leaf, uint32_t subleaf,
			   uint32_t out[4])
{
	uint64_t id = 0x9410000300000000 | (leaf >> 31) << 16 | (leaf & 0x7f) << 9, status = 0;
	struct ss_regs r;
	uint32_t i;

	id |= subleaf == NA ? 1 << 8 | 0x7f << 1 : subleaf << 1;
	for (i = 0; i < 2 && !status; i++) {
		r = (struct ss_regs){ .rax = SS_LEAF_TDH_MNG_RD, .rcx = td->tdr, .rdx = id | i };
		status = call_regs(w, 0, &r);
		out[2 * i] = (uint32_t)r.r8;
		out[2 * i + 1] = (uint32_t)(r.r8 >> 32);
	}
	return status;
}

static void guest_sees(struct world *w, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	assert_true(sim_guest_cpuid(w->f.sim, 1, leaf, subleaf, out));
}

static void test_features(void **state)
{
	uint32_t host[4], guest[4];
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td);
	OK(host_reads(&w, &td, 1, NA, host));
	guest_sees(&w, 1, 0, guest);
	assert_int_equal(guest[ECX] & 0x80200020, 0x80200000);	/* hypervisor, x2APIC, no VMX */
	assert_int_equal(guest[ECX] & 1 << 28, 0);		/* no AVX without XFAM */
	assert_int_equal(guest[EBX] >> 24, 1);			/* x2APIC ID of vCPU 1 */
	assert_int_equal(host[EBX] >> 24, 0);
	/* OSXSAVE follows the vCPU's CR4; the host reads all else as the guest does. */
	assert_int_equal(guest[ECX] & ~host[ECX], 1 << 27);
	assert_int_equal(guest[EDX], host[EDX]);
	OK(host_reads(&w, &td, 7, 0, host));
	guest_sees(&w, 7, 0, guest);
	/* The host chose none of the configurable bits 0xdc2b9b18; no SGX, no AVX2. */
	assert_int_equal(guest[EBX], ~(0xdc2b9b18u | 1 << 2 | 1 << 5));
	assert_int_equal(host[EBX], guest[EBX]);
	assert_int_equal(guest[ECX] & ~host[ECX], 1 << 4);	/* OSPKE */
	end(&w, &td);
}

static void test_state_components(void **state)
{
	uint32_t host[4], guest[4];
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td);
	OK(host_reads(&w, &td, 0xd, 0, host));
	guest_sees(&w, 0xd, 0, guest);
	assert_int_equal(guest[EAX], 3);	/* XFAM */
	assert_int_equal(host[EAX], 3);
	assert_int_equal(guest[EBX], UINT32_MAX);
	assert_int_equal(host[EBX], 0);		/* follows XCR0 */
	guest_sees(&w, 0xd, YMM, guest);
	assert_int_equal(guest[EAX], 0);
	end(&w, &td);
}

static void test_which_leaves(void **state)
{
	static const struct {
		uint32_t leaf, subleaf;
		bool host;
	} leaves[] = {
		{ 0, NA, true }, { 0, 0, false }, { 1, NA, true }, { 1, 0, false },
		{ 2, NA, false }, { 4, NA, false }, { 4, 3, true }, { 4, 4, false },
		{ 7, 2, true }, { 7, 3, false }, { 0xb, 0, false }, { 0x15, NA, true },
		{ 0x1f, 0, false }, { 0x21, NA, true }, { 0x23, 0, true },
		{ 0x80000000, NA, true }, { 0x80000008, NA, true }, { 0x80000009, NA, false },
	};
	uint32_t out[4], i;
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td);
	for (i = 0; i < SS_ARRAY_SIZE(leaves); i++)
		EXPECT(host_reads(&w, &td, leaves[i].leaf, leaves[i].subleaf, out),
		       leaves[i].host ? SS_TDX_SUCCESS : STATUS(METADATA_FIELD_ID_INCORRECT));
	OK(host_reads(&w, &td, 0, NA, out));
	assert_int_equal(out[EAX], 0x23);
	OK(host_reads(&w, &td, 0x21, NA, out));
	assert_memory_equal(&out[EBX], "Inte", 4);
	assert_memory_equal(&out[EDX], "lTDX", 4);
	assert_false(sim_guest_cpuid(w.f.sim, 1, 2, 0, out));
	assert_false(sim_guest_cpuid(w.f.sim, 1, 0x40000000, 0, out));
	end(&w, &td);
}

/* A vCPU with an x2APIC ID that the host chose, as KVM does it. */
static void build_with_id(struct world *w, struct test_td *td, uint64_t x2apic)
{
	const uint64_t init = SS_LEAF_TDH_VP_INIT | SS_LEAF_VERSION(1);
	uint32_t i;

	td_create(w, td);
	td_init(w, td);
	td->vcpu[td->nr_vcpus++] = td_frame(w);
	OK(CALL(w, 1, VP_CREATE, td->vcpu[0], td->tdr));
	for (i = 0; i < SIM_TDVPS_PAGES - 1; i++)
		OK(CALL(w, 1, VP_ADDCX, td_frame(w), td->vcpu[0]));
	OK(call(w, 1, init, td->vcpu[0], 0, x2apic, 0));
	td_finalize(w, td);
}

/* The guest asks for the leaves that show the topology; without IDs there are none. */
static void test_topology(void **state)
{
	struct ss_regs r = { .rax = VM_WR, .rdx = 0x1110000300000017, .r8 = 2, .r9 = 2 };
	struct test_td td, ids;
	struct world w;
	uint32_t out[4];

	(void)state;
	begin(&w, &td);
	EXPECT(sim_tdcall(w.f.sim, 1, &r), STATUS(METADATA_FIELD_VALUE_NOT_VALID));
	sim_guest_stop(w.f.sim, 1);
	build_with_id(&w, &ids, 7);
	assert_true(td_enter(&w, &ids, 0, 1) == SIM_RUN);
	assert_false(sim_guest_cpuid(w.f.sim, 1, 0x1f, 0, out));
	OK(sim_tdcall(w.f.sim, 1, &r));
	guest_sees(&w, 0x1f, 1, out);
	assert_int_equal(out[EBX], 1);		/* vCPUs */
	assert_int_equal(out[EDX], 7);		/* x2APIC ID */
	guest_sees(&w, 1, 0, out);
	assert_int_equal(out[EBX] >> 24, 7);
	td_forget(&ids);
	end(&w, &td);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_features), cmocka_unit_test(test_state_components),
		cmocka_unit_test(test_which_leaves), cmocka_unit_test(test_topology),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
