// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Simulated memory: an allocation is free, zeroed and mapped; freed memory can be used again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "rig/arena.h"
#include "rig/topology.h"
#include "sim/sim.h"
#include "sim_fixture.h"

static void takes_the_first_run_that_fits(void **state)
{
	struct rig_bitmap map;

	(void)state;
	assert_true(rig_bitmap_init(&map, 130));
	assert_int_equal(rig_bitmap_take(&map, 64), 0);
	assert_int_equal(rig_bitmap_take(&map, 60), 64);
	assert_int_equal(rig_bitmap_take(&map, 7), RIG_BITMAP_FULL);
	assert_int_equal(rig_bitmap_take(&map, 6), 124);
	assert_int_equal(rig_bitmap_take(&map, 1), RIG_BITMAP_FULL);
	assert_int_equal(rig_bitmap_used(&map), 130);
	rig_bitmap_give(&map, 10, 5);
	rig_bitmap_give(&map, 62, 4);
	assert_int_equal(rig_bitmap_take(&map, 6), RIG_BITMAP_FULL);
	assert_int_equal(rig_bitmap_take(&map, 5), 10);
	assert_int_equal(rig_bitmap_take(&map, 4), 62);
	assert_int_equal(rig_bitmap_take(&map, 0), RIG_BITMAP_FULL);
	assert_int_equal(rig_bitmap_take(&map, 131), RIG_BITMAP_FULL);
	rig_bitmap_release(&map);
}

/* Random takes and gives against a plain array. */
static void never_deals_out_a_page_twice(void **state)
{
	uint64_t random = fixture_seed();
	struct { uint32_t first, nr; } held[64] = { 0 };
	uint8_t owner[512] = { 0 };
	struct rig_bitmap map;
	uint32_t round, slot, i, used = 0;

	(void)state;
	assert_true(rig_bitmap_init(&map, 512));
	for (round = 0; round < 20000; round++) {
		slot = (uint32_t)(sim_random(&random) % 64);
		if (held[slot].nr) {
			rig_bitmap_give(&map, held[slot].first, held[slot].nr);
			for (i = 0; i < held[slot].nr; i++)
				owner[held[slot].first + i] = 0;
			used -= held[slot].nr;
			held[slot].nr = 0;
			continue;
		}
		held[slot].nr = 1 + (uint32_t)(sim_random(&random) % 24);
		held[slot].first = rig_bitmap_take(&map, held[slot].nr);
		if (held[slot].first == RIG_BITMAP_FULL) {
			held[slot].nr = 0;
			continue;
		}
		for (i = 0; i < held[slot].nr; i++)
			assert_int_equal(owner[held[slot].first + i]++, 0);
		used += held[slot].nr;
		assert_int_equal(rig_bitmap_used(&map), used);
	}
	rig_bitmap_release(&map);
}

static void shared_memory_is_zeroed_and_mapped(void **state)
{
	struct ss_buffer a, b;
	struct rig_arena arena;
	uint32_t i;

	(void)state;
	assert_true(rig_arena_init(&arena, 8, 4));
	a = rig_arena_alloc(&arena, 3);
	assert_non_null(a.va);
	assert_int_equal(a.pa, RIG_PA_BASE);
	assert_int_equal(a.bytes, 3 * 4096);
	assert_ptr_equal(rig_arena_map(&arena, a.pa, a.bytes), a.va);
	memset(a.va, 0xff, a.bytes);
	rig_arena_free(&arena, a);
	rig_arena_alloc(&arena, 5);
	b = rig_arena_alloc(&arena, 3);
	assert_int_equal(b.pa, RIG_PA_BASE);	/* the pages that were written to */
	assert_null(rig_arena_alloc(&arena, 1).va);
	for (i = 0; i < b.bytes; i++)
		assert_int_equal(b.va[i], 0);
	rig_arena_release(&arena);
}

static void nothing_is_mapped_beyond_its_end(void **state)
{
	const uint64_t end = RIG_PA_BASE + 8 * 4096;
	struct rig_arena arena;

	(void)state;
	assert_true(rig_arena_init(&arena, 8, 4));
	assert_non_null(rig_arena_map(&arena, end - 1, 1));
	assert_null(rig_arena_map(&arena, end - 1, 2));
	assert_null(rig_arena_map(&arena, end, 1));
	assert_null(rig_arena_map(&arena, RIG_PA_BASE - 1, 1));
	assert_null(rig_arena_map(&arena, RIG_PA_BASE, 8 * 4096 + 1));
	assert_null(rig_arena_map(&arena, UINT64_MAX, 2));
	assert_null(rig_arena_map(&arena, RIG_PA_BASE, SIZE_MAX));
	rig_arena_release(&arena);
}

static void private_pages_run_out_and_come_back(void **state)
{
	struct rig_arena arena;
	uint32_t i;

	(void)state;
	assert_true(rig_arena_init(&arena, 8, 4));
	for (i = 0; i < 4; i++)
		assert_int_equal(rig_arena_private_alloc(&arena), SIM_TDMR_BASE + i * 4096ull);
	assert_int_equal(rig_arena_private_alloc(&arena), RIG_NO_PA);
	rig_arena_private_free(&arena, SIM_TDMR_BASE + 2 * 4096);
	assert_int_equal(rig_arena_private_used(&arena), 3);
	assert_int_equal(rig_arena_private_alloc(&arena), SIM_TDMR_BASE + 2 * 4096);
	rig_arena_release(&arena);
}

/* On any machine: some LPs, all different, with cores that each lie in one socket. */
static void topology_is_a_tree(void **state)
{
	struct rig_topology t;
	uint32_t i, j;

	(void)state;
	assert_true(rig_topology_read(&t));
	assert_true(t.nr_lps > 0);
	for (i = 0; i < t.nr_lps; i++) {
		for (j = 0; j < i; j++) {
			assert_int_not_equal(t.cpu[i], t.cpu[j]);
			if (t.core[i] == t.core[j])
				assert_int_equal(t.socket[i], t.socket[j]);
		}
	}
	rig_topology_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_the_first_run_that_fits),
		cmocka_unit_test(never_deals_out_a_page_twice),
		cmocka_unit_test(shared_memory_is_zeroed_and_mapped),
		cmocka_unit_test(nothing_is_mapped_beyond_its_end),
		cmocka_unit_test(private_pages_run_out_and_come_back),
		cmocka_unit_test(topology_is_a_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
