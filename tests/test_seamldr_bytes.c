// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What the host and the P-SEAMLDR write for each other, byte by byte: specification 4.1 to 4.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/seamldr.h"

#define INFO_SVN	(32 + 8)	/* SEAMEXTEND lies at 32 */
#define INFO_MRSEAM	(32 + 24)
#define INFO_READY	160

/* Byte i is i, so each field shows where it was read from. */
static void test_info(void **state)
{
	uint8_t raw[SS_SEAMLDR_INFO_BYTES];
	struct ss_seamldr_info info;
	uint32_t i;

	(void)state;
	for (i = 0; i < sizeof(raw); i++)
		raw[i] = (uint8_t)i;
	ss_seamldr_info_parse(raw, &info);
	assert_int_equal(info.version, 0x03020100);
	assert_int_equal(info.attributes, 0x07060504);
	assert_int_equal(info.vendor_id, 0x0b0a0908);
	assert_int_equal(info.build_date, 0x0f0e0d0c);
	assert_int_equal(info.build_num, 0x1110);
	assert_int_equal(info.minor, 0x1312);
	assert_int_equal(info.major, 0x1514);
	assert_int_equal(info.update, 0x1716);
	assert_int_equal(info.acm_x2apicid, 0x1b1a1918);
	assert_int_equal(info.num_remaining_updates, 0x1f1e1d1c);
	assert_int_equal(info.svn_minor, INFO_SVN);
	assert_int_equal(info.svn_major, INFO_SVN + 1);
	assert_memory_equal(info.mrseam, raw + INFO_MRSEAM, 48);
	assert_int_equal(info.seam_ready, INFO_READY);
	assert_int_equal(info.seam_debug, INFO_READY + 1);
	assert_int_equal(info.p_seamldr_ready, INFO_READY + 2);
}

/* Eight bytes, little-endian. */
static void expect64(uint8_t *page, uint32_t offset, uint64_t v)
{
	uint32_t i;

	for (i = 0; i < 8; i++)
		page[offset + i] = (uint8_t)(v >> 8 * i);
}

static void test_params(void **state)
{
	const uint64_t pages[3] = { 0x8070605040302000, 0x1000, 0xfedcba9876543000 };
	uint8_t page[SS_SEAMLDR_PARAMS_BYTES], want[SS_SEAMLDR_PARAMS_BYTES] = { 0 };
	uint32_t i;

	(void)state;
	want[4] = 1;
	expect64(want, 8, 0x1122334455667000);
	expect64(want, 120, 3);
	for (i = 0; i < 3; i++)
		expect64(want, 128 + 8 * i, pages[i]);
	memset(page, 0xcc, sizeof(page));
	assert_true(ss_seamldr_params_build(page, SS_SCENARIO_UPDATE, 0x1122334455667000, pages, 3));
	assert_memory_equal(page, want, sizeof(page));
	want[4] = 0;
	assert_true(ss_seamldr_params_build(page, SS_SCENARIO_LOAD, 0x1122334455667000, pages, 3));
	assert_memory_equal(page, want, sizeof(page));
}

static void test_params_refused(void **state)
{
	uint64_t pages[497] = { 0 };
	uint8_t page[SS_SEAMLDR_PARAMS_BYTES];

	(void)state;
	assert_true(ss_seamldr_params_build(page, SS_SCENARIO_UPDATE, 0, pages, 1));
	assert_true(ss_seamldr_params_build(page, SS_SCENARIO_UPDATE, 0, pages, 496));
	assert_false(ss_seamldr_params_build(page, SS_SCENARIO_UPDATE, 0, pages, 497));
	assert_false(ss_seamldr_params_build(page, SS_SCENARIO_UPDATE, 0, pages, 0));
	assert_false(ss_seamldr_params_build(page, SS_SCENARIO_UPDATE + 1, 0, pages, 1));
	assert_false(ss_seamldr_params_build(page, SS_SCENARIO_UPDATE, 2048, pages, 1));
	pages[1] = 0x10001;
	assert_true(ss_seamldr_params_build(page, SS_SCENARIO_UPDATE, 0, pages, 1));
	assert_false(ss_seamldr_params_build(page, SS_SCENARIO_UPDATE, 0, pages, 2));
	assert_false(ss_seamldr_params_build(page, SS_SCENARIO_UPDATE, 0, pages, 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_params),
		cmocka_unit_test(test_params_refused),
	};

	return cmocka_run_group_tests_name("seamldr-bytes", tests, NULL, NULL);
}
