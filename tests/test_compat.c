// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Which image may follow which module on which host: a row per reason; the public releases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "image_fixture.h"

#define BIT(reason)	(1u << SS_COMPAT_##reason)
#define V(a, b, c)	((uint64_t)(a) << 32 | (uint64_t)(b) << 16 | (c))

/* One question for the tests to change. As it is, nothing speaks against the update. */
struct question {
	struct ss_image image;
	struct ss_compat_rule rule;
	struct ss_compat_host host;
	uint32_t fms[4];
	bool no_rule;
};

/* 1.5.08 is to follow 1.5.06. */
static void set_up(struct question *q)
{
	memset(q, 0, sizeof(*q));
	q->image.sig.svn_major = 1;
	q->image.sig.svn_minor = 7;
	q->image.sig.module_hv = 3;
	q->image.sig.min_update_hv = 1;
	q->image.sig.handoff_pages = 14;
	q->image.sig.nr_fms = 2;
	q->image.sig.fms[0] = 0x806f8;
	q->image.sig.fms[1] = 0xc06f0;
	q->image.sig.seamhash[0] = 8;
	q->image.module_pages = 101;
	q->image.sig.stack_pages = q->image.sig.tls_pages = 2;
	q->image.sig.keyhole_pages = 128;
	q->image.sig.global_data_pages = 22;

	q->rule.known = true;
	q->rule.version = version_of("1.5.08");
	q->rule.min_running = version_of("1.5.01");
	q->rule.min_seamldr[0] = version_of("1.5.00");
	q->rule.min_seamldr[1] = version_of("2.0.00");
	q->rule.nr_min_seamldr = 2;
	q->rule.features0 = 0x22e1f0fbf;
	q->rule.features0_known = true;

	q->fms[0] = 0x806f8;
	q->fms[1] = 0x806f8;
	q->host = (struct ss_compat_host){
		.has_fms = true, .nr_fms = 2,
		.has_seamldr_version = true, .seamldr = { 1, 5, 0 },
		.has_module = true,
		.has_module_version = true, .module = { 1, 5, 6 },
		.has_module_svn = true, .svn_major = 1, .svn_minor = 6,
		.has_handoff = true, .module_hv = 2, .min_update_hv = 0, .handoff_pages = 14,
		.has_features0 = true, .features0 = 0x2e1f0fbf,
		.has_room = true, .room = { 2, 2, 128, 22, 14 },
		.has_mrseam = true, .mrseam = { 6 },
		.has_remaining = true, .remaining_updates = 5,
		.has_lps = true, .lps_platform = 64, .lps_online = 64,
	};
}

static bool ask(struct question *q, struct ss_compat *out)
{
	q->host.fms = q->fms;
	return ss_compat_check(&q->image, &q->host, q->no_rule ? NULL : &q->rule, out);
}

/* ---- one row per reason ---------------------------------------------------------------------- */

struct row {
	const char *name;
	void (*change)(struct question *q);
	uint32_t refused, warned;
	/* Checked where reason is not SS_COMPAT_NR: the compared numbers. */
	enum ss_compat_reason reason;
	uint64_t want, have;
};

#define CHANGE(name, code) static void name(struct question *q) { code; }

