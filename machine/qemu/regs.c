/* SPDX-License-Identifier: GPL-2.0-only */
/* The registers that SEAMCALL and TDCALL pass: struct ss_regs and QEMU's numbers of them. */
#include "qemu/osdep.h"
#include "cpu.h"
#include "parts.h"

static const struct {
	size_t at;
	int reg;
} pairs[] = {
	{ offsetof(struct ss_regs, rax), R_EAX }, { offsetof(struct ss_regs, rcx), R_ECX },
	{ offsetof(struct ss_regs, rdx), R_EDX }, { offsetof(struct ss_regs, rbx), R_EBX },
	{ offsetof(struct ss_regs, rsi), R_ESI }, { offsetof(struct ss_regs, rdi), R_EDI },
	{ offsetof(struct ss_regs, r8), 8 }, { offsetof(struct ss_regs, r9), 9 },
	{ offsetof(struct ss_regs, r10), 10 }, { offsetof(struct ss_regs, r11), 11 },
	{ offsetof(struct ss_regs, r12), 12 }, { offsetof(struct ss_regs, r13), 13 },
	{ offsetof(struct ss_regs, r14), 14 }, { offsetof(struct ss_regs, r15), 15 },
};

void seam_regs_get(CPUX86State *env, struct ss_regs *r)
{
	int i;

	memset(r, 0, sizeof(*r));
	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		*(uint64_t *)((char *)r + pairs[i].at) = env->regs[pairs[i].reg];
}

void seam_regs_set(CPUX86State *env, const struct ss_regs *r)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		env->regs[pairs[i].reg] = *(uint64_t *)((char *)r + pairs[i].at);
}
