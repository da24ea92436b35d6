/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Fibers: control flows with a small stack of their own, switched by hand on one OS thread. */
#ifndef SS_VIRTUAL_FIBER_H
#define SS_VIRTUAL_FIBER_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define FIBER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBER_ASAN 1
#endif
#endif

#if defined(__x86_64__) && !defined(FIBER_ASAN)
#define FIBER_ASM 1
#else
#include <ucontext.h>
#endif

/* Can a fiber be restored to an earlier state? */
#ifdef FIBER_ASM
#define FIBER_SAVES 1
#else
#define FIBER_SAVES 0
#endif

struct fiber {
#ifdef FIBER_ASM
	void *sp;
#else
	ucontext_t context;
#ifdef FIBER_ASAN
	void *fake_stack;
#endif
#endif
	unsigned char *stack;		/* lowest usable byte; NULL in the OS thread's own fiber */
	size_t stack_bytes;
	void (*entry)(void *arg);
	void *arg;
};

/* Allocates a stack with a guard page below it. Returns false if there is no memory. */
bool fiber_alloc(struct fiber *f);
void fiber_free(struct fiber *f);

/*
 * Makes the next switch to @f call @entry(@arg). What @f did before is dropped without unwinding.
 * @entry must not return.
 */
void fiber_reset(struct fiber *f, void (*entry)(void *arg), void *arg);

/*
 * Copies the stack of @f to @out, while @f does not run. Returns the number of bytes; 0 if there
 * are more than @room, or if this kind of fiber cannot be saved. To restore @f, restore a copy of
 * @f itself too.
 */
size_t fiber_save(const struct fiber *f, void *out, size_t room);
void fiber_restore(struct fiber *f, const void *saved, size_t bytes);

/* Continues in @to. Returns when another fiber switches to @from. */
void fiber_switch(struct fiber *from, struct fiber *to);

#endif
