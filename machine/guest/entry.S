/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The guest's first instructions. A TD's vCPU starts 16 bytes below 4 GiB in 32-bit protected mode,
 * flat and without paging: EBX has the number of GPA bits, RCX what the VMM gave to
 * KVM_TDX_INIT_VCPU, ESI the index of the vCPU.
 */
#include "layout.h"

	.section .text
	.code32
start32:
	/* Without CR4.MCE the module would refuse the value. */
	mov %cr4, %eax
	or $0x60, %eax			/* PAE, MCE */
	mov %eax, %cr4
	mov $pml4, %eax
	mov %eax, %cr3
	lgdtl gdt_pointer
	mov %cr0, %eax
	or $0x80000000, %eax		/* paging; EFER.LME is set */
	mov %eax, %cr0
	ljmpl $CODE, $start64

	.code64
start64:
	mov $DATA, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	mov %esi, %eax
	shl $STACK_SHIFT, %eax
	mov $stacks + STACK_BYTES, %esp
	add %rax, %rsp
	and $63, %ebx
	mov %ebx, %edi			/* GPA bits; ESI is the index */
	mov %rcx, %rdx			/* the VMM's word */
	call guest_main
1:	hlt
	jmp 1b

/* #VE and the tick: the registers of the interrupted code, as struct frame has them. */
	.macro save
	push %r15; push %r14; push %r13; push %r12; push %r11; push %r10; push %r9; push %r8
	push %rdi; push %rsi; push %rbp; push %rdx; push %rcx; push %rbx; push %rax
	.endm
	.macro restore
	pop %rax; pop %rbx; pop %rcx; pop %rdx; pop %rbp; pop %rsi; pop %rdi
	pop %r8; pop %r9; pop %r10; pop %r11; pop %r12; pop %r13; pop %r14; pop %r15
	.endm

	.globl entry_ve
entry_ve:
	cld
	save
	mov %rsp, %rdi
	mov %rsp, %rbp
	and $-16, %rsp
	call guest_on_ve
	mov %rbp, %rsp
	restore
	iretq

	.globl entry_tick
entry_tick:
	cld
	save
	mov %rsp, %rbp
	and $-16, %rsp
	call guest_on_tick
	mov %rbp, %rsp
	restore
	iretq

	/* Any other exception. */
	.globl entry_other
entry_other:
	mov %rsp, %rbp
	and $-16, %rsp
	call guest_on_exception

	.section .data
	.balign 8
gdt:	.quad 0, 0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
	.word 31
	.long gdt

	/*
	 * Virtual addresses are guest physical ones; the fifth GiB is the shared window, made by
	 * guest_main.
	 */
	.balign 4096
pml4:	.quad pdpt + 3
	.fill 511, 8, 0
	.globl pdpt
pdpt:	.quad 0x83, 0x40000083, 0x80000083, 0xc0000083
	.fill 508, 8, 0

	.section .bss
	.balign 4096
	.globl stacks
stacks:	.skip STACK_BYTES * MAX_VCPUS

	.section .reset, "ax"
	.code32
	.globl _start
_start:	jmp start32
	.balign 16, 0x90
