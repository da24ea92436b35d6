// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Judging by TCB Info: the levels of real documents, and the rules that merge two verdicts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/tcb/tcb_quote.h"
#include "lib/tcb/tcb_set.h"
#include "tcb_fixture.h"

static struct tcb_fixture fixture;
static const char *newer;
static char why[TCB_WHY];

static struct tcb_info *load_real(void)
{
	struct tcb_info *info;

	assert_int_equal(tcb_load(newer, &tcb_anchor_intel, 1, FIXTURE_AT, &info, why), TCB_DOC_OK);
	return info;
}

static struct tcb_info *load_levels(const char *levels)
{
	char *text = tcb_fixture_info(TCB_GOOD_HEAD, levels), *signed_text;
	struct tcb_info *info;

	signed_text = tcb_fixture_collateral(&fixture, text);
	assert_int_equal(tcb_fixture_read(&fixture, signed_text, NULL, &info, why), TCB_DOC_OK);
	free(signed_text);
	free(text);
	return info;
}

static void expect_svn(const struct tcb_info *info, uint8_t major, uint8_t minor,
		       enum tcb_status status, enum tcb_reason reason)
{
	struct tcb_module module = { .major = major, .minor = minor };
	struct tcb_verdict v = tcb_judge_module(info, &module);

	print_message("SVN %u.%u: %s\n", major, minor, tcb_status_name(v.status));
	assert_int_equal(v.status, status);
	assert_int_equal(v.reason, reason);
	assert_int_equal(v.level != NULL, reason == TCB_REASON_LEVEL);
}

/* Set 17: the bar of the 1.5 line is 4, that of the 2.0 line is 3. */
static void test_set_17(void **state)
{
	struct tcb_info *info = load_real();
	uint8_t minor;

	(void)state;
	expect_svn(info, 1, 255, TCB_UP_TO_DATE, TCB_REASON_LEVEL);
	expect_svn(info, 1, 5, TCB_UP_TO_DATE, TCB_REASON_LEVEL);
	expect_svn(info, 1, 4, TCB_UP_TO_DATE, TCB_REASON_LEVEL);
	expect_svn(info, 1, 3, TCB_OUT_OF_DATE, TCB_REASON_LEVEL);
	expect_svn(info, 1, 2, TCB_OUT_OF_DATE, TCB_REASON_LEVEL);
	expect_svn(info, 1, 1, TCB_NONE, TCB_REASON_BELOW);
	expect_svn(info, 3, 3, TCB_UP_TO_DATE, TCB_REASON_LEVEL);
	expect_svn(info, 3, 2, TCB_NONE, TCB_REASON_BELOW);
	expect_svn(info, 2, 9, TCB_NONE, TCB_REASON_NO_IDENTITY);
	expect_svn(info, 0, 9, TCB_NONE, TCB_REASON_PLATFORM);
	assert_true(tcb_bar(info, 1, TCB_UP_TO_DATE, &minor));
	assert_int_equal(minor, 4);
	assert_true(tcb_bar(info, 1, TCB_OUT_OF_DATE, &minor));
	assert_int_equal(minor, 2);
	assert_false(tcb_bar(info, 2, TCB_UP_TO_DATE, &minor));
	tcb_free(info);
}

/* As set 20: the level is the highest below, in whatever order the document has the levels. */
static void test_set_20(void **state)
{
	struct tcb_info *info = load_levels(TCB_LEVEL("6", "OutOfDate") ","
					    TCB_LEVEL("11", "UpToDate"));

	(void)state;
	expect_svn(info, 1, 6, TCB_OUT_OF_DATE, TCB_REASON_LEVEL);
	expect_svn(info, 1, 10, TCB_OUT_OF_DATE, TCB_REASON_LEVEL);
	expect_svn(info, 1, 11, TCB_UP_TO_DATE, TCB_REASON_LEVEL);
	expect_svn(info, 1, 5, TCB_NONE, TCB_REASON_BELOW);
	tcb_free(info);
}

static void test_identity(void **state)
{
	struct tcb_info *info = load_real();
	struct tcb_module module = {
		.major = 1, .minor = 5, .has_signer = true, .has_attributes = true,
	};

	(void)state;
	assert_int_equal(tcb_judge_module(info, &module).status, TCB_UP_TO_DATE);
	module.attributes[7] = 0x80;
	assert_int_equal(tcb_judge_module(info, &module).reason, TCB_REASON_ATTRIBUTES);
	info->identities[1].mask[7] = 0x7f;
	assert_int_equal(tcb_judge_module(info, &module).status, TCB_UP_TO_DATE);
	module.signer[47] = 1;
	assert_int_equal(tcb_judge_module(info, &module).reason, TCB_REASON_SIGNER);
	assert_int_equal(tcb_judge_module(info, &module).status, TCB_NONE);
	tcb_free(info);
}

