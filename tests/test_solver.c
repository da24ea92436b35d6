// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The solver: answers that the specification settles, and those of plain enumeration, which knows
 * nothing of keys.
 */
#include "matrix_run.h"

#include "../sim/module.h"

static struct matrix *m;

static int setup_lps(uint32_t nr_lps)
{
	m = matrix_create(nr_lps);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	return setup_lps(3);
}

static int setup_alone(void **state)
{
	(void)state;
	return setup_lps(1);
}

static int teardown(void **state)
{
	(void)state;
	matrix_destroy(m);
	return 0;
}

/* The machine right before an update that meets this. */
static void begin(const struct sim_fault *fault)
{
	memcpy(m->world.f.mem, m->before, m->bytes);
	m->nr_faults = fault ? 1 : 0;
	if (!fault)
		return;
	m->faults[0] = *fault;
	assert_true(sim_fault_add(m->world.f.sim, fault));
}

static uint64_t make_call(uint32_t lp, uint64_t leaf, uint64_t rcx)
{
	return fixture_call(&m->world.f, lp, leaf, rcx);
}

static void shut_down(void)
{
	assert_int_equal(make_call(0, SS_LEAF_TDH_SYS_SHUTDOWN, 0), 0);
}

static bool can_save(void)
{
	struct solver_machine now = matrix_now(m);

	return solver_can_save(m->solver, &now);
}

#define INSTALL	SS_LEAF_SEAMLDR_INSTALL
#define INIT	SS_LEAF_TDH_SYS_INIT
#define LP_INIT	SS_LEAF_TDH_SYS_LP_INIT
#define UPDATE	SS_LEAF_TDH_SYS_UPDATE

static void nothing_is_wrong(void **state)
{
	uint32_t lp;

	(void)state;
	begin(NULL);
	assert_true(can_save());
	shut_down();
	assert_true(can_save());
	for (lp = 0; lp < 3; lp++) {
		assert_int_equal(make_call(lp, INSTALL, m->plan.images[0].params_pa), 0);
		assert_true(can_save());	/* with the session open too */
	}
	assert_int_equal(make_call(2, INIT, 0), 0);
	assert_true(can_save());
	assert_int_equal(make_call(1, LP_INIT, 0), 0);
	assert_true(can_save());
}

/* What was asked does not change the machine, nor the answer. */
static void asking_leaves_no_trace(void **state)
{
	const struct sim_fault fault = { INIT, SIM_LP_ANY, 1, true, SS_TDX_SYS_BUSY };
	uint8_t *before = malloc(m->bytes);
	struct solver_machine now;

	(void)state;
	begin(&fault);
	shut_down();
	now = matrix_now(m);
	solver_keep(&now, before);
	assert_false(can_save());
	assert_false(can_save());
	assert_memory_equal(before, m->world.f.mem, (size_t)((uint8_t *)m->world.f.sim->image -
							     (uint8_t *)m->world.f.mem));
	begin(NULL);
	shut_down();
	assert_true(can_save());
	free(before);
}

