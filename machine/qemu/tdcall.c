/* SPDX-License-Identifier: GPL-2.0-only */
/* TDCALL: the leaves that change what the CPU does are here, the others in the model. */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/helper-proto.h"
#include "exec/exec-all.h"
#include "tcg/helper-tcg.h"
#include "parts.h"
#include "trace.h"

#define TDG_VP_VMCALL		0
#define TDG_VP_VEINFO_GET	3
#define TDG_VP_CPUIDVE_SET	5
#define INSN_BYTES		4

/* The mask of registers: RAX, RCX and RSP stay the guest's; bits 31:16 are XMM registers. */
#define MASK_ALLOWED		0xffffffccULL

static void vmcall(CPUX86State *env, uintptr_t ra)
{
	struct seam_td *td = seam_td(env);
	uint64_t mask = env->regs[R_ECX];
	target_ulong own[CPU_NB_REGS];
	struct ss_regs r;
	int i;

	if (mask & ~MASK_ALLOWED) {
		env->regs[R_EAX] = SS_TDX_OPERAND_INVALID | 1;
		return;
	}
	cpu_restore_state(env_cpu(env), ra);
	memcpy(own, env->regs, sizeof(own));
	for (i = 0; i < CPU_NB_REGS; i++)
		if (!(mask >> i & 1))
			env->regs[i] = 0;
	seam_regs_get(env, &r);
	memcpy(env->regs, own, sizeof(own));
	r.rax = SEAM_EXIT_TDCALL;
	r.rcx = mask;
	td->in_vmcall = 1;
	td->mask = mask;
	seam_td_exit(env, &r, INSN_BYTES);
}

static void veinfo(CPUX86State *env)
{
	struct seam_td *td = seam_td(env);

	if (!td->ve_valid) {
		env->regs[R_EAX] = SS_TDX_NO_VALID_VE_INFO;
		return;
	}
	td->ve_valid = 0;
	env->regs[R_EAX] = 0;
	env->regs[R_ECX] = td->ve.reason;
	env->regs[R_EDX] = td->ve.qualification;
	env->regs[8] = td->ve.gla;
	env->regs[9] = td->ve.gpa;
	env->regs[10] = td->ve.length;
}

static void cpuidve(CPUX86State *env)
{
	if (env->regs[R_ECX] & ~3ULL) {
		env->regs[R_EAX] = SS_TDX_OPERAND_INVALID | 1;
		return;
	}
	seam_td(env)->cpuid_ve = env->regs[R_ECX];
	env->regs[R_EAX] = 0;
}

static void model_leaf(CPUX86State *env, uintptr_t ra)
{
	CPUState *cs = env_cpu(env);
	struct ss_regs r;
	uint64_t status;

	seam_regs_get(env, &r);
	status = sim_tdcall(seam_model(), cs->cpu_index, &r);
	if (status == SIM_GUEST_VIOLATION)
		seam_td_accept_violation(env, r.rcx, ra);
	if (status == SIM_GUEST_DAMAGED)
		seam_td_dies(env, SEAM_EXIT_MACHINE_CHECK, ra);
	if (status == SIM_GUEST_AGAIN)
		cpu_loop_exit_restore(cs, ra);
	r.rax = status;
	seam_regs_set(env, &r);
	/* The guest may have chosen what it gets a #VE for. */
	sim_guest_facts(seam_model(), cs->cpu_index, &seam_lp(env)->guest);
}

void helper_tdcall(CPUX86State *env)
{
	uint64_t leaf = env->regs[R_EAX];

	if (!seam_in_td(env))
		raise_exception_ra(env, EXCP06_ILLOP, GETPC());
	if (env->hflags & HF_CPL_MASK)
		raise_exception_err_ra(env, EXCP0D_GPF, 0, GETPC());
	if (leaf == TDG_VP_VMCALL)
		vmcall(env, GETPC());
	else if (leaf == TDG_VP_VEINFO_GET)
		veinfo(env);
	else if (leaf == TDG_VP_CPUIDVE_SET)
		cpuidve(env);
	else
		model_leaf(env, GETPC());
	trace_seam_tdcall(env_cpu(env)->cpu_index, leaf, env->regs[R_EAX]);
	seam_set_flags(env, 0);
}
