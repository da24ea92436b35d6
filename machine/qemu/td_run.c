/* SPDX-License-Identifier: GPL-2.0-only */
/* Entering and leaving a TD. */
#include "qemu/osdep.h"
#include "cpu.h"
#include "qemu/main-loop.h"
#include "exec/exec-all.h"
#include "tcg/helper-tcg.h"
#include "parts.h"
#include "trace.h"

#define INSN_BYTES	4	/* SEAMCALL, TDCALL */
#define STATE_PAGES	(SIM_GUEST_PAGES - 1)

/* The pages that hold a vCPU's registers. */
static void td_pages(CPUX86State *env, uint8_t *pages[STATE_PAGES])
{
	uint32_t i;

	for (i = 0; i < STATE_PAGES; i++)
		pages[i] = sim_guest_page(seam_model(), env_cpu(env)->cpu_index, i + 1);
}

/* The same number of pages for the host's registers, in one piece. */
static void host_pages(struct seam_lp *lp, uint8_t *pages[STATE_PAGES])
{
	uint32_t i;

	g_assert(seam_state_bytes() <= STATE_PAGES * SS_PAGE);
	if (!lp->host)
		lp->host = g_malloc0(STATE_PAGES * SS_PAGE);
	for (i = 0; i < STATE_PAGES; i++)
		pages[i] = (uint8_t *)lp->host + i * SS_PAGE;
}

/* ---- in -------------------------------------------------------------------------------------- */

/* Registers that TDG.VP.VMCALL may share: bits of its mask are their numbers. */
#define SHAREABLE	0xffccu

/* The vCPU waits in TDG.VP.VMCALL: the host's registers are the answer. */
static void answer_vmcall(CPUX86State *env, struct seam_td *td, const target_ulong *host)
{
	int i;

	for (i = 0; i < CPU_NB_REGS; i++)
		if (td->mask & SHAREABLE & 1u << i)
			env->regs[i] = host[i];
	env->regs[R_EAX] = 0;
	td->in_vmcall = 0;
}

/*
 * Delivers the NMI that the host asked for. Delivery can fault, and then the TD leaves without the
 * NMI, which comes at the next entry. Until the guest's IRET NMIs of the host wait too.
 */
static void inject_nmi(CPUX86State *env)
{
	if (!seam_lp(env)->guest.nmi || env->hflags2 & HF2_NMI_MASK)
		return;
	do_interrupt_x86_hardirq(env, EXCP02_NMI, 1);
	env->hflags2 |= HF2_NMI_MASK;
	sim_guest_took_nmi(seam_model(), env_cpu(env)->cpu_index);
}

void seam_td_enter(CPUX86State *env, uintptr_t ra)
{
	uint8_t *host[STATE_PAGES], *guest[STATE_PAGES];
	CPUState *cs = env_cpu(env);
	struct seam_lp *lp = seam_lp(env);
	struct seam_td *td = seam_td(env);
	target_ulong regs[CPU_NB_REGS];

	cpu_restore_state(cs, ra);
	sim_guest_facts(seam_model(), cs->cpu_index, &lp->guest);
	memcpy(regs, env->regs, sizeof(regs));
	host_pages(lp, host);
	td_pages(env, guest);
	seam_state_save(env, host);
	lp->in_td = true;
	trace_seam_td_enter(cs->cpu_index, lp->guest.tdr_pa, lp->guest.index);
	if (td->ran)
		seam_state_load(env, guest);
	else
		seam_state_begin(env, &lp->guest);
	td->ran = 1;
	if (td->in_vmcall)
		answer_vmcall(env, td, regs);
	tlb_flush(cs);
	cpu_sync_avx_hflag(env);
	seam_td_take_posted(env);
	seam_td_note_pending(env);
	inject_nmi(env);
	cs->exception_index = -1;
	cpu_loop_exit(cs);
}

/* ---- out ------------------------------------------------------------------------------------- */

void seam_td_exit(CPUX86State *env, const struct ss_regs *regs, uint32_t advance)
{
	uint8_t *host[STATE_PAGES], *guest[STATE_PAGES];
	CPUState *cs = env_cpu(env);
	struct seam_lp *lp = seam_lp(env);
	bool locked;

	env->eip += advance;
	if (advance)
		env->hflags &= ~HF_INHIBIT_IRQ_MASK;
	trace_seam_td_exit(cs->cpu_index, lp->guest.tdr_pa, lp->guest.index, regs->rax, regs->r10,
			   regs->r11);
	host_pages(lp, host);
	td_pages(env, guest);
	seam_state_save(env, guest);
	seam_state_load(env, host);
	seam_state_scrub(env, lp->guest.xfam);
	lp->in_td = false;
	if (lp->nmi)
		env->hflags2 |= HF2_NMI_MASK;
	lp->nmi = false;
	sim_guest_pending(seam_model(), cs->cpu_index, seam_td_deliverable(env));
	sim_guest_stop(seam_model(), cs->cpu_index);
	locked = seam_big_lock();
	cpu_reset_interrupt(cs, CPU_INTERRUPT_VIRQ);
	seam_big_unlock(locked);
	env->eip += INSN_BYTES;
	seam_regs_set(env, regs);
	seam_set_flags(env, 0);
	tlb_flush(cs);
	cs->exception_index = -1;
	cpu_loop_exit(cs);
}

/* The guest goes on behind an instruction that was done for it. */
void seam_td_skip(CPUX86State *env, uint32_t bytes, uintptr_t ra)
{
	CPUState *cs = env_cpu(env);

	cpu_restore_state(cs, ra);
	env->eip += bytes;
	env->hflags &= ~HF_INHIBIT_IRQ_MASK;
	cs->exception_index = -1;
	cpu_loop_exit(cs);
}
