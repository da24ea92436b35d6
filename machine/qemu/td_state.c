/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers that a TD's vCPU has of its own. Entering and leaving a TD exchanges them. While
 * the vCPU does not run, they lie in pages of the vCPU, so that they live and die with the TD.
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/exec-all.h"
#include "parts.h"

#define MEMBER(name)		{ offsetof(CPUX86State, name), sizeof(((CPUX86State *)0)->name) }
#define MEMBERS(first, last)	{ offsetof(CPUX86State, first), \
				  offsetof(CPUX86State, last) + sizeof(((CPUX86State *)0)->last) - \
				  offsetof(CPUX86State, first) }

static const struct {
	size_t at, bytes;
} members[] = {
	MEMBERS(regs, idt), MEMBER(cr), MEMBER(pdptrs_valid), MEMBER(pdptrs), MEMBER(efer),
	MEMBERS(fpstt, opmask_regs),
	MEMBER(sysenter_cs), MEMBER(sysenter_esp), MEMBER(sysenter_eip), MEMBER(star),
	MEMBER(lstar), MEMBER(cstar), MEMBER(fmask), MEMBER(kernelgsbase), MEMBER(tsc_aux),
	MEMBER(xcr0), MEMBER(msr_ia32_misc_enable), MEMBER(pat), MEMBER(pkru), MEMBER(pkrs),
	MEMBER(spec_ctrl), MEMBERS(error_code, exception_next_eip), MEMBER(dr),
	MEMBER(old_exception), MEMBER(int_ctl), MEMBER(v_tpr),
};

size_t seam_state_bytes(void)
{
	size_t bytes = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(members); i++)
		bytes += members[i].bytes;
	return bytes;
}

/* Copies to or from pages that need not follow each other. */
static void move(uint8_t *member, size_t bytes, uint8_t *const *pages, size_t at, bool save)
{
	size_t n;
	uint8_t *there;

	for (; bytes; member += n, at += n, bytes -= n) {
		n = MIN(bytes, SS_PAGE - at % SS_PAGE);
		there = pages[at / SS_PAGE] + at % SS_PAGE;
		memcpy(save ? there : member, save ? member : there, n);
	}
}

static void move_all(CPUX86State *env, uint8_t *const *pages, bool save)
{
	size_t at = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(members); i++) {
		move((uint8_t *)env + members[i].at, members[i].bytes, pages, at, save);
		at += members[i].bytes;
	}
}

void seam_state_save(CPUX86State *env, uint8_t *const *pages)
{
	move_all(env, pages, true);
}

/* Breakpoints are armed outside of the state. */
void seam_state_load(CPUX86State *env, uint8_t *const *pages)
{
	target_ulong dr7;

	cpu_x86_update_dr7(env, DR7_FIXED_1);
	move_all(env, pages, false);
	dr7 = env->dr[7];
	env->dr[7] = DR7_FIXED_1;
	cpu_x86_update_dr7(env, dr7);
}

/* ---- a vCPU that never ran ------------------------------------------------------------------- */

static void flat(CPUX86State *env, int seg, uint32_t selector, uint32_t type)
{
	cpu_x86_load_seg_cache(env, seg, selector, 0, 0xffffffff,
			       DESC_G_MASK | DESC_B_MASK | DESC_P_MASK | DESC_S_MASK | DESC_A_MASK |
			       type);
}

static void no_fpu_state(CPUX86State *env)
{
	memset((uint8_t *)env + offsetof(CPUX86State, fpregs), 0, sizeof(env->fpregs));
	memset(env->xmm_regs, 0, sizeof(env->xmm_regs));
	memset(env->opmask_regs, 0, sizeof(env->opmask_regs));
	memset(env->fptags, 1, sizeof(env->fptags));
	env->fpstt = 0;
	env->fpus = 0;
	cpu_set_fpuc(env, 0x37f);
	cpu_set_mxcsr(env, 0x1f80);
	env->pkru = 0;
}