CHANGE(nothing, (void)q)
CHANGE(cpu_other, q->fms[1] = 0xa06f0)
CHANGE(cpu_behind_table, q->image.sig.fms[2] = q->fms[1] = 0xa06f0)
CHANGE(cpu_stepping, q->fms[1] = 0x806f1)
CHANGE(cpu_table_empty, q->image.sig.nr_fms = 0)
CHANGE(cpu_unknown, q->host.has_fms = false)
CHANGE(seamldr_old, q->host.seamldr = version_of("1.4.09"))
CHANGE(seamldr_behind_list, q->rule.nr_min_seamldr = 1; q->host.seamldr = version_of("2.0.00"))
CHANGE(seamldr_minor_newer, q->host.seamldr = version_of("1.6.00"))
CHANGE(seamldr_2, q->host.seamldr = version_of("2.0.00"))
CHANGE(seamldr_2_newer, q->host.seamldr = version_of("2.3.01"))
CHANGE(seamldr_3, q->host.seamldr = version_of("3.0.00"))
CHANGE(seamldr_unknown, q->host.has_seamldr_version = false)
CHANGE(module_none, q->host.has_module = false)
CHANGE(line_minor, q->host.module = version_of("1.4.06"); q->rule.min_running.minor = 4)
CHANGE(line_major, q->host.module = version_of("2.5.06"))
CHANGE(older, q->host.module = version_of("1.5.09"))
CHANGE(same_by_version, q->host.module = version_of("1.5.08"); q->host.has_mrseam = false)
CHANGE(same_by_hash, q->host.mrseam[0] = 8)
CHANGE(same_version_other_hash, q->host.module = version_of("1.5.08"))
CHANGE(min_running, q->rule.min_running = version_of("1.5.07"))
CHANGE(min_running_line, q->rule.min_running = version_of("1.6.00"))
CHANGE(version_unknown, q->host.has_module_version = false)
CHANGE(version_and_hash_unknown, q->host.has_module_version = q->host.has_mrseam = false)
CHANGE(svn_major, q->host.svn_major = 3)
CHANGE(svn_minor, q->host.svn_minor = 8)
CHANGE(svn_equal, q->host.svn_minor = 7)
CHANGE(svn_unknown, q->host.has_module_svn = false)
CHANGE(svn_major_zero, q->host.svn_major = 0; q->image.sig.svn_major = 0)
CHANGE(handoff_below, q->image.sig.min_update_hv = 3)
CHANGE(handoff_above, q->host.min_update_hv = 4; q->host.module_hv = 5)
CHANGE(handoff_touch_low, q->image.sig.min_update_hv = 2)
CHANGE(handoff_touch_high, q->host.min_update_hv = 3; q->host.module_hv = 5)
CHANGE(handoff_pages, q->host.handoff_pages = 15)
CHANGE(handoff_pages_unknown, q->host.handoff_pages = 0)
CHANGE(handoff_unknown, q->host.has_handoff = false)
CHANGE(no_downgrade_fits, q->host.no_downgrade = 1)
CHANGE(no_downgrade, q->host.no_downgrade = 1; q->host.module_hv = 5)
CHANGE(not_preserving, q->host.features0 &= ~2ULL)
CHANGE(features_unknown, q->host.has_features0 = false)
CHANGE(features_lost, q->host.features0 |= 1ULL << 47)
CHANGE(exhausted, q->host.remaining_updates = 0)
CHANGE(one_left, q->host.remaining_updates = 1)
CHANGE(remaining_unknown, q->host.has_remaining = false)
CHANGE(lps, q->host.lps_online = 63)
CHANGE(lps_unknown, q->host.has_lps = false)
CHANGE(debug, q->image.sig.module_type = 1u << 31)
CHANGE(debug_unlocked, q->image.sig.module_type = 1u << 31; q->host.debug_unlocked = true)
CHANGE(reserved3, q->image.sig.reserved3[23] = 1)
CHANGE(reserved3_new, q->image.sig.reserved3[23] = 1; q->host.seamldr = version_of("2.0.00"))
CHANGE(reserved3_unknown, q->image.sig.reserved3[0] = 1; q->host.has_seamldr_version = false)
/* For 64 LPs and the module of set_up(): pages counted by hand, 956 and 963. */
#define EARLY_64	(956 * 4096ULL)
#define WHOLE_64	(963 * 4096ULL)
CHANGE(handoff_pages_more, q->image.sig.handoff_pages = 25)
CHANGE(data_more, q->image.sig.global_data_pages = 23)
CHANGE(data_more_keyholes_fewer, q->image.sig.global_data_pages = 23;
       q->image.sig.keyhole_pages = 1)
