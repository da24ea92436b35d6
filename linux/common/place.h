/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Linux kernel as a place to run in: implements what core/platform.h asks for.
 *
 * The files of core/ and sim/ that include this header are MIT OR GPL-2.0-only. Built into a kernel
 * module, these files are used under GPL-2.0-only.
 */
#ifndef SS_LINUX_PLACE_H
#define SS_LINUX_PLACE_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <linux/types.h>

#ifndef UINT16_MAX
#define UINT16_MAX	U16_MAX
#endif
#ifndef UINT32_MAX
#define UINT32_MAX	U32_MAX
#endif
#ifndef UINT64_MAX
#define UINT64_MAX	U64_MAX
#endif

#define SS_LINE_ALIGNED	____cacheline_aligned

/* atomic_t holds an int. The conversions below keep all 32 bits. */
struct ss_word {
	atomic_t v;
};

static inline uint32_t ss_load(const struct ss_word *w)
{
	return (uint32_t)atomic_read(&w->v);
}

/* Pairs with ss_publish() and with the full ordering of ss_cas() and ss_add(). */
static inline uint32_t ss_load_acquire(const struct ss_word *w)
{
	return (uint32_t)atomic_read_acquire(&w->v);
}

static inline void ss_store(struct ss_word *w, uint32_t v)
{
	atomic_set(&w->v, (int)v);
}

/* Pairs with ss_load_acquire(). Waiters spin in the kernel: ss_wake() does nothing. */
static inline void ss_publish(struct ss_word *w, uint32_t v)
{
	atomic_set_release(&w->v, (int)v);
}

static inline void ss_wake(struct ss_word *w)
{
}

/* In the kernel's memory model a failed cmpxchg orders nothing. Callers expect acquire. */
static inline bool ss_cas(struct ss_word *w, uint32_t old, uint32_t new)
{
	if (atomic_cmpxchg(&w->v, (int)old, (int)new) == (int)old)
		return true;
	smp_acquire__after_ctrl_dep();
	return false;
}

static inline uint32_t ss_add(struct ss_word *w, uint32_t v)
{
	return (uint32_t)atomic_fetch_add((int)v, &w->v);
}

static inline void ss_fence(void)
{
	smp_mb();	/* core/ says at each call what it pairs with */
}

/* The others are in place.c, because their headers define names that core/ and sim/ use too. */
#define SS_PLACE_HAS_MEMORY

#endif
