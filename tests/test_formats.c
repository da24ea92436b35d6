// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What software exchanges with the P-SEAMLDR, against the offsets of specification 4.1 to 4.7. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../core/image.h"
#include "../core/seamldr.h"
#include "bytes.h"

/* Each field has its own bytes, so that a field read from elsewhere or too wide shows. */
static void test_info(void **state)
{
	uint8_t raw[SS_SEAMLDR_INFO_BYTES];
	struct ss_seamldr_info info;
	uint32_t i;

	(void)state;
	memset(raw, 0xee, sizeof(raw));
	put_le(raw, 0x01020304, 4);
	put_le(raw + 4, 0x80000000, 4);
	put_le(raw + 8, 0x8086, 4);
	put_le(raw + 12, 0x20240612, 4);
	put_le(raw + 16, 0x1111, 2);
	put_le(raw + 18, 5, 2);
	put_le(raw + 20, 1, 2);
	put_le(raw + 22, 0x2222, 2);
	put_le(raw + 24, 0x33333333, 4);
	put_le(raw + 28, 14, 4);
	raw[32 + 8] = 11;
	raw[32 + 9] = 1;
	for (i = 0; i < 48; i++)
		raw[32 + 24 + i] = (uint8_t)(0x40 + i);
	raw[160] = 1;
	raw[161] = 2;
	raw[162] = 3;
	ss_seamldr_info_parse(raw, &info);
	assert_int_equal(info.version, 0x01020304);
	assert_int_equal(info.attributes, 0x80000000);
	assert_int_equal(info.vendor_id, 0x8086);
	assert_int_equal(info.build_date, 0x20240612);
	assert_int_equal(info.build_num, 0x1111);
	assert_int_equal(info.minor, 5);
	assert_int_equal(info.major, 1);
	assert_int_equal(info.update, 0x2222);
	assert_int_equal(info.acm_x2apicid, 0x33333333);
	assert_int_equal(info.num_remaining_updates, 14);
	assert_int_equal(info.svn_minor, 11);
	assert_int_equal(info.svn_major, 1);
	for (i = 0; i < 48; i++)
		assert_int_equal(info.mrseam[i], 0x40 + i);
	assert_int_equal(info.seam_ready, 1);
	assert_int_equal(info.seam_debug, 2);
	assert_int_equal(info.p_seamldr_ready, 3);
}

static void test_platform(void **state)
{
	uint8_t raw[SS_SEAMLDR_SEAMINFO_BYTES];
	struct ss_seamldr_platform platform;
	uint32_t i;

	(void)state;
	memset(raw, 0xee, sizeof(raw));
	put_le(raw + 8, 0x70000, 4);
	put_le(raw + 12, 7, 4);
	for (i = 0; i < 8; i++)
		put_le(raw + 16 + 4 * i, 0xc06f0 + i, 4);
	put_le(raw + 48, 0x123456789000, 8);
	put_le(raw + 56, 0x400000, 8);
	ss_seamldr_platform_parse(raw, &platform);
	assert_int_equal(platform.nr_lps, 0x70000);
	assert_int_equal(platform.nr_sockets, 7);
	for (i = 0; i < 8; i++)
		assert_int_equal(platform.fms[i], 0xc06f0 + i);
	assert_true(platform.range_base == 0x123456789000);
	assert_int_equal(platform.range_bytes, 0x400000);
}

static void test_params(void **state)
{
	static uint64_t pa[SS_MODULE_MAX_PAGES];
	static uint8_t page[SS_SEAMLDR_PARAMS_BYTES];
	uint32_t i;

	(void)state;
	for (i = 0; i < SS_MODULE_MAX_PAGES; i++)
		pa[i] = 0x1230000000 + 0x1000ULL * (3 * i);
	memset(page, 0xee, sizeof(page));
	assert_true(ss_seamldr_params_build(page, SS_SCENARIO_UPDATE, 0xabcdef000, pa,
					    SS_MODULE_MAX_PAGES));
	assert_int_equal(get_le(page, 4), 0);
	assert_int_equal(get_le(page + 4, 4), 1);
	assert_true(get_le(page + 8, 8) == 0xabcdef000);
	for (i = 16; i < 120; i++)
		assert_int_equal(page[i], 0);
	assert_int_equal(get_le(page + 120, 8), 496);
	for (i = 0; i < SS_MODULE_MAX_PAGES; i++)
		assert_true(get_le(page + 128 + 8 * i, 8) == pa[i]);
}

static void test_params_refused(void **state)
{
	static uint64_t pa[SS_MODULE_MAX_PAGES + 1];
	static uint8_t page[SS_SEAMLDR_PARAMS_BYTES];

	(void)state;
	assert_true(ss_seamldr_params_build(page, SS_SCENARIO_LOAD, 0, pa, 1));
	/* Without module pages INSTALL passes the point of no return and fails there. */
	assert_false(ss_seamldr_params_build(page, SS_SCENARIO_UPDATE, 0, pa, 0));
	assert_false(ss_seamldr_params_build(page, SS_SCENARIO_LOAD, 0, pa, 0));
	assert_false(ss_seamldr_params_build(page, SS_SCENARIO_LOAD, 0, pa, 497));
	assert_false(ss_seamldr_params_build(page, 2, 0, pa, 1));
	assert_false(ss_seamldr_params_build(page, SS_SCENARIO_LOAD, 0x800, pa, 1));
	pa[1] = 1;
	assert_true(ss_seamldr_params_build(page, SS_SCENARIO_LOAD, 0, pa, 1));
	assert_false(ss_seamldr_params_build(page, SS_SCENARIO_LOAD, 0, pa, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_platform),
		cmocka_unit_test(test_params),
		cmocka_unit_test(test_params_refused),
	};

	return cmocka_run_group_tests_name("formats", tests, NULL, NULL);
}
