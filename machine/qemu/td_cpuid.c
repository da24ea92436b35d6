/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPUID in a TD. The module answers the leaves that it knows: from the CPU, without what a TD does
 * not have, and with what the host chose at TDH.MNG.INIT. Every other leaf is a #VE.
 */
#include "qemu/osdep.h"
#include "parts.h"

enum { EAX, EBX, ECX, EDX };

#define TDX_LEAF	0x21
#define MAX_LEAF	0x23
#define MAX_EXTENDED	0x80000008
#define CRYSTAL_HZ	25000000u

/* Bits that a TD never sees, and bits that it always sees. */
static const struct {
	uint32_t leaf, subleaf;
	uint32_t never[4], always[4];
} fixed[] = {
	/* VMX, SMX, MONITOR, EST, TM2, DS_CPL, DTES64, DTS, ACPI, TM; x2APIC, hypervisor. */
	{ 1, 0, { 0, 0, 0x000001fc, 0x20400000 }, { 0, 0, 0x80200000, 0x00000200 } },
	/* SGX, SGX_LC, TME, MKTME, WAITPKG: not in a TD. */
	{ 7, 0, { 0, 0x00000004, 0x40002020, 0 }, { 0, 0, 0, 0x20000000 } },
};

/* Features that need a component of the XSAVE state, which the host may deny by XFAM. */
static const struct {
	uint32_t leaf, reg, bits;
	uint64_t xfam;
} dependent[] = {
	{ 1, ECX, CPUID_EXT_AVX | CPUID_EXT_FMA | CPUID_EXT_F16C, XSTATE_YMM_MASK },
	{ 7, EBX, CPUID_7_0_EBX_AVX2, XSTATE_YMM_MASK },
	{ 7, ECX, CPUID_7_0_ECX_VAES | CPUID_7_0_ECX_VPCLMULQDQ, XSTATE_YMM_MASK },
	{ 7, ECX, CPUID_7_0_ECX_PKU, XSTATE_PKRU_MASK },
};

static void apply_xfam(CPUX86State *env, uint32_t leaf, uint32_t out[4])
{
	int i;

	for (i = 0; i < ARRAY_SIZE(dependent); i++)
		if (dependent[i].leaf == leaf &&
		    (seam_lp(env)->guest.xfam & dependent[i].xfam) != dependent[i].xfam)
			out[dependent[i].reg] &= ~dependent[i].bits;
}

static void native(CPUX86State *env, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	cpu_x86_cpuid(env, leaf, subleaf, &out[EAX], &out[EBX], &out[ECX], &out[EDX]);
}

static void apply_fixed(uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	int i, j;

	for (i = 0; i < ARRAY_SIZE(fixed); i++)
		for (j = 0; fixed[i].leaf == leaf && fixed[i].subleaf == subleaf && j < 4; j++)
			out[j] = (out[j] & ~fixed[i].never[j]) | fixed[i].always[j];
}

/*
 * The host's choice for configurable bits. A feature that the CPU lacks stays off. Leaf 4 and EAX
 * of leaves 1 and 0x80000008 hold numbers, which the host chooses freely.
 */
static void apply_choice(CPUX86State *env, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	uint32_t chosen[4], mask[4];
	bool number;
	int i;

	if (!sim_guest_cpuid(seam_model(), env_cpu(env)->cpu_index, leaf, subleaf, chosen, mask))
		return;
	for (i = 0; i < 4; i++) {
		number = leaf == 4 || ((leaf == 1 || leaf == 0x80000008) && i == EAX);
		if (number)
			out[i] = (out[i] & ~mask[i]) | (chosen[i] & mask[i]);
		else
			out[i] &= ~mask[i] | chosen[i];
	}
}

static void basic(CPUX86State *env, uint32_t out[4])
{
	native(env, 0, 0, out);
	out[EAX] = MAX_LEAF;
}

/* Leaf 1, EBX: APIC ID, and room for as many as there are. */
static void version(CPUX86State *env, uint32_t out[4])
{
	native(env, 1, 0, out);
	apply_choice(env, 1, 0, out);
	apply_xfam(env, 1, out);
	apply_fixed(1, 0, out);
	out[EBX] = (out[EBX] & 0x00ffffff) | seam_lp(env)->guest.x2apic << 24;
}

/* The TD's components, of those that XCR0 can have. */
static void xsave(CPUX86State *env, uint32_t subleaf, uint32_t out[4])
{
	uint64_t xfam = seam_lp(env)->guest.xfam;

	native(env, 0xd, subleaf, out);
	if (!subleaf) {
		out[EAX] &= xfam;
		out[EDX] &= xfam >> 32;
	} else if (subleaf == 1) {
		out[ECX] = out[EDX] = 0;
	} else if (subleaf > 63 || !(xfam >> subleaf & 1)) {
		memset(out, 0, 4 * sizeof(out[0]));
	}
}

static void tdx_name(uint32_t out[4])
{
	out[EAX] = 0;
	memcpy(&out[EBX], "Inte", 4);
	memcpy(&out[EDX], "lTDX", 4);
	memcpy(&out[ECX], "    ", 4);
}

static void tsc(CPUX86State *env, uint32_t out[4])
{
	out[EAX] = 1;
	out[EBX] = seam_lp(env)->guest.tsc_frequency;
	out[ECX] = CRYSTAL_HZ;
	out[EDX] = 0;
}

static void addresses(CPUX86State *env, uint32_t out[4])
{
	native(env, 0x80000008, 0, out);
	apply_choice(env, 0x80000008, 0, out);
	out[ECX] = 0;
}

/* A topology of one thread a core, in one package; only if the guest asked for it. */
static void topology(CPUX86State *env, uint32_t subleaf, uint32_t out[4])
{
	const struct sim_guest *guest = &seam_lp(env)->guest;

	out[EAX] = subleaf == 1 ? 8 : 0;
	out[EBX] = subleaf == 0 ? 1 : subleaf == 1 ? guest->nr_vcpus : 0;
	out[ECX] = subleaf | (subleaf < 2 ? (subleaf + 1) << 8 : 0);
	out[EDX] = guest->x2apic;
}

static void plain(CPUX86State *env, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	native(env, leaf, subleaf, out);
	apply_choice(env, leaf, subleaf, out);
	if (!subleaf)
		apply_xfam(env, leaf, out);
	apply_fixed(leaf, subleaf, out);
}

bool seam_td_cpuid(CPUX86State *env, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	memset(out, 0, 4 * sizeof(out[0]));
	switch (leaf) {
	case 0:
		basic(env, out);
		return true;
	case 1:
		version(env, out);
		return true;
	case 4:
	case 7:
	case 0x80000001 ... 0x80000007:
		plain(env, leaf, subleaf, out);
		return true;
	case 0xb:
	case 0x1f:
		topology(env, subleaf, out);
		return seam_lp(env)->guest.topology;
	case 0xd:
		xsave(env, subleaf, out);
		return true;
	case 0x15:
		tsc(env, out);
		return true;
	case TDX_LEAF:
		if (!subleaf)
			tdx_name(out);
		return true;
	case 0x80000000:
		out[EAX] = MAX_EXTENDED;
		return true;
	case MAX_EXTENDED:
		addresses(env, out);
		return true;
	case 3:
	case 0xe:
	case 0x11:
	case 0x12:
	case 0x13:
	case 0x14:
	case 0x16 ... 0x1a:
	case 0x1c ... 0x1e:
	case 0x20:
	case 0x22:
	case MAX_LEAF:
		return true;
	default:
		return false;
	}
}