/* A fault, and whether the TDs can be saved once the old module is shut down (10.4). */
static const struct answer {
	struct sim_fault fault;
	bool saved;
} answers[] = {
	/* INSTALL: refused, erased, not counted. */
	{ { INSTALL, SIM_LP_ANY, 1, false, SS_PSEAMLDR_EBADSIG }, true },
	{ { INSTALL, SIM_LP_ANY, 1, true, SS_PSEAMLDR_EBADSIG }, false },
	{ { INSTALL, SIM_LP_ANY, 1, false, SS_PSEAMLDR_EBADHASH, 1 }, false },
	{ { INSTALL, SIM_LP_ANY, 2, false, SS_PSEAMLDR_EBADHASH, 1 }, true },
	{ { INSTALL, 1, 1, false, SS_TDX_SEAMCALL_UD }, true },
	{ { INSTALL, 1, 1, true, SS_TDX_SEAMCALL_UD }, false },
	{ { INSTALL, 1, 2, true, SS_TDX_SEAMCALL_UD }, true },
	/* The call that others think has counted has not, and the other way round. */
	{ { INSTALL, 1, 1, false, SS_PSEAMLDR_SUCCESS }, true },
	{ { INSTALL, 1, 1, true, SS_PSEAMLDR_SUCCESS }, false },
	{ { INSTALL, 1, 1, true, SS_TDX_SEAMCALL_UD, 0, true }, true },
	{ { INSTALL, SIM_LP_ANY, 1, true, SS_PSEAMLDR_EBADHASH, 1, true }, true },
	/*
	 * The new module: a failure that passes, one that doesn't, one of an LP that need not call.
	 */
	{ { INIT, SIM_LP_ANY, 1, false, SS_TDX_SYS_INCOMPATIBLE_SIGSTRUCT }, true },
	{ { INIT, SIM_LP_ANY, 1, true, SS_TDX_SYS_INCOMPATIBLE_SIGSTRUCT }, false },
	{ { INIT, 0, 1, true, SS_TDX_SYS_INCOMPATIBLE_SIGSTRUCT }, true },
	{ { INIT, SIM_LP_ANY, 1, true, SS_TDX_SYS_BUSY, 0, true }, true },
	{ { LP_INIT, 2, 1, false, SS_TDX_INCONSISTENT_MSR }, true },
	{ { LP_INIT, 2, 1, true, SS_TDX_INCONSISTENT_MSR }, false },
	{ { LP_INIT, 2, 1, true, SS_TDX_INCONSISTENT_MSR, 0, true }, true },
	{ { LP_INIT, SIM_LP_ANY, 4, true, SS_TDX_INCONSISTENT_MSR }, true },
	{ { LP_INIT, SIM_LP_ANY, 3, true, SS_TDX_INCONSISTENT_MSR }, false },
	{ { UPDATE, SIM_LP_ANY, 1, false, SS_TDX_SYS_INVALID_HANDOFF }, true },
	{ { UPDATE, SIM_LP_ANY, 1, true, SS_TDX_SYS_INVALID_HANDOFF }, false },
	{ { UPDATE, SIM_LP_ANY, 1, true, SS_TDX_SUCCESS }, false },
	{ { UPDATE, SIM_LP_ANY, 2, true, SS_TDX_SUCCESS }, true },
	/* No business of the TDs'. */
	{ { SS_LEAF_TDH_SYS_RD, SIM_LP_ANY, 1, true, SS_TDX_SYS_BUSY }, true },
};

static void answers_of_the_specification(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(answers); i++) {
		print_message("answer %zu\n", i);
		begin(&answers[i].fault);
		assert_true(can_save());	/* by leaving */
		shut_down();
		assert_int_equal(can_save(), answers[i].saved);
	}
}

/* 5.2 D1, and 6.4: a module that was shut down comes back through INSTALL only. */
static void updates_that_are_left(void **state)
{
	struct sim *s = m->world.f.sim;

	(void)state;
	begin(NULL);
	s->seamdb_count = s->seamdb_size - 1;
	s->seamldr->remaining = 1;
	shut_down();
	assert_true(can_save());
	s->seamdb_count = s->seamdb_size;
	s->seamldr->remaining = 0;
	assert_false(can_save());
}

/* ---- plain enumeration, on one LP and with one image ----------------------------------------- */

#define DEPTH	5u		/* the shortest way, and one call that was in vain */
#define ROUNDS	24u

static bool enumerate(uint32_t depth)
{
	static const uint64_t leaves[] = { UPDATE, LP_INIT, INIT, INSTALL };
	struct solver_machine now = matrix_now(m);
	uint8_t *here;
	bool saved;
	size_t i;

	if (solver_is_saved(&now))
		return true;
	if (!depth)
		return false;
	here = malloc(solver_snapshot_bytes(&now));
	solver_keep(&now, here);
	for (i = 0, saved = false; !saved && i < SS_ARRAY_SIZE(leaves); i++) {
		make_call(0, leaves[i], leaves[i] == INSTALL ? m->plan.images[0].params_pa : 0);
		saved = enumerate(depth - 1);
		solver_bring_back(&now, here);
	}
	free(here);
	return saved;
}

static void as_enumeration_finds(void **state)
{
	static const uint64_t leaves[] = { UPDATE, LP_INIT, INIT, INSTALL };
	static const uint64_t statuses[] = { 0, SS_TDX_SEAMCALL_UD, SS_PSEAMLDR_EBADSIG };
	uint64_t seed = fixture_seed();
	uint32_t saved = 0, i;
	struct sim_fault f;
	bool found;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		f = (struct sim_fault){
			.leaf = leaves[i % 4], .lp = SIM_LP_ANY,
			.status = statuses[sim_random(&seed) % 3],
			.nth = 1 + sim_random(&seed) % 2,
			.sticky = sim_random(&seed) % 4 != 0,
			.executed = sim_random(&seed) % 4 == 0,
			.rdx = sim_random(&seed) % 3 == 0,
		};
		begin(&f);
		shut_down();
		found = enumerate(DEPTH);
		assert_int_equal(can_save(), found);
		saved += found;
	}
	print_message("%u of %u can be saved\n", saved, ROUNDS);
}

#define TEST(t)	cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_wrong),
		TEST(asking_leaves_no_trace),
		TEST(answers_of_the_specification),
		TEST(updates_that_are_left),
		cmocka_unit_test_setup_teardown(as_enumeration_finds, setup_alone, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
