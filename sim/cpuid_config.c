// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The CPUID leaves with bits that a host may configure. TDH.SYS.RD lists these leaves and
 * TDH.MNG.INIT takes their values, both in the order of TD_PARAMS.
 * A module also lists leaves without a configurable bit on this CPU. The CPU of the model has all
 * bits that a module knows.
 */
#include "td.h"

#define LEAF(leaf, subleaf)	((leaf) | (uint64_t)(subleaf) << 32)
#define ALONE			0xffffffffu	/* a leaf without subleaves */
#define PAIR(low, high)		((low) | (uint64_t)(high) << 32)

/* A cache: all bits except the number of caches. */
#define CACHE(edx)	{ PAIR(0xffffc3ff, 0xfffff000), PAIR(0xffffffff, edx) }

const struct sim_cpuid_config sim_cpuid_configs[SIM_CPUID_CONFIGS] = {
	/* Family, model, stepping; local APIC; optional instructions. */
	{ LEAF(0x1, ALONE), { PAIR(0x0fff3fff, 0x00ff0000), PAIR(0x31044d88, 0xb8440000) } },
	{ LEAF(0x4, 0), CACHE(0xfffffffb) },
	{ LEAF(0x4, 1), CACHE(0xfffffffb) },
	{ LEAF(0x4, 2), CACHE(0xfffffffb) },
	{ LEAF(0x4, 3), CACHE(0x7) },
	{ LEAF(0x7, 0), { PAIR(0, 0xdc2b9b18), PAIR(0x02417f65, 0x0005411c) } },
	{ LEAF(0x7, 1), { PAIR(0x04001d30, 0), PAIR(0, 0x430) } },
	{ LEAF(0xa, ALONE), { 0, 0 } },
	{ LEAF(0x1c, ALONE), { PAIR(0xff, 0), 0 } },
	/* WBNOINVD; the width of guest physical addresses, which newer modules take. */
	[SIM_CPUID_ADDRESSES] = { LEAF(0x80000008, ALONE), { PAIR(0x00ff0000, 0x200), 0 } },
	{ LEAF(0x7, 2), { 0, PAIR(0, 0x28) } },
	{ LEAF(0x23, 0), { PAIR(0xf, 0), 0 } },
};