CHANGE(room_unknown, q->host.has_room = false)
CHANGE(range_small, q->host.has_room = false; q->host.module_range = EARLY_64 - 4096)
CHANGE(range_early, q->host.has_room = false; q->host.module_range = EARLY_64)
CHANGE(range_last, q->host.has_room = false; q->host.module_range = WHOLE_64 - 4096)
CHANGE(range_fits, q->host.has_room = false; q->host.module_range = WHOLE_64)
CHANGE(range_of_running, q->host.module_range = WHOLE_64)
CHANGE(range_exceeded, q->host.module_range = WHOLE_64; q->image.sig.global_data_pages = 23)
CHANGE(range_suffices, q->host.module_range = WHOLE_64 + 4096; q->image.sig.global_data_pages = 23)
CHANGE(range_absurd, q->host.module_range = WHOLE_64 - 4096)
CHANGE(range_far_exceeded, q->host.module_range = WHOLE_64; q->image.sig.global_data_pages = 30)
CHANGE(empty, q->image.module_pages = 0)
CHANGE(rule_none, q->no_rule = true)
CHANGE(rule_broken, q->rule = (struct ss_compat_rule){ .broken = true })
CHANGE(rule_unknown, q->rule.known = false)
CHANGE(renamed, q->image.sig.reserved3[3] = 2; q->host.seamldr = version_of("2.0.00"))

#define VERSION_RULES	(BIT(LINE) | BIT(OLDER) | BIT(MIN_RUNNING))
#define UNKNOWN(set)	BIT(UNKNOWN), SS_COMPAT_UNKNOWN, 0, (set)
#define NO_NUMBERS	SS_COMPAT_NR, 0, 0
#define OK(change)	{ #change, change, 0, 0, NO_NUMBERS }

