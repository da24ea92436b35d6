// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Every interleaving of the step machine, for small numbers of LPs; samples for larger ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explore/check_lockstep.h"
#include "explore/explore.h"

/* All programs of one size: each of the modes in each of the steps. */
struct sweep {
	uint32_t nr_lps, arity, steps, outcomes, runs;
	bool deadline, tso, slow;
};

static const struct sweep sweeps[] = {
	/* All promises of the step machine: two LPs, up to four steps, all outcomes. */
	{ 2, 1, 1, 4, 1, true, false, false }, { 2, 1, 1, 4, 1, true, true, false },
	{ 2, 1, 2, 4, 1, true, false, false }, { 2, 1, 2, 4, 1, true, true, false },
	{ 2, 1, 3, 4, 1, true, false, false }, { 2, 1, 3, 4, 1, true, true, false },
	{ 2, 1, 4, 2, 1, true, false, false }, { 2, 1, 4, 2, 1, true, true, false },
	{ 2, 1, 4, 2, 1, false, false, false }, { 2, 1, 4, 2, 1, false, true, false },
	{ 2, 1, 4, 4, 1, false, false, false }, { 2, 1, 4, 4, 1, false, true, false },
	{ 2, 1, 4, 4, 1, true, false, false }, { 2, 1, 4, 4, 1, true, true, false },
	/* Two runs, one right after the other. */
	{ 2, 1, 2, 2, 2, true, false, false }, { 2, 1, 2, 2, 2, true, true, false },
	{ 2, 1, 3, 2, 2, true, false, true }, { 2, 1, 3, 2, 2, true, true, true },
	/* Three LPs, as two leaves and as a chain. */
	{ 3, 2, 3, 2, 1, true, false, false }, { 3, 2, 3, 2, 1, true, true, false },
	{ 3, 1, 3, 2, 1, true, false, false }, { 3, 1, 3, 2, 1, true, true, false },
	/* Four LPs. */
	{ 4, 2, 2, 2, 1, false, false, false }, { 4, 2, 2, 2, 1, false, true, false },
	{ 4, 2, 3, 2, 1, false, false, true }, { 4, 3, 2, 2, 1, true, false, true },
	{ 4, 2, 1, 2, 1, true, false, true },
};

static struct check_lockstep check;

static void set_modes(struct check_lockstep_config *config, uint32_t program)
{
	uint32_t i;

	for (i = 0; i < config->nr_steps; i++, program /= 3)
		config->modes[i] = (enum ss_mode)(program % 3);
}

static uint32_t power3(uint32_t n)
{
	return n ? 3 * power3(n - 1) : 1;
}

static void fail_with(const struct check_lockstep_config *config, struct explore_report *r)
{
	char name[32];

	check_lockstep_name(config, name, sizeof(name));
	print_error("%u LPs, program %s: %s\nseed %llu, schedule %s\n%s", config->nr_lps, name,
		    r->failure, (unsigned long long)r->failed_seed, r->schedule, r->table);
	fail();
}

static void run_sweep(const struct sweep *s)
{
	struct explore_options options = {
		.scheduler = EXPLORE_EXHAUSTIVE, .memory = s->tso ? VIRTUAL_TSO : VIRTUAL_SC
	};
	struct check_lockstep_config config = {
		.nr_lps = s->nr_lps, .arity = s->arity, .nr_steps = s->steps,
		.outcomes = s->outcomes, .runs = s->runs, .deadline = s->deadline,
	};
	struct explore_report r = { 0 };
	struct virtual_program program;
	double start = explore_clock();
	uint32_t i;

	for (i = 0; i < power3(s->steps); i++) {
		set_modes(&config, i);
		assert_true(check_lockstep_init(&check, &config, &program));
		if (!explore_program(&program, &options, &r))
			fail_with(&config, &r);
	}
	assert_false(r.incomplete);
	assert_true(r.checked > 0);
	print_message("%u LPs arity %u, %u steps x %u outcomes, %u run%s%s, %s: %u programs, "
		      "%llu executions (+%llu pruned), longest %u, complete, %.1f s\n",
		      s->nr_lps, s->arity, s->steps, s->outcomes, s->runs, s->runs > 1 ? "s" : "",
		      s->deadline ? ", deadline" : "", s->tso ? "TSO" : "SC", power3(s->steps),
		      (unsigned long long)(r.executions - r.pruned), (unsigned long long)r.pruned,
		      r.longest, explore_clock() - start);
	explore_release(&r);
}

