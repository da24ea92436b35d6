/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Fibers: stacks, first entry, and the portable switch. */
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fiber.h"

#ifdef FIBER_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define STACK_BYTES	(256u << 10)
#else
#define STACK_BYTES	(32u << 10)
#endif

bool fiber_alloc(struct fiber *f)
{
	size_t guard = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char *p = mmap(NULL, guard + STACK_BYTES, PROT_NONE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return false;
	if (mprotect(p + guard, STACK_BYTES, PROT_READ | PROT_WRITE)) {
		munmap(p, guard + STACK_BYTES);
		return false;
	}
	f->stack = p + guard;
	f->stack_bytes = STACK_BYTES;
	return true;
}

void fiber_free(struct fiber *f)
{
	size_t guard = (size_t)sysconf(_SC_PAGESIZE);

	if (f->stack)
		munmap(f->stack - guard, guard + f->stack_bytes);
	f->stack = NULL;
}

#ifdef FIBER_ASM

/* fiber_x86_64.S: saves the callee-saved registers on the stack, and the stack in *@save. */
void fiber_switch_stack(void **save, void *load);
void fiber_start(void);

void fiber_reset(struct fiber *f, void (*entry)(void *arg), void *arg)
{
	uint64_t *sp = (uint64_t *)(f->stack + f->stack_bytes);

	/* The stack as fiber_switch_stack() leaves it: r15 to r12, rbx, rbp, return address. */
	*--sp = 0;
	*--sp = 0;	/* keeps the stack 16-byte aligned at the call in fiber_start */
	*--sp = (uint64_t)(uintptr_t)fiber_start;
	*--sp = 0;					/* rbp: ends a debugger's walk */
	*--sp = (uint64_t)(uintptr_t)entry;		/* rbx */
	*--sp = (uint64_t)(uintptr_t)arg;		/* r12 */
	*--sp = 0;
	*--sp = 0;
	*--sp = 0;
	f->sp = sp;
	f->entry = entry;
	f->arg = arg;
}

void fiber_switch(struct fiber *from, struct fiber *to)
{
	fiber_switch_stack(&from->sp, to->sp);
}

size_t fiber_save(const struct fiber *f, void *out, size_t room)
{
	size_t used = (size_t)(f->stack + f->stack_bytes - (unsigned char *)f->sp);

	if (used > room)
		return 0;
	memcpy(out, f->sp, used);
	return used;
}

void fiber_restore(struct fiber *f, const void *saved, size_t bytes)
{
	memcpy(f->sp, saved, bytes);
}

#else

#ifdef FIBER_ASAN
/* The stack of the OS thread, found at the first switch away from it. */
static const void *thread_stack;
static size_t thread_stack_bytes;

static void finish_switch(void *fake, const void **bottom, size_t *bytes)
{
	__sanitizer_finish_switch_fiber(fake, bottom, bytes);
}
#endif

/* makecontext() passes ints; a pointer takes two. */
static void start(unsigned int high, unsigned int low)
{
	struct fiber *f = (struct fiber *)(((uintptr_t)high << 16 << 16) | low);

#ifdef FIBER_ASAN
	finish_switch(NULL, &thread_stack, &thread_stack_bytes);
#endif
	f->entry(f->arg);
}

void fiber_reset(struct fiber *f, void (*entry)(void *arg), void *arg)
{
	uintptr_t self = (uintptr_t)f;

#ifdef FIBER_ASAN
	/* Frames that were dropped without unwinding left their red zones behind. */
	__asan_unpoison_memory_region(f->stack, f->stack_bytes);
#endif
	f->entry = entry;
	f->arg = arg;
	getcontext(&f->context);
	f->context.uc_stack.ss_sp = f->stack;
	f->context.uc_stack.ss_size = f->stack_bytes;
	f->context.uc_link = NULL;
	makecontext(&f->context, (void (*)(void))start, 2, (unsigned int)(self >> 16 >> 16),
		    (unsigned int)self);
}

void fiber_switch(struct fiber *from, struct fiber *to)
{
#ifdef FIBER_ASAN
	const void *bottom = to->stack ? to->stack : thread_stack;
	size_t bytes = to->stack ? to->stack_bytes : thread_stack_bytes;

	__sanitizer_start_switch_fiber(&from->fake_stack, bottom, bytes);
#endif
	swapcontext(&from->context, &to->context);
#ifdef FIBER_ASAN
	finish_switch(from->fake_stack, NULL, NULL);
#endif
}

size_t fiber_save(const struct fiber *f, void *out, size_t room)
{
	(void)f;
	(void)out;
	(void)room;
	return 0;
}

void fiber_restore(struct fiber *f, const void *saved, size_t bytes)
{
	(void)f;
	(void)saved;
	(void)bytes;
}

#endif