static const struct row rows[] = {
	OK(nothing),
	{ "cpu", cpu_other, BIT(CPU), 0, SS_COMPAT_CPU, 0, 0xa06f0 },
	{ "cpu behind table", cpu_behind_table, BIT(CPU), 0, SS_COMPAT_CPU, 0, 0xa06f0 },
	OK(cpu_stepping),
	OK(cpu_table_empty),
	{ "cpu unknown", cpu_unknown, 0, UNKNOWN(BIT(CPU)) },
	{ "seamldr", seamldr_old, BIT(SEAMLDR), 0, SS_COMPAT_SEAMLDR, V(1, 5, 0), V(1, 4, 9) },
	{ "seamldr behind list", seamldr_behind_list, BIT(SEAMLDR), 0, SS_COMPAT_SEAMLDR,
	  V(1, 5, 0), V(2, 0, 0) },
	OK(seamldr_minor_newer),
	OK(seamldr_2),
	OK(seamldr_2_newer),
	{ "seamldr 3", seamldr_3, BIT(SEAMLDR), 0, SS_COMPAT_SEAMLDR, V(1, 5, 0), V(3, 0, 0) },
	{ "seamldr unknown", seamldr_unknown, 0, UNKNOWN(BIT(SEAMLDR)) },
	{ "no module", module_none, BIT(NO_MODULE), 0, NO_NUMBERS },
	{ "line, minor", line_minor, BIT(LINE), 0, SS_COMPAT_LINE, V(1, 4, 6), V(1, 5, 8) },
	{ "line, major", line_major, BIT(LINE), 0, SS_COMPAT_LINE, V(2, 5, 6), V(1, 5, 8) },
	{ "older", older, BIT(OLDER), 0, SS_COMPAT_OLDER, V(1, 5, 9), V(1, 5, 8) },
	{ "same version", same_by_version, BIT(SAME), 0, NO_NUMBERS },
	{ "same hash", same_by_hash, BIT(SAME), 0, NO_NUMBERS },
	OK(same_version_other_hash),
	{ "minimum", min_running, BIT(MIN_RUNNING), 0, SS_COMPAT_MIN_RUNNING,
	  V(1, 5, 7), V(1, 5, 6) },
	{ "minimum of a newer line", min_running_line, BIT(MIN_RUNNING), 0,
	  SS_COMPAT_MIN_RUNNING, V(1, 6, 0), V(1, 5, 6) },
	{ "version unknown", version_unknown, 0, UNKNOWN(VERSION_RULES) },
	{ "version and hash unknown", version_and_hash_unknown, 0,
	  UNKNOWN(VERSION_RULES | BIT(SAME)) },
	{ "major SVN", svn_major, BIT(SVN_MAJOR), 0, SS_COMPAT_SVN_MAJOR, 3, 1 },
	{ "minor SVN", svn_minor, BIT(SVN_MINOR), 0, SS_COMPAT_SVN_MINOR, 8, 7 },
	OK(svn_equal),
	{ "SVN unknown", svn_unknown, 0, UNKNOWN(BIT(SVN_MAJOR) | BIT(SVN_MINOR)) },
	{ "major SVN 0", svn_major_zero, BIT(NOT_PRESERVING), 0, NO_NUMBERS },
	{ "handoff below", handoff_below, BIT(HANDOFF), 0, SS_COMPAT_HANDOFF, 2, 3 << 16 | 3 },
	{ "handoff above", handoff_above, BIT(HANDOFF), 0, SS_COMPAT_HANDOFF,
	  4 << 16 | 5, 1 << 16 | 3 },
	OK(handoff_touch_low),
	OK(handoff_touch_high),
	{ "handoff pages", handoff_pages, BIT(HANDOFF_PAGES), 0, SS_COMPAT_HANDOFF_PAGES, 15, 14 },
	{ "handoff pages more", handoff_pages_more, 0, BIT(MEMORY_GROWS), SS_COMPAT_MEMORY_GROWS,
	  WHOLE_64 + 11 * 4096, WHOLE_64 },
	{ "handoff pages unknown", handoff_pages_unknown, 0, UNKNOWN(BIT(HANDOFF_PAGES)) },
	{ "handoff unknown", handoff_unknown, 0,
	  UNKNOWN(BIT(HANDOFF) | BIT(HANDOFF_PAGES) | BIT(NO_DOWNGRADE)) },
	OK(no_downgrade_fits),
	{ "no downgrade", no_downgrade, BIT(NO_DOWNGRADE), 0, SS_COMPAT_NO_DOWNGRADE,
	  5, 1 << 16 | 3 },
	{ "not preserving", not_preserving, BIT(NOT_PRESERVING), 0, SS_COMPAT_NOT_PRESERVING,
	  2, 0x2e1f0fbd },
	{ "features unknown", features_unknown, 0, UNKNOWN(BIT(NOT_PRESERVING)) },
	{ "features lost", features_lost, 0, BIT(FEATURES_LOST), SS_COMPAT_FEATURES_LOST,
	  0x80002e1f0fbf, 0x22e1f0fbf },
	{ "exhausted", exhausted, BIT(EXHAUSTED), 0, SS_COMPAT_EXHAUSTED, 1, 0 },
	{ "one left", one_left, 0, BIT(NO_FALLBACK_BUDGET), SS_COMPAT_NO_FALLBACK_BUDGET, 2, 1 },
	{ "remaining unknown", remaining_unknown, 0, UNKNOWN(BIT(EXHAUSTED)) },
	{ "LPs", lps, BIT(LPS), 0, SS_COMPAT_LPS, 64, 63 },
	{ "LPs unknown", lps_unknown, 0, UNKNOWN(BIT(LPS)) },
	{ "debug", debug, BIT(DEBUG), 0, NO_NUMBERS },
	OK(debug_unlocked),
	{ "reserved3", reserved3, BIT(RESERVED3), 0, SS_COMPAT_RESERVED3, V(2, 0, 0), V(1, 5, 0) },
	OK(reserved3_new),
	{ "reserved3 unknown", reserved3_unknown, 0, UNKNOWN(BIT(SEAMLDR) | BIT(RESERVED3)) },
	{ "data", data_more, 0, BIT(MEMORY_GROWS), SS_COMPAT_MEMORY_GROWS,
	  WHOLE_64 + 4096, WHOLE_64 },
	OK(data_more_keyholes_fewer),
	{ "room unknown", room_unknown, 0, UNKNOWN(BIT(MEMORY) | BIT(MEMORY_MARGIN)) },
	{ "range small", range_small, BIT(MEMORY), 0, SS_COMPAT_MEMORY, EARLY_64,
	  EARLY_64 - 4096 },
	{ "range early", range_early, BIT(MEMORY_MARGIN), 0, SS_COMPAT_MEMORY_MARGIN, WHOLE_64,
	  EARLY_64 },
	{ "range last", range_last, BIT(MEMORY_MARGIN), 0, SS_COMPAT_MEMORY_MARGIN, WHOLE_64,
	  WHOLE_64 - 4096 },
	OK(range_fits),
	OK(range_of_running),
	{ "range exceeded", range_exceeded, BIT(MEMORY_MARGIN), 0, SS_COMPAT_MEMORY_MARGIN,
	  WHOLE_64 + 4096, WHOLE_64 },
	OK(range_suffices),
	OK(range_absurd),
	{ "range far exceeded", range_far_exceeded, BIT(MEMORY), 0, SS_COMPAT_MEMORY,
	  EARLY_64 + 8 * 4096, WHOLE_64 },
	{ "empty", empty, BIT(EMPTY), 0, SS_COMPAT_EMPTY, 1, 0 },
	{ "rules broken", rule_broken, BIT(RULES_BROKEN), UNKNOWN(VERSION_RULES) },
	{ "no rule", rule_none, 0, BIT(NO_RULE) | UNKNOWN(VERSION_RULES) },
	{ "rule unknown", rule_unknown, 0, BIT(NO_RULE) | UNKNOWN(VERSION_RULES) },
	{ "renamed", renamed, 0, BIT(RENAMED), SS_COMPAT_RENAMED, V(1, 5, 8), V(2, 0, 0) },
};

