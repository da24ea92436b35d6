// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The memory that a module takes, and when the P-SEAMLDR notices a lack. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "image_fixture.h"

/*
 * 1.5.16 on Intel's P-SEAMLDR 1.5: the number of pages that passes the early check, and how many
 * pages more still lose everything. Both were measured on that P-SEAMLDR. The sum of the early
 * check is the specification's.
 */
static const struct {
	uint32_t lps, early, margin;
} measured[] = {
	{ 8, 606, 7 }, { 64, 956, 7 }, { 128, 1356, 7 },
	{ 256, 2160, 5 }, { 512, 3762, 5 }, { 1024, 6967, 5 },
};

static enum ss_room_fit fit(const struct ss_room *image, const struct ss_room *running,
			    uint64_t pages, uint32_t lps)
{
	return ss_room_check(image, running, pages * 4096, lps).fit;
}

static void test_margin(void **state)
{
	uint32_t i, extra, lps;
	uint64_t early;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(measured); i++) {
		lps = measured[i].lps;
		early = measured[i].early;
		assert_int_equal(ss_room_need(&line_1_5, lps).early, early * 4096);
		assert_int_equal(fit(&line_1_5, NULL, early - 1, lps), SS_ROOM_TOO_LARGE);
		for (extra = 0; extra < measured[i].margin; extra++)
			assert_int_equal(fit(&line_1_5, NULL, early + extra, lps), SS_ROOM_MARGIN);
		assert_int_equal(fit(&line_1_5, NULL, early + extra, lps), SS_ROOM_FITS);
	}
}

/* The running module proves room for any module that needs no more, on each platform. */
static void test_no_growth(void **state)
{
	struct ss_room larger = line_1_5;
	struct ss_room_answer a;
	uint32_t lps;

	(void)state;
	for (lps = 1; lps <= 1024; lps++) {
		assert_int_equal(fit(&line_1_5, &line_1_5, 0, lps), SS_ROOM_FITS);
		assert_int_equal(fit(&line_2_0, &line_2_0, 0, lps), SS_ROOM_FITS);
		assert_int_equal(fit(&line_1_5, &line_2_0, 0, lps), SS_ROOM_FITS);
		assert_int_equal(fit(&line_2_0, &line_1_5, 0, lps), SS_ROOM_GROWS);
		assert_int_equal(fit(&line_1_5, NULL, 0, lps), SS_ROOM_UNKNOWN);
	}
	/* One stack page more for each of 8 LPs: a platform of 7 LPs has at least room for 8. */
	larger.stack_pages++;
	/* Nothing known, nothing said. */
	a = ss_room_check(&larger, NULL, 0, 7);
	assert_int_equal(a.fit, SS_ROOM_UNKNOWN);
	assert_int_equal(a.lps, 0);
	assert_int_equal(a.need.early + a.need.whole + a.have, 0);
	a = ss_room_check(&larger, &line_1_5, 0, 7);
	assert_int_equal(a.fit, SS_ROOM_GROWS);
	assert_int_equal(a.lps, 7);
	a = ss_room_check(&larger, &line_1_5, 0, 11);
	assert_int_equal(a.lps, 12);
	a = ss_room_check(&larger, &line_1_5, 0, 8);
	assert_int_equal(a.have, (606 + 7) * 4096);
	assert_int_equal(a.need.whole, (606 + 7 + 8) * 4096);
}

static void test_room_of_sigstruct(void **state)
{
	struct ss_sigstruct sig = { .stack_pages = 2, .tls_pages = 3, .keyhole_pages = 4,
				    .global_data_pages = 5, .handoff_pages = 6, .svn_major = 1 };
	struct ss_compat_host host = { .has_room = false };

	(void)state;
	ss_compat_host_runs(&host, &sig);
	assert_true(host.has_room);
	assert_memory_equal(&host.room, &((struct ss_room){ 2, 3, 4, 5, 6 }), sizeof(host.room));
	/* A module of TDX 1.0 keeps no handoff data. */
	sig.svn_major = 0;
	assert_int_equal(ss_room_of(&sig).handoff_pages, 0);
}

/* Keyholes of 8 TiB: the early check counts 16 tables that the mapping does not take. */
static void test_early_check_is_stricter(void **state)
{
	const struct ss_room room = { 1, 1, 65536, 1, 0 };
	struct ss_room_need need = ss_room_need(&room, 32768);

	(void)state;
	assert_true(need.early > need.whole);
	assert_int_equal(fit(&room, NULL, need.whole / 4096, 32768), SS_ROOM_TOO_LARGE);
	assert_int_equal(fit(&room, NULL, need.early / 4096, 32768), SS_ROOM_FITS);
	assert_int_equal(ss_room_check(&room, &room, 0, 32768).have, need.early);
}

/* ---- the same, against the P-SEAMLDR's two checks in turn ------------------------------------ */

enum fate { LOADED, REFUSED_EARLY, RUINED };

struct regions {
	uint64_t vmcs, stacks, data, keyholes, keyedit;	/* in bytes */
};

static struct regions regions_of(const struct ss_room *r, uint64_t n)
{
	uint64_t keyholes = n * r->keyhole_pages;