/* A status that this program does not know clears nothing, and its name is kept. */
static void test_unknown(void **state)
{
	struct tcb_info *info = load_levels(TCB_LEVEL("9", "UpToDate2\\u001b[31m") ","
					    TCB_LEVEL("8", "uptodate") ","
					    TCB_LEVEL("7", "TDRelaunchAdvised") ","
					    TCB_LEVEL("6", "UpToDate"));
	struct tcb_module module = { .major = 1, .minor = 9 };
	struct tcb_verdict v = tcb_judge_module(info, &module);
	uint8_t minor;

	(void)state;
	assert_int_equal(v.status, TCB_UNKNOWN);
	assert_string_equal(v.level->unknown, "UpToDate2?[31m");
	assert_false(tcb_status_clears(v.status, TCB_OUT_OF_DATE));
	expect_svn(info, 1, 8, TCB_UNKNOWN, TCB_REASON_LEVEL);
	expect_svn(info, 1, 7, TCB_UNKNOWN, TCB_REASON_LEVEL);
	assert_true(tcb_bar(info, 1, TCB_UP_TO_DATE, &minor));
	assert_int_equal(minor, 6);
	tcb_free(info);
}

static void test_clears(void **state)
{
	static const char yes[TCB_STATUS_NR][TCB_STATUS_NR + 1] = {
		/* wanted:	    U S C B O P R ... */
		[TCB_UP_TO_DATE] = "11111100000",
		[TCB_SW_HARDENING] = "01011100000",
		[TCB_CONFIGURATION] = "00110100000",
		[TCB_CONFIGURATION_SW] = "00010100000",
		[TCB_OUT_OF_DATE] = "00001100000",
		[TCB_OUT_OF_DATE_CONFIGURATION] = "00000100000",
		[TCB_REVOKED] = "00000000000",
		[TCB_RELAUNCH] = "00000000000",
		[TCB_RELAUNCH_CONFIGURATION] = "00000000000",
		[TCB_NONE] = "00000000000",
		[TCB_UNKNOWN] = "00000000000",
	};
	unsigned int i, j;

	(void)state;
	for (i = 0; i < TCB_STATUS_NR; i++)
		for (j = 0; j < TCB_STATUS_NR; j++)
			assert_int_equal(tcb_status_clears(i, j), yes[i][j] == '1');
}

/* Platform, module, both: as Intel's verification library merges them. */
static void test_merge(void **state)
{
	static const enum tcb_status rows[][3] = {
		{ TCB_UP_TO_DATE, TCB_UP_TO_DATE, TCB_UP_TO_DATE },
		{ TCB_UP_TO_DATE, TCB_OUT_OF_DATE, TCB_OUT_OF_DATE },
		{ TCB_SW_HARDENING, TCB_OUT_OF_DATE, TCB_OUT_OF_DATE },
		{ TCB_OUT_OF_DATE, TCB_OUT_OF_DATE, TCB_OUT_OF_DATE },
		{ TCB_CONFIGURATION, TCB_OUT_OF_DATE, TCB_OUT_OF_DATE_CONFIGURATION },
		{ TCB_CONFIGURATION_SW, TCB_OUT_OF_DATE, TCB_OUT_OF_DATE_CONFIGURATION },
		{ TCB_CONFIGURATION_SW, TCB_UP_TO_DATE, TCB_CONFIGURATION_SW },
		{ TCB_OUT_OF_DATE_CONFIGURATION, TCB_UP_TO_DATE, TCB_OUT_OF_DATE_CONFIGURATION },
		{ TCB_REVOKED, TCB_UP_TO_DATE, TCB_REVOKED },
		{ TCB_UP_TO_DATE, TCB_REVOKED, TCB_REVOKED },
		{ TCB_NONE, TCB_REVOKED, TCB_REVOKED },
		{ TCB_UP_TO_DATE, TCB_NONE, TCB_NONE },
		{ TCB_NONE, TCB_OUT_OF_DATE, TCB_NONE },
		{ TCB_UP_TO_DATE, TCB_UNKNOWN, TCB_UNKNOWN },
	};
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(rows); i++)
		assert_int_equal(tcb_merge(rows[i][0], rows[i][1]), rows[i][2]);
}