static void check_row(const struct row *row)
{
	struct question q;
	struct ss_compat out;
	bool ok;

	set_up(&q);
	row->change(&q);
	ok = ask(&q, &out);
	if (out.refused != row->refused || out.warned != row->warned || ok != !row->refused)
		fail_msg("%s: refused 0x%x, warned 0x%x", row->name, out.refused, out.warned);
	if (row->reason == SS_COMPAT_NR)
		return;
	if (out.want[row->reason] != row->want || out.have[row->reason] != row->have)
		fail_msg("%s: want 0x%llx, have 0x%llx", row->name,
			 (unsigned long long)out.want[row->reason],
			 (unsigned long long)out.have[row->reason]);
}

static void test_reasons(void **state)
{
	uint32_t seen = 0;
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(rows); i++) {
		check_row(&rows[i]);
		seen |= rows[i].refused | rows[i].warned;
	}
	/* Every reason has a row. */
	assert_int_equal(seen, (1ULL << SS_COMPAT_NR) - 1);
}

/* An earlier reason hides no later one. */
static void test_all_at_once(void **state)
{
	struct question q;
	struct ss_compat out;

	(void)state;
	set_up(&q);
	cpu_other(&q);
	older(&q);
	svn_minor(&q);
	exhausted(&q);
	lps(&q);
	debug(&q);
	handoff_below(&q);
	assert_false(ask(&q, &out));
	assert_int_equal(out.refused, BIT(CPU) | BIT(OLDER) | BIT(SVN_MINOR) | BIT(EXHAUSTED) |
				      BIT(LPS) | BIT(DEBUG) | BIT(HANDOFF));
}

/* A minimum of the P-SEAMLDR's own line decides, whatever older lines would accept. */
static void test_seamldr_lines(void **state)
{
	struct question q;
	struct ss_compat out;

	(void)state;
	set_up(&q);
	q.rule.min_seamldr[1] = version_of("1.6.03");
	q.host.seamldr = version_of("1.6.02");
	assert_false(ask(&q, &out));
	assert_int_equal(out.refused, BIT(SEAMLDR));
	assert_int_equal(out.want[SS_COMPAT_SEAMLDR], V(1, 6, 3));
	q.host.seamldr = version_of("1.6.03");
	assert_true(ask(&q, &out));
	q.host.seamldr = version_of("1.7.00");
	assert_true(ask(&q, &out));
	q.host.seamldr = version_of("1.5.00");
	assert_true(ask(&q, &out));
}

/* ---- handoff versions ------------------------------------------------------------------------ */

static struct ss_image window(uint16_t min_update_hv, uint16_t module_hv)
{
	struct ss_image image;

