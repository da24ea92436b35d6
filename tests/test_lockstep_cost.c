// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What it costs to make the trees of the step machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/lockstep.h"

static struct ss_lockstep ls;

/*
 * What a tree costs, in steps: the compiler puts a call of this function into each basic block of
 * core/lockstep.c, see meson.build. The number is the same on each run.
 */
void __sanitizer_cov_trace_pc(void);
static uint64_t steps_taken, steps_max = UINT64_MAX;

void __sanitizer_cov_trace_pc(void)
{
	if (steps_taken++ == steps_max)
		fail_msg("more than %llu steps", (unsigned long long)steps_max);
}

static uint64_t steps_of(uint32_t nr_lps, const uint32_t *core, const uint32_t *socket)
{
	static struct ss_lockstep_lp many[4096];

	assert_in_range(nr_lps, 1, 4096);
	steps_taken = 0;
	assert_true(ss_lockstep_init_topology(&ls, many, nr_lps, 4, core, socket));
	return steps_taken;
}

/* No topology costs more than a small multiple of the square of the LPs. */
static void test_cost(void **state)
{
	static uint32_t each[4096], pair[4096];
	const uint64_t nr = 4096;
	uint32_t lp;

	(void)state;
	for (lp = 0; lp < nr; lp++) {
		each[lp] = lp;
		pair[lp] = lp / 2;
	}
	steps_max = 64 * nr * nr;
	print_message("each LP a socket: %.1f steps per pair of LPs\n",
		      (double)steps_of(nr, each, each) / (double)(nr * nr));
	print_message("two LPs a socket: %.1f\n", (double)steps_of(nr, each, pair) / (double)(nr * nr));
	print_message("two LPs a core, each core a socket: %.1f\n",
		      (double)steps_of(nr, pair, pair) / (double)(nr * nr));
	steps_max = UINT64_MAX;
	/* The count is one: twice the LPs are four times the steps, and more than twice. */
	assert_in_range(steps_of(2048, each, each) * 10 / steps_of(1024, each, each), 30, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cost),
	};

	return cmocka_run_group_tests_name("lockstep-cost", tests, NULL, NULL);
}
