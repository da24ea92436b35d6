/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * MSRs in a TD: the vCPU's own, the module's, and those that the guest must ask its host for.
 * Source: which MSRs a guest of Linux expects to be its own (arch/x86/coco/tdx), and which KVM
 * answers for a TD (tdx_has_emulated_msr() in arch/x86/kvm/vmx/tdx.c).
 */
#include "qemu/osdep.h"
#include "parts.h"

#define IA32_TSC	0x10
#define IA32_XSS	0xda0
#define X2APIC_FIRST	0x800
#define X2APIC_LAST	0x8ff
#define APIC_BASE	(0xfee00000ULL | MSR_IA32_APICBASE_ENABLE | MSR_IA32_APICBASE_EXTD)

enum kind {
	OWN,		/* exchanged with the vCPU */
	CONSTANT,	/* a write of another value is a #GP */
	UNWRITTEN,	/* a write does nothing */
	REFUSED,	/* #GP */
};

static const struct {
	uint32_t first, last;
	enum kind kind;
	uint64_t value;
} msrs[] = {
	{ MSR_IA32_SYSENTER_CS, MSR_IA32_SYSENTER_EIP, OWN },
	{ MSR_PAT, MSR_PAT, OWN },
	{ MSR_IA32_MISC_ENABLE, MSR_IA32_MISC_ENABLE, CONSTANT, 1 },
	{ MSR_IA32_SPEC_CTRL, MSR_IA32_PRED_CMD, OWN },
	{ MSR_EFER, MSR_FMASK, OWN },
	{ MSR_FSBASE, MSR_TSC_AUX, OWN },
	{ 0x10a, 0x10a, OWN },				/* ARCH_CAPABILITIES: read only anyway */
	{ MSR_IA32_UCODE_REV, MSR_IA32_UCODE_REV, UNWRITTEN, 0xffffffffULL << 32 },
	{ IA32_XSS, IA32_XSS, CONSTANT, 0 },
	{ MSR_IA32_APICBASE, MSR_IA32_APICBASE, CONSTANT, APIC_BASE },
	{ 0x3b, 0x3b, CONSTANT, 0 },			/* TSC_ADJUST */
	{ 0x480, 0x491, REFUSED },			/* VMX */
};

/* The first vCPU is the one that boots. */
static uint64_t constant(CPUX86State *env, int i)
{
	if (msrs[i].first == MSR_IA32_APICBASE && !seam_lp(env)->guest.index)
		return msrs[i].value | MSR_IA32_APICBASE_BSP;
	return msrs[i].value;
}

static enum seam_msr access_msr(CPUX86State *env, int i, bool write, uint64_t *value)
{
	switch (msrs[i].kind) {
	case OWN:
		return SEAM_MSR_NATIVE;
	case CONSTANT:
		if (write && *value != constant(env, i))
			return SEAM_MSR_GP;
		*value = constant(env, i);
		return SEAM_MSR_DONE;
	case UNWRITTEN:
		*value = constant(env, i);
		return SEAM_MSR_DONE;
	default:
		return SEAM_MSR_GP;
	}
}

enum seam_msr seam_td_msr(CPUX86State *env, uint32_t index, bool write, uint64_t *value)
{
	int i;

	if (index >= X2APIC_FIRST && index <= X2APIC_LAST)
		return seam_td_apic_msr(env, index, write, value) ? SEAM_MSR_DONE : SEAM_MSR_VE;
	if (index == IA32_TSC && !write) {
		seam_rdtsc(env, value);
		return SEAM_MSR_DONE;
	}
	for (i = 0; i < ARRAY_SIZE(msrs); i++)
		if (index >= msrs[i].first && index <= msrs[i].last)
			return access_msr(env, i, write, value);
	return SEAM_MSR_VE;
}
