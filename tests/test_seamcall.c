// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The tables of leaves and statuses: unique, found both ways, and right in spots. */
#include "core/seamcall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LDR	SS_LEAF_SEAMLDR_INSTALL
#define TDX	SS_LEAF_TDH_SYS_UPDATE

struct named {
	const char *name, *text;
	uint64_t value;
	enum ss_status_class class;
};

#define LEAF(name, value, text) { text, #name, value, 0 },
#define STATUS(name, value, class, text) { #name, text, value, SS_CLASS_##class },
static const struct named leaves[] = { SS_LEAVES(LEAF) };
static const struct named tdx[] = { SS_STATUS_TDX(STATUS) };
static const struct named pseamldr[] = { SS_STATUS_PSEAMLDR(STATUS) };
static const struct named software[] = { SS_STATUS_SOFTWARE(STATUS) };

static void check_unique(const struct named *rows, size_t nr)
{
	size_t i, k;

	for (i = 0; i < nr; i++) {
		for (k = 0; k < i; k++) {
			assert_string_not_equal(rows[i].name, rows[k].name);
			if (rows[i].value == rows[k].value)
				fail_msg("%s and %s have one value", rows[i].name, rows[k].name);
		}
	}
}

static void test_unique(void **state)
{
	(void)state;
	check_unique(leaves, SS_ARRAY_SIZE(leaves));
	check_unique(tdx, SS_ARRAY_SIZE(tdx));
	check_unique(pseamldr, SS_ARRAY_SIZE(pseamldr));
	check_unique(software, SS_ARRAY_SIZE(software));
}

/* "TDH_SYS_INIT" and "TDH.SYS.INIT" */
static void test_leaf_names(void **state)
{
	char name[64];
	uint64_t leaf;
	size_t i, k;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(leaves); i++) {
		assert_string_equal(ss_leaf_name(leaves[i].value), leaves[i].name);
		assert_string_equal(ss_leaf_name(leaves[i].value | SS_LEAF_VERSION(3)),
				    leaves[i].name);
		assert_true(ss_leaf_by_name(leaves[i].name, &leaf));
		assert_int_equal(leaf, leaves[i].value);
		assert_true(strlen(leaves[i].name) < sizeof(name));
		for (k = 0; leaves[i].name[k]; k++) {
			name[k] = leaves[i].name[k] == '.' ? '_' : leaves[i].name[k];
			assert_true(name[k] == leaves[i].text[k]);
		}
	}
	assert_true(ss_leaf_by_name("tdh.vp.addcx", &leaf));
	assert_int_equal(leaf, 4);
	assert_true(ss_leaf_by_name("seamldr.install", &leaf));
	assert_int_equal(leaf, SS_LEAF_SEAMLDR_INSTALL);
	assert_false(ss_leaf_by_name("SEAMLDR.INSTAL", &leaf));
	assert_false(ss_leaf_by_name("SEAMLDR.INSTALL ", &leaf));
	assert_false(ss_leaf_by_name("", &leaf));
	assert_int_equal(leaf, SS_LEAF_SEAMLDR_INSTALL);
	assert_string_equal(ss_leaf_name(46), "unknown leaf");
	assert_string_equal(ss_leaf_name(SS_LEAF_SEAMLDR | 4), "unknown leaf");
	assert_string_equal(ss_leaf_name(1ULL << 32), "unknown leaf");
}

static void check_lookups(const struct named *row, uint64_t leaf, const char *prefix)
{
	size_t skip = strlen(prefix);
	uint64_t value = 1;

	assert_string_equal(ss_status_name(leaf, row->value), row->name);
	assert_string_equal(ss_status_text(leaf, row->value), row->text);
	assert_int_equal(ss_status_class(leaf, row->value), row->class);
	assert_true(ss_status_eq(row->value, row->value));
	assert_true(ss_status_by_name(leaf, row->name, &value));
	assert_int_equal(value, row->value);
	value = 1;
	assert_memory_equal(row->name, prefix, skip);
	assert_true(ss_status_by_name(leaf, row->name + skip, &value));
	assert_int_equal(value, row->value);
	/* The full name says which firmware it belongs to. */
	value = 1;
	assert_true(ss_status_by_name(leaf ^ SS_LEAF_SEAMLDR, row->name, &value));
	assert_int_equal(value, row->value);
	/* A sentence that fits where a report has room for one. */
	assert_in_range(strlen(row->text), 4, 90);
	assert_true(row->text[strlen(row->text) - 1] != '.');
}

