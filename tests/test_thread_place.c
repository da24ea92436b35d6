// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The place "POSIX threads": no wake-up is lost, waits end, idle functions run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/platform.h"

#define LONG_NS		60000000000ull	/* a thread that waits that long was not woken */
#define SHORT_NS	10000000ull

/* Threads in a ring pass a token on. Each thread waits on a word of its own. */
struct member {
	struct ring *ring;
	uint32_t number;
	pthread_t thread;
	struct ss_word tid;
	struct ss_word token SS_LINE_ALIGNED;	/* how often this member has had it */
	uint64_t sum;				/* of the numbers that it saw */
};

struct ring {
	uint32_t nr, rounds;
	uint64_t limit_ns;
	void (*hand_over)(struct ss_word *w, uint32_t v);
	struct ss_word overslept;
	uint64_t carried;		/* plain: only the member with the token may touch it */
	struct member *members;
};

static void await(struct ring *ring, struct ss_word *w, uint32_t want)
{
	uint32_t seen;

	while ((seen = ss_load_acquire(w)) < want) {
		if (!ss_place_wait(w, seen, ring->limit_ns))
			ss_add(&ring->overslept, 1);
	}
}

static void *ring_member(void *arg)
{
	struct member *m = arg, *next = &m->ring->members[(m->number + 1) % m->ring->nr];
	uint32_t round;

	ss_publish(&m->tid, (uint32_t)gettid());
	for (round = 1; round <= m->ring->rounds; round++) {
		await(m->ring, &m->token, round);
		m->sum += m->ring->carried++;
		/* The first member is one round ahead of the others. */
		m->ring->hand_over(&next->token, next->number ? round : round + 1);
	}
	return NULL;
}

static uint32_t run_ring(uint32_t nr, uint32_t rounds, uint64_t limit_ns,
			 void (*hand_over)(struct ss_word *w, uint32_t v))
{
	struct ring ring = { .nr = nr, .rounds = rounds, .limit_ns = limit_ns };
	uint64_t sum = 0, all = (uint64_t)nr * rounds;
	uint32_t i;

	ring.hand_over = hand_over;
	ring.members = aligned_alloc(64, nr * sizeof(*ring.members));
	assert_non_null(ring.members);
	for (i = 0; i < nr; i++) {
		ring.members[i] = (struct member){ .ring = &ring, .number = i };
		if (!i)
			ring.members[0].token.v = 1;
	}
	for (i = 0; i < nr; i++)
		assert_int_equal(pthread_create(&ring.members[i].thread, NULL, ring_member,
						&ring.members[i]), 0);
	for (i = 0; i < nr; i++) {
		pthread_join(ring.members[i].thread, NULL);
		sum += ring.members[i].sum;
	}
	free(ring.members);
	assert_int_equal(ring.carried, all);
	assert_int_equal(sum, all * (all - 1) / 2);
	return ss_load(&ring.overslept);
}

static void ring_of_many_loses_no_wake_up(void **state)
{
	(void)state;
	ss_place_set_threads(256);
	assert_int_equal(run_ring(256, 40, LONG_NS, ss_publish), 0);
}

static void ping_pong_loses_no_wake_up(void **state)
{
	(void)state;
	ss_place_set_threads(2);
	assert_int_equal(run_ring(2, 20000, LONG_NS, ss_publish), 0);
}

static void add_and_wake(struct ss_word *w, uint32_t v)
{
	(void)v;
	ss_add(w, 1);
	ss_wake(w);
}

static void wake_after_add_loses_no_wake_up(void **state)
{
	(void)state;
	ss_place_set_threads(16);
	assert_int_equal(run_ring(16, 1000, LONG_NS, add_and_wake), 0);
}

/* Does the kernel say that the thread sleeps? A member sleeps only in ss_place_wait(). */
static bool sleeps(uint32_t tid)
{
	char path[64], stat[256] = "", *name_end;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%u/stat", tid);
	f = fopen(path, "r");
	if (!f || !fgets(stat, sizeof(stat), f)) {
		fprintf(stderr, "%s cannot be read\n", path);
		abort();
	}
	fclose(f);
	name_end = strrchr(stat, ')');
	return name_end && name_end[2] == 'S';
}

