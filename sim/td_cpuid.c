// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * CPUID in a TD. The module answers the leaves that it knows: from the CPU, without what a TD does
 * not have, and with what the host chose at TDH.MNG.INIT. Every other leaf is a #VE. The host reads
 * the same values by TDH.MNG.RD, without what differs between vCPUs or changes while they run.
 */
#include "guest_cpu.h"
#include "sept.h"

enum { EAX, EBX, ECX, EDX };

#define TDX_LEAF	0x21u
#define MAX_LEAF	0x23u
#define EXTENDED	0x80000000u
#define MAX_EXTENDED	0x80000008u
#define CRYSTAL_HZ	25000000u
#define NO_SUBLEAF	0xffffffffu

#define CPUID_BIT(n)		(1u << (n))
#define YMM		(1ULL << 2)	/* components of the XSAVE state */
#define PKRU		(1ULL << 9)

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
	{ 1, ECX, CPUID_BIT(28) | CPUID_BIT(12) | CPUID_BIT(29), YMM },	/* AVX, FMA, F16C */
	{ 7, EBX, CPUID_BIT(5), YMM },			/* AVX2 */
	{ 7, ECX, CPUID_BIT(9) | CPUID_BIT(10), YMM },		/* VAES, VPCLMULQDQ */
	{ 7, ECX, CPUID_BIT(3), PKRU },
};

/* Bits that mirror CR4: OSXSAVE, OSPKE. A host finds them 0. */
static const struct {
	uint32_t leaf, reg, bits;
} mirrored[] = {
	{ 1, ECX, CPUID_BIT(27) },
	{ 7, ECX, CPUID_BIT(4) },
};

/* Whom the module answers: a vCPU, or the host, who has no @v. */
struct asker {
	const struct sim *s;
	uint32_t lp;
	const struct sim_tdcs *tdcs;
	const struct sim_vcpu *v;
};

static void native(const struct asker *a, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	a->s->config.cpuid(a->s->config.ctx, a->lp, leaf, subleaf, out);
}

/* ---- what is taken away, and what is chosen -------------------------------------------------- */

static void apply_xfam(const struct asker *a, uint32_t leaf, uint32_t out[4])
{
	uint32_t i;

	for (i = 0; i < SS_ARRAY_SIZE(dependent); i++)
		if (dependent[i].leaf == leaf &&
		    (a->tdcs->xfam & dependent[i].xfam) != dependent[i].xfam)
			out[dependent[i].reg] &= ~dependent[i].bits;
}

static void apply_fixed(uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	uint32_t i, j;

	for (i = 0; i < SS_ARRAY_SIZE(fixed); i++)
		for (j = 0; fixed[i].leaf == leaf && fixed[i].subleaf == subleaf && j < 4; j++)
			out[j] = (out[j] & ~fixed[i].never[j]) | fixed[i].always[j];
}

static void hide_mirrored(uint32_t leaf, uint32_t out[4])
{
	uint32_t i;

	for (i = 0; i < SS_ARRAY_SIZE(mirrored); i++)
		if (mirrored[i].leaf == leaf)
			out[mirrored[i].reg] &= ~mirrored[i].bits;
}

/* Returns the number of the configurable leaf, or SIM_CPUID_CONFIGS. */
static uint32_t find_config(uint32_t leaf, uint32_t subleaf)
{
	uint64_t at;
	uint32_t i;

	for (i = 0; i < SIM_CPUID_CONFIGS; i++) {
		at = sim_cpuid_configs[i].leaf;
		if ((uint32_t)at == leaf && (at >> 32 == NO_SUBLEAF || at >> 32 == subleaf))
			break;
	}
	return i;
}

/*
 * The host's choice for configurable bits. A feature that the CPU lacks stays off. Leaf 4 and EAX
 * of leaves 1 and 0x80000008 hold numbers, which the host chooses freely.
 */
static void apply_choice(const struct asker *a, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	uint32_t config = find_config(leaf, subleaf), chosen, mask, i;
	bool number;

	if (config == SIM_CPUID_CONFIGS)
		return;
	for (i = 0; i < 4; i++) {
		chosen = (uint32_t)(a->tdcs->cpuid[config][i / 2] >> 32 * (i % 2));
		mask = (uint32_t)(sim_cpuid_configs[config].value[i / 2] >> 32 * (i % 2));
		number = leaf == 4 || ((leaf == 1 || leaf == MAX_EXTENDED) && i == EAX);
		if (number)
			out[i] = (out[i] & ~mask) | (chosen & mask);
		else
			out[i] &= ~mask | chosen;
	}
}

static void plain(const struct asker *a, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	native(a, leaf, subleaf, out);
	apply_choice(a, leaf, subleaf, out);
	if (!subleaf)
		apply_xfam(a, leaf, out);
	apply_fixed(leaf, subleaf, out);
	if (!a->v && !subleaf)
		hide_mirrored(leaf, out);
}

/* ---- leaves of their own --------------------------------------------------------------------- */

static void basic(const struct asker *a, uint32_t out[4])
{
	native(a, 0, 0, out);
	out[EAX] = MAX_LEAF;
}

static uint32_t x2apic(const struct asker *a)
{
	return a->v ? a->tdcs->x2apic[a->v->vps->index] : 0;
}

/* EBX: APIC ID, and room for as many as there are. */
static void version(const struct asker *a, uint32_t out[4])
{
	plain(a, 1, 0, out);
	out[EBX] = (out[EBX] & 0x00ffffff) | x2apic(a) << 24;
}