static void test_round_trips(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(tdx); i++)
		check_lookups(&tdx[i], TDX, "TDX_");
	for (i = 0; i < SS_ARRAY_SIZE(pseamldr); i++)
		check_lookups(&pseamldr[i], LDR, "PSEAMLDR_");
	for (i = 0; i < SS_ARRAY_SIZE(software); i++) {
		check_lookups(&software[i], TDX, "TDX_SEAMCALL_");
		check_lookups(&software[i], LDR, "TDX_");
	}
}

static void test_by_name(void **state)
{
	uint64_t value = 1;

	(void)state;
	assert_true(ss_status_by_name(LDR, "ebadsig", &value));
	assert_int_equal(value, 0x8000000000020000);
	assert_true(ss_status_by_name(LDR, "success", &value));
	assert_int_equal(value, 0);
	assert_true(ss_status_by_name(TDX, "tdx_sys_BUSY", &value));
	assert_int_equal(value, 0x8000020200000000);
	/* A short name belongs to the firmware of the leaf. */
	value = 1;
	assert_false(ss_status_by_name(TDX, "EBADSIG", &value));
	assert_false(ss_status_by_name(LDR, "SYS_BUSY", &value));
	assert_false(ss_status_by_name(TDX, "TDX_", &value));
	assert_false(ss_status_by_name(TDX, "", &value));
	assert_false(ss_status_by_name(TDX, "BUSY", &value));
	assert_int_equal(value, 1);
}

static void test_details(void **state)
{
	(void)state;
	/* The low half of the module's statuses is detail. */
	assert_true(ss_status_eq(0xc0000100000000a9, SS_TDX_OPERAND_INVALID));
	assert_string_equal(ss_status_name(TDX, 0xc0000100000000a9), "TDX_OPERAND_INVALID");
	assert_true(ss_status_eq(0x2a, SS_TDX_SUCCESS));
	assert_int_equal(ss_status_class(SS_LEAF_TDH_VP_ENTER, 0x2a), SS_CLASS_OK);
	assert_false(ss_status_eq(SS_TDX_SYS_BUSY, SS_TDX_OPERAND_BUSY));
	/* The low half of the P-SEAMLDR's statuses is not. */
	assert_false(ss_status_eq(SS_PSEAMLDR_EBADCALL, SS_PSEAMLDR_EBADPARAM));
	assert_false(ss_status_eq(SS_PSEAMLDR_EBADPARAM, SS_PSEAMLDR_EBADCALL));
	assert_string_equal(ss_status_name(LDR, 0x8000000000000001), "unknown status");
	assert_false(ss_status_eq(SS_TDX_SEAMCALL_UD, SS_TDX_SEAMCALL_GP));
	/* Both firmwares use this number. */
	assert_string_equal(ss_status_name(LDR, 0), "PSEAMLDR_SUCCESS");
	assert_string_equal(ss_status_name(TDX, 0), "TDX_SUCCESS");
	/* Linux 7.3 spells these two in another way. */
	assert_true(ss_status_eq(0x4000000200000000, SS_TDX_NON_RECOVERABLE_TD));
	assert_string_equal(ss_status_name(TDX, 0x4000000200000000), "TDX_NON_RECOVERABLE_TD");
	assert_true(ss_status_eq(0x6000000700000000, SS_TDX_NON_RECOVERABLE_TD_WRONG_APIC_MODE));
}

