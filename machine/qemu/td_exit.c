/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What ends a TD's run on its CPU, and what a TD gets a #VE for. QEMU asks here where SVM's
 * hypervisor could intercept: its events and instructions stand for those of VMX.
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/exec-all.h"
#include "hw/i386/apic.h"
#include "tcg/helper-tcg.h"
#include "parts.h"
#include "trace.h"

#define VECTOR_VE	20
#define VALID		(1u << 31)	/* interruption information */
#define TYPE_NMI	(2u << 8)
#define NON_RECOVERABLE_TD	0x4000000200000000ULL	/* the reason is in the low half */

/* ---- #VE, exits, death ----------------------------------------------------------------------- */

/* A #VE before the guest has fetched the information of the last one is a #DF. */
void seam_td_ve(CPUX86State *env, const struct seam_ve *ve, uintptr_t ra)
{
	struct seam_td *td = seam_td(env);

	trace_seam_td_ve(env_cpu(env)->cpu_index, ve->reason, ve->qualification, ve->gpa);
	if (td->ve_valid)
		raise_exception_err_ra(env, EXCP08_DBLE, 0, ra);
	td->ve_valid = 1;
	td->ve = *ve;
	raise_exception_ra(env, VECTOR_VE, ra);
}

/* An instruction that the guest asks its host for. */
static G_NORETURN void instruction_ve(CPUX86State *env, uint32_t reason, uint32_t length,
				      uintptr_t ra)
{
	seam_td_ve(env, &(struct seam_ve){ .reason = reason, .length = length }, ra);
}

void seam_td_dies(CPUX86State *env, uint32_t reason, uintptr_t ra)
{
	struct ss_regs r = { .rax = NON_RECOVERABLE_TD | reason };

	if (ra)
		cpu_restore_state(env_cpu(env), ra);
	sim_guest_kill(seam_model(), env_cpu(env)->cpu_index);
	seam_td_exit(env, &r, 0);
}

/* ---- events ---------------------------------------------------------------------------------- */

/* In the interrupt loop, under QEMU's big lock. "Acknowledge interrupt on exit". */
static void interrupt(CPUX86State *env)
{
	struct ss_regs r = { .rax = SEAM_EXIT_INTERRUPT };
	CPUState *cs = env_cpu(env);
	int vector;

	cs->interrupt_request &= ~CPU_INTERRUPT_HARD;
	vector = cpu_get_pic_interrupt(env);
	if (vector < 0 || seam_td_notified(env, vector)) {
		cs->exception_index = -1;
		cpu_loop_exit(cs);
	}
	r.r9 = VALID | vector;
	seam_td_exit(env, &r, 0);
}

/* The host learns of the NMI from the exit, and blocks NMIs until its IRET. */
static void nmi(CPUX86State *env)
{
	struct ss_regs r = {
		.rax = SEAM_EXIT_EXCEPTION_NMI, .r9 = VALID | TYPE_NMI | EXCP02_NMI,
	};

	env_cpu(env)->interrupt_request &= ~CPU_INTERRUPT_NMI;
	seam_lp(env)->nmi = true;
	seam_td_exit(env, &r, 0);
}

static void smi(CPUX86State *env)
{
	struct ss_regs r = { .rax = SEAM_EXIT_SMI };

	seam_td_exit(env, &r, 0);
}

/* What SVM would hand to its hypervisor in the middle of something. */
void seam_td_vmexit(CPUX86State *env, uint32_t type, uintptr_t ra)
{
	if (type == SVM_EXIT_SHUTDOWN)
		seam_td_dies(env, SEAM_EXIT_TRIPLE_FAULT, ra);
	raise_exception_err_ra(env, EXCP0D_GPF, 0, ra);
}

/* ---- instructions ---------------------------------------------------------------------------- */

static void cpuid(CPUX86State *env, uintptr_t ra)
{
	bool always = seam_td(env)->cpuid_ve & (env->hflags & HF_CPL_MASK ? 2 : 1);
	uint32_t out[4];

	if (always || !seam_td_cpuid(env, env->regs[R_EAX], env->regs[R_ECX], out))
		instruction_ve(env, SEAM_EXIT_CPUID, 2, ra);
	env->regs[R_EAX] = out[0];
	env->regs[R_EBX] = out[1];
	env->regs[R_ECX] = out[2];
	env->regs[R_EDX] = out[3];
	seam_td_skip(env, 2, ra);
}

static void msr(CPUX86State *env, bool write, uintptr_t ra)
{
	uint64_t value = (uint32_t)env->regs[R_EAX] | env->regs[R_EDX] << 32;

	/* The TSC is a clock. With icount a clock may be read only where I/O may happen. */
	env_cpu(env)->can_do_io = 1;
	switch (seam_td_msr(env, env->regs[R_ECX], write, &value)) {
	case SEAM_MSR_NATIVE:
		return;
	case SEAM_MSR_GP:
		raise_exception_err_ra(env, EXCP0D_GPF, 0, ra);
	case SEAM_MSR_VE:
		instruction_ve(env, write ? SEAM_EXIT_WRMSR : SEAM_EXIT_RDMSR, 2, ra);
	case SEAM_MSR_DONE:
		break;
	}
	if (!write) {
		env->regs[R_EAX] = (uint32_t)value;
		env->regs[R_EDX] = value >> 32;
	}
	seam_td_skip(env, 2, ra);
}

void seam_td_intercept(CPUX86State *env, uint32_t type, uint64_t param, uintptr_t ra)
{
	switch (type) {
	case SVM_EXIT_INTR:
		interrupt(env);
		break;
	case SVM_EXIT_NMI:
		nmi(env);
		break;
	case SVM_EXIT_SMI:
		smi(env);
		break;
	case SVM_EXIT_CPUID:
		cpuid(env, ra);
		break;
	case SVM_EXIT_HLT:
		instruction_ve(env, SEAM_EXIT_HLT, 1, ra);
	case SVM_EXIT_MSR:
		msr(env, param, ra);
		break;
	case SVM_EXIT_INVD:
		instruction_ve(env, SEAM_EXIT_INVD, 2, ra);
	case SVM_EXIT_WBINVD:
		instruction_ve(env, SEAM_EXIT_WBINVD, 2, ra);
	case SVM_EXIT_MONITOR:
	case SVM_EXIT_MWAIT:
		raise_exception_ra(env, EXCP06_ILLOP, ra);
	case SVM_EXIT_RDPMC:
		raise_exception_err_ra(env, EXCP0D_GPF, 0, ra);
	}
}

/* Exit qualification of I/O: size - 1 in bits 2:0, direction, string, REP, port in 31:16. */
void seam_td_io(CPUX86State *env, uint32_t port, uint32_t param, uint32_t length, uintptr_t ra)
{
	uint64_t qualification = (uint64_t)port << 16 | ((param >> SVM_IOIO_SIZE_SHIFT & 7) - 1);
	struct seam_ve ve = { .reason = SEAM_EXIT_IO, .length = length };

	if (param & SVM_IOIO_TYPE_MASK)
		qualification |= 1 << 3;
	if (param & SVM_IOIO_STR_MASK)
		qualification |= 1 << 4;
	if (param & SVM_IOIO_REP_MASK)
		qualification |= 1 << 5;
	ve.qualification = qualification;
	seam_td_ve(env, &ve, ra);
}