/* The TD's components, of those that XCR0 can have. EBX of subleaf 0 follows XCR0. */
static void xsave(const struct asker *a, uint32_t subleaf, uint32_t out[4])
{
	uint64_t xfam = a->tdcs->xfam;

	native(a, 0xd, subleaf, out);
	if (!subleaf) {
		out[EAX] &= (uint32_t)xfam;
		out[EDX] &= (uint32_t)(xfam >> 32);
		out[EBX] = a->v ? out[EBX] : 0;
	} else if (subleaf == 1) {
		out[ECX] = 0;
		out[EDX] = 0;
	} else if (subleaf > 63 || !(xfam >> subleaf & 1)) {
		memset(out, 0, 4 * sizeof(out[0]));
	}
}

/* "IntelTDX    " */
static void tdx_name(uint32_t out[4])
{
	out[EBX] = 0x65746e49;
	out[EDX] = 0x5844546c;
	out[ECX] = 0x20202020;
}

static void tsc(const struct asker *a, uint32_t out[4])
{
	out[EAX] = 1;
	out[EBX] = a->tdcs->tsc_frequency;
	out[ECX] = CRYSTAL_HZ;
}

static void addresses(const struct asker *a, uint32_t out[4])
{
	plain(a, MAX_EXTENDED, 0, out);
	out[ECX] = 0;
}

/* One thread a core, in one package; only if the guest asked for it. */
static bool topology(const struct asker *a, uint32_t subleaf, uint32_t out[4])
{
	if (!a->v || !(a->tdcs->td_ctls & SIM_ENUM_TOPOLOGY))
		return false;
	out[EAX] = subleaf == 1 ? 8 : 0;
	out[EBX] = subleaf == 0 ? 1 : subleaf == 1 ? ss_load(&a->tdcs->nr_vcpus) : 0;
	out[ECX] = subleaf | (subleaf < 2 ? (subleaf + 1) << 8 : 0);
	out[EDX] = x2apic(a);
	return true;
}

/* Leaves without anything in them. */
static bool is_empty(uint32_t leaf)
{
	static const uint32_t empty[] = {
		0x3, 0xe, 0x11, 0x12, 0x13, 0x14, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1c, 0x1d, 0x1e,
		0x20, 0x22, MAX_LEAF,
	};
	uint32_t i;

	for (i = 0; i < SS_ARRAY_SIZE(empty) && empty[i] != leaf; i++)
		;
	return i < SS_ARRAY_SIZE(empty);
}

static bool answer(const struct asker *a, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	memset(out, 0, 4 * sizeof(out[0]));
	if (leaf == 0)
		basic(a, out);
	else if (leaf == 1)
		version(a, out);
	else if (leaf == 4 || leaf == 7 || (leaf > EXTENDED && leaf < MAX_EXTENDED))
		plain(a, leaf, subleaf, out);
	else if (leaf == 0xb || leaf == 0x1f)
		return topology(a, subleaf, out);
	else if (leaf == 0xd)
		xsave(a, subleaf, out);
	else if (leaf == 0x15)
		tsc(a, out);
	else if (leaf == TDX_LEAF && !subleaf)
		tdx_name(out);
	else if (leaf == EXTENDED)
		out[EAX] = MAX_EXTENDED;
	else if (leaf == MAX_EXTENDED)
		addresses(a, out);
	else
		return leaf == TDX_LEAF || is_empty(leaf);
	return true;
}

bool sim_guest_cpuid(const struct sim *s, uint32_t lp, uint32_t leaf, uint32_t subleaf,
		     uint32_t out[4])
{
	const struct sim_vcpu *v = sim_guest_vcpu(s, lp);
	struct asker a = { s, lp, v->td.tdcs, v };

	return answer(&a, leaf, subleaf, out);
}

/* ---- for the host ---------------------------------------------------------------------------- */

/* Subleaves that a host can read. A leaf that is not here has no subleaves. */
static uint32_t nr_subleaves(uint32_t leaf)
{
	switch (leaf) {
	case 0x4:
		return 4;
	case 0x7:
		return 3;
	case 0xd:
		return 19;
	case 0x14:
	case 0x1d:
		return 2;
	case 0x1e:
	case MAX_LEAF:
		return 1;
	default:
		return 0;
	}
}

/* Without a CPU to ask, the model knows what the host has configured. */
static bool configured(const struct sim_tdcs *tdcs, uint32_t leaf, uint32_t subleaf,
		       uint64_t out[2])
{
	uint32_t i;

	for (i = 0; i < SIM_CPUID_CONFIGS; i++)
		if (sim_cpuid_configs[i].leaf == (leaf | (uint64_t)subleaf << 32))
			break;
	if (i == SIM_CPUID_CONFIGS)
		return false;
	memcpy(out, tdcs->cpuid[i], sizeof(tdcs->cpuid[i]));
	return true;
}

bool sim_td_cpuid(const struct sim_call *c, const struct sim_tdcs *tdcs, uint32_t leaf,
		  uint32_t subleaf, uint64_t out[2])
{
	struct asker a = { c->s, c->lp, tdcs, NULL };
	uint32_t nr = nr_subleaves(leaf), value[4];

	if (!c->s->config.cpuid || (nr ? subleaf >= nr : subleaf != NO_SUBLEAF) ||
	    !answer(&a, leaf, nr ? subleaf : 0, value))
		return configured(tdcs, leaf, subleaf, out);
	out[0] = value[EAX] | (uint64_t)value[EBX] << 32;
	out[1] = value[ECX] | (uint64_t)value[EDX] << 32;
	return true;
}
