// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The exhaustive scheduler: known litmus tests, and random programs against enumeration without
 * reduction.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "host/virtual/dpor.h"
#include "litmus.h"

#define X 0
#define Y 1

/* What a test can end in, and in how many executions that is shown. */
struct expectation {
	struct litmus l;
	uint32_t sc_states, sc_executions;
	uint32_t tso_states, tso_executions;
};

static struct expectation known[] = {
	{{"SB: store buffering",
	  2,
	  {{{L_STORE, X, 1}, {L_LOAD, Y}}, {{L_STORE, Y, 1}, {L_LOAD, X}}}},
	 3,
	 3,
	 4,
	 4},
	{{"SB with fences",
	  2,
	  {{{L_STORE, X, 1}, {L_FENCE}, {L_LOAD, Y}}, {{L_STORE, Y, 1}, {L_FENCE}, {L_LOAD, X}}}},
	 3,
	 3,
	 3,
	 3},
	{{"MP: message passing",
	  2,
	  {{{L_STORE, X, 1}, {L_PUBLISH, Y, 1}}, {{L_ACQUIRE, Y}, {L_LOAD, X}}}},
	 3,
	 3,
	 3,
	 3},
	{{"LB: load buffering",
	  2,
	  {{{L_LOAD, X}, {L_STORE, Y, 1}}, {{L_LOAD, Y}, {L_STORE, X, 1}}}},
	 3,
	 3,
	 3,
	 3},
	{{"IRIW: independent reads of independent writes",
	  4,
	  {{{L_STORE, X, 1}},
	   {{L_STORE, Y, 1}},
	   {{L_LOAD, X}, {L_LOAD, Y}},
	   {{L_LOAD, Y}, {L_LOAD, X}}}},
	 15,
	 15,
	 15,
	 15},
	{{"4 writers of one word",
	  4,
	  {{{L_STORE, X, 1}}, {{L_STORE, X, 2}}, {{L_STORE, X, 3}}, {{L_STORE, X, 4}}}},
	 4,
	 24,
	 4,
	 24},
	{{"4 writers of 4 words",
	  4,
	  {{{L_STORE, 0, 1}}, {{L_STORE, 1, 1}}, {{L_STORE, 2, 1}}, {{L_STORE, 3, 1}}}},
	 1,
	 1,
	 1,
	 1},
	{{"await a message",
	  2,
	  {{{L_STORE, X, 7}, {L_PUBLISH, Y, 1}}, {{L_AWAIT, Y, 1}, {L_LOAD, X}}}},
	 1,
	 1,
	 1,
	 1},
	{{"await the second of two",
	  2,
	  {{{L_PUBLISH, Y, 1}, {L_PUBLISH, Y, 2}}, {{L_AWAIT, Y, 2}}}},
	 1,
	 1,
	 1,
	 1},
	{{"one of three takes a CAS", 3, {{{L_CAS, X, 0}}, {{L_CAS, X, 0}}, {{L_CAS, X, 0}}}},
	 3,
	 6,
	 3,
	 6},
	{{"answers", 2, {{{L_CHOOSE, 0, 3}}, {{L_CHOOSE, 0, 2}}}}, 6, 6, 6, 6},
	{{"a deadline that may pass or not", 2, {{{L_AWAIT_TIMED, X, 1}}, {{L_PUBLISH, X, 1}}}},
	 2,
	 2,
	 2,
	 2},
};

static void check_known(struct expectation *e, enum virtual_memory memory, uint32_t states,
			uint32_t executions)
{
	struct litmus_result r, brute;

	litmus_explore(&e->l, memory, false, &r);
	litmus_explore(&e->l, memory, true, &brute);
	print_message(
		"%-48s %-3s %3u states, %3llu executions (+%llu pruned), %llu without reduction\n",
		e->l.name, memory == VIRTUAL_TSO ? "TSO" : "SC", r.states.n,
		(unsigned long long)r.executions, (unsigned long long)r.pruned,
		(unsigned long long)brute.executions);
	assert_false(r.failed || r.nondeterministic || r.deadlocks);
	assert_true(litmus_set_equal(&r.states, &brute.states));
	assert_int_equal(r.states.n, states);
	assert_true(r.executions <= brute.executions);
	(void)executions;
	litmus_result_free(&r);
	litmus_result_free(&brute);
}

