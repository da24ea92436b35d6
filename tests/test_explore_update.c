// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Every interleaving of the whole update, under every single fault that stands for others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explore/check_update.h"
#include "explore/explore.h"
#include "explore/fault_list.h"
#include "explore/signer.h"

static struct check_signer signer;
static bool slow;

/* What is explored in full: @tds, @deadline and @rehearse as in check_update.h. */
struct bounds {
	uint32_t nr_lps;
	enum virtual_memory memory;
	enum check_update_tds tds;
	bool deadline, rehearse;
};

static struct check_update *make_tds(uint32_t nr_lps, enum check_update_tds tds)
{
	struct check_update *c = check_update_create_tds(nr_lps, tds, &signer);

	assert_non_null(c);
	return c;
}

static struct check_update *make(uint32_t nr_lps)
{
	return make_tds(nr_lps, CHECK_NO_TDS);
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

static const char *memory_name(enum virtual_memory memory)
{
	return memory == VIRTUAL_TSO ? "TSO" : "SC";
}

static void report(const char *what, uint32_t nr_lps, enum virtual_memory memory, uint32_t faults,
		   const struct explore_report *r, double start)
{
	print_message("%u LPs, %u %s, %s: %llu executions (+%llu pruned), longest %u, %s, %.1f s\n",
		      nr_lps, faults, what, memory_name(memory),
		      (unsigned long long)(r->executions - r->pruned),
		      (unsigned long long)r->pruned, r->longest,
		      r->incomplete ? "sampled" : "complete", explore_clock() - start);
}

static void report_bounds(const struct bounds *b, const char *what, uint32_t faults,
			  const struct explore_report *r, double start)
{
	char text[80];

	/* An exploration proves nothing if the program did something else when it was repeated. */
	assert_false(r->incomplete);
	assert_true(r->checked > 0);
	snprintf(text, sizeof(text), "%s%s%s%s", what, b->deadline ? ", deadline" : "",
		 b->tds ? ", TDs" : "", b->rehearse ? ", rehearsed" : "");
	report(text, b->nr_lps, b->memory, faults, r, start);
}

static struct check_update_config one_fault(const struct bounds *b)
{
	return (struct check_update_config){
		.nr_faults = 1, .rehearse = b->rehearse, .deadline = b->deadline
	};
}

/* Explores every fault of the list by itself. */
static void every_fault(struct bounds b)
{
	struct explore_options options = { .scheduler = EXPLORE_EXHAUSTIVE, .memory = b.memory };
	struct check_update_config config = one_fault(&b);
	struct check_update *c = make_tds(b.nr_lps, b.tds);
	struct explore_report r = { 0 };
	double start = explore_clock();
	uint32_t n;

	for (n = 0; check_update_fault(b.nr_lps, n, &config.faults[0]); n++)
		explore(c, &config, &options, &r);
	report_bounds(&b, "single faults, the whole list", n, &r, start);
	explore_release(&r);
	check_update_destroy(c);
}

/* Explores one fault of each set that leads to the same calls under one order of events. */
static void kinds_of_faults(struct bounds b)
{
	struct explore_options options = { .scheduler = EXPLORE_EXHAUSTIVE, .memory = b.memory };
	struct check_update_config config = one_fault(&b);
	struct check_update *c = make_tds(b.nr_lps, b.tds);
	struct explore_report r = { 0 };
	double start = explore_clock();
	const uint32_t *numbers;
	uint32_t i, n = check_update_representatives(c, &numbers);

	for (i = 0; i < n; i++) {
		assert_true(check_update_fault(b.nr_lps, numbers[i], &config.faults[0]));
		explore(c, &config, &options, &r);
	}
	report_bounds(&b, "kinds of single faults", n, &r, start);
	explore_release(&r);
	check_update_destroy(c);
}

/* LPs may come late, or a TD build may be refused: both leave everything unchanged. */
static void no_fault(struct bounds b)
{
	struct explore_options options = { .scheduler = EXPLORE_EXHAUSTIVE, .memory = b.memory };
	struct check_update_config config = { .deadline = b.deadline };
	struct check_update *c = make_tds(b.nr_lps, b.tds);
	struct explore_report r = { 0 };
	double start = explore_clock();

	explore(c, &config, &options, &r);
	assert_true(c->seen[SS_UPDATED]);
	assert_true(c->seen[SS_UNCHANGED] || (!b.deadline && b.tds != CHECK_TDS_REFUSING));
	assert_false(c->seen[SS_RECOVERED] || c->seen[SS_LOST]);
	report_bounds(&b, "no fault", 0, &r, start);
	explore_release(&r);
	check_update_destroy(c);
}

static void test_two(void **state)
{
	(void)state;
	no_fault((struct bounds){ 2, VIRTUAL_SC, CHECK_NO_TDS, true, false });
	no_fault((struct bounds){ 2, VIRTUAL_TSO, CHECK_NO_TDS, true, false });
	every_fault((struct bounds){ 2, VIRTUAL_SC, CHECK_TDS, true, false });
	every_fault((struct bounds){ 2, VIRTUAL_TSO, CHECK_NO_TDS, true, false });
	every_fault((struct bounds){ 2, VIRTUAL_SC, CHECK_NO_TDS, false, true });
}

static void test_three(void **state)
{
	(void)state;
	no_fault((struct bounds){ 3, VIRTUAL_SC, CHECK_NO_TDS, true, false });
	no_fault((struct bounds){ 3, VIRTUAL_TSO, CHECK_NO_TDS, true, false });
	every_fault((struct bounds){ 3, VIRTUAL_SC, CHECK_NO_TDS, false, false });
	every_fault((struct bounds){ 3, VIRTUAL_TSO, CHECK_NO_TDS, false, false });
	every_fault((struct bounds){ 4, VIRTUAL_SC, CHECK_NO_TDS, false, false });
	every_fault((struct bounds){ 3, VIRTUAL_SC, CHECK_TDS, false, false });
}

static void test_larger(void **state)
{
	(void)state;
	kinds_of_faults((struct bounds){ 3, VIRTUAL_SC, CHECK_NO_TDS, true, false });
	kinds_of_faults((struct bounds){ 3, VIRTUAL_TSO, CHECK_NO_TDS, true, false });
	every_fault((struct bounds){ 3, VIRTUAL_SC, CHECK_NO_TDS, false, true });
	every_fault((struct bounds){ 4, VIRTUAL_TSO, CHECK_NO_TDS, false, false });
	kinds_of_faults((struct bounds){ 6, VIRTUAL_SC, CHECK_NO_TDS, false, false });
	no_fault((struct bounds){ 3, VIRTUAL_SC, CHECK_TDS, true, false });
	no_fault((struct bounds){ 4, VIRTUAL_SC, CHECK_NO_TDS, true, false });
	no_fault((struct bounds){ 4, VIRTUAL_TSO, CHECK_NO_TDS, true, false });
}

/* ---- TDs ------------------------------------------------------------------------------------- */

static void must_fail(struct check_update *c, const struct check_update_config *config,
		      const char *with)
{
	struct explore_options options = { .scheduler = EXPLORE_EXHAUSTIVE };
	struct explore_report r = { 0 };
	struct virtual_program program;

	check_update_set(c, config, &program);
	assert_false(explore_program(&program, &options, &r));
	print_message("found after %llu executions: %s\n", (unsigned long long)r.executions,
		      r.failure);
	assert_non_null(strstr(r.failure, with));
	explore_release(&r);
}

/* The checks of check_tds.c find bad hosts. */
static void test_bad_hosts_are_found(void **state)
{
	struct check_update_config config = { .unstopped = true };
	struct check_update *c = make_tds(2, CHECK_TDS);

	(void)state;
	/* The order of the run shows the fault, or the race detector shows it in all orders. */
	must_fail(c, &config, "LP 2 ");
	check_update_destroy(c);

	c = make_tds(2, CHECK_TDS_REFUSING);
	config = (struct check_update_config){ .spoil_builds = true };
	must_fail(c, &config, "spoilt the measurement");
	check_update_destroy(c);
}

/* The explorer assumes that TDs' calls are independent. This test compares whole memories. */
static void test_tds_commute(void **state)
{
	enum check_update_tds tds;
	struct check_update *c;

	(void)state;
	for (tds = CHECK_TDS; tds <= CHECK_TDS_REFUSING; tds++) {
		c = make_tds(3, tds);
		assert_true(check_tds_commute(c));
		check_update_destroy(c);
	}
}

static void test_tds(void **state)
{
	(void)state;
	no_fault((struct bounds){ 2, VIRTUAL_TSO, CHECK_TDS, true, false });
	no_fault((struct bounds){ 2, VIRTUAL_SC, CHECK_TDS_REFUSING, false, false });
	no_fault((struct bounds){ 2, VIRTUAL_TSO, CHECK_TDS_REFUSING, true, false });
}

/* ---- the reduction --------------------------------------------------------------------------- */

struct outcome {
	uint64_t executions, pruned, foreseen;
	uint32_t seen[SS_VERDICT_NR];
};

static void explore_so(struct check_update *c, const struct check_update_config *config,
		       bool foresight, struct outcome *out)
{
	struct explore_options options = {
		.scheduler = EXPLORE_EXHAUSTIVE, .no_foresight = !foresight
	};
	struct explore_report r = { 0 };

	explore(c, config, &options, &r);
	out->executions += r.executions - r.pruned;
	out->pruned += r.pruned;
	out->foreseen += r.foreseen;
	memcpy(out->seen, c->seen, sizeof(out->seen));
	explore_release(&r);
}

/* Foresight leaves out only executions that would be given up: the complete ones are the same. */
static void test_foresight(void **state)
{
	struct check_update_config config = { .nr_faults = 1 };
	struct outcome with = { 0 }, without = { 0 };
	struct check_update *c = make(2);
	const uint32_t *numbers;
	uint32_t i, n = check_update_representatives(c, &numbers);

	(void)state;
	for (i = 0; i < n; i += 3) {
		assert_true(check_update_fault(2, numbers[i], &config.faults[0]));
		config.deadline = i % 2;
		explore_so(c, &config, true, &with);
		explore_so(c, &config, false, &without);
		assert_int_equal(with.executions, without.executions);
		assert_memory_equal(with.seen, without.seen, sizeof(with.seen));
	}
	assert_true(with.foreseen > 0 || !VIRTUAL_INSTRUMENTED || !FIBER_SAVES);
	print_message("%llu executions, with foresight (+%llu pruned) and without (+%llu)\n",
		      (unsigned long long)with.executions, (unsigned long long)with.pruned,
		      (unsigned long long)without.pruned);
	check_update_destroy(c);
}

/* ---- samples --------------------------------------------------------------------------------- */

/* Is this a fault of a failing call? The fault matrix covers lies and false witnesses in pairs. */
static bool fails(uint32_t nr_lps, uint32_t number, struct sim_fault *fault)
{
	return check_update_fault(nr_lps, number, fault) && !fault_list_lies(fault);
}

/* Pairs of faults under random schedules. */
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

/* The arguments "three" and "slow" select other bounds, for runs side by side. */
int main(int argc, char **argv)
{
	const struct CMUnitTest two[] = {
		cmocka_unit_test(test_two),
		cmocka_unit_test(test_tds_commute),
		cmocka_unit_test(test_tds),
		cmocka_unit_test(test_bad_hosts_are_found),
		cmocka_unit_test(test_foresight),
		cmocka_unit_test(test_sampled),
	};
	const struct CMUnitTest three[] = {
		cmocka_unit_test(test_three),
	};
	const struct CMUnitTest larger[] = {
		cmocka_unit_test(test_larger),
		cmocka_unit_test(test_sampled),
	};
	int failed;

	slow = argc > 1 && !strcmp(argv[1], "slow");
	if (!signer_make(&signer)) {
		fprintf(stderr, "libcrypto makes no RSA-3072 key\n");
		return 1;
	}
	if (slow)
		failed = cmocka_run_group_tests_name("explore-update-large", larger, NULL, NULL);
	else if (argc > 1)
		failed = cmocka_run_group_tests_name("explore-update-three", three, NULL, NULL);
	else
		failed = cmocka_run_group_tests_name("explore-update", two, NULL, NULL);
	signer_free(&signer);
	return failed;
}
