// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The virtual machine: fibers, waiting, memory models, schedulers, replay, races, reports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "place/virtual/virtual.h"
#include "litmus.h"

#define X 0
#define Y 1

/* ---- fibers ---------------------------------------------------------------------------------- */

struct ping_pong {
	struct fiber main, fiber;
	uint32_t count;
	double sum;
};

static void pong(void *arg)
{
	struct ping_pong *p = arg;
	double x = 0.5;

	for (;;) {
		p->count++;
		p->sum += x;
		x *= 2;
		fiber_switch(&p->fiber, &p->main);
	}
}

static void test_fibers(void **state)
{
	struct ping_pong p = { .count = 0 };
	uint32_t i;

	(void)state;
	assert_true(fiber_alloc(&p.fiber));
	fiber_reset(&p.fiber, pong, &p);
	for (i = 0; i < 5; i++)
		fiber_switch(&p.main, &p.fiber);
	assert_int_equal(p.count, 5);
	assert_true(p.sum == 15.5);
	/* The fiber begins anew: its variables have their first values. */
	fiber_reset(&p.fiber, pong, &p);
	fiber_switch(&p.main, &p.fiber);
	assert_true(p.sum == 16.0);
	fiber_free(&p.fiber);
}

/* ---- schedulers on litmus tests -------------------------------------------------------------- */

static struct virtual_machine *make(struct litmus *l, enum virtual_memory memory)
{
	struct virtual_program program;
	struct virtual_machine *m;

	litmus_program(l, &program);
	m = virtual_create(&program, memory, true);
	assert_non_null(m);
	return m;
}

static struct litmus sb = { "SB", 2, {
	{ { L_STORE, X, 1 }, { L_LOAD, Y } }, { { L_STORE, Y, 1 }, { L_LOAD, X } } } };

/* Counts the different ends of @seeds random executions. */
static uint32_t sample(struct litmus *l, enum virtual_memory memory, uint32_t depth, uint64_t seeds)
{
	struct virtual_machine *m = make(l, memory);
	struct litmus_set states = { 0 };
	struct virtual_random r;
	uint32_t n;

	if (depth)
		virtual_pct_init(&r, depth, 6);
	else
		virtual_random_init(&r);
	for (r.seed = 1; r.seed <= seeds; r.seed++) {
		assert_int_equal(virtual_execute(m, &r.sched), VIRTUAL_END_DONE);
		litmus_set_add(&states, litmus_state(l));
	}
	n = states.n;
	litmus_set_free(&states);
	virtual_random_fini(&r);
	virtual_destroy(m);
	return n;
}

static void test_store_buffering(void **state)
{
	(void)state;
	assert_int_equal(sample(&sb, VIRTUAL_SC, 0, 200), 3);
	assert_int_equal(sample(&sb, VIRTUAL_TSO, 0, 200), 4);
	assert_int_equal(sample(&sb, VIRTUAL_SC, 2, 200), 3);
	assert_int_equal(sample(&sb, VIRTUAL_TSO, 3, 400), 4);
}

static void test_same_seed_same_execution(void **state)
{
	struct virtual_machine *m = make(&sb, VIRTUAL_TSO);
	struct virtual_random r;
	struct virtual_replay replay;
	uint32_t *decisions, nr;
	char *first, *second, *table;

	(void)state;
	virtual_random_init(&r);
	for (r.seed = 1; r.seed < 50; r.seed++) {
		virtual_execute(m, &r.sched);
		first = virtual_schedule(m);
		table = virtual_table(m);
		virtual_execute(m, &r.sched);
		second = virtual_schedule(m);
		assert_string_equal(first, second);
		free(second);

		decisions = virtual_schedule_parse(first, &nr);
		assert_non_null(decisions);
		virtual_replay_init(&replay, decisions, nr);
		assert_int_equal(virtual_execute(m, &replay.sched), VIRTUAL_END_DONE);
		assert_false(replay.diverged);
		second = virtual_table(m);
		assert_string_equal(table, second);
		free(first);
		free(second);
		free(table);
		free(decisions);
	}
	virtual_destroy(m);
}