static void control_registers(CPUX86State *env)
{
	cpu_load_efer(env, MSR_EFER_SCE | MSR_EFER_LME | MSR_EFER_NXE);
	env->hflags &= ~(HF_LMA_MASK | HF_CS64_MASK | HF_CPL_MASK | HF_TF_MASK |
			 HF_INHIBIT_IRQ_MASK);
	env->cr[2] = 0;
	env->cr[3] = 0;
	env->cr[0] = CR0_PE_MASK | CR0_NE_MASK | CR0_ET_MASK;
	env->hflags = (env->hflags & ~(HF_MP_MASK | HF_EM_MASK | HF_TS_MASK)) | HF_PE_MASK;
	cpu_x86_update_cr4(env, CR4_MCE_MASK);
}

static void msrs(CPUX86State *env)
{
	env->sysenter_cs = 0;
	env->sysenter_esp = env->sysenter_eip = 0;
	env->star = env->lstar = env->cstar = env->kernelgsbase = 0;
	env->fmask = 0x20200;
	env->tsc_aux = 0;
	env->pat = 0x0007040600070406ULL;
	env->spec_ctrl = 0;
	env->xcr0 = XSTATE_FP_MASK;
	env->pkrs = 0;
}

/*
 * As TDH.VP.INIT leaves a vCPU: protected mode of 32 bits with flat segments, no paging, long mode
 * as soon as there is paging.
 */
void seam_state_begin(CPUX86State *env, const struct sim_guest *guest)
{
	int i;

	memset(env->regs, 0, sizeof(env->regs));
	cpu_x86_update_dr7(env, DR7_FIXED_1);
	memset(env->dr, 0, 4 * sizeof(env->dr[0]));
	env->dr[6] = DR6_FIXED_1;
	env->idt = env->gdt = env->ldt = env->tr = (SegmentCache){ .limit = 0 };
	env->tr.flags = DESC_P_MASK | 11 << DESC_TYPE_SHIFT;
	no_fpu_state(env);
	msrs(env);
	control_registers(env);
	for (i = 0; i < 6; i++)
		flat(env, i, i == R_CS ? 8 : 16,
		     i == R_CS ? DESC_CS_MASK | DESC_R_MASK : DESC_W_MASK);
	/* SVM's machinery for two stages of translation and for interrupts of the host. */
	env->hflags |= HF_GUEST_MASK;
	env->hflags2 |= HF2_NPT_MASK | HF2_VINTR_MASK | HF2_HIF_MASK | HF2_VGIF_MASK |
			HF2_GIF_MASK;
	env->hflags2 &= ~HF2_NMI_MASK;
	env->int_ctl = 0;
	env->old_exception = -1;
	env->eip = 0xfffffff0;
	env->eflags = 2;
	seam_set_flags(env, 0);
	env->regs[R_EBX] = guest->gpa_bits + 1;
	env->regs[R_ECX] = env->regs[8] = guest->initial;
	env->regs[R_ESI] = guest->index;
	env->regs[R_EDX] = env->cpuid_version;
	cpu_sync_avx_hflag(env);
}

/* The other components of XFAM belong to IA32_XSS, which TCG lacks. */
#define XCR0_COMPONENTS	(XSTATE_FP_MASK | XSTATE_SSE_MASK | XSTATE_YMM_MASK | \
			 XSTATE_OPMASK_MASK | XSTATE_ZMM_Hi256_MASK | XSTATE_Hi16_ZMM_MASK | \
			 XSTATE_PKRU_MASK)

/*
 * What a host finds after a TD ran: the FPU in its initial state, XCR0 as the TD may have it, and
 * these MSRs reset. KVM restores what it needs (tdx_load_host_xsave_state(), tdx_uret_msrs).
 */
void seam_state_scrub(CPUX86State *env, uint64_t xfam)
{
	no_fpu_state(env);
	env->xcr0 = xfam & XCR0_COMPONENTS;
	env->star = env->lstar = env->kernelgsbase = env->tsc_aux = 0;
	env->fmask = 0x20200;
	cpu_sync_avx_hflag(env);
}