/* At launch, now, both. */
static void test_relaunch(void **state)
{
	static const enum tcb_status rows[][3] = {
		{ TCB_OUT_OF_DATE, TCB_UP_TO_DATE, TCB_RELAUNCH },
		{ TCB_OUT_OF_DATE, TCB_SW_HARDENING, TCB_RELAUNCH },
		{ TCB_OUT_OF_DATE, TCB_CONFIGURATION, TCB_RELAUNCH_CONFIGURATION },
		{ TCB_OUT_OF_DATE, TCB_CONFIGURATION_SW, TCB_RELAUNCH_CONFIGURATION },
		{ TCB_OUT_OF_DATE_CONFIGURATION, TCB_UP_TO_DATE, TCB_RELAUNCH_CONFIGURATION },
		{ TCB_OUT_OF_DATE, TCB_OUT_OF_DATE, TCB_OUT_OF_DATE },
		{ TCB_OUT_OF_DATE, TCB_REVOKED, TCB_OUT_OF_DATE },
		{ TCB_OUT_OF_DATE, TCB_NONE, TCB_OUT_OF_DATE },
		{ TCB_UP_TO_DATE, TCB_UP_TO_DATE, TCB_UP_TO_DATE },
		{ TCB_UP_TO_DATE, TCB_OUT_OF_DATE, TCB_UP_TO_DATE },
		{ TCB_REVOKED, TCB_UP_TO_DATE, TCB_REVOKED },
		{ TCB_NONE, TCB_UP_TO_DATE, TCB_NONE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(rows); i++)
		assert_int_equal(tcb_relaunch(rows[i][0], rows[i][1]), rows[i][2]);
}

/* The real document's platform: microcode component 2, SGX components, PCESVN. */
static void test_platform(void **state)
{
	struct tcb_info *info = load_real();
	struct tcb_platform p = { .tdx = { 4, 1, 2 } };

	(void)state;
	assert_int_equal(tcb_judge_platform(info, &p).status, TCB_UP_TO_DATE);
	p.tdx[2] = 1;
	assert_int_equal(tcb_judge_platform(info, &p).reason, TCB_REASON_COMPONENTS);
	p.tdx[2] = 2;
	/* Major SVN 0: component 0 counts, and the document asks for 5. */
	p.tdx[1] = 0;
	assert_int_equal(tcb_judge_platform(info, &p).status, TCB_NONE);
	p.tdx[0] = 5;
	assert_int_equal(tcb_judge_platform(info, &p).status, TCB_UP_TO_DATE);
	p.tdx[1] = 1;
	p.has_sgx = true;
	memcpy(p.sgx, info->levels[0].sgx, sizeof(p.sgx));
	p.pcesvn = 13;
	assert_int_equal(tcb_judge_platform(info, &p).status, TCB_UP_TO_DATE);
	/* The second level asks for PCESVN 5. */
	p.pcesvn = 12;
	assert_int_equal(tcb_judge_platform(info, &p).status, TCB_OUT_OF_DATE);
	tcb_free(info);
}

/* ---- quotes ---------------------------------------------------------------------------------- */

/* A quote of version 5 with the body of TDX 1.5: launched on 1.3, now on 1.5. */
static size_t quote_15(uint8_t quote[1024])
{
	static const uint8_t launch[] = { 3, 1, 2 }, current[] = { 5, 1, 2 };

	memset(quote, 0, 1024);
	quote[0] = 5;
	quote[4] = 0x81;
	quote[48] = 3;
	quote[50] = 648 & 0xff;
	quote[51] = 648 >> 8;
	memcpy(quote + 54, launch, sizeof(launch));
	memcpy(quote + 54 + 584, current, sizeof(current));
	return 54 + 648;
}

static enum tcb_answer parse(const uint8_t *p, size_t n, struct tcb_quote *quote)
{
	uint8_t *copy = malloc(n ? n : 1);	/* the sanitizer sees a byte read beyond */
	enum tcb_answer answer;

	memcpy(copy, p, n);
	answer = tcb_quote_parse((struct ss_bytes){ copy, n }, quote, why);
	free(copy);
	return answer;
}

static void test_quote_15(void **state)
{
	struct tcb_info *info = load_real();
	struct tcb_quote_verdict v;
	struct tcb_quote quote;
	uint8_t bytes[1024];
	size_t n = quote_15(bytes);

	(void)state;
	assert_int_equal(parse(bytes, n, &quote), TCB_DOC_OK);
	assert_true(quote.has_current);
	v = tcb_quote_judge(info, &quote);
	assert_int_equal(v.launch.module.status, TCB_OUT_OF_DATE);
	assert_int_equal(v.launch.merged, TCB_OUT_OF_DATE);
	assert_int_equal(v.current.merged, TCB_UP_TO_DATE);
	assert_int_equal(v.status, TCB_RELAUNCH);
	/* Another signer's module has no level. */
	bytes[54 + 64] = 1;
	assert_int_equal(parse(bytes, n, &quote), TCB_DOC_OK);
	v = tcb_quote_judge(info, &quote);
	assert_int_equal(v.status, TCB_NONE);
	assert_int_equal(v.launch.module.reason, TCB_REASON_SIGNER);
	tcb_free(info);
}

static void test_quote_shapes(void **state)
{
	struct tcb_quote quote;
	uint8_t bytes[1024];
	size_t n = quote_15(bytes), i;

	(void)state;
	for (i = 0; i < n; i++)
		assert_int_equal(parse(bytes, i, &quote), TCB_DOC_MALFORMED);
	bytes[48] = 2;	/* the layout of 1.0 has another size */
	assert_int_equal(parse(bytes, n, &quote), TCB_DOC_MALFORMED);
	bytes[50] = 584 & 0xff;
	bytes[51] = 584 >> 8;
	assert_int_equal(parse(bytes, n - 64, &quote), TCB_DOC_OK);
	assert_false(quote.has_current);
	/* What follows the body tells a size that the file does not have. */
	assert_int_equal(parse(bytes, n, &quote), TCB_DOC_MALFORMED);
	assert_non_null(strstr(why, "ends within its signature"));
	bytes[48] = 1;
	assert_int_equal(parse(bytes, n, &quote), TCB_DOC_MALFORMED);
	bytes[4] = 0;
	assert_int_equal(parse(bytes, n, &quote), TCB_DOC_MALFORMED);
	assert_non_null(strstr(why, "a TD's quote"));
	bytes[0] = 3;
	assert_int_equal(parse(bytes, n, &quote), TCB_DOC_MALFORMED);
	memset(bytes, 0, sizeof(bytes));
	bytes[0] = 4;
	bytes[4] = 0x81;
	bytes[48] = 7;
	bytes[49] = 1;
	assert_int_equal(parse(bytes, 48 + 584, &quote), TCB_DOC_OK);
	assert_int_equal(quote.svn[0], 7);
	assert_int_equal(parse(bytes, 48 + 583, &quote), TCB_DOC_MALFORMED);
}

/* As people meet it: TDX_01 at SVN 6. */
static void test_svn_text(void **state)
{
	struct tcb_info *info = load_levels(TCB_LEVEL("11", "UpToDate") ","
					    TCB_LEVEL("6", "OutOfDate"));
	struct tcb_quote_verdict v;
	struct tcb_quote quote;

	(void)state;
	assert_int_equal(tcb_quote_svn("06010300000000000000000000000000", &quote, why),
			 TCB_DOC_OK);
	assert_int_equal(quote.svn[0], 6);
	assert_int_equal(quote.svn[1], 1);
	v = tcb_quote_judge(info, &quote);
	assert_int_equal(v.launch.module.status, TCB_OUT_OF_DATE);
	/* The small document has no level for a platform. */
	assert_int_equal(v.status, TCB_NONE);
	assert_int_equal(tcb_quote_svn("0X0601030000000000000000000000000", &quote, why),
			 TCB_DOC_MALFORMED);
	assert_int_equal(tcb_quote_svn("", &quote, why), TCB_DOC_MALFORMED);
	assert_int_equal(tcb_quote_svn("0x0601030000000000000000000000000g", &quote, why),
			 TCB_DOC_MALFORMED);
	tcb_free(info);
}

/* Seconds from another program: date -u -d TEXT +%s. */
static void test_times(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2000-02-29T12:00:00Z", 951825600 },
		{ "2025-09-02T07:41:59Z", 1756798919 },
		{ "2025-09-02T09:41:59.5+02:00", 1756798919 },
		{ "2026-08-20", 1787184000 },
		{ "2100-03-01T00:00:00Z", 4107542400 },
		{ "9999-12-31T23:59:59Z", 253402300799 },
		{ "@1756798919", 1756798919 },
	};
	static const char *const bad[] = {
		"", "2025", "2025-13-01", "2025-02-30", "2025-09-02T", "2025-09-02T24:00:00Z",
		"2025-09-02T07:41:59", "2025-09-02T07:41:59Zx", "2025-09-02 07:41:59Z", "@", "@1x",
		"2025-09-02T07:41:59.Z", "1969-12-31", "2100-02-29", "2025-09-02T07:41:59+2:00",
	};
	char text[TCB_TIME];
	int64_t seconds;
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(good); i++) {
		assert_true(tcb_time_parse(good[i].text, &seconds));
		assert_int_equal(seconds, good[i].seconds);
	}
	for (i = 0; i < SS_ARRAY_SIZE(bad); i++)
		assert_false(tcb_time_parse(bad[i], &seconds));
	tcb_time_format(951825600, text);
	assert_string_equal(text, "2000-02-29T12:00:00Z");
	tcb_time_format(253402300799, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
	tcb_date_format(4107542400, text);
	assert_string_equal(text, "2100-03-01");
}