/* A status outside the table: the upper bits classify it, specification 2.4. */
static void test_unknown(void **state)
{
	static const struct named cases[] = {
		{ .value = 0x00007f0000000000, .class = SS_CLASS_OK },
		{ .value = 0x80007f0000000000, .class = SS_CLASS_LATER },
		{ .value = 0x90007f0000000000, .class = SS_CLASS_LATER },
		{ .value = 0xc0007f0000000000, .class = SS_CLASS_CALLER },
		{ .value = 0x40007f0000000000, .class = SS_CLASS_DEAD },
		{ .value = 0x60007f0000000000, .class = SS_CLASS_DEAD },
		{ .value = 0xe0007f0000000000, .class = SS_CLASS_DEAD },
		{ .value = 0x8000ff0000000001, .class = SS_CLASS_SOFTWARE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(cases); i++) {
		assert_string_equal(ss_status_name(TDX, cases[i].value), "unknown status");
		assert_int_equal(ss_status_class(TDX, cases[i].value), cases[i].class);
		assert_true(strlen(ss_status_text(TDX, cases[i].value)) > 10);
	}
	assert_int_equal(ss_status_class(LDR, 0x8000000000040000), SS_CLASS_CALLER);
	assert_int_equal(ss_status_class(LDR, 0x8000ff0000000001), SS_CLASS_SOFTWARE);
}

/* Written from the specification a second time. */
static void test_spots(void **state)
{
	(void)state;
	assert_int_equal(SS_LEAF_SEAMLDR_INFO, 0x8000000000000000);
	assert_int_equal(SS_LEAF_SEAMLDR_INSTALL, 0x8000000000000001);
	assert_int_equal(SS_LEAF_SEAMLDR_SEAMINFO, 0x8000000000000003);
	assert_int_equal(SS_LEAF_TDH_SYS_INIT, 33);
	assert_int_equal(SS_LEAF_TDH_SYS_LP_INIT, 35);
	assert_int_equal(SS_LEAF_TDH_SYS_SHUTDOWN, 52);
	assert_int_equal(SS_LEAF_TDH_SYS_UPDATE, 53);
	assert_int_equal(SS_LEAF_TDH_SYS_DISABLE, 69);
	assert_int_equal(SS_LEAF_TDH_IMPORT_STATE_VP, 87);
	assert_int_equal(SS_LEAF_TDH_MMIO_UNMAP, 160);
	assert_int_equal(SS_LEAF_TDH_DEVIF_MT_RD, 166);
	assert_int_equal(SS_TDX_SYS_SHUTDOWN, 0xc000050600000000);
	assert_int_equal(SS_TDX_SYS_INVALID_HANDOFF, 0xc000050900000000);
	assert_int_equal(SS_TDX_UPDATE_COMPATIBILITY_SENSITIVE, 0x8000051200000000);
	assert_int_equal(SS_PSEAMLDR_EUNSPECERR, 0x8000000000010003);
	assert_int_equal(SS_PSEAMLDR_ENOENTROPY, 0x8000000000030001);
	assert_int_equal(SS_TDX_SEAMCALL_VMFAILINVALID, 0x8000ff00ffff0000);
	/* The classes that the update flow depends on. */
	assert_int_equal(ss_status_class(TDX, SS_TDX_SYS_BUSY), SS_CLASS_NOW);
	assert_int_equal(ss_status_class(TDX, SS_TDX_RND_NO_ENTROPY), SS_CLASS_NOW);
	assert_int_equal(ss_status_class(LDR, SS_PSEAMLDR_ENOENTROPY), SS_CLASS_NOW);
	assert_int_equal(ss_status_class(LDR, SS_PSEAMLDR_EUNSPECERR), SS_CLASS_NOW);
	assert_int_equal(ss_status_class(LDR, SS_PSEAMLDR_EBADSIG), SS_CLASS_CALLER);
	assert_int_equal(ss_status_class(TDX, SS_TDX_SYS_LP_INIT_DONE), SS_CLASS_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unique),
		cmocka_unit_test(test_leaf_names),
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_by_name),
		cmocka_unit_test(test_details),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_spots),
	};

	return cmocka_run_group_tests_name("seamcall", tests, NULL, NULL);
}