static bool slow;

static void test_exhaustive(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sweeps) / sizeof(sweeps[0]); i++)
		if (sweeps[i].slow == slow)
			run_sweep(&sweeps[i]);
}

/* Number of executions of a program of @steps ALL steps, on @nr_lps LPs that all arrive. */
static uint64_t executions_of_all(uint32_t nr_lps, uint32_t steps, enum virtual_memory memory)
{
	struct explore_options options = { .scheduler = EXPLORE_EXHAUSTIVE, .memory = memory };
	struct check_lockstep_config config = {
		.nr_lps = nr_lps, .arity = 2, .nr_steps = steps, .outcomes = 1, .runs = 1
	};
	struct explore_report r = { 0 };
	struct virtual_program program;
	uint64_t n;
	uint32_t i;

	for (i = 0; i < steps; i++)
		config.modes[i] = SS_ALL;
	assert_true(check_lockstep_init(&check, &config, &program));
	if (!explore_program(&program, &options, &r))
		fail_with(&config, &r);
	n = r.executions;
	explore_release(&r);
	return n;
}

/*
 * Symmetry gains nothing in a step that all LPs make at once: one execution stands for all orders
 * of their work already, so more steps make no more executions. The executions of one step come
 * from the arrival: each acknowledgement that the heads wait for is there or not there when a head
 * first looks.
 */
static void test_all_steps_cost_nothing(void **state)
{
	uint32_t nr_lps, steps;
	enum virtual_memory memory;
	uint64_t one;

	(void)state;
	if (!FIBER_SAVES || !VIRTUAL_INSTRUMENTED)
		skip();
	for (memory = VIRTUAL_SC; memory <= VIRTUAL_TSO; memory++) {
		for (nr_lps = 2; nr_lps <= 6; nr_lps++) {
			one = executions_of_all(nr_lps, 1, memory);
			assert_int_equal(one, 1u << (nr_lps - 1));
			for (steps = 2; steps <= CHECK_MAX_STEPS; steps++)
				assert_int_equal(executions_of_all(nr_lps, steps, memory), one);
		}
	}
}

static void run_samples(uint32_t nr_lps, enum explore_scheduler scheduler,
			enum virtual_memory memory)
{
	struct explore_options options = {
		.scheduler = scheduler, .memory = memory, .seed = 1,
		.max_executions = slow ? 200 : 10,
	};
	struct check_lockstep_config config = {
		.nr_lps = nr_lps, .arity = 4, .nr_steps = 3, .outcomes = 4, .runs = 2,
		.deadline = true,
	};
	struct explore_report r = { 0 };
	struct virtual_program program;
	uint32_t i;

	for (i = 0; i < power3(config.nr_steps); i++) {
		set_modes(&config, i);
		assert_true(check_lockstep_init(&check, &config, &program));
		if (!explore_program(&program, &options, &r))
			fail_with(&config, &r);
	}
	print_message("%u LPs: %llu executions of %s schedules, longest %u\n", nr_lps,
		      (unsigned long long)r.executions,
		      scheduler == EXPLORE_PCT ? "PCT" : "random", r.longest);
	explore_release(&r);
}

static void test_samples(void **state)
{
	static const uint32_t sizes[] = { 1, 3, 5, 16, 64 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		run_samples(sizes[i], EXPLORE_RANDOM, VIRTUAL_SC);
		run_samples(sizes[i], EXPLORE_RANDOM, VIRTUAL_TSO);
		run_samples(sizes[i], EXPLORE_PCT, VIRTUAL_SC);
	}
}

/* The argument "slow" selects the larger bounds. */
int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_steps_cost_nothing),
		cmocka_unit_test(test_exhaustive),
		cmocka_unit_test(test_samples),
	};

	slow = argc > 1 && !strcmp(argv[1], "slow");
	return cmocka_run_group_tests_name("explore-lockstep", tests, NULL, NULL);
}
