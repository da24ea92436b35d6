// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Every interleaving of the whole update under every single fault that stands for others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/virtual/explore.h"
#include "host/virtual/fault_list.h"
#include "host/virtual/signer.h"

static struct check_signer signer;
static bool slow;

static struct check_update *make(uint32_t nr_lps)
{
	struct check_update *c = check_update_create(nr_lps, &signer);

	assert_non_null(c);
	return c;
}

static void name_faults(const struct check_update_config *config, char *out, size_t bytes)
{
	char name[FAULT_LIST_NAME_BYTES];
	uint32_t i;
	int n = 0;

	snprintf(out, bytes, "no fault");
	for (i = 0; i < config->nr_faults; i++) {
		fault_list_name(&config->faults[i], name);
		n += snprintf(out + n, bytes - (size_t)n, "%s%s", i ? " and " : "", name);
	}
}

static void explore(struct check_update *c, const struct check_update_config *config,
		    const struct explore_options *options, struct explore_report *r)
{
	struct virtual_program program;
	char name[2 * FAULT_LIST_NAME_BYTES];

	check_update_set(c, config, &program);
	if (explore_program(&program, options, r))
		return;
	name_faults(config, name, sizeof(name));
	print_error("%u LPs, %s: %s\nseed %llu, schedule %s\n%s", c->machine.nr_lps, name,
		    r->failure, (unsigned long long)r->failed_seed, r->schedule, r->table);
	fail();
}

static void report(const char *what, uint32_t nr_lps, enum virtual_memory memory, uint32_t faults,
		   const struct explore_report *r, double start)
{
	print_message("%u LPs, %u %s, %s: %llu executions (+%llu pruned), longest %u, %s, %.1f s\n",
		      nr_lps, faults, what, memory == VIRTUAL_TSO ? "TSO" : "SC",
		      (unsigned long long)(r->executions - r->pruned),
		      (unsigned long long)r->pruned, r->longest,
		      r->incomplete ? "sampled" : "complete", explore_clock() - start);
}

static void single_faults(uint32_t nr_lps, enum virtual_memory memory, bool rehearse)
{
	struct explore_options options = { .scheduler = EXPLORE_EXHAUSTIVE, .memory = memory };
	struct check_update_config config = { .nr_faults = 1, .rehearse = rehearse };
	struct check_update *c = make(nr_lps);
	struct explore_report r = { 0 };
	double start = explore_clock();
	const uint32_t *numbers;
	uint32_t i, n = check_update_representatives(c, &numbers);

	for (i = 0; i < n; i++) {
		assert_true(check_update_fault(nr_lps, numbers[i], &config.faults[0]));
		explore(c, &config, &options, &r);
	}
	assert_false(r.incomplete);
	report(rehearse ? "single faults, rehearsed" : "single faults", nr_lps, memory, n, &r,
	       start);
	explore_release(&r);
	check_update_destroy(c);
}

/* No fault, but LPs may come late. */
static void arrival(uint32_t nr_lps, enum virtual_memory memory)
{
	struct explore_options options = { .scheduler = EXPLORE_EXHAUSTIVE, .memory = memory };
	struct check_update_config config = { .deadline = true };
	struct check_update *c = make(nr_lps);
	struct explore_report r = { 0 };
	double start = explore_clock();

	explore(c, &config, &options, &r);
	assert_false(r.incomplete);
	assert_true(c->seen[SS_UPDATED] && c->seen[SS_UNCHANGED]);
	report("deadline", nr_lps, memory, 1, &r, start);
	explore_release(&r);
	check_update_destroy(c);
}

static void test_complete(void **state)
{
	(void)state;
	arrival(2, VIRTUAL_SC);
	arrival(2, VIRTUAL_TSO);
	single_faults(2, VIRTUAL_SC, false);
	if (!slow)
		return;
	single_faults(2, VIRTUAL_TSO, false);
	single_faults(2, VIRTUAL_SC, true);
	single_faults(3, VIRTUAL_SC, false);
	single_faults(3, VIRTUAL_TSO, false);
	arrival(3, VIRTUAL_SC);
}

/* A fault of a pair: what lies, and what bears false witness of it, is for the fault matrix. */
static bool fails(uint32_t nr_lps, uint32_t number, struct sim_fault *fault)
{
	return check_update_fault(nr_lps, number, fault) && !fault_list_lies(fault);
}

/* Pairs of faults: schedules by chance. */
static void pairs(uint32_t nr_lps, uint64_t seeds, uint32_t stride)
{
	struct explore_options options = {
		.scheduler = EXPLORE_RANDOM, .seed = 1, .max_executions = seeds
	};
	struct check_update_config config = { .nr_faults = 2, .deadline = true };
	struct check_update *c = make(nr_lps);
	struct explore_report r = { 0 };
	double start = explore_clock();
	const uint32_t *numbers;
	uint32_t i, j, n = 0, nr = check_update_representatives(c, &numbers);

	for (i = 0; i < nr; i++) {
		for (j = (i * 7) % stride; j < nr; j += stride) {
			if (!fails(nr_lps, numbers[i], &config.faults[0]) ||
			    !fails(nr_lps, numbers[j], &config.faults[1]))
				continue;
			explore(c, &config, &options, &r);
			n++;
		}
	}
	assert_true(n);
	report("pairs of faults", nr_lps, VIRTUAL_SC, n, &r, start);
	explore_release(&r);
	check_update_destroy(c);
}

static void test_sampled(void **state)
{
	(void)state;
	pairs(2, 1, slow ? 1 : 41);
	if (slow)
		pairs(16, 1, 997);
}

/* With "slow" as its argument: the larger bounds. */
int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_complete),
		cmocka_unit_test(test_sampled),
	};
	int failed;

	slow = argc > 1 && !strcmp(argv[1], "slow");
	if (!signer_make(&signer)) {
		fprintf(stderr, "libcrypto makes no RSA-3072 key\n");
		return 1;
	}
	failed = cmocka_run_group_tests_name("explore-update", tests, NULL, NULL);
	signer_free(&signer);
	return failed;
}
