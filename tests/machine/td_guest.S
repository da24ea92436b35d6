/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A guest that does what its host tells: it calls the host, finds a command in R12 with operands in
 * R13 to R15, carries it out, and calls again with results in RBX and R12 to R15. R11 says what
 * happened: 0, or the vector of an exception or interrupt. The host copies the page to 0xfffff000.
 */
#define TDCALL	.byte 0x66, 0x0f, 0x01, 0xcc
#define MASK	0xfc08			/* R10 to R15, RBX */

	.section .guest, "a"
	.balign 4096
	.globl td_guest_page, td_guest_ve, td_guest_gp, td_guest_ud, td_guest_irq
td_guest_page:
	.code64
again:	xor %r11d, %r11d
report:	mov $0xffffd000, %esp
	xor %r10d, %r10d
	mov $MASK, %ecx
	xor %eax, %eax
	TDCALL
	lea table(%rip), %rax
	and $15, %r12d
	movslq (%rax,%r12,4), %rcx
	add %rcx, %rax
	jmp *%rax

	.balign 4
table:	.long load - table, store - table, ask - table, identify - table
	.long msr - table, port - table, vector_register - table, interrupts - table
	.long components - table, work - table

work:	call td_guest_work
	jmp again

	/* R13 rounds over 1 KiB at R14. The host runs the same bytes, to compare. */
	.globl td_guest_work
td_guest_work:
	mov %r13, %rcx
1:	mov %r14, %rdi
	mov $128, %edx
2:	imul $0x1e3779b9, (%rdi), %rax
	add %rcx, %rax
	ror $13, %rax
	mov %rax, (%rdi)
	add $8, %rdi
	dec %edx
	jnz 2b
	dec %rcx
	jnz 1b
	ret

load:	mov (%r13), %r14
	jmp again
store:	mov %r14, (%r13)
	jmp again
ask:	mov %r13, %rax
	mov %r14, %rcx
	mov %r15, %rdx
	TDCALL
	mov %rax, %r13
	mov %rcx, %r14
	mov %rdx, %r15
	mov %r8, %rbx
	jmp again
identify:
	mov %r13d, %eax
	mov %r14d, %ecx
	cpuid
	mov %eax, %r12d
	mov %ecx, %r13d
	mov %edx, %r14d
	jmp again
msr:	mov %r13d, %ecx
	rdmsr
	shl $32, %rdx
	lea (%rax,%rdx), %r14
	jmp again
port:	mov %r13d, %edx
	in %dx, %al
	jmp again
/* Returns what XMM5 holds, and then changes it. */
vector_register:
	movq %xmm5, %r14
	movq %r13, %xmm5
	jmp again
components:
	xor %ecx, %ecx
	mov %r13d, %eax
	xor %edx, %edx
	xsetbv
	jmp again
interrupts:
	sti
	nop
	nop
	cli
	jmp again

td_guest_ve:
	mov $3, %eax			/* TDG.VP.VEINFO.GET */
	TDCALL
	mov %rcx, %r12
	mov %rdx, %r13
	mov %r8, %rbx
	mov %r9, %r14
	mov %r10, %r15
	mov $20, %r11d
	jmp report
td_guest_ud:
	mov $6, %r11d
	jmp report
td_guest_gp:
	mov $13, %r11d
	jmp report
td_guest_irq:
	mov $0x80b, %ecx		/* EOI */
	xor %eax, %eax
	xor %edx, %edx
	wrmsr
	mov $0x41, %r11d
	jmp report

	.code32
begin:	mov $0x406a0, %eax		/* with OSXSAVE */
	mov %eax, %cr4
	mov $0xffffe000, %eax
	mov %eax, %cr3
	lgdt 0xffffff80
	mov %cr0, %eax
	or $0x80000002, %eax
	mov %eax, %cr0
	ljmp $8, $0xfffff000 + set_up - td_guest_page
	.code64
set_up:	mov $16, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	mov $0xffffff90, %eax
	lidt (%rax)
	jmp again

	.org td_guest_page + 0xf60
guest_gdt:
	.quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff
	.org td_guest_page + 0xf80
	.word 23
	.long 0xffffff60
	.org td_guest_page + 0xf90
	.word 0x7ff
	.quad 0xffffc000		/* the host has prepared the table */
	.org td_guest_page + 0xff0
	.code32
	jmp begin
	.org td_guest_page + 0x1000