	return (struct regions){
		.vmcs = 4096 * (1 + n),
		.stacks = n * (4096 + 4096 * (uint64_t)r->stack_pages),
		.data = n * 4096 * r->tls_pages + 4096 * (uint64_t)r->global_data_pages +
			4096 * (uint64_t)r->handoff_pages,
		.keyholes = 4096 * keyholes,
		.keyedit = (keyholes * 8 + 4095) / 4096 * 4096,
	};
}

/* The formula of specification 5.2, C2, term by term; a module has up to 496 pages. */
static uint64_t early_need(const struct regions *r)
{
	const uint64_t sizes[] = { 4096, r->stacks, r->data, r->keyholes, r->keyedit, 115 * 4096 };
	uint64_t tables = 1, s;
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(sizes); i++) {
		s = sizes[i];
		tables += (8 * (s >> 12) + 4095) / 4096 + (8 * (s >> 21) + 4095) / 4096 +
			  (8 * (s >> 30) + 4095) / 4096;
	}
	return r->vmcs + r->stacks + r->data + 4096 * tables + (2 << 20);
}

static uint64_t mapped(uint64_t bytes)
{
	return ((bytes + (2 << 20) - 1) >> 21) + ((bytes + (1 << 30) - 1) >> 30);
}

/* Some pages are left for tables; the mapping takes them one by one. */
static enum fate load(const struct ss_room *room, uint64_t n, uint64_t range)
{
	struct regions r = regions_of(room, n);
	int64_t left;

	if (range < early_need(&r))
		return REFUSED_EARLY;
	left = (int64_t)(range - r.vmcs - r.data - r.stacks - (2 << 20)) / 4096 - 1;
	left -= (int64_t)(1 + mapped(115 * 4096) + mapped(r.data) + mapped(r.stacks) +
			  mapped(4096));
	if (left < 0)
		return RUINED;
	left -= (int64_t)(mapped(r.keyholes) + 1 + mapped(r.keyedit));
	return left < 0 ? RUINED : LOADED;
}

static uint32_t below(uint64_t *seed, uint32_t bound)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)((*seed >> 33) % bound);
}

static struct ss_room random_room(uint64_t *seed)
{
	return (struct ss_room){ 1 + below(seed, 4), 1 + below(seed, 4), 1 + below(seed, 200),
				 1 + below(seed, 300), below(seed, 30) };
}

/* Mostly near the running module, as an update is: one or two numbers differ. */
static struct ss_room random_next(const struct ss_room *room, uint64_t *seed)
{
	struct ss_room next = *room;

	if (!below(seed, 8))
		return random_room(seed);
	next.global_data_pages += below(seed, 9);
	if (!below(seed, 3))
		next.keyhole_pages = 1 + below(seed, 200);
	if (!below(seed, 3))
		next.stack_pages = 1 + below(seed, 4);
	return next;
}

static void check_fate(enum ss_room_fit known, enum ss_room_fit unknown, enum fate fate)
{
	if (fate == RUINED) {
		assert_int_equal(known, SS_ROOM_MARGIN);
		assert_int_equal(unknown, SS_ROOM_GROWS);
	}
	if (known == SS_ROOM_TOO_LARGE)
		assert_int_equal(fate, REFUSED_EARLY);
	if (unknown == SS_ROOM_FITS) {
		assert_int_equal(fate, LOADED);
		assert_int_equal(known, SS_ROOM_FITS);
	}
}

/* Nothing that ruins a host passes, with known or unknown range. What is said to fit is loaded. */
static void test_fates(void **state)
{
	const uint32_t cases = 20000;
	uint32_t i, n, fates[3] = { 0 }, margins = 0;
	uint64_t seed = 1, range;

	(void)state;
	for (i = 0; i < cases; i++) {
		struct ss_room running = random_room(&seed), next = random_next(&running, &seed);
		struct regions r;
		enum ss_room_fit known;
		enum fate fate;

		n = (1 + below(&seed, 8)) << below(&seed, 8);
		r = regions_of(&running, n);
		for (range = early_need(&r); load(&running, n, range) != LOADED;)
			range += 4096;
		range += 4096 * (uint64_t)below(&seed, below(&seed, 2) ? 12 : 2000);
		fate = load(&next, n, range);
		fates[fate]++;
		known = ss_room_check(&next, &running, range, n).fit;
		margins += known == SS_ROOM_MARGIN;
		check_fate(known, ss_room_check(&next, &running, 0, n).fit, fate);
		assert_true(fate != RUINED ||
			    ss_room_check(&next, NULL, range, n).fit == SS_ROOM_MARGIN);
	}
	print_message("fates of %u: %u loaded, %u refused, %u ruined; %u called a margin\n", cases,
		      fates[LOADED], fates[REFUSED_EARLY], fates[RUINED], margins);
	assert_true(fates[LOADED] > 1000 && fates[REFUSED_EARLY] > 1000 && fates[RUINED] > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_margin),
		cmocka_unit_test(test_no_growth),
		cmocka_unit_test(test_room_of_sigstruct),
		cmocka_unit_test(test_early_check_is_stricter),
		cmocka_unit_test(test_fates),
	};

	return cmocka_run_group_tests_name("room", tests, NULL, NULL);
}