	memset(&image, 0, sizeof(image));
	image.sig.min_update_hv = min_update_hv;
	image.sig.module_hv = module_hv;
	return image;
}

static void test_handoff_version(void **state)
{
	struct ss_compat_host host = { .has_handoff = true, .module_hv = 4, .min_update_hv = 1 };
	struct ss_image target = window(0, 9), old = window(0, 2), other = window(3, 3);
	const struct ss_image *images[33] = { &target, &old, &other };
	uint32_t usable, i;
	uint16_t hv;

	(void)state;
	for (i = 3; i < SS_ARRAY_SIZE(images); i++)
		images[i] = &other;
	/* One image: the running module's own version. */
	assert_true(ss_compat_handoff(&host, images, 1, &hv, &usable));
	assert_int_equal(hv, 4);
	assert_int_equal(usable, 1);
	/* A fallback is worth an older version. */
	assert_true(ss_compat_handoff(&host, images, 2, &hv, &usable));
	assert_int_equal(hv, 2);
	assert_int_equal(usable, 3);
	/* Two fallbacks exclude each other: the version nearest to the module's own wins. */
	assert_true(ss_compat_handoff(&host, images, 3, &hv, &usable));
	assert_int_equal(hv, 3);
	assert_int_equal(usable, 5);
	/* The running module writes one version only. */
	host.no_downgrade = 1;
	assert_true(ss_compat_handoff(&host, images, 3, &hv, &usable));
	assert_int_equal(hv, 4);
	assert_int_equal(usable, 1);
	/* The target does not fit: fallbacks do not matter. */
	target = window(5, 9);
	host.no_downgrade = 0;
	assert_false(ss_compat_handoff(&host, images, 3, &hv, &usable));
	assert_int_equal(usable, 0);
	/* The widest possible window. */
	host.min_update_hv = 0;
	host.module_hv = 0xffff;
	target = window(0, 0);
	assert_true(ss_compat_handoff(&host, images, 32, &hv, &usable));
	assert_int_equal(hv, 0);
	assert_int_equal(usable, 3);
	assert_false(ss_compat_handoff(&host, images, 0, &hv, &usable));
	assert_false(ss_compat_handoff(&host, images, 33, &hv, &usable));
	host.has_handoff = false;
	assert_false(ss_compat_handoff(&host, images, 1, &hv, &usable));
}

static void test_handoff_of_check(void **state)
{
	struct question q;
	struct ss_compat out;

	(void)state;
	set_up(&q);
	assert_true(ask(&q, &out));
	assert_int_equal(out.hv, 2);
	q.image.sig.min_update_hv = 0;
	q.image.sig.module_hv = 1;
	assert_true(ask(&q, &out));
	assert_int_equal(out.hv, 1);
	q.host.has_handoff = false;
	assert_true(ask(&q, &out));
	assert_int_equal(out.hv, 0);
}

/* ---- the public releases --------------------------------------------------------------------- */

/*
 * Row: the running module. Column: the image to follow it. From specification 4.6 and 9: only
 * forwards within a line, never across lines, and 2.0.04 and later only after 2.0.04.
 */
static const char *const may_follow[NR_RELEASES] = {
	/* 1.5. 01  05  06  08  09  13  16  2.0. 02  04  05  08 */
	/* 1.5.01 */ ".xxxxxx....",
	/* 1.5.05 */ "..xxxxx....",
	/* 1.5.06 */ "...xxxx....",
	/* 1.5.08 */ "....xxx....",
	/* 1.5.09 */ ".....xx....",
	/* 1.5.13 */ "......x....",
	/* 1.5.16 */ "...........",
	/* 2.0.02 */ "...........",
	/* 2.0.04 */ ".........xx",
	/* 2.0.05 */ "..........x",
	/* 2.0.08 */ "...........",
};

