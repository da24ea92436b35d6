/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * MSRs of VMX, SEAM and TME. All but FEATURE_CONTROL are constants, so a write is a #GP.
 *
 * Sources: SDM: Intel SDM, volume 3D, appendix A, and volume 4. KVM: the smallest set that KVM of
 * Linux 7.3 accepts (arch/x86/kvm/vmx/capabilities.h, vmx.c, tdx.c). TDX: what the kernel's
 * arch/x86/virt/vmx/tdx asks.
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/exec-all.h"
#include "tcg/helper-tcg.h"
#include "parts.h"

#define BASIC_SEAMRET	(1ULL << 60)
#define MTRRCAP		(MSR_MTRRcap_VCNT | MSR_MTRRcap_FIXRANGE_SUPPORT | \
			 MSR_MTRRcap_WC_SUPPORTED)
#define MTRRCAP_SEAMRR	(1u << 15)

#define LOW_HIGH(must_be_one, may_be_one) ((must_be_one) | (uint64_t)(may_be_one) << 32)

enum need { ALWAYS, SEAM };

static const struct {
	uint32_t index;
	enum need need;
	uint64_t value;
} msrs[] = {
	{ MSR_MTRRcap, SEAM, MTRRCAP | MTRRCAP_SEAMRR },	/* TDX */
	/* KEYID_PARTITIONING; the number of private key IDs is added. TDX */
	{ 0x87, SEAM, SIM_FIRST_PRIVATE_HKID - 1 },
	/* TME_ACTIVATE: locked, enabled, key-ID bits. TDX */
	{ 0x982, SEAM, 3 | (uint64_t)(SIM_MAXPA - SIM_HKID_SHIFT) << 32 },
	/*
	 * ARCH_CAPABILITIES: not affected by RDCL, L1TF, MDS, TAA, SBDR, FBSDP, PSDP, BHI, GDS,
	 * RFDS, ITS. KVM warns of an affected processor with TDX.
	 */
	{ 0x10a, ALWAYS, 1 << 0 | 1 << 1 | 1 << 3 | 1 << 5 | 1 << 6 | 1 << 8 | 7 << 13 | 1 << 20 |
			 1 << 26 | 1 << 27 | 1ULL << 62 },
	/* BASIC: 4 KiB regions, write-back, INS/OUTS, true controls. Bit 60 by choice. SDM */
	{ 0x480, ALWAYS, SEAM_VMCS_REVISION | 4096ULL << 32 | 6ULL << 50 | 3ULL << 54 },
	/* Pin: external interrupts, NMIs, virtual NMIs, timer, posted interrupts. KVM */
	{ 0x481, ALWAYS, LOW_HIGH(0x16, 0xff) },
	/* Processor: all but tertiary controls. KVM */
	{ 0x482, ALWAYS, LOW_HIGH(0x0401e172, 0xfff9fffe) },
	{ 0x483, ALWAYS, LOW_HIGH(0x00036dff, 0x007fffff) },	/* exit. KVM */
	{ 0x484, ALWAYS, LOW_HIGH(0x000011ff, 0x0000ffff) },	/* entry. KVM */
	/* MISC: VMWRITE to any field, store EFER.LMA, HLT state, 4 CR3 targets. SDM */
	{ 0x485, ALWAYS, 0x200401e5 },
	{ 0x486, ALWAYS, 0x80000021 },				/* CR0 fixed. SDM */
	{ 0x487, ALWAYS, 0xffffffff },
	{ 0x488, ALWAYS, 0x2000 },				/* CR4 fixed. SDM */
	{ 0x489, ALWAYS, 0xff7fff },
	{ 0x48a, ALWAYS, 0x40 },				/* the highest field index. SDM */
	/*
	 * Secondary: APIC accesses, EPT, descriptors, RDTSCP, x2APIC, VPID, WBINVD, unrestricted,
	 * APIC registers, virtual interrupts, PAUSE loops, INVPCID, PML, TSC scaling. KVM
	 */
	{ 0x48b, ALWAYS, LOW_HIGH(0, 0x020217ff) },
	/* EPT of 4 and 5 levels, 2 MiB, 1 GiB, accessed and dirty, INVEPT; INVVPID. KVM */
	{ 0x48c, ALWAYS, 0x00000f01067341c1 },
	{ 0x48d, ALWAYS, LOW_HIGH(0x16, 0xff) },		/* the true controls */
	{ 0x48e, ALWAYS, LOW_HIGH(0x04006172, 0xfff9fffe) },
	{ 0x48f, ALWAYS, LOW_HIGH(0x00036dfb, 0x007fffff) },
	{ 0x490, ALWAYS, LOW_HIGH(0x000011fb, 0x0000ffff) },
	{ 0x491, ALWAYS, 0 },					/* VM functions: none */
};

static bool has_vmx(CPUX86State *env)
{
	return env->features[FEAT_1_ECX] & CPUID_EXT_VMX;
}

static int find(CPUX86State *env, uint32_t index)
{
	int i;

	if (!has_vmx(env))
		return -1;
	for (i = 0; i < ARRAY_SIZE(msrs); i++)
		if (msrs[i].index == index && (msrs[i].need == ALWAYS || seam_options()))
			return i;
	return -1;
}

bool seam_rdmsr(CPUX86State *env, uint32_t index, uint64_t *value)
{
	int i = find(env, index);

	if (index == MSR_IA32_FEATURE_CONTROL && has_vmx(env)) {
		*value = env->msr_ia32_feature_control;
		return true;
	}
	if (i < 0)
		return false;
	*value = msrs[i].value;
	if (index == 0x87)
		*value |= (uint64_t)seam_options()->private_keyids << 32;
	if (index == 0x480 && seam_options() && seam_options()->seamret_keeps_vmcs)
		*value |= BASIC_SEAMRET;
	return true;
}

/* The BIOS turns VMX on, and locks the choice. */
bool seam_wrmsr(CPUX86State *env, uint32_t index, uint64_t value, uintptr_t ra)
{
	bool ours = find(env, index) >= 0;

	if (index == MSR_IA32_FEATURE_CONTROL && has_vmx(env)) {
		ours = env->msr_ia32_feature_control & FEATURE_CONTROL_LOCKED;
		if (!ours) {
			env->msr_ia32_feature_control = value;
			return true;
		}
	}
	if (ours)
		raise_exception_err_ra(env, EXCP0D_GPF, 0, ra);
	return false;
}
