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

/* Can a fiber be put back to where it stood? */
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

/* A stack with a guard page below it. Returns false if there is no memory. */
bool fiber_alloc(struct fiber *f);
void fiber_free(struct fiber *f);

/*
 * Make the next switch to @f call @entry(@arg). Whatever @f was doing is forgotten, not unwound.
 * @entry must not return.
 */
void fiber_reset(struct fiber *f, void (*entry)(void *arg), void *arg);

/*
 * What the stack of @f holds, into @out, while @f does not run. Returns how much; 0 if there is
 * more than @room, or this kind of fiber cannot. To be put back with a copy of @f itself.
 */
size_t fiber_save(const struct fiber *f, void *out, size_t room);
void fiber_restore(struct fiber *f, const void *saved, size_t bytes);

/* Continue in @to; comes back when somebody switches to @from. */
void fiber_switch(struct fiber *from, struct fiber *to);

#endif
