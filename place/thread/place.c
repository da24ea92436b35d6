// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Waiting and waking for threads, over futexes on the words themselves.
 *
 * A futex wake is a system call, and most published words have no waiter. So a table indexed by a
 * hash of the word's address counts the waiters, and ss_publish() wakes only if the count is not
 * zero. Two words that share an entry only cost each other a superfluous call.
 *
 * No wake-up is lost (W1): a waiter that sleeps on the old value is woken.
 *	waiter:    count++ ; full fence (A) ; the kernel reads the word, sleeps if it is old
 *	publisher: word = new ; full fence (B) ; reads count, wakes if it is not zero
 * A and B are a pair: each side writes one variable and then reads the other's. So at least one
 * side sees the other's write. Either the waiter sees the new value and does not sleep, or the
 * publisher sees the count. In the second case the lock of the kernel's queue orders the kernel's
 * check of the word and FUTEX_WAKE. Without B, the release store of the word could still sit in the
 * core's store buffer while the core reads the count. A release store does not exclude that
 * reordering.
 *
 * W1 is about sleeping only. The release store and the reader's acquire load of the word decide
 * which data a reader may rely on. A thread sanitizer knows nothing of futexes and sees exactly
 * these two.
 */
#include "core/platform.h"

#include <errno.h>
#include <linux/futex.h>
#include <limits.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS	1000000ull
#define NS_PER_LP	20000ull	/* of timeout; see ss_place_set_threads() */
#define SPINS		2000u
#define BUCKET_BITS	10

static struct {
	struct ss_word waiters;
} SS_LINE_ALIGNED buckets[1u << BUCKET_BITS];

/* Written before the threads start. */
static uint32_t spins;
static uint64_t timeout_ns = NS_PER_MS;

static __thread struct {
	void (*fn)(void *arg);
	void *arg;
	bool running;
} idle;

static struct ss_word *waiters_of(const struct ss_word *w)
{
	/* Fibonacci hashing: neighbouring words, such as an LP's own lines, land far apart. */
	uint64_t hash = ((uint64_t)(uintptr_t)w >> 2) * 0x9e3779b97f4a7c15ull;

	return &buckets[hash >> (64 - BUCKET_BITS)].waiters;
}

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}

static uint32_t online_cores(void)
{
	cpu_set_t set;

	/* Fails where the system has more CPUs than a cpu_set_t holds. */
	if (sched_getaffinity(0, sizeof(set), &set))
		return CPU_SETSIZE;
	return CPU_COUNT(&set);
}

void ss_place_set_threads(uint32_t nr_lps)
{
	bool fits = nr_lps <= online_cores();

	spins = fits ? SPINS : 0;
	timeout_ns = !fits && nr_lps * NS_PER_LP > NS_PER_MS ? nr_lps * NS_PER_LP : NS_PER_MS;
}

void ss_place_set_idle(void (*fn)(void *arg), void *arg)
{
	idle.fn = fn;
	idle.arg = arg;
}

bool ss_place_wait(const struct ss_word *w, uint32_t seen, uint64_t ns)
{
	struct timespec limit = { .tv_sec = ns / 1000000000ull, .tv_nsec = ns % 1000000000ull };
	struct ss_word *waiters = waiters_of(w);
	bool in_time;

	ss_add(waiters, 1);
	ss_fence();	/* A, see the top */
	/* Woken, value changed or interrupted: in every case the caller looks again. */
	in_time = !syscall(SYS_futex, &w->v, FUTEX_WAIT_PRIVATE, seen, &limit, NULL, 0) ||
		  errno != ETIMEDOUT;
	ss_add(waiters, -1u);
	return in_time;
}

void ss_wait(const struct ss_word *w, uint32_t seen)
{
	uint32_t i;

	if (idle.fn && !idle.running) {
		idle.running = true;
		idle.fn(idle.arg);
		idle.running = false;
	}
	for (i = 0; i < spins; i++) {
		if (ss_load(w) != seen)
			return;
		relax();
	}
	if (ss_load(w) == seen)
		ss_place_wait(w, seen, timeout_ns);
}

void ss_wake(struct ss_word *w)
{
	ss_fence();	/* B, see the top */
	if (ss_load(waiters_of(w)))
		syscall(SYS_futex, &w->v, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

void ss_publish(struct ss_word *w, uint32_t v)
{
	__atomic_store_n(&w->v, v, __ATOMIC_RELEASE);
	ss_wake(w);
}

uint64_t ss_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

/* Only ever set. The flag guards no other memory, so relaxed order is enough; no partner. */
static _Atomic bool survive_broken;

void ss_place_survive_broken(void)
{
	atomic_store_explicit(&survive_broken, true, memory_order_relaxed);
}

void ss_broken(const char *file, int line, const char *what)
{
	if (atomic_load_explicit(&survive_broken, memory_order_relaxed))
		return;
	fprintf(stderr, "%s:%d: an assertion of seamstep failed: %s\n", file, line, what);
	abort();
}
