// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emulation of VMXON and VMXOFF on a processor without VMX.
 *
 * Both instructions raise #UD without VMX. The emulation only records whether a CPU is in VMX
 * operation. CR4.VMXE is not checked: a processor without VMX cannot set the bit.
 */
#include "seamsim.h"

#include <asm/insn.h>
#include <asm/ptrace.h>
#include <linux/percpu.h>

#define OPCODE_VMXON		0xc7	/* after 0f */
#define OPCODE_VMXOFF		0x01
#define MODRM_VMXOFF		0xc4
#define PREFIX_VMXON		0xf3
#define REG_VMXON		6

static DEFINE_PER_CPU(bool, in_vmx);

bool seamsim_in_vmx(void)
{
	return __this_cpu_read(in_vmx);
}

static bool answer_vmxon(const struct insn *insn)
{
	if (insn->prefixes.bytes[0] != PREFIX_VMXON ||
	    X86_MODRM_REG(insn->modrm.value) != REG_VMXON ||
	    X86_MODRM_MOD(insn->modrm.value) == 3 || __this_cpu_read(in_vmx))
		return false;
	__this_cpu_write(in_vmx, true);
	return true;
}

static bool answer_vmxoff(const struct insn *insn)
{
	if (insn->modrm.bytes[0] != MODRM_VMXOFF || !__this_cpu_read(in_vmx))
		return false;
	__this_cpu_write(in_vmx, false);
	return true;
}

bool seamsim_answer_vmx(struct pt_regs *regs)
{
	bool answered = false;
	struct insn insn;

	if (insn_decode_kernel(&insn, (void *)regs->ip) || insn.opcode.bytes[0] != 0x0f)
		return false;
	if (insn.opcode.bytes[1] == OPCODE_VMXON)
		answered = answer_vmxon(&insn);
	else if (insn.opcode.bytes[1] == OPCODE_VMXOFF)
		answered = answer_vmxoff(&insn);
	if (!answered)
		return false;
	/* CF or ZF set would mean failure. */
	regs->flags &= ~(X86_EFLAGS_CF | X86_EFLAGS_ZF);
	regs->ip += insn.length;
	return true;
}