/* What the P-SEAMLDR itself accepts, by SVN only. 2.0.04 and 2.0.05 have the same SVN. */
static const char *const svn_allows[NR_RELEASES] = {
	/* 1.5.01 */ "xxxxxxx....",
	/* 1.5.05 */ ".xxxxxx....",
	/* 1.5.06 */ "..xxxxx....",
	/* 1.5.08 */ "...xxxx....",
	/* 1.5.09 */ "....xxx....",
	/* 1.5.13 */ ".....xx....",
	/* 1.5.16 */ "......x....",
	/* 2.0.02 */ ".......xxxx",
	/* 2.0.04 */ "........xxx",
	/* 2.0.05 */ "........xxx",
	/* 2.0.08 */ "..........x",
};

/* A host that runs @r, on a CPU that both images support, with P-SEAMLDR @seamldr. */
static struct ss_compat_host host_of(const struct release *r, const struct ss_image *image,
				     const struct release *next, const char *seamldr)
{
	return (struct ss_compat_host){
		.has_fms = true, .nr_fms = 1, .fms = next->fms,
		.has_seamldr_version = true, .seamldr = version_of(seamldr),
		.has_module = true,
		.has_module_version = true, .module = version_of(r->version),
		.has_module_svn = true, .svn_major = r->svn_major, .svn_minor = r->svn_minor,
		.has_handoff = true, .handoff_pages = image->sig.handoff_pages,
		.has_features0 = true, .features0 = r->features0,
		.has_room = true, .room = r->svn_major == 1 ? line_1_5 : line_2_0,
		.has_remaining = true, .remaining_updates = 9,
		.has_lps = true, .lps_platform = 8, .lps_online = 8,
	};
}

struct parsed_release {
	struct test_image file;
	struct ss_image image;
	struct ss_compat_rule rule;
};

static struct parsed_release parsed[NR_RELEASES];

static int parse_releases(void **state)
{
	struct ss_image_error err;
	struct image_spec spec;
	size_t i;

	(void)state;
	for (i = 0; i < NR_RELEASES; i++) {
		spec = release_spec(&releases[i]);
		test_image_build(&parsed[i].file, &spec);
		if (!ss_image_parse(test_image_bytes(&parsed[i].file), &parsed[i].image, &err))
			return -1;
		/* Specification 4.4; the fixture has line 1.5's 21 (+ 1) everywhere. */
		if (releases[i].svn_major > 1)
			parsed[i].image.sig.global_data_pages = 34;
		parsed[i].rule = release_rule(&releases[i]);
	}
	return 0;
}

static int free_releases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NR_RELEASES; i++)
		test_image_free(&parsed[i].file);
	return 0;
}

static void check_pair(size_t from, size_t to, const char *seamldr, bool expected)
{
	struct ss_compat_host host = host_of(&releases[from], &parsed[from].image,
					     &releases[to], seamldr);
	struct ss_compat out;
	bool ok = ss_compat_check(&parsed[to].image, &host, &parsed[to].rule, &out);
	bool svn_ok = !(out.refused & (BIT(SVN_MAJOR) | BIT(SVN_MINOR)));

	if (ok != expected)
		fail_msg("%s after %s, P-SEAMLDR %s: refused 0x%x", releases[to].version,
			 releases[from].version, seamldr, out.refused);
	if (svn_ok != (svn_allows[from][to] == 'x'))
		fail_msg("SVN of %s after %s: refused 0x%x", releases[to].version,
			 releases[from].version, out.refused);
	assert_int_equal(!!(out.refused & BIT(SAME)), from == to);
	assert_false(out.refused & (BIT(CPU) | BIT(HANDOFF) | BIT(NO_DOWNGRADE)));
	/* No release takes more memory than another of its line, not even by its page count. */
	assert_int_equal(!!(out.warned & BIT(MEMORY_GROWS)),
			 releases[from].svn_major < releases[to].svn_major);
}

static void test_release_matrix(void **state)
{
	size_t from, to;
	bool may;

	(void)state;
	for (from = 0; from < NR_RELEASES; from++) {
		for (to = 0; to < NR_RELEASES; to++) {
			may = may_follow[from][to] == 'x';
			/* 1.5.01 is not listed for P-SEAMLDR 2.0; it follows no release anyway. */
			check_pair(from, to, "2.0.00", may);
			/* 2.0.x is for P-SEAMLDR 2.0 only. */
			check_pair(from, to, "1.5.00", may && releases[to].svn_major == 1);
		}
	}
}

