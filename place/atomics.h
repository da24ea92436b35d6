/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Words that several LPs access at once, over the compiler's atomics: the part of core/platform.h
 * that user-space places have in common. A place adds waiting and waking, and what depends on them.
 */
#ifndef SS_PLACE_ATOMICS_H
#define SS_PLACE_ATOMICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

#endif