/* ---- several documents ----------------------------------------------------------------------- */

static struct tcb_set set;

static void add_doc(uint32_t number, uint8_t platform, enum tcb_answer answer, const char *levels)
{
	struct tcb_doc *doc = &set.docs[set.nr++];

	memset(doc, 0, sizeof(*doc));
	doc->answer = answer;
	doc->info = tcb_answer_usable(answer) ? load_levels(levels) : NULL;
	if (!doc->info)
		return;
	doc->info->set = number;
	doc->info->fmspc[0] = platform;
}

static void expect_set(uint8_t minor, bool now, bool later, int worst)
{
	struct tcb_module module = { .major = 1, .minor = minor };

	assert_int_equal(tcb_set_clears(&set, &module, TCB_UP_TO_DATE), now);
	assert_int_equal(tcb_set_clears_all(&set, &module, TCB_UP_TO_DATE), later);
	assert_int_equal(tcb_set_worst(&set, &module), worst);
}

/* The standard document of each platform decides; early, stale and refused ones do not. */
static void test_several(void **state)
{
	(void)state;
	tcb_set_begin(&set, FIXTURE_AT);
	expect_set(255, false, false, -1);
	add_doc(18, 1, TCB_DOC_STALE, TCB_LEVEL("2", "UpToDate"));
	expect_set(255, false, false, -1);
	assert_int_equal(tcb_set_complaint(&set), 0);
	add_doc(20, 1, TCB_DOC_OK, TCB_LEVEL("11", "UpToDate") "," TCB_LEVEL("6", "OutOfDate"));
	assert_int_equal(tcb_set_complaint(&set), -1);
	assert_true(tcb_set_decides(&set, 1));
	add_doc(19, 1, TCB_DOC_OK, TCB_LEVEL("6", "UpToDate"));
	assert_false(tcb_set_decides(&set, 1));
	assert_true(tcb_set_decides(&set, 2));
	expect_set(5, false, false, 2);
	expect_set(6, true, false, 2);
	expect_set(11, true, true, 2);
	/* Another platform asks for more, and has a standard document of its own. */
	add_doc(20, 2, TCB_DOC_OK, TCB_LEVEL("9", "UpToDate") "," TCB_LEVEL("1", "OutOfDate"));
	expect_set(6, false, false, 3);
	expect_set(5, false, false, 2);	/* no level at all is worse than OutOfDate */
	expect_set(9, true, false, 2);
	assert_int_equal(tcb_set_complaint(&set), -1);
	add_doc(21, 3, TCB_DOC_NOT_YET, TCB_LEVEL("9", "UpToDate"));
	assert_int_equal(tcb_set_complaint(&set), 4);
	set.nr--;
	tcb_free(set.docs[4].info);
	add_doc(0, 0, TCB_DOC_BAD_SIGNATURE, NULL);
	assert_int_equal(tcb_set_complaint(&set), 4);
	expect_set(9, true, false, 2);
	tcb_set_release(&set);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_17),
		cmocka_unit_test(test_set_20),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_clears),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_relaunch),
		cmocka_unit_test(test_platform),
		cmocka_unit_test(test_quote_15),
		cmocka_unit_test(test_quote_shapes),
		cmocka_unit_test(test_svn_text),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_several),
	};
	int rc;

	if (argc < 2)
		return 1;
	newer = argv[1];
	tcb_fixture_make(&fixture);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	tcb_fixture_release(&fixture);
	return rc;
}
