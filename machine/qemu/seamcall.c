/* SPDX-License-Identifier: GPL-2.0-only */
/* SEAMCALL: from the instruction to the model and back. */
#include "qemu/osdep.h"
#include "cpu.h"
#include "qemu/main-loop.h"
#include "exec/helper-proto.h"
#include "exec/exec-all.h"
#include "hw/i386/apic.h"
#include "tcg/helper-tcg.h"
#include "parts.h"
#include "trace.h"

#define LEAF(rax)	((rax) & (SS_LEAF_SEAMLDR | 0xffff))
#define VALID		(1u << 31)	/* interruption information */

/* ---- guests that a script plays -------------------------------------------------------------- */

/* Whatever makes TCG leave a TB makes a guest leave. */
bool seam_interrupted(void *ctx, uint32_t lp)
{
	CPUState *cs = current_cpu;

	return (int32_t)qatomic_read(&cs->icount_decr_ptr->u32) < 0 ||
	       (qatomic_read(&cs->interrupt_request) &
		(CPU_INTERRUPT_HARD | CPU_INTERRUPT_POLL | CPU_INTERRUPT_NMI | CPU_INTERRUPT_SMI));
}

/*
 * The scripted guest left because of an interrupt. The APIC gives the vector. If TCG wanted
 * something else, the instruction begins anew after that.
 */
static void acknowledge(CPUX86State *env, struct ss_regs *r, uintptr_t ra)
{
	CPUState *cs = env_cpu(env);
	int vector = -1;

	qemu_mutex_lock_iothread();
	if (cs->interrupt_request & CPU_INTERRUPT_POLL) {
		cs->interrupt_request &= ~CPU_INTERRUPT_POLL;
		apic_poll_irq(env_archcpu(env)->apic_state);
	}
	if (cs->interrupt_request & CPU_INTERRUPT_HARD) {
		cs->interrupt_request &= ~CPU_INTERRUPT_HARD;
		vector = cpu_get_pic_interrupt(env);
	}
	qemu_mutex_unlock_iothread();
	if (vector < 0)
		cpu_loop_exit_restore(cs, ra);
	r->r9 = VALID | vector;
}

/* ---- the instruction ------------------------------------------------------------------------- */

/* The calls that an update consists of. In its window all others are foreign. */
static uint32_t whose(uint64_t leaf)
{
	switch (leaf) {
	case SS_LEAF_SEAMLDR_INFO:
	case SS_LEAF_SEAMLDR_INSTALL:
	case SS_LEAF_SEAMLDR_SEAMINFO:
	case SS_LEAF_TDH_SYS_SHUTDOWN:
	case SS_LEAF_TDH_SYS_INIT:
	case SS_LEAF_TDH_SYS_LP_INIT:
	case SS_LEAF_TDH_SYS_UPDATE:
	case SS_LEAF_TDH_SYS_RD:
	case SS_LEAF_TDH_PHYMEM_PAGE_RDMD:
		return SIM_FROM_UPDATE;
	default:
		return 0;
	}
}

/* SEAMRET of the P-SEAMLDR takes the current VMCS away where IA32_VMX_BASIC[60] is 0. */
static void seamret(CPUX86State *env, uint64_t leaf)
{
	if ((leaf & SS_LEAF_SEAMLDR) && !seam_options()->seamret_keeps_vmcs)
		seam_lp(env)->vmcs = SEAM_NO_VMCS;
}

static void finish(CPUX86State *env, uint64_t leaf, uint64_t status, struct ss_regs *r,
		   uintptr_t ra)
{
	switch (status) {
	case SIM_RUN:
		seam_td_enter(env, ra);
	case SS_TDX_SEAMCALL_UD:
		raise_exception_ra(env, EXCP06_ILLOP, ra);
	case SS_TDX_SEAMCALL_GP:
		raise_exception_err_ra(env, EXCP0D_GPF, 0, ra);
	case SS_TDX_SEAMCALL_VMFAILINVALID:
		seam_set_flags(env, CC_C);
		return;
	}
	if (leaf == SS_LEAF_TDH_VP_ENTER && status == SEAM_EXIT_INTERRUPT)
		acknowledge(env, r, ra);
	seamret(env, leaf);
	r->rax = status;
	seam_regs_set(env, r);
	seam_set_flags(env, 0);
}

void helper_seamcall(CPUX86State *env)
{
	uint32_t lp = env_cpu(env)->cpu_index;
	uint64_t leaf, rcx, status;
	struct ss_regs r;

	seam_must_be_root(env, GETPC());
	if (!(env->hflags & HF_CS64_MASK))
		raise_exception_ra(env, EXCP06_ILLOP, GETPC());
	if (!seam_model())
		raise_exception_err_ra(env, EXCP0D_GPF, 0, GETPC());
	seam_regs_get(env, &r);
	leaf = LEAF(r.rax);
	rcx = r.rcx;
	trace_seam_call(lp, ss_leaf_name(leaf), r.rax, r.rcx, r.rdx, r.r8, r.r9,
			env->eip);
	status = sim_seamcall(seam_model(), lp, &r, whose(leaf));
	seam_watch(leaf, rcx, status);
	if (status != SIM_RUN)
		trace_seam_return(lp, ss_leaf_name(leaf), status,
				  status ? ss_status_name(leaf, status) : "SUCCESS", r.rcx, r.rdx);
	finish(env, leaf, status, &r, GETPC());
}
