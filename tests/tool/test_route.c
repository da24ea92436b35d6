// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Routes over the ladder of versions: against a plain enumeration, and each rule by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/image/mapping.h"
#include "lab/model_mapping.h"
#include "core/route.h"
#include "sim/sim.h"

#include <stdlib.h>
#include <string.h>

struct ladder {
	struct ss_image images[SS_ROUTE_MAX_IMAGES];
	struct ss_compat_rule rules[SS_ROUTE_MAX_IMAGES];
	struct ss_route_image in[SS_ROUTE_MAX_IMAGES];
	uint32_t nr, fms;
	struct ss_compat_host host;
	struct ss_route route;
};

/* Only the members that compat looks at; each module has its own hash. */
static void add(struct ladder *l, const struct sim_module_info *info)
{
	struct ss_image *image = &l->images[l->nr];
	struct ss_sigstruct *sig = &image->sig;

	image->module_pages = info->module_pages;
	sig->svn_minor = info->svn_minor;
	sig->svn_major = info->svn_major;
	sig->module_hv = info->module_hv;
	sig->min_update_hv = info->min_update_hv;
	sig->no_downgrade = info->no_downgrade;
	sig->handoff_pages = info->handoff_pages;
	sig->nr_fms = info->nr_fms;
	memcpy(sig->fms, info->fms, sizeof(info->fms));
	memset(sig->seamhash, (int)l->nr + 1, sizeof(sig->seamhash));
	l->rules[l->nr] = mapping_of_model(info);
	assert_true(ss_version_parse(info->version, &l->in[l->nr].version));
	l->in[l->nr].image = image;
	l->in[l->nr].rule = &l->rules[l->nr];
	l->nr++;
}

static uint32_t find(const struct ladder *l, const char *version)
{
	struct ss_version v;
	uint32_t i;

	assert_true(ss_version_parse(version, &v));
	for (i = 0; i < l->nr; i++)
		if (!ss_version_cmp(l->in[i].version, v))
			return i;
	fail_msg("no image of %s", version);
	return 0;
}

static struct ladder *new_ladder(const char *running)
{
	struct ladder *l = calloc(1, sizeof(*l));
	struct ss_compat_host blank = { .has_fms = true, .nr_fms = 1, .has_seamldr_version = true,
					.seamldr = { 1, 5, 0 }, .has_remaining = true,
					.remaining_updates = 15, .has_lps = true, .lps_platform = 8,
					.lps_online = 8 };
	uint32_t i;

	assert_non_null(l);
	for (i = 0; i < sim_ladder_nr; i++)
		add(l, &sim_ladder[i]);
	l->fms = 0x806f8;
	blank.fms = &l->fms;
	ss_route_host_after(&blank, &l->in[find(l, running)], &l->host);
	l->host.remaining_updates = 15;
	return l;
}

static bool route(struct ladder *l, const char *to, struct ss_route_policy policy)
{
	return ss_route_find(&l->host, l->in, l->nr, to ? find(l, to) : SS_ROUTE_NEWEST, &policy,
			     &l->route);
}

/* By trying: can image @to follow @host? */
static bool follows(const struct ladder *l, const struct ss_compat_host *host, uint32_t to)
{
	struct ss_compat compat;
	uint32_t momentary = 1u << SS_COMPAT_LPS | 1u << SS_COMPAT_EXHAUSTED;

	ss_compat_check(l->in[to].image, host, l->in[to].rule, &compat);
	return !(compat.refused & ~momentary) &&
	       ss_version_cmp(l->in[to].version, host->module) > 0;
}

/* The fewest updates, by another kind of search: relaxes all pairs until nothing changes. */
static void enumerate(const struct ladder *l, uint32_t *shortest)
{
	struct ss_compat_host after;
	bool changed = true;
	uint32_t i, j;

	for (i = 0; i < l->nr; i++)
		shortest[i] = follows(l, &l->host, i) ? 1 : 0;
	while (changed) {
		changed = false;
		for (i = 0; i < l->nr; i++) {
			if (!shortest[i])
				continue;
			ss_route_host_after(&l->host, &l->in[i], &after);
			for (j = 0; j < l->nr; j++) {
				if (follows(l, &after, j) &&
				    (!shortest[j] || shortest[j] > shortest[i] + 1)) {
					shortest[j] = shortest[i] + 1;
					changed = true;
				}
			}
		}
	}
}