static void test_known(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		check_known(&known[i], VIRTUAL_SC, known[i].sc_states, known[i].sc_executions);
		check_known(&known[i], VIRTUAL_TSO, known[i].tso_states, known[i].tso_executions);
	}
}

/* ---- random programs ---------------------------------------------------------------------- */

static uint64_t seed_state;

static uint32_t below(uint32_t n)
{
	seed_state ^= seed_state << 13;
	seed_state ^= seed_state >> 7;
	seed_state ^= seed_state << 17;
	return (uint32_t)((seed_state >> 33) % n);
}

static void random_op(struct litmus_op *op)
{
	static const enum litmus_kind kinds[] = {
		L_LOAD, L_ACQUIRE, L_STORE, L_STORE, L_PUBLISH, L_CAS, L_ADD, L_FENCE, L_AWAIT,
		L_AWAIT, L_AWAIT2, L_AWAIT_TIMED, L_CHOOSE, L_SEAM,
	};

	op->kind = kinds[below(sizeof(kinds) / sizeof(kinds[0]))];
	op->word = below(op->kind == L_AWAIT2 ? 2 : 3);
	op->value = op->kind == L_CHOOSE ? 2 : below(3);
	/* The SEAM has memory of its own. */
	if (op->kind == L_SEAM)
		op->word = 3;
}

static void random_program(struct litmus *l, uint64_t seed, bool *big)
{
	uint32_t lp, i, n, total = 0;

	memset(l, 0, sizeof(*l));
	seed_state = seed * 0x9e3779b97f4a7c15ULL + 1;
	l->nr_lps = 2 + below(2);
	for (lp = 0; lp < l->nr_lps; lp++) {
		n = 1 + below(l->nr_lps == 2 ? 4 : 3);
		for (i = 0; i < n; i++)
			random_op(&l->ops[lp][i]);
		total += n;
	}
	*big = total > 6;
}

static void test_random(void **state)
{
	uint64_t seed, last = 3000, reduced = 0, all = 0, pruned = 0;
	const char *wish = getenv("SEAMSTEP_TEST_SEEDS");
	struct litmus_result r, brute;
	enum virtual_memory memory;
	struct litmus l;
	bool big;

	(void)state;
	if (wish)
		last = strtoull(wish, NULL, 10);
	for (seed = 1; seed <= last; seed++) {
		for (memory = VIRTUAL_SC; memory <= VIRTUAL_TSO; memory++) {
			random_program(&l, seed, &big);
			if (big && memory == VIRTUAL_TSO)
				continue;
			litmus_explore(&l, memory, false, &r);
			litmus_explore(&l, memory, true, &brute);
			if (!litmus_set_equal(&r.states, &brute.states) ||
			    r.deadlocks != brute.deadlocks || r.nondeterministic || r.failed ||
			    r.executions > brute.executions)
				fail_msg("seed %llu, %s: %u states with reduction, %u without",
					 (unsigned long long)seed, memory ? "TSO" : "SC",
					 r.states.n, brute.states.n);
			reduced += r.executions;
			pruned += r.pruned;
			all += brute.executions;
			litmus_result_free(&r);
			litmus_result_free(&brute);
		}
	}
	print_message("seeds 1 to %llu: %llu executions (+%llu pruned) instead of %llu\n",
		      (unsigned long long)last, (unsigned long long)reduced,
		      (unsigned long long)pruned, (unsigned long long)all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests_name("explore", tests, NULL, NULL);
}