static void test_schedule_words(void **state)
{
	static const char *const bad[] = { "", "x", "1,,2", "1x0", "1x", "?", "1 2", "0x99999999" };
	uint32_t *decisions, nr;
	size_t i;

	(void)state;
	decisions = virtual_schedule_parse("0x3,?1,12", &nr);
	assert_non_null(decisions);
	assert_int_equal(nr, 5);
	assert_int_equal(decisions[2], 0);
	assert_int_equal(decisions[3], VIRTUAL_ANSWER | 1);
	assert_int_equal(decisions[4], 12);
	free(decisions);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (virtual_schedule_parse(bad[i], &nr))
			fail_msg("\"%s\" is no schedule", bad[i]);
}

static enum virtual_end end_of(struct litmus *l, enum virtual_memory memory, char *failure)
{
	struct virtual_machine *m = make(l, memory);
	enum virtual_end end = VIRTUAL_END_DONE;
	struct virtual_random r;

	virtual_random_init(&r);
	for (r.seed = 1; r.seed <= 100 && end == VIRTUAL_END_DONE; r.seed++)
		end = virtual_execute(m, &r.sched);
	if (failure)
		memcpy(failure, m->failure, sizeof(m->failure));
	virtual_destroy(m);
	return end;
}

static void test_waiting(void **state)
{
	struct litmus passed = { "", 2, { { { L_AWAIT, X, 1 } }, { { L_PUBLISH, X, 1 } } } };
	struct litmus never = { "", 2, { { { L_AWAIT, X, 1 } }, { { L_PUBLISH, X, 2 } } } };
	struct litmus missed = { "", 2, {
		{ { L_AWAIT, X, 1 } }, { { L_PUBLISH, X, 1 }, { L_PUBLISH, X, 2 } } } };
	struct litmus timed = { "", 1, { { { L_AWAIT_TIMED, X, 1 } } } };
	struct litmus either = { "", 2, { { { L_AWAIT2, X, 1 } }, { { L_PUBLISH, Y, 1 } } } };

	(void)state;
	assert_int_equal(end_of(&passed, VIRTUAL_SC, NULL), VIRTUAL_END_DONE);
	assert_int_equal(end_of(&passed, VIRTUAL_TSO, NULL), VIRTUAL_END_DONE);
	assert_int_equal(end_of(&never, VIRTUAL_SC, NULL), VIRTUAL_END_DEADLOCK);
	assert_int_equal(end_of(&missed, VIRTUAL_SC, NULL), VIRTUAL_END_DEADLOCK);
	assert_int_equal(end_of(&timed, VIRTUAL_SC, NULL), VIRTUAL_END_DONE);
	assert_int_equal(end_of(&either, VIRTUAL_SC, NULL), VIRTUAL_END_DONE);
}

/* Release and acquire order plain memory. Anything weaker is a race, on any memory model. */
static void test_races(void **state)
{
	static const struct {
		const char *what;
		bool race;
		struct litmus l;
	} cases[] = {
		{ "publish and acquire", false, { "", 2, {
			{ { L_PLAIN_WRITE, 0, 7 }, { L_PUBLISH, X, 1 } },
			{ { L_AWAIT, X, 1 }, { L_PLAIN_READ, 0 } },
		} } },
		{ "store and acquire", true, { "", 2, {
			{ { L_PLAIN_WRITE, 0, 7 }, { L_STORE, X, 1 } },
			{ { L_AWAIT, X, 1 }, { L_PLAIN_READ, 0 } },
		} } },
		{ "fence, store and acquire", false, { "", 2, {
			{ { L_PLAIN_WRITE, 0, 7 }, { L_FENCE }, { L_STORE, X, 1 } },
			{ { L_AWAIT, X, 1 }, { L_PLAIN_READ, 0 } },
		} } },
		{ "write after publish", true, { "", 2, {
			{ { L_PUBLISH, X, 1 }, { L_PLAIN_WRITE, 0, 7 } },
			{ { L_AWAIT, X, 1 }, { L_PLAIN_READ, 0 } },
		} } },
		{ "through a third LP", false, { "", 3, {
			{ { L_PLAIN_WRITE, 0, 7 }, { L_PUBLISH, X, 1 } },
			{ { L_AWAIT, X, 1 }, { L_PUBLISH, Y, 1 } },
			{ { L_AWAIT, Y, 1 }, { L_PLAIN_READ, 0 } },
		} } },
		{ "two readers", false, { "", 2, {
			{ { L_PLAIN_READ, 0 } },
			{ { L_PLAIN_READ, 0 } },
		} } },
		{ "two writers", true, { "", 2, {
			{ { L_PLAIN_WRITE, 0 } },
			{ { L_PLAIN_WRITE, 0 } },
		} } },
		{ "through an add", false, { "", 2, {
			{ { L_PLAIN_WRITE, 0, 7 }, { L_ADD, X, 1 } },
			{ { L_AWAIT, X, 1 }, { L_PLAIN_READ, 0 } },
		} } },
	};
	struct litmus l;
	enum virtual_memory memory;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (memory = VIRTUAL_SC; memory <= VIRTUAL_TSO; memory++) {
			l = cases[i].l;
			if ((end_of(&l, memory, NULL) == VIRTUAL_END_FAILED) != cases[i].race)
				fail_msg("%s: %s", cases[i].what,
					 cases[i].race ? "a race was not found"
						       : "there is no race");
		}
	}
}