/* ---- versions, names ------------------------------------------------------------------------- */

static void test_versions(void **state)
{
	static const char *const bad[] = {
		"", ".", "1", "1.5", "1.5.", "1.5.6.", "1.5.6.7", " 1.5.6", "1.5.6 ", "1.5.6\n",
		"+1.5.6", "-1.5.6", "1.-5.6", "1..6", "a.b.c", "1.5.6a", "0x1.5.6", "65536.0.0",
		"0.65536.0", "0.0.65536", "0.0.4294967296", "0.0.99999999999999999999",
	};
	struct ss_version v = { 7, 8, 9 };
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(bad); i++) {
		if (ss_version_parse(bad[i], &v))
			fail_msg("'%s' was accepted", bad[i]);
	}
	assert_int_equal(ss_version_pack(v), V(7, 8, 9));
	assert_true(ss_version_parse("1.5.06", &v));
	assert_int_equal(ss_version_pack(v), V(1, 5, 6));
	assert_true(ss_version_parse("65535.0.00065535", &v));
	assert_int_equal(ss_version_pack(v), V(65535, 0, 65535));
	assert_int_equal(ss_version_cmp(version_of("1.5.16"), version_of("1.5.9")), 1);
	assert_int_equal(ss_version_cmp(version_of("1.5.16"), version_of("2.0.0")), -1);
	assert_int_equal(ss_version_cmp(version_of("1.5.6"), version_of("1.5.06")), 0);
}

/* "SVN_MINOR" -> "svn-minor" */
static void check_name(enum ss_compat_reason reason, const char *enum_name, bool refuses)
{
	const char *name = ss_compat_name(reason);
	size_t i;

	assert_non_null(name);
	assert_int_equal(strlen(name), strlen(enum_name));
	for (i = 0; name[i]; i++)
		assert_int_equal(name[i], enum_name[i] == '_' ? '-' : enum_name[i] >= 'A' ?
				 enum_name[i] + 32 : enum_name[i]);
	assert_true(strlen(ss_compat_text(reason)) > 10);
	assert_int_equal(ss_compat_refuses(reason), refuses);
}

static void test_names(void **state)
{
	const bool REFUSE = true, WARN = false;

	(void)state;
#define CHECK(name, kind, text) check_name(SS_COMPAT_##name, #name, kind);
	SS_COMPAT_REASONS(CHECK)
#undef CHECK
	assert_string_equal(ss_compat_name(SS_COMPAT_NR), "unknown-reason");
	assert_false(ss_compat_refuses(SS_COMPAT_NR));
}

/* A host that runs a module: what was written of that module before is gone. */
static void test_host_runs(void **state)
{
	struct ss_compat_host host = { .module_hv = 9, .min_update_hv = 9, .mrseam = { 9 } };
	struct ss_sigstruct sig = { .svn_minor = 3, .svn_major = 2, .module_hv = 5,
				    .min_update_hv = 4, .no_downgrade = true, .handoff_pages = 14 };

	(void)state;
	memset(sig.seamhash, 0x5a, sizeof(sig.seamhash));
	ss_compat_host_runs(&host, &sig);
	assert_true(host.has_module_svn && host.has_handoff && host.has_mrseam);
	assert_int_equal(host.svn_minor, 3);
	assert_int_equal(host.svn_major, 2);
	assert_int_equal(host.module_hv, 5);
	assert_int_equal(host.min_update_hv, 4);
	assert_true(host.no_downgrade);
	assert_int_equal(host.handoff_pages, 14);
	assert_memory_equal(host.mrseam, sig.seamhash, sizeof(host.mrseam));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_all_at_once),
		cmocka_unit_test(test_seamldr_lines),
		cmocka_unit_test(test_handoff_version),
		cmocka_unit_test(test_handoff_of_check),
		cmocka_unit_test_setup_teardown(test_release_matrix, parse_releases,
						free_releases),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_host_runs),
	};

	return cmocka_run_group_tests_name("compat", tests, NULL, NULL);
}
