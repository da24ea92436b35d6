/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* From the multiboot loader's 32-bit mode to 64-bit mode with all memory below 4 GiB mapped. */
#define MAGIC	0x1badb002
#define FLAGS	0x00010000		/* the addresses below are given */

/* Long mode, from the moment that paging is on. In the mode of the place that uses it. */
	.macro go_long
	mov $0x6a0, %eax		/* PAE, PGE, FXSR, SIMD exceptions */
	mov %eax, %cr4
	mov $tables, %eax
	mov %eax, %cr3
	mov $0xc0000080, %ecx
	rdmsr
	or $0x100, %eax
	wrmsr
	.endm

	.macro load_segments
	mov $16, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	.endm

	.section .head, "ax"
	.code32
	.globl _start
header:
	.long MAGIC, FLAGS, -(MAGIC + FLAGS)
	.long header, header, load_end, bss_end, _start
_start:
	mov $stack_end, %esp
	mov $tables, %edi		/* 4 page directories of 2 MiB pages */
	mov $0x83, %eax
1:	mov %eax, 8192(%edi)
	movl $0, 8196(%edi)
	add $8, %edi
	add $0x200000, %eax
	jnc 1b
	movl $tables + 0x1003, tables
	mov $tables + 0x2003, %eax
	mov $tables + 0x1000, %edi
	mov $4, %ecx
2:	mov %eax, (%edi)
	add $8, %edi
	add $0x1000, %eax
	loop 2b
	go_long
	mov %cr0, %eax
	and $~0x4, %eax
	or $0x80000022, %eax		/* paging, native FPU errors, MP */
	mov %eax, %cr0
	lgdt gdt_pointer
	ljmp $8, $long_mode

	.code64
long_mode:
	load_segments
	mov %ebx, %edi
	call main
1:	hlt
	jmp 1b

/*
 * Another processor starts in real mode at AP_PAGE, where wake_ap() has copied these bytes. It goes
 * to 64-bit mode with the same tables, and calls ap_main().
 */
#define AP_PAGE	0x8000
	.globl ap_begin, ap_end
	.code16
ap_begin:
	cli
	xor %ax, %ax
	mov %ax, %ds
	lgdtl AP_PAGE + ap_gdt - ap_begin
	go_long
	mov $0x80000033, %eax		/* paging, native FPU errors, MP, protected mode */
	mov %eax, %cr0
	ljmpl $8, $ap_long_mode
	.balign 4
ap_gdt:	.word 23
	.long gdt
ap_end:

	.code64
ap_long_mode:
	load_segments
	mov $ap_stack_end, %rsp
	call ap_main
1:	hlt
	jmp 1b

	.weak ap_main
ap_main:
	ret

/* #UD has no error code, #GP has one. Both note the vector and go on at "resume". */
	.globl on_ud, on_gp, resume, vector
on_ud:	movl $6, vector(%rip)
	jmp 1f
on_gp:	movl $13, vector(%rip)
	add $8, %rsp
1:	push %rax
	mov resume(%rip), %rax
	mov %rax, 8(%rsp)
	pop %rax
	iretq

	.data
	.balign 8
gdt:	.quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
	.word 23
	.long gdt
resume:	.quad 0
vector:	.long 0

	.bss
	.balign 4096
tables:	.space 6 * 4096
	.space 16384
stack_end:
	.space 16384
ap_stack_end:

/* void call_seam(struct regs *): SEAMCALL with all registers, in the order of the structure. */
	.text
	.globl call_seam
call_seam:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	push %rdi
	lea 1f(%rip), %rax
	mov %rax, resume(%rip)
	mov %rdi, %rax
	mov 8(%rax), %rcx
	mov 16(%rax), %rdx
	mov 24(%rax), %rbx
	mov 32(%rax), %rsi
	mov 40(%rax), %rdi
	mov 48(%rax), %r8
	mov 56(%rax), %r9
	mov 64(%rax), %r10
	mov 72(%rax), %r11
	mov 80(%rax), %r12
	mov 88(%rax), %r13
	mov 96(%rax), %r14
	mov 104(%rax), %r15
	mov (%rax), %rax
	.byte 0x66, 0x0f, 0x01, 0xcf
1:	push %rax
	mov 8(%rsp), %rax
	mov %rcx, 8(%rax)
	mov %rdx, 16(%rax)
	mov %rbx, 24(%rax)
	mov %rsi, 32(%rax)
	mov %rdi, 40(%rax)
	mov %r8, 48(%rax)
	mov %r9, 56(%rax)
	mov %r10, 64(%rax)
	mov %r11, 72(%rax)
	mov %r12, 80(%rax)
	mov %r13, 88(%rax)
	mov %r14, 96(%rax)
	mov %r15, 104(%rax)
	pop %rcx
	mov %rcx, (%rax)
	pop %rdi
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	ret
