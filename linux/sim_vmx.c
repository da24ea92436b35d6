// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMX operation for a kernel that enters it on a processor without VMX: enough to know whether it did.
 *
 * Setting CR4.VMXE raises #GP where there is no VMX, VMXON and VMXOFF raise #UD. The kernel asks die
 * notifiers about all three. What CR4 can hold is written; the rest is remembered here, as the
 * kernel's own shadow of CR4 remembers it too.
 */
#include "seamsim.h"

#include <asm/insn.h>
#include <asm/insn-eval.h>
#include <asm/ptrace.h>
#include <asm/trapnr.h>
#include <linux/percpu.h>

#define OPCODE_MOV_TO_CR	0x22	/* after 0f */
#define OPCODE_VMXON		0xc7
#define OPCODE_VMXOFF		0x01
#define MODRM_VMXOFF		0xc4
#define PREFIX_VMXON		0xf3
#define REG_VMXON		6
#define REG_CR4			4

static DEFINE_PER_CPU(bool, vmxe);
static DEFINE_PER_CPU(bool, in_vmx);

bool seamsim_in_vmx(void)
{
	return __this_cpu_read(in_vmx);
}

static unsigned long operand(const struct insn *insn, struct pt_regs *regs)
{
	int offset = insn_get_modrm_rm_off((struct insn *)insn, regs);

	return offset < 0 ? 0 : *(unsigned long *)((u8 *)regs + offset);
}

/* VMXE while in VMX operation cannot be cleared; the kernel does not try to. */
static bool answer_cr4(const struct insn *insn, struct pt_regs *regs)
{
	unsigned long cr4 = operand(insn, regs);

	if (X86_MODRM_REG(insn->modrm.value) != REG_CR4 || !(cr4 & X86_CR4_VMXE))
		return false;
	__this_cpu_write(vmxe, true);
	asm volatile("mov %0, %%cr4" : : "r" (cr4 & ~X86_CR4_VMXE) : "memory");
	return true;
}

static bool answer_vmxon(const struct insn *insn)
{
	if (insn->prefixes.bytes[0] != PREFIX_VMXON ||
	    X86_MODRM_REG(insn->modrm.value) != REG_VMXON || X86_MODRM_MOD(insn->modrm.value) == 3 ||
	    !__this_cpu_read(vmxe) || __this_cpu_read(in_vmx))
		return false;
	__this_cpu_write(in_vmx, true);
	return true;
}

static bool answer_vmxoff(const struct insn *insn)
{
	if (insn->modrm.bytes[0] != MODRM_VMXOFF || !__this_cpu_read(in_vmx))
		return false;
	__this_cpu_write(in_vmx, false);
	__this_cpu_write(vmxe, false);
	return true;
}

bool seamsim_answer_vmx(int trapnr, struct pt_regs *regs)
{
	bool answered = false;
	struct insn insn;

	if ((trapnr != X86_TRAP_UD && trapnr != X86_TRAP_GP) ||
	    insn_decode_kernel(&insn, (void *)regs->ip) || insn.opcode.bytes[0] != 0x0f)
		return false;
	insn_get_length(&insn);
	if (trapnr == X86_TRAP_GP && insn.opcode.bytes[1] == OPCODE_MOV_TO_CR)
		answered = answer_cr4(&insn, regs);
	else if (trapnr == X86_TRAP_UD && insn.opcode.bytes[1] == OPCODE_VMXON)
		answered = answer_vmxon(&insn);
	else if (trapnr == X86_TRAP_UD && insn.opcode.bytes[1] == OPCODE_VMXOFF)
		answered = answer_vmxoff(&insn);
	if (!answered)
		return false;
	/* CF and ZF would mean that it failed. */
	if (trapnr == X86_TRAP_UD)
		regs->flags &= ~(X86_EFLAGS_CF | X86_EFLAGS_ZF);
	regs->ip += insn.length;
	return true;
}
