// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emulation of SEAMCALL: without SEAM the instruction raises #UD, and a die notifier handles the
 * #UD.
 *
 * The kernel calls die notifiers for a #UD before it searches the exception table. So an emulated
 * SEAMCALL takes precedence over the caller's fault handling. If the notifier declines, the caller
 * gets the same fault as without seamsim. The notifier runs on the interrupted task's stack with
 * interrupts off. The notifier takes no lock that can sleep, and the model's stack frames are
 * small.
 *
 * VMPTRST and VMPTRLD are emulated too, but only in the encoding of insn.c. So tests can watch
 * whether the driver preserves the current VMCS: a P-SEAMLDR call clears the VMCS, as on processors
 * with the erratum (specification 10.6).
 */
#include "../common/insn.h"
#include "seamsim.h"

#include <asm/ptrace.h>
#include <asm/trapnr.h>
#include <linux/kdebug.h>
#include <linux/kprobes.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>

#define QUANTUM_NS	50000u
#define INSN_BYTES	4u	/* SEAMCALL is the longest */
#define ARITHMETIC_FLAGS (X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | X86_EFLAGS_ZF | \
			  X86_EFLAGS_SF | X86_EFLAGS_OF)

static const u8 seamcall_bytes[] = { 0x66, 0x0f, 0x01, 0xcf };
static const u8 vmptrst_bytes[] = { 0x0f, 0xc7, 0x38 };
static const u8 vmptrld_bytes[] = { 0x0f, 0xc7, 0x30 };

/* Each CPU's current VMCS, and the VMCS that a P-SEAMLDR call cleared. Only its own CPU writes. */
static DEFINE_PER_CPU(u64, current_vmcs) = INSN_NO_VMCS;
static DEFINE_PER_CPU(u64, taken_vmcs) = INSN_NO_VMCS;

/* The address of this module's only SEAMCALL, in insn_seamcall(). Constant after the load. */
static unsigned long own_seamcall;

/* CPUs whose VMCS a P-SEAMLDR call cleared, and on which nobody has loaded a VMCS since. */
u32 seamsim_vmcs_lost(void)
{
	unsigned int cpu;
	u32 lost = 0;

	for_each_possible_cpu(cpu)
		lost += READ_ONCE(per_cpu(taken_vmcs, cpu)) != INSN_NO_VMCS;
	return lost;
}

static void leave_seamldr(void)
{
	if (__this_cpu_read(current_vmcs) == INSN_NO_VMCS)
		return;
	__this_cpu_write(taken_vmcs, __this_cpu_read(current_vmcs));
	__this_cpu_write(current_vmcs, INSN_NO_VMCS);
}

/*
 * Set flags and registers as SEAMCALL does (specification 2.2). If the model answers with a fault,
 * the notifier declines and the caller's exception table finds a #UD. A #GP becomes a #UD too,
 * because the kernel asks no notifier about a #GP.
 */
static bool answer_seamcall(struct pt_regs *regs)
{
	/* SEAMCALLs of this module belong to TDs, all others to an update. */
	bool own = regs->ip == own_seamcall;
	struct ss_regs r = {
		.rax = regs->ax, .rcx = regs->cx, .rdx = regs->dx, .rbx = regs->bx,
		.rsi = regs->si, .rdi = regs->di, .r8 = regs->r8, .r9 = regs->r9,
		.r10 = regs->r10, .r11 = regs->r11,
	};
	u64 status;

	__this_cpu_write(seamsim_quantum_end, ss_now_ns() + QUANTUM_NS);
	status = sim_seamcall(seamsim, __this_cpu_read(seamsim_lp), &r, own ? 0 : SIM_FROM_UPDATE);
	if (status == SS_TDX_SEAMCALL_UD || status == SS_TDX_SEAMCALL_GP)
		return false;
	if (regs->ax & SS_LEAF_SEAMLDR)
		leave_seamldr();
	regs->flags &= ~ARITHMETIC_FLAGS;
	regs->ip += sizeof(seamcall_bytes);
	if (status == SS_TDX_SEAMCALL_VMFAILINVALID) {
		regs->flags |= X86_EFLAGS_CF;
		return true;
	}
	regs->ax = status;
	regs->cx = r.rcx;
	regs->dx = r.rdx;
	regs->r8 = r.r8;
	regs->r9 = r.r9;
	regs->r10 = r.r10;
	regs->r11 = r.r11;
	return true;
}

static bool answer_vmptrst(struct pt_regs *regs)
{
	u64 *where = (u64 *)regs->ax;

	/* Modules cannot write with fault handling. A variable on the stack can be written. */
	if (!object_is_on_stack(where) || (unsigned long)where % sizeof(*where))
		return false;
	*where = __this_cpu_read(current_vmcs);
	regs->flags &= ~ARITHMETIC_FLAGS;
	regs->ip += sizeof(vmptrst_bytes);
	return true;
}

static bool answer_vmptrld(struct pt_regs *regs)
{
	u64 pa;

	if (copy_from_kernel_nofault(&pa, (void *)regs->ax, sizeof(pa)))
		return false;
	__this_cpu_write(current_vmcs, pa);
	__this_cpu_write(taken_vmcs, INSN_NO_VMCS);
	regs->flags &= ~ARITHMETIC_FLAGS;
	regs->ip += sizeof(vmptrld_bytes);
	return true;
}

static bool answers_here(void)
{
	return __this_cpu_read(seamsim_lp) != SEAMSIM_NO_LP;
}

static bool answer_ud(struct pt_regs *regs)
{
	u8 insn[INSN_BYTES];

	if (copy_from_kernel_nofault(insn, (void *)regs->ip, sizeof(insn)))
		return false;
	if (!memcmp(insn, seamcall_bytes, sizeof(seamcall_bytes)))
		return answers_here() && answer_seamcall(regs);
	if (!memcmp(insn, vmptrst_bytes, sizeof(vmptrst_bytes)))
		return answers_here() && answer_vmptrst(regs);
	if (!memcmp(insn, vmptrld_bytes, sizeof(vmptrld_bytes)))
		return answers_here() && answer_vmptrld(regs);
	return false;
}

static int trap(struct notifier_block *nb, unsigned long event, void *data)
{
	struct die_args *args = data;

	if (event != DIE_TRAP || args->trapnr != X86_TRAP_UD || user_mode(args->regs))
		return NOTIFY_DONE;
	return answer_ud(args->regs) ? NOTIFY_STOP : NOTIFY_DONE;
}
NOKPROBE_SYMBOL(trap);

static struct notifier_block trap_notifier = {
	.notifier_call = trap,
	.priority = INT_MAX,
};

/* The function has one SEAMCALL. */
static unsigned long find_own_seamcall(void)
{
	const u8 *at = (const u8 *)insn_seamcall;

	while (memcmp(at, seamcall_bytes, sizeof(seamcall_bytes)))
		at++;
	return (unsigned long)at;
}

/* Every CPU gets a current VMCS that a P-SEAMLDR call can clear. Only its address is used. */
int seamsim_trap_init(void)
{
	unsigned int cpu;

	own_seamcall = find_own_seamcall();
	for_each_possible_cpu(cpu)
		per_cpu(current_vmcs, cpu) = (cpu + 1ULL) * PAGE_SIZE;
	return register_die_notifier(&trap_notifier);
}

/* Waits for running notifiers. */
void seamsim_trap_exit(void)
{
	unregister_die_notifier(&trap_notifier);
}
