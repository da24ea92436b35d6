/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What a TD's guest asks of the module (TDCALL) and of its host (TDG.VP.VMCALL). */
#ifndef GUEST_TDX_H
#define GUEST_TDX_H

#include <stdint.h>

enum {	/* leaves of TDCALL */
	TDG_VP_VMCALL = 0, TDG_VP_INFO = 1, TDG_VP_VEINFO_GET = 3, TDG_MR_REPORT = 4,
	TDG_MEM_PAGE_ACCEPT = 6,
};

enum {	/* functions of TDG.VP.VMCALL: below 0x10000 these are VM exit reasons */
	VMCALL_CPUID = 10, VMCALL_HLT = 12, VMCALL_IO = 30, VMCALL_RDMSR = 31, VMCALL_WRMSR = 32,
	VMCALL_MAP_GPA = 0x10001, VMCALL_FATAL = 0x10003,
};

/* Statuses of TDG.MEM.PAGE.ACCEPT: their upper halves. */
#define ALREADY_ACCEPTED	0x00000b0au
#define OPERAND_BUSY		0x80000200u

struct tdcall {
	uint64_t rcx, rdx, r8, r9, r10, r11;
};

struct vmcall {
	uint64_t r11, r12, r13, r14, r15;
};

static inline uint64_t tdcall(uint64_t leaf, struct tdcall *c)
{
	register uint64_t r8 __asm__("r8") = c->r8;
	register uint64_t r9 __asm__("r9") = c->r9;
	register uint64_t r10 __asm__("r10") = c->r10;
	register uint64_t r11 __asm__("r11") = c->r11;

	__asm__ volatile(".byte 0x66, 0x0f, 0x01, 0xcc"
			 : "+a"(leaf), "+c"(c->rcx), "+d"(c->rdx), "+r"(r8), "+r"(r9), "+r"(r10), "+r"(r11)
			 : : "memory", "cc");
	c->r8 = r8;
	c->r9 = r9;
	c->r10 = r10;
	c->r11 = r11;
	return leaf;
}

/* Returns the host's status, R10. The host sees R10 to R15 and nothing else. */
static inline uint64_t vmcall(struct vmcall *v)
{
	uint64_t leaf = TDG_VP_VMCALL;
	register uint64_t r10 __asm__("r10") = 0;
	register uint64_t r11 __asm__("r11") = v->r11;
	register uint64_t r12 __asm__("r12") = v->r12;
	register uint64_t r13 __asm__("r13") = v->r13;
	register uint64_t r14 __asm__("r14") = v->r14;
	register uint64_t r15 __asm__("r15") = v->r15;

	__asm__ volatile(".byte 0x66, 0x0f, 0x01, 0xcc"
			 : "+a"(leaf), "+r"(r10), "+r"(r11), "+r"(r12), "+r"(r13), "+r"(r14), "+r"(r15)
			 : "c"(0xfc00ul) : "memory", "cc");
	v->r11 = r11;
	v->r12 = r12;
	v->r13 = r13;
	v->r14 = r14;
	v->r15 = r15;
	return leaf ? leaf : r10;
}

static inline _Noreturn void fatal(uint64_t code)
{
	struct vmcall v = { .r11 = VMCALL_FATAL, .r12 = code };

	for (;;)
		vmcall(&v);
}

/* A page that the host added while it built the TD is accepted already. */
static inline void accept_page(uint64_t gpa)
{
	struct tdcall c;
	uint64_t status;

	do {
		c = (struct tdcall){ .rcx = gpa };
		status = tdcall(TDG_MEM_PAGE_ACCEPT, &c);
	} while (status >> 32 == OPERAND_BUSY);
	if (status && status >> 32 != ALREADY_ACCEPTED)
		fatal(status);
}

#endif