/*
 * The broken twin: the value is there, but no thread is woken. The store waits until its member
 * sleeps, so that member sleeps until its wait ends by itself.
 */
static void store_to_a_sleeper(struct ss_word *w, uint32_t v)
{
	struct member *m = (struct member *)((char *)w - offsetof(struct member, token));

	/* The member that began has left after its last round. */
	while (v <= m->ring->rounds && !(ss_load(&m->tid) && sleeps(ss_load(&m->tid))))
		sched_yield();
	__atomic_store_n(&w->v, v, __ATOMIC_RELEASE);
}

/* The test notices each time that a waiting member gets the token. */
static void ring_notices_a_missing_wake_up(void **state)
{
	(void)state;
	ss_place_set_threads(8);
	assert_true(run_ring(8, 4, SHORT_NS, store_to_a_sleeper) >= 8 * 4 - 1);
}

/* ---- many waiters on one word ---------------------------------------------------------------- */

#define CROWD	64u
#define CALLS	200u

static struct {
	struct ss_word call SS_LINE_ALIGNED;
	struct ss_word answers SS_LINE_ALIGNED;
	struct ss_word overslept;
	uint64_t data;
} crowd;

static void *crowd_member(void *arg)
{
	uint64_t *sum = arg;
	uint32_t call;

	for (call = 0; call < CALLS; call++) {
		while (ss_load_acquire(&crowd.call) == call) {
			if (!ss_place_wait(&crowd.call, call, LONG_NS))
				ss_add(&crowd.overslept, 1);
		}
		*sum += crowd.data;
		ss_add(&crowd.answers, 1);
		ss_wake(&crowd.answers);
	}
	return NULL;
}

static void one_word_wakes_them_all(void **state)
{
	pthread_t threads[CROWD];
	uint64_t sums[CROWD] = { 0 };
	uint32_t i, call, seen;

	(void)state;
	for (i = 0; i < CROWD; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, crowd_member, &sums[i]), 0);
	for (call = 1; call <= CALLS; call++) {
		crowd.data = call;
		ss_publish(&crowd.call, call);
		while ((seen = ss_load_acquire(&crowd.answers)) < call * CROWD)
			ss_wait(&crowd.answers, seen);
	}
	for (i = 0; i < CROWD; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(sums[i], CALLS * (CALLS + 1) / 2);
	}
	assert_int_equal(ss_load(&crowd.overslept), 0);
}

/* ---- waits that end by themselves ------------------------------------------------------------ */

static void a_wait_ends_by_itself(void **state)
{
	struct ss_word w = { 5 };

	(void)state;
	ss_place_set_threads(1);
	ss_wait(&w, 5);
	ss_place_set_threads(8192);
	ss_wait(&w, 5);
	assert_false(ss_place_wait(&w, 5, 1000000));
	assert_true(ss_place_wait(&w, 4, LONG_NS));
}

static void deadlines(void **state)
{
	uint64_t now = ss_now_ns();

	(void)state;
	assert_false(ss_expired(0));
	assert_true(ss_expired(now));
	assert_false(ss_expired(now + LONG_NS));
	assert_true(ss_now_ns() >= now);
}

/* ---- idle functions -------------------------------------------------------------------------- */

static void idle_once(void *arg)
{
	struct ss_word *w = arg;

	/* Waiting inside the idle function must not run it again. */
	ss_wait(w, ss_load(w) + 1);
	ss_add(w, 1);
}

static void idle_function_runs_in_each_wait(void **state)
{
	struct ss_word w = { 0 };
	uint32_t i;

	(void)state;
	ss_place_set_idle(idle_once, &w);
	for (i = 0; i < 10; i++)
		ss_wait(&w, 1000);
	ss_place_set_idle(NULL, NULL);
	ss_wait(&w, 1000);
	assert_int_equal(ss_load(&w), 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ring_of_many_loses_no_wake_up),
		cmocka_unit_test(ping_pong_loses_no_wake_up),
		cmocka_unit_test(wake_after_add_loses_no_wake_up),
		cmocka_unit_test(ring_notices_a_missing_wake_up),
		cmocka_unit_test(one_word_wakes_them_all),
		cmocka_unit_test(a_wait_ends_by_itself),
		cmocka_unit_test(deadlines),
		cmocka_unit_test(idle_function_runs_in_each_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
