/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMX as far as a TDX host needs it: a host turns it on, keeps VMCSs, and never enters an ordinary
 * guest. VMLAUNCH and VMRESUME of a good VMCS fail as with a wrong control field.
 * Source of the checks and error numbers: Intel SDM, volume 3C, chapter "VMX instruction reference".
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/helper-proto.h"
#include "exec/exec-all.h"
#include "exec/cpu_ldst.h"
#include "tcg/helper-tcg.h"
#include "parts.h"
#include "vmcs.h"

bool seam_in_vmx(CPUX86State *env)
{
	return seam_lp(env)->vmxon && !seam_lp(env)->in_td;
}

/* ---- how an instruction ends ----------------------------------------------------------------- */

void seam_set_flags(CPUX86State *env, uint32_t flags)
{
	env->cc_src = flags;
	env->cc_op = CC_OP_EFLAGS;
}

static void succeed(CPUX86State *env)
{
	seam_set_flags(env, 0);
}

static void fail_invalid(CPUX86State *env)
{
	seam_set_flags(env, CC_C);
}

static uint8_t *current(CPUX86State *env)
{
	return seam_lp(env)->vmcs == SEAM_NO_VMCS ? NULL :
	       seam_map(NULL, seam_lp(env)->vmcs, VMCS_BYTES);
}

/* VMfailValid where there is a current VMCS to note the error in. */
static void fail(CPUX86State *env, enum vmx_error error)
{
	uint8_t *vmcs = current(env);

	if (!vmcs) {
		fail_invalid(env);
		return;
	}
	vmcs_write(vmcs, VMCS_INSTRUCTION_ERROR, error);
	seam_set_flags(env, CC_Z);
}

/* ---- what all instructions check ------------------------------------------------------------- */

/* Outside of 64-bit and protected mode, and in a TD, there is no VMX. */
static void must_have_vmx(CPUX86State *env, uintptr_t ra)
{
	if (!(env->cr[0] & CR0_PE_MASK) || env->eflags & VM_MASK ||
	    ((env->hflags & HF_LMA_MASK) && !(env->hflags & HF_CS64_MASK)) ||
	    !(env->cr[4] & SEAM_CR4_VMXE) || seam_lp(env)->in_td)
		raise_exception_ra(env, EXCP06_ILLOP, ra);
}

static void must_be_privileged(CPUX86State *env, uintptr_t ra)
{
	if (env->hflags & HF_CPL_MASK)
		raise_exception_err_ra(env, EXCP0D_GPF, 0, ra);
}

void seam_must_be_root(CPUX86State *env, uintptr_t ra)
{
	must_have_vmx(env, ra);
	if (!seam_lp(env)->vmxon)
		raise_exception_ra(env, EXCP06_ILLOP, ra);
	must_be_privileged(env, ra);
}

/* A 4 KiB region in memory, by an address without key ID. */
static uint8_t *region(uint64_t pa)
{
	return pa & (VMCS_BYTES - 1) || pa >> SIM_MAXPA ? NULL : seam_map(NULL, pa, VMCS_BYTES);
}

/* ---- VMXON and the current VMCS -------------------------------------------------------------- */

#define VMX_ENABLED	(FEATURE_CONTROL_LOCKED | FEATURE_CONTROL_VMXON_ENABLED_OUTSIDE_SMX)
#define CR0_FIXED1	(CR0_PE_MASK | CR0_NE_MASK | CR0_PG_MASK)

static void vmxon(CPUX86State *env, uint64_t pa, uintptr_t ra)
{
	struct seam_lp *lp = seam_lp(env);
	uint8_t *vmcs = region(pa);

	if ((env->cr[0] & CR0_FIXED1) != CR0_FIXED1 ||
	    (env->msr_ia32_feature_control & VMX_ENABLED) != VMX_ENABLED)
		raise_exception_err_ra(env, EXCP0D_GPF, 0, ra);
	if (!vmcs || !vmcs_is_ours(vmcs)) {
		fail_invalid(env);
		return;
	}
	lp->vmxon = true;
	lp->vmxon_pa = pa;
	lp->vmcs = SEAM_NO_VMCS;
	succeed(env);
}

void helper_vmxon(CPUX86State *env, target_ulong addr)
{
	uintptr_t ra = GETPC();

	must_have_vmx(env, ra);
	must_be_privileged(env, ra);
	if (seam_lp(env)->vmxon)
		fail(env, VMX_VMXON_IN_ROOT);
	else
		vmxon(env, cpu_ldq_data_ra(env, addr, ra), ra);
}

