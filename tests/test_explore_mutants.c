// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Broken twins of the step machine: the explorer must find each, or it would miss a real error too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/virtual/check_lockstep.h"
#include "host/virtual/explore.h"
#include "mutants.h"

static struct check_lockstep check;

static void set_modes(struct check_lockstep_config *config, uint32_t program)
{
	uint32_t i;

	for (i = 0; i < config->nr_steps; i++, program /= 3)
		config->modes[i] = (enum ss_mode)(program % 3);
}

/* All programs of one or two steps; the first one that fails is the report's. */
static bool explore_all(struct check_lockstep_config *config, struct explore_report *r)
{
	struct explore_options options = {
		.scheduler = EXPLORE_EXHAUSTIVE, .memory = VIRTUAL_SC, .max_events = 2000
	};
	struct virtual_program program;
	uint32_t i;

	for (i = 0; i < (config->nr_steps == 1 ? 3 : 9); i++) {
		set_modes(config, i);
		assert_true(check_lockstep_init(&check, config, &program));
		if (!explore_program(&program, &options, r))
			return false;
	}
	return true;
}

/* The smallest of a few sizes at which the explorer sees something. */
static bool find(struct check_lockstep_config *config, struct explore_report *r)
{
	static const struct check_lockstep_config sizes[] = {
		{.nr_lps = 2, .arity = 1, .nr_steps = 2, .outcomes = 2, .runs = 1},
		{.nr_lps = 2,
		 .arity = 1,
		 .nr_steps = 2,
		 .outcomes = 1,
		 .runs = 2,
		 .deadline = true},
		{.nr_lps = 3, .arity = 1, .nr_steps = 2, .outcomes = 2, .runs = 1},
	};
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		*config = sizes[i];
		if (!explore_all(config, r))
			return true;
	}
	return false;
}

/* The schedule that was printed shows the failure again. */
static void check_replay(const struct check_lockstep_config *config,
			 const struct explore_report *found)
{
	struct explore_options options = { .replay = found->schedule, .max_events = 2000 };
	struct explore_report r = { 0 };
	struct virtual_program program;

	assert_true(check_lockstep_init(&check, config, &program));
	assert_false(explore_program(&program, &options, &r));
	assert_string_equal(r.failure, found->failure);
	assert_string_equal(r.table, found->table);
	explore_release(&r);
}

static void test_mutant(uint32_t number, const char *text)
{
	struct check_lockstep_config config;
	struct explore_report r = { 0 };
	char name[32];

	virtual_mutant = number;
	if (!find(&config, &r))
		fail_msg("mutant %u was not found: %s", number, text);
	check_lockstep_name(&config, name, sizeof(name));
	print_message(
		"%2u %s\n   %u LPs, program %s, %u run%s, after %llu executions, %u events: %s\n",
		number, text, config.nr_lps, name, config.runs, config.runs > 1 ? "s" : "",
		(unsigned long long)r.executions, r.failed_events, r.failure);
	check_replay(&config, &r);
	explore_release(&r);
	virtual_mutant = 0;
}

static void test_mutants(void **state)
{
	(void)state;
#define TEST_MUTANT(number, text) test_mutant(number, text);
	LOCKSTEP_MUTANTS(TEST_MUTANT)
#undef TEST_MUTANT
}

/* The same search finds nothing where nothing is broken. */
static void test_sound(void **state)
{
	struct check_lockstep_config config;
	struct explore_report r = { 0 };

	(void)state;
	virtual_mutant = 0;
	if (find(&config, &r))
		fail_msg("%s\n%s", r.failure, r.table);
	assert_false(r.incomplete);
	explore_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mutants),
		cmocka_unit_test(test_sound),
	};

	return cmocka_run_group_tests_name("explore-mutants", tests, NULL, NULL);
}
