/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUID bits that a CPU model may have here beside those that TCG knows. */
#include "qemu/osdep.h"
#include "parts.h"

#define TME		(1u << 13)	/* CPUID 7, ECX */
#define TSC_HZ		1000000000u

uint64_t seam_cpu_features(FeatureWord word)
{
	switch (word) {
	case FEAT_1_ECX:
		/* The local APIC of this QEMU has no x2APIC mode: the bit is not offered. */
		return CPUID_EXT_VMX;
	case FEAT_7_0_ECX:
		return CPUID_7_0_ECX_MOVDIR64B | TME;
	case FEAT_7_0_EDX:
		return CPUID_7_0_EDX_ARCH_CAPABILITIES;
	default:
		return 0;
	}
}

/* Software takes the crystal's clock for that of the local APIC's timer, which is 1 GHz here. */
void seam_cpuid_tsc(CPUX86State *env, uint32_t *eax, uint32_t *ebx, uint32_t *ecx, uint32_t *edx)
{
	bool known = seam_model();

	*eax = *ebx = known;
	*ecx = known ? TSC_HZ : 0;
	*edx = 0;
}