void helper_vmxoff(CPUX86State *env)
{
	seam_must_be_root(env, GETPC());
	seam_lp(env)->vmxon = false;
	seam_lp(env)->vmcs = SEAM_NO_VMCS;
	succeed(env);
}

void helper_vmptrld(CPUX86State *env, target_ulong addr)
{
	struct seam_lp *lp = seam_lp(env);
	uint8_t *vmcs;
	uint64_t pa;

	seam_must_be_root(env, GETPC());
	pa = cpu_ldq_data_ra(env, addr, GETPC());
	vmcs = region(pa);
	if (!vmcs) {
		fail(env, VMX_VMPTRLD_ADDRESS);
	} else if (pa == lp->vmxon_pa) {
		fail(env, VMX_VMPTRLD_VMXON);
	} else if (!vmcs_is_ours(vmcs)) {
		fail(env, VMX_VMPTRLD_REVISION);
	} else {
		lp->vmcs = pa;
		succeed(env);
	}
}

void helper_vmptrst(CPUX86State *env, target_ulong addr)
{
	seam_must_be_root(env, GETPC());
	cpu_stq_data_ra(env, addr, seam_lp(env)->vmcs, GETPC());
	succeed(env);
}

void helper_vmclear(CPUX86State *env, target_ulong addr)
{
	struct seam_lp *lp = seam_lp(env);
	uint8_t *vmcs;
	uint64_t pa;

	seam_must_be_root(env, GETPC());
	pa = cpu_ldq_data_ra(env, addr, GETPC());
	vmcs = region(pa);
	if (!vmcs) {
		fail(env, VMX_VMCLEAR_ADDRESS);
	} else if (pa == lp->vmxon_pa) {
		fail(env, VMX_VMCLEAR_VMXON);
	} else {
		vmcs_set_launched(vmcs, false);
		if (lp->vmcs == pa)
			lp->vmcs = SEAM_NO_VMCS;
		succeed(env);
	}
}

/* ---- fields ---------------------------------------------------------------------------------- */

target_ulong helper_vmread(CPUX86State *env, target_ulong field, target_ulong before)
{
	uint8_t *vmcs;
	uint64_t value;

	seam_must_be_root(env, GETPC());
	vmcs = current(env);
	if (!vmcs) {
		fail_invalid(env);
		return before;
	}
	if (!vmcs_read(vmcs, field, &value)) {
		fail(env, VMX_NO_SUCH_FIELD);
		return before;
	}
	succeed(env);
	return value;
}

void helper_vmwrite(CPUX86State *env, target_ulong field, target_ulong value)
{
	uint8_t *vmcs;

	seam_must_be_root(env, GETPC());
	vmcs = current(env);
	if (!vmcs)
		fail_invalid(env);
	else if (!vmcs_write(vmcs, field, value))
		fail(env, VMX_NO_SUCH_FIELD);
	else
		succeed(env);
}

/* ---- the rest -------------------------------------------------------------------------------- */

/* INVEPT has two types and INVVPID four. Nothing is cached that would have to go. */
void helper_vmx_invalidate(CPUX86State *env, target_ulong type, uint32_t is_vpid)
{
	seam_must_be_root(env, GETPC());
	if (is_vpid ? type > 3 : type != 1 && type != 2)
		fail(env, VMX_INVALID_OPERAND);
	else
		succeed(env);
}

void helper_vmx_enter(CPUX86State *env, uint32_t resume)
{
	uint8_t *vmcs;

	seam_must_be_root(env, GETPC());
	vmcs = current(env);
	if (!vmcs)
		fail_invalid(env);
	else if (resume)
		fail(env, VMX_VMRESUME_NOT_LAUNCHED);
	else if (vmcs_launched(vmcs))
		fail(env, VMX_VMLAUNCH_NOT_CLEAR);
	else
		fail(env, VMX_ENTRY_CONTROLS);
}

void helper_vmx_vmcall(CPUX86State *env)
{
	seam_must_be_root(env, GETPC());
	fail(env, VMX_VMCALL_IN_ROOT);
}

/* 64 bytes at once on hardware; in pieces here. */
void helper_movdir64b(CPUX86State *env, target_ulong to, target_ulong from)
{
	uintptr_t ra = GETPC();
	uint64_t v[8];
	int i;

	if (to & 63)
		raise_exception_err_ra(env, EXCP0D_GPF, 0, ra);
	for (i = 0; i < 8; i++)
		v[i] = cpu_ldq_data_ra(env, from + 8 * i, ra);
	for (i = 0; i < 8; i++)
		cpu_stq_data_ra(env, to + 8 * i, v[i], ra);
}
