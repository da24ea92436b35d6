// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The table of the update, and the update against a firmware that answers at random.
 *
 * The program links the core of the virtual host and replaces its ss_broken() (--wrap): the
 * function here counts and returns, as in a kernel.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/update.h"
#include "place/virtual/virtual.h"
#include "sim/random.h"

static uint32_t broken;
static char broken_where[256];

void __wrap_ss_broken(const char *file, int line, const char *what);
void __wrap_ss_broken(const char *file, int line, const char *what)
{
	if (!broken++)
		snprintf(broken_where, sizeof(broken_where), "%s:%d: %s", file, line, what);
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct ss_step *program;
static const uint8_t *outcomes;

static int next_row(uint32_t row, uint32_t outcome)
{
	return program[row].next[outcome] > 0 ? program[row].next[outcome] - 1 : -1;
}

static void test_every_outcome_is_set(void **state)
{
	uint32_t row, o;

	(void)state;
	for (row = 0; row < SS_STEP_NR; row++) {
		assert_in_range(outcomes[row], 1, SS_OUTCOMES);
		for (o = 0; o < SS_OUTCOMES; o++)
			if (!program[row].next[o] != (o >= outcomes[row]))
				fail_msg("row %s has %u outcomes, and column %u leads to %d",
					 program[row].name, outcomes[row], o, program[row].next[o]);
	}
}

static void test_columns_lead_somewhere(void **state)
{
	uint32_t row, o;
	int next;

	(void)state;
	for (row = 0; row < SS_STEP_NR; row++) {
		assert_non_null(program[row].fn);
		for (o = 0; o < outcomes[row]; o++) {
			next = program[row].next[o];
			if (next > 0)
				assert_in_range(next - 1, 0, SS_STEP_NR - 1);
			else
				assert_in_range(SS_END(next), 0, SS_VERDICT_NR - 1);
		}
	}
}

static void visit(uint32_t row, bool *seen)
{
	uint32_t o;

	if (seen[row])
		return;
	seen[row] = true;
	for (o = 0; o < outcomes[row]; o++)
		if (next_row(row, o) >= 0)
			visit((uint32_t)next_row(row, o), seen);
}

static void test_every_row_is_reached(void **state)
{
	bool seen[SS_STEP_NR] = { false };
	uint32_t row;

	(void)state;
	visit(SS_STEP_CHECK, seen);
	for (row = 0; row < SS_STEP_NR; row++)
		if (!seen[row])
			fail_msg("no way leads to row %s", program[row].name);
}

/* From the shutdown on INSTALL is the only way, and no way leads back. */
static void test_no_way_back(void **state)
{
	uint32_t row, o;

	(void)state;
	assert_int_equal(next_row(SS_STEP_SHUTDOWN, 0), SS_STEP_INSTALL);
	for (row = SS_STEP_INSTALL; row < SS_STEP_NR; row++)
		for (o = 0; o < outcomes[row]; o++)
			if (next_row(row, o) >= 0 && next_row(row, o) < SS_STEP_INSTALL)
				fail_msg("row %s, column %u leads back to %s", program[row].name, o,
					 program[next_row(row, o)].name);
	/* "unchanged" and "lost" are said only where the update looked at the firmware. */
	for (row = 0; row < SS_STEP_NR; row++)
		for (o = 0; o < outcomes[row]; o++)
			if (next_row(row, o) < 0 && row != SS_STEP_LEAVE && row != SS_STEP_VERIFY &&
			    row != SS_STEP_GIVE_UP)
				fail_msg("row %s ends the update without a look",
					 program[row].name);
}

/* ---- a row without a column ------------------------------------------------------------------ */

static uint32_t fixed_outcome(void *ctx, uint32_t lp)
{
	const uint32_t *outcome = ctx;

	(void)lp;
	return *outcome;
}

static uint32_t run_alone(const struct ss_step *steps, uint32_t outcome)
{
	static struct ss_lockstep ls;
	static struct ss_lockstep_lp lps[1];

	assert_true(ss_lockstep_init(&ls, lps, 1, 2));
	ss_lockstep_prepare(&ls, steps, &outcome, 0);
	broken = 0;
	return ss_lockstep_run(&ls, 0);
}

static void test_unset_column_is_a_trap(void **state)
{
	static const struct ss_step steps[] = {
		{ "first", SS_ALL, fixed_outcome, { SS_END(5), [2] = SS_END(7) } },
	};

	(void)state;
	assert_int_equal(run_alone(steps, 0), 5);
	assert_int_equal(broken, 0);
	assert_int_equal(run_alone(steps, 2), 7);
	assert_int_equal(run_alone(steps, 1), SS_TRAPPED);
	assert_in_range(broken, 1, 2);
	assert_int_equal(run_alone(steps, SS_OUTCOMES), SS_TRAPPED);
	assert_int_equal(run_alone(steps, 256), SS_TRAPPED);
}

/* ---- a firmware that answers anything -------------------------------------------------------- */

#define INFO_PA		0x10000u
#define MAX_CALLS	100000u

struct anything {
	uint64_t random;
	uint32_t calls;
	bool honest;		/* the leaves of the look tell the truth */
	bool ready;		/* if @honest: the state that these leaves report */
	uint8_t info[SS_SEAMLDR_INFO_BYTES];
	struct ss_machine machine;
	struct ss_update_plan plan;
	struct ss_update update;
	struct ss_lockstep lockstep;
	struct ss_lockstep_lp lockstep_lps[1];
	struct ss_update_lp lps[1];
};

static uint64_t roll(struct anything *a)
{
	return sim_random(&a->random);
}

#define VALUE(name, value, class, text) value,
static const uint64_t statuses[] = { SS_STATUSES(VALUE) };
#undef VALUE

static uint64_t any_status(struct anything *a)
{
	uint64_t r = roll(a);

	if (r % 8 < 3)
		return 0;
	if (r % 8 == 3)
		return roll(a);
	return statuses[roll(a) % SS_ARRAY_SIZE(statuses)] | (r % 8 == 4 ? roll(a) % 256 : 0);
}

static void fill_info(struct anything *a, bool seam_ready)
{
	a->info[8] = 0x86;
	a->info[9] = 0x80;
	a->info[28] = (uint8_t)(roll(a) % 8);
	a->info[40] = 5;
	a->info[41] = 1;
	a->info[160] = seam_ready;
	a->info[162] = 1;
}

/* The answer of an honest machine: a module that is READY, or no module. */
static uint64_t honest_answer(struct anything *a, const struct ss_regs *regs)
{
	if (regs->rax == SS_LEAF_SEAMLDR_INFO) {
		fill_info(a, a->ready);
		return 0;
	}
	return a->ready ? 0 : SS_TDX_SEAMCALL_VMFAILINVALID;
}

static uint64_t seamcall(void *ctx, uint32_t lp, struct ss_regs *regs)
{
	struct anything *a = ctx;
	uint64_t leaf = regs->rax & ~SS_LEAF_VERSION(0xff), status;

	(void)lp;
	if (a->calls++ >= MAX_CALLS)
		fail_msg("the update does not end");
	if (a->honest && (leaf == SS_LEAF_SEAMLDR_INFO || leaf == SS_LEAF_TDH_SYS_RD ||
			  leaf == SS_LEAF_TDH_PHYMEM_PAGE_RDMD ||
			  leaf == SS_LEAF_TDH_SYS_TDMR_INIT))
		return honest_answer(a, regs);
	status = any_status(a);
	/* Most firmwares begin as the plan wants, and shut the module down. */
	if ((a->calls == 1 && roll(a) % 16) ||
	    (leaf == SS_LEAF_TDH_SYS_SHUTDOWN && roll(a) % 2))
		status = 0;
	if (leaf == SS_LEAF_SEAMLDR_INFO && (a->calls == 1 || roll(a) % 8))
		fill_info(a, a->calls == 1 || roll(a) % 4);
	if (leaf == SS_LEAF_SEAMLDR_INSTALL)
		regs->rdx = roll(a) % 4 == 0;
	return status;
}

static const struct ss_update_result *update_anything(struct anything *a, uint64_t seed)
{
	uint32_t i;

	a->random = seed;
	a->calls = 0;
	memset(a->info, 0, sizeof(a->info));
	a->machine = (struct ss_machine){ .ctx = a, .nr_lps = 1, .seamcall = seamcall };
	a->plan = (struct ss_update_plan){
		.machine = &a->machine, .nr_images = 1 + seed % 4, .svn_minor = 5, .svn_major = 1,
		.info = { a->info, INFO_PA, sizeof(a->info) }, .rehearse = roll(a) % 2,
	};
	for (i = 0; i < a->plan.nr_images; i++)
		a->plan.images[i] = (struct ss_update_image){
			.params_pa = 4096 * (i + 2), .svn_minor = 5, .svn_major = 1,
		};
	assert_true(ss_lockstep_init(&a->lockstep, a->lockstep_lps, 1, 2));
	assert_true(ss_update_init(&a->update, &a->plan, &a->lockstep, a->lps));
	broken = 0;
	ss_update_run(&a->update, 0);
	if (broken)
		fail_msg("seed %llu: %s", (unsigned long long)seed, broken_where);
	return &a->update.result;
}

/* Every cycle is bounded: the update ends, and says what it has seen. */
static void test_ends_against_anything(void **state)
{
	struct anything *a = aligned_alloc(64, (sizeof(*a) + 63) / 64 * 64);
	uint32_t seen[SS_VERDICT_NR] = { 0 }, most = 0;
	const struct ss_update_result *r;
	uint64_t seed;

	(void)state;
	memset(a, 0, sizeof(*a));
	for (seed = 1; seed <= 20000; seed++) {
		r = update_anything(a, seed);
		seen[r->verdict]++;
		most = a->calls > most ? a->calls : most;
		if (r->confirmed && r->seen != (r->verdict == SS_LOST ? SS_SEEN_NOT_READY
								      : SS_SEEN_READY))
			fail_msg("seed %llu: %s is confirmed, but seen was %s",
				 (unsigned long long)seed, ss_verdict_name(r->verdict),
				 ss_update_sight_name(r->seen));
	}
	print_message("20000 firmwares: updated %u, unchanged %u, recovered %u, lost %u; most calls %u\n",
		      seen[SS_UPDATED], seen[SS_UNCHANGED], seen[SS_RECOVERED], seen[SS_LOST],
		      most);
	for (seed = 0; seed < SS_VERDICT_NR; seed++)
		assert_true(seen[seed]);
	free(a);
}

/*
 * If the leaves of the look tell the truth, the verdict is true and confirmed, whatever all other
 * leaves return.
 */
static void test_look_wins(void **state)
{
	struct anything *a = aligned_alloc(64, (sizeof(*a) + 63) / 64 * 64);
	const struct ss_update_result *r;
	uint64_t seed;

	(void)state;
	memset(a, 0, sizeof(*a));
	a->honest = true;
	for (seed = 1; seed <= 10000; seed++) {
		a->ready = seed % 2;
		r = update_anything(a, seed);
		if ((r->verdict == SS_LOST) == a->ready || !r->confirmed)
			fail_msg("seed %llu: %s%s, but a module is %s", (unsigned long long)seed,
				 ss_verdict_name(r->verdict), r->confirmed ? "" : " (unconfirmed)",
				 a->ready ? "ready" : "not ready");
	}
	free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_outcome_is_set),
		cmocka_unit_test(test_columns_lead_somewhere),
		cmocka_unit_test(test_every_row_is_reached),
		cmocka_unit_test(test_no_way_back),
		cmocka_unit_test(test_unset_column_is_a_trap),
		cmocka_unit_test(test_ends_against_anything),
		cmocka_unit_test(test_look_wins),
	};

	program = ss_update_program(&outcomes);
	return cmocka_run_group_tests_name("program", tests, NULL, NULL);
}
