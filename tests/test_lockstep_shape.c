// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The shape of the step machine's trees: two heads; every other LP below one parent, in a slot of
 * its own; cores and sockets that stay together.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/lockstep.h"

#define MAX_LPS	64u

static struct ss_lockstep ls;
static struct ss_lockstep_lp lps[MAX_LPS];

static uint32_t head_of(uint32_t lp)
{
	uint32_t steps = 0;

	for (; lps[lp].parent != SS_NO_LP; lp = lps[lp].parent)
		assert_true(steps++ < MAX_LPS);
	return lp;
}

/* Both directions of the tree agree; only LP 0 and its peer have no parent. */
static void check_trees(uint32_t nr_lps)
{
	uint32_t lp, i, child, below = 0, heads = 0;

	assert_int_equal(ls.nr_lps, nr_lps);
	for (lp = 0; lp < nr_lps; lp++) {
		assert_in_range(lps[lp].nr_children, 0, SS_MAX_CHILDREN);
		below += lps[lp].nr_children;
		for (i = 0; i < lps[lp].nr_children; i++) {
			child = lps[lp].child[i];
			assert_in_range(child, 1, nr_lps - 1);
			assert_int_equal(lps[child].parent, lp);
			assert_int_equal(lps[child].slot, i);
		}
		heads += lps[lp].parent == SS_NO_LP;
		assert_true(lps[lp].peer == SS_NO_LP || lps[lp].parent == SS_NO_LP);
		assert_true(head_of(lp) == 0 || head_of(lp) == lps[0].peer);
		assert_int_equal(ss_load(&lps[lp].turn), 0);
	}
	assert_int_equal(heads, nr_lps > 1 ? 2 : 1);
	assert_int_equal(below + heads, nr_lps);
	assert_int_equal(lps[0].peer == SS_NO_LP, nr_lps == 1);
	if (nr_lps > 1)
		assert_int_equal(lps[lps[0].peer].peer, 0);
}

static void check_arity(uint32_t nr_lps, uint32_t arity)
{
	uint32_t lp;

	for (lp = 0; lp < nr_lps; lp++)
		assert_in_range(lps[lp].nr_children, 0, arity);
}

static void test_plain(void **state)
{
	uint32_t n, arity;

	(void)state;
	for (n = 1; n <= 40; n++) {
		for (arity = 1; arity <= SS_MAX_CHILDREN; arity++) {
			assert_true(ss_lockstep_init(&ls, lps, n, arity));
			check_trees(n);
			check_arity(n, arity);
			assert_true(n == 1 || lps[0].peer == 1);
		}
	}
}

/* LP @lp lies in group @group[lp]: the whole group is below its first LP. */
static void check_groups(const uint32_t *group, uint32_t nr_lps)
{
	uint32_t lp, first, up, steps;

	for (lp = 0; lp < nr_lps; lp++) {
		for (first = 0; group[first] != group[lp];)
			first++;
		steps = 0;
		for (up = lp; up != first; up = lps[up].parent) {
			assert_int_equal(group[up], group[lp]);
			assert_int_not_equal(lps[up].parent, SS_NO_LP);
			assert_true(steps++ < nr_lps);
		}
	}
}

/* @threads per core, @cores per socket, numbered in rounds as Linux numbers threads. */
static void deal(uint32_t threads, uint32_t cores, uint32_t sockets, uint32_t *core,
		 uint32_t *socket)
{
	uint32_t lp, nr_cores = cores * sockets;

	for (lp = 0; lp < threads * nr_cores; lp++) {
		core[lp] = lp % nr_cores + 100;
		socket[lp] = lp % nr_cores / cores + 7;
	}
}

static void check_topology(uint32_t threads, uint32_t cores, uint32_t sockets, uint32_t arity)
{
	uint32_t core[MAX_LPS], socket[MAX_LPS], nr = threads * cores * sockets, lp;

	deal(threads, cores, sockets, core, socket);
	assert_true(ss_lockstep_init_topology(&ls, lps, nr, arity, core, socket));
	check_trees(nr);
	check_groups(core, nr);
	if (sockets > 1) {
		check_groups(socket, nr);
		assert_int_not_equal(socket[lps[0].peer], socket[0]);
	}
	assert_int_not_equal(core[lps[0].peer], core[0]);
	/* Its other threads, and @arity cores of its socket, and @arity sockets. */
	for (lp = 0; lp < nr; lp++)
		assert_in_range(lps[lp].nr_children, 0, threads - 1 + 2 * arity);
	/* Without sockets, and with one: the heads are of two cores. */
	assert_true(ss_lockstep_init_topology(&ls, lps, nr, arity, core, NULL));
	check_trees(nr);
	check_groups(core, nr);
	assert_int_not_equal(core[lps[0].peer], core[0]);
}

static void test_topology(void **state)
{
	uint32_t threads, cores, sockets, arity;

	(void)state;
	for (threads = 1; threads <= 3; threads++)
		for (cores = 1; cores <= 5; cores++)
			for (sockets = 1; sockets <= 4; sockets++)
				for (arity = 1; arity <= 6; arity++)
					if (cores * sockets > 1)
						check_topology(threads, cores, sockets, arity);
}

/* One core; a core with more threads than a node has room for; numbers out of range. */
static void test_falls_back(void **state)
{
	uint32_t core[MAX_LPS] = { 0 }, socket[MAX_LPS] = { 0 }, lp;

	(void)state;
	assert_true(ss_lockstep_init_topology(&ls, lps, 8, 2, core, socket));
	check_trees(8);
	check_arity(8, 2);
	for (lp = 20; lp < 24; lp++)
		core[lp] = 1;
	assert_true(ss_lockstep_init_topology(&ls, lps, 24, 2, core, socket));
	check_trees(24);
	check_arity(24, 2);
	assert_false(ss_lockstep_init_topology(&ls, lps, 0, 2, core, socket));
	assert_false(ss_lockstep_init_topology(&ls, lps, 8, 0, core, socket));
	assert_false(ss_lockstep_init_topology(&ls, lps, 8, 7, core, socket));
}

/* 15 children: 14 of the core and one more would leave no room for cores and sockets. */
static void test_widest_core(void **state)
{
	const uint32_t room = SS_MAX_CHILDREN - 2 * 3;
	uint32_t core[MAX_LPS] = { 0 }, lp;

	(void)state;
	for (lp = room + 1; lp < room + 4; lp++)
		core[lp] = lp;
	assert_true(ss_lockstep_init_topology(&ls, lps, room + 4, 3, core, NULL));
	check_trees(room + 4);
	check_groups(core, room + 4);
	core[room + 1] = 0;
	assert_true(ss_lockstep_init_topology(&ls, lps, room + 4, 3, core, NULL));
	check_trees(room + 4);
	check_arity(room + 4, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_topology),
		cmocka_unit_test(test_falls_back),
		cmocka_unit_test(test_widest_core),
	};

	return cmocka_run_group_tests_name("lockstep-shape", tests, NULL, NULL);
}