static void test_all_pairs(void **state)
{
	struct ss_route_policy policy = { .small_steps = false };
	uint32_t from, to, shortest[SS_ROUTE_MAX_IMAGES];

	(void)state;
	for (from = 0; from < sim_ladder_nr; from++) {
		struct ladder *l = new_ladder(sim_ladder[from].version);

		enumerate(l, shortest);
		for (to = 0; to < l->nr; to++) {
			bool found = ss_route_find(&l->host, l->in, l->nr, to, &policy, &l->route);

			assert_int_equal(found, shortest[to] != 0);
			if (found)
				assert_int_equal(l->route.nr_hops, shortest[to]);
		}
		free(l);
	}
}

static void test_hops_hold_the_rules(void **state)
{
	struct ladder *l = new_ladder("1.5.01");
	struct ss_compat_host host = l->host, after;
	uint32_t i;

	(void)state;
	assert_true(route(l, NULL, (struct ss_route_policy){ .small_steps = true }));
	assert_int_equal(l->route.target, find(l, "1.5.28"));
	assert_int_equal(l->route.nr_hops, 10);
	for (i = 0; i < l->route.nr_hops; i++) {
		assert_true(follows(l, &host, l->route.hops[i].image));
		ss_route_host_after(&host, &l->in[l->route.hops[i].image], &after);
		host = after;
	}
	free(l);
}

/* Each hop can follow the one before it, however few updates are left. */
static void test_every_length(void **state)
{
	struct ss_compat_host host, after;
	uint32_t from, left, i, n;

	(void)state;
	for (from = 0; from < sim_ladder_nr; from++) {
		struct ladder *l = new_ladder(sim_ladder[from].version);

		for (left = 1; left <= 10; left++) {
			l->host.remaining_updates = left;
			if (!route(l, NULL, (struct ss_route_policy){ .small_steps = true }))
				continue;
			n = l->route.nr_hops;
			assert_in_range(n, 1, left);
			assert_int_equal(l->route.hops[n - 1].image, l->route.target);
			host = l->host;
			for (i = 0; i < n; i++, host = after) {
				assert_true(follows(l, &host, l->route.hops[i].image));
				ss_route_host_after(&host, &l->in[l->route.hops[i].image], &after);
			}
		}
		free(l);
	}
}

/* 1.5.25 could go before 1.5.28, but not on this CPU. */
static void test_not_over_the_unreachable(void **state)
{
	struct ladder *l = new_ladder("1.5.09");

	(void)state;
	l->images[find(l, "1.5.25")].sig.nr_fms = 1;
	l->images[find(l, "1.5.25")].sig.fms[0] = 0x50650;
	assert_true(route(l, "1.5.28", (struct ss_route_policy){ 0 }));
	assert_int_equal(l->route.nr_hops, 2);
	assert_int_equal(l->route.hops[0].image, find(l, "1.5.24"));
	free(l);
}

static void test_budget(void **state)
{
	struct ladder *l = new_ladder("1.5.09");

	(void)state;
	l->host.remaining_updates = 1;
	assert_false(route(l, "1.5.28", (struct ss_route_policy){ 0 }));
	assert_int_equal(l->route.failure, SS_ROUTE_BUDGET);
	assert_int_equal(l->route.needed, 2);
	assert_true(route(l, "1.5.24", (struct ss_route_policy){ 0 }));
	l->host.remaining_updates = 3;
	assert_true(route(l, "1.5.28", (struct ss_route_policy){ .small_steps = true }));
	assert_int_equal(l->route.nr_hops, 3);
	/* One update is kept for the fallback. */
	assert_true(route(l, "1.5.28",
			  (struct ss_route_policy){ .small_steps = true, .need_fallback = true }));
	assert_int_equal(l->route.nr_hops, 2);
	l->host.remaining_updates = 1;
	assert_false(route(l, "1.5.16", (struct ss_route_policy){ .need_fallback = true }));
	assert_int_equal(l->route.failure, SS_ROUTE_BUDGET);
	assert_int_equal(l->route.needed, 2);
	free(l);
}

