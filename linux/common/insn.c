// SPDX-License-Identifier: GPL-2.0-only
/* The instructions SEAMCALL, VMPTRST and VMPTRLD. */
#include "insn.h"

#include <asm/asm.h>

/* Outcomes of an instruction: success, failure (RFLAGS.CF or .ZF set), fault. */
enum { DONE = 0, FAILED = 1, FAULTED = 2 };

/* _ASM_EXTABLE_FAULT puts the vector of a fault into RAX: the low half of the status. */
#define SOFTWARE_STATUS(vector)	(0x8000ff0000000000ULL | (vector))

/*
 * The instructions are encoded as bytes. Assemblers of 2022 do not know SEAMCALL. The software SEAM
 * recognises VMPTRST and VMPTRLD only in this encoding, with the address in RAX.
 */

/*
 * The asm itself moves R8 to R11. A C variable in one of these registers would lose its value to
 * every call that the compiler adds, such as those of KCSAN at each access to @regs.
 */
noinline u64 insn_seamcall(struct ss_regs *regs)
{
	u64 rax = regs->rax, rcx = regs->rcx, rdx = regs->rdx;
	u32 outcome = FAULTED;

	asm volatile("mov %c[r8](%[regs]), %%r8\n\t"
		     "mov %c[r9](%[regs]), %%r9\n\t"
		     "mov %c[r10](%[regs]), %%r10\n\t"
		     "mov %c[r11](%[regs]), %%r11\n\t"
		     "1: .byte 0x66, 0x0f, 0x01, 0xcf\n\t"
		     "mov $0, %[outcome]\n\t"
		     "adc $0, %[outcome]\n\t"
		     "2:\n\t"
		     "mov %%r8, %c[r8](%[regs])\n\t"
		     "mov %%r9, %c[r9](%[regs])\n\t"
		     "mov %%r10, %c[r10](%[regs])\n\t"
		     "mov %%r11, %c[r11](%[regs])\n\t"
		     _ASM_EXTABLE_FAULT(1b, 2b)
		     : "+a" (rax), "+c" (rcx), "+d" (rdx), [outcome] "+b" (outcome)
		     : [regs] "r" (regs), [r8] "i" (offsetof(struct ss_regs, r8)),
		       [r9] "i" (offsetof(struct ss_regs, r9)),
		       [r10] "i" (offsetof(struct ss_regs, r10)),
		       [r11] "i" (offsetof(struct ss_regs, r11))
		     : "r8", "r9", "r10", "r11", "rsi", "rdi", "memory", "cc");

	regs->rcx = rcx;
	regs->rdx = rdx;
	if (outcome == FAULTED)
		return SOFTWARE_STATUS(rax);
	return outcome == FAILED ? SS_TDX_SEAMCALL_VMFAILINVALID : rax;
}

noinline bool insn_vmptrst(u64 *pa)
{
	u64 rax = (u64)pa;
	u32 outcome = FAULTED;

	asm volatile("1: .byte 0x0f, 0xc7, 0x38\n\t"
		     "mov $0, %[outcome]\n\t"
		     "2:\n\t"
		     _ASM_EXTABLE_FAULT(1b, 2b)
		     : "+a" (rax), [outcome] "+b" (outcome)
		     :
		     : "memory", "cc");
	return outcome == DONE;
}

noinline bool insn_vmptrld(u64 pa)
{
	u64 rax = (u64)&pa;
	u32 outcome = FAULTED;

	/* CF or ZF set means failure. JA jumps if both are clear. */
	asm volatile("1: .byte 0x0f, 0xc7, 0x30\n\t"
		     "mov $0, %[outcome]\n\t"
		     "ja 2f\n\t"
		     "mov $1, %[outcome]\n\t"
		     "2:\n\t"
		     _ASM_EXTABLE_FAULT(1b, 2b)
		     : "+a" (rax), [outcome] "+b" (outcome)
		     : "m" (pa)
		     : "memory", "cc");
	return outcome == DONE;
}
