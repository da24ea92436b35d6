/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The switch between two fibers on x86-64: what the ABI says a call preserves, and nothing else. */
#if defined(__x86_64__)
	.text

/* void fiber_switch_stack(void **save, void *load) */
	.globl	fiber_switch_stack
	.hidden	fiber_switch_stack
	.type	fiber_switch_stack, @function
fiber_switch_stack:
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, (%rdi)
	movq	%rsi, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	ret
	.size	fiber_switch_stack, . - fiber_switch_stack

/* First entry: fiber_reset() left the function in rbx and its argument in r12. */
	.globl	fiber_start
	.hidden	fiber_start
	.type	fiber_start, @function
fiber_start:
	movq	%r12, %rdi
	call	*%rbx
	ud2
	.size	fiber_start, . - fiber_start
#endif
	.section .note.GNU-stack, "", @progbits
