/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The place "QEMU": what core/platform.h asks for, over compiler atomics. LPs are vCPU threads. */
#ifndef SS_QEMU_PLACE_H
#define SS_QEMU_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SS_LINE_ALIGNED __attribute__((aligned(64)))

struct ss_word {
	uint32_t v;
};

static inline uint32_t ss_load(const struct ss_word *w)
{
	return __atomic_load_n(&w->v, __ATOMIC_RELAXED);
}

static inline uint32_t ss_load_acquire(const struct ss_word *w)
{
	return __atomic_load_n(&w->v, __ATOMIC_ACQUIRE);
}

static inline void ss_store(struct ss_word *w, uint32_t v)
{
	__atomic_store_n(&w->v, v, __ATOMIC_RELAXED);
}

static inline void ss_publish(struct ss_word *w, uint32_t v)
{
	__atomic_store_n(&w->v, v, __ATOMIC_RELEASE);
}

static inline bool ss_cas(struct ss_word *w, uint32_t old, uint32_t new)
{
	return __atomic_compare_exchange_n(&w->v, &old, new, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

static inline uint32_t ss_add(struct ss_word *w, uint32_t v)
{
	return __atomic_fetch_add(&w->v, v, __ATOMIC_ACQ_REL);
}

static inline void ss_fence(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* Nobody waits: the machine runs no step machine of ours. */
static inline void ss_wait(const struct ss_word *w, uint32_t seen)
{
	(void)w;
	(void)seen;
}

static inline void ss_wake(struct ss_word *w)
{
	(void)w;
}

/* machine.c: the machine's virtual clock. */
uint64_t ss_now_ns(void);
void ss_broken(const char *file, int line, const char *what) __attribute__((noreturn));

static inline bool ss_expired(uint64_t deadline_ns)
{
	return deadline_ns && ss_now_ns() >= deadline_ns;
}

#endif