/* PCT finds a bug of depth 1 (an order of two events); plain random hardly does. */
static void test_pct(void **state)
{
	struct litmus l = { "", 3, {
		{ { L_LOAD, Y }, { L_LOAD, Y }, { L_LOAD, Y }, { L_LOAD, Y }, { L_LOAD, X } },
		{ { L_LOAD, Y }, { L_LOAD, Y }, { L_LOAD, Y }, { L_LOAD, Y }, { L_PUBLISH, X, 1 } },
		{ { L_LOAD, Y } } } };
	struct virtual_machine *m = make(&l, VIRTUAL_SC);
	struct virtual_random r;
	uint32_t early = 0;

	(void)state;
	virtual_pct_init(&r, 1, 11);
	for (r.seed = 1; r.seed <= 100; r.seed++) {
		virtual_execute(m, &r.sched);
		early += l.out[0][4] == 0;
	}
	/* Each order has a chance of one half. */
	assert_true(early > 25 && early < 75);
	virtual_random_fini(&r);
	virtual_destroy(m);
}

static void test_table(void **state)
{
	struct litmus l = { "", 2, { { { L_AWAIT, X, 1 } }, { { L_PUBLISH, X, 1 } } } };
	struct virtual_machine *m = make(&l, VIRTUAL_SC);
	struct virtual_replay replay;
	char *table;

	(void)state;
	virtual_replay_init(&replay, NULL, 0);
	assert_int_equal(virtual_execute(m, &replay.sched), VIRTUAL_END_DONE);
	table = virtual_table(m);
	assert_non_null(strstr(table, "    1  load-acq x: 0 waits\n"));
	assert_non_null(strstr(table, "  publish x = 1\n"));
	assert_non_null(strstr(table, "    3  load-acq x: 1\n"));
	free(table);
	virtual_destroy(m);
}

/* 4096 LPs in a chain; each waits for the LP before it. */
static struct ss_word chain[VIRTUAL_MAX_LPS + 1];

static void chain_reset(void *arg)
{
	(void)arg;
	memset(chain, 0, sizeof(chain));
	chain[0].v = 1;
}

static void chain_body(void *arg, uint32_t lp)
{
	(void)arg;
	while (!ss_load_acquire(&chain[lp]))
		ss_wait(&chain[lp], 0);
	ss_publish(&chain[lp + 1], 1);
}

static void test_many_lps(void **state)
{
	struct virtual_program program = {
		.nr_lps = VIRTUAL_MAX_LPS, .reset = chain_reset, .body = chain_body
	};
	struct virtual_machine *m = virtual_create(&program, VIRTUAL_SC, false);
	struct virtual_replay replay;

	(void)state;
	assert_non_null(m);
	virtual_replay_init(&replay, NULL, 0);
	assert_int_equal(virtual_execute(m, &replay.sched), VIRTUAL_END_DONE);
	assert_int_equal(chain[VIRTUAL_MAX_LPS].v, 1);
	virtual_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fibers),
		cmocka_unit_test(test_store_buffering),
		cmocka_unit_test(test_same_seed_same_execution),
		cmocka_unit_test(test_schedule_words),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_races),
		cmocka_unit_test(test_pct),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_many_lps),
	};

	return cmocka_run_group_tests_name("virtual", tests, NULL, NULL);
}