static void test_fallback(void **state)
{
	struct ladder *l = new_ladder("1.5.09");
	uint32_t own = find(l, "1.5.09");

	(void)state;
	assert_true(route(l, "1.5.16", (struct ss_route_policy){ .need_fallback = true }));
	assert_int_equal(l->route.hops[0].before, own);
	assert_int_equal(l->route.hops[0].after, find(l, "1.5.17"));
	/* The image calls itself 1.5.09, but it is another module. */
	memset(l->images[own].sig.seamhash, 0xee, SS_SHA384_BYTES);
	assert_false(route(l, "1.5.16", (struct ss_route_policy){ .need_fallback = true }));
	assert_int_equal(l->route.failure, SS_ROUTE_FALLBACK);
	/* Newer versions exist, so this is not "up to date". */
	assert_false(route(l, NULL, (struct ss_route_policy){ .need_fallback = true }));
	assert_int_equal(l->route.failure, SS_ROUTE_FALLBACK);
	assert_true(route(l, "1.5.16", (struct ss_route_policy){ 0 }));
	assert_int_equal(l->route.hops[0].before, SS_ROUTE_NONE);
	free(l);
}

static void test_failures(void **state)
{
	struct ladder *l = new_ladder("1.5.28");

	(void)state;
	assert_false(route(l, NULL, (struct ss_route_policy){ 0 }));
	assert_int_equal(l->route.failure, SS_ROUTE_UP_TO_DATE);
	assert_false(route(l, "1.5.28", (struct ss_route_policy){ 0 }));
	assert_int_equal(l->route.failure, SS_ROUTE_THERE);
	assert_false(route(l, "1.5.24", (struct ss_route_policy){ 0 }));
	assert_int_equal(l->route.failure, SS_ROUTE_NO_WAY);
	free(l);
	l = new_ladder("1.5.09");
	assert_false(route(l, "2.0.08", (struct ss_route_policy){ 0 }));
	assert_int_equal(l->route.failure, SS_ROUTE_NO_WAY);
	l->fms = 0x50650;
	assert_false(route(l, "1.5.16", (struct ss_route_policy){ 0 }));
	free(l);
}

/* 2.0.04 and 2.0.05 have one SVN: the only pair of public releases with a way back. */
static void test_older(void **state)
{
	struct ladder *l = new_ladder("2.0.05");

	(void)state;
	l->fms = 0xa06d1;
	l->host.seamldr = (struct ss_version){ 2, 0, 0 };
	assert_false(route(l, "2.0.04", (struct ss_route_policy){ 0 }));
	assert_true(
		route(l, "2.0.04", (struct ss_route_policy){ .waived = 1u << SS_COMPAT_OLDER }));
	assert_int_equal(l->route.nr_hops, 1);
	assert_false(
		route(l, "2.0.02", (struct ss_route_policy){ .waived = 1u << SS_COMPAT_OLDER }));
	free(l);
}

/* A way back needs a named target: the newest version never lies behind. */
static void test_newest_is_onward(void **state)
{
	struct ladder *l = new_ladder("2.0.05");
	uint32_t newer = find(l, "2.0.05") + 1;

	(void)state;
	l->fms = 0xa06d1;
	l->host.seamldr = (struct ss_version){ 2, 0, 0 };
	l->nr = newer;
	assert_false(route(l, NULL, (struct ss_route_policy){ .waived = 1u << SS_COMPAT_OLDER }));
	assert_int_equal(l->route.failure, SS_ROUTE_UP_TO_DATE);
	free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_pairs), cmocka_unit_test(test_hops_hold_the_rules),
		cmocka_unit_test(test_budget), cmocka_unit_test(test_fallback),
		cmocka_unit_test(test_failures), cmocka_unit_test(test_older),
		cmocka_unit_test(test_every_length), cmocka_unit_test(test_newest_is_onward),
		cmocka_unit_test(test_not_over_the_unreachable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
