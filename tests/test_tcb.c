// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TCB Info: real documents are believed, hostile ones are not, and each refusal says why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/x509v3.h>

#include "tcb_fixture.h"

static struct tcb_fixture fixture;
static const char *newer, *older;	/* real documents: collateral */
static struct tcb_info *info;
static char why[TCB_WHY];

/* Reads, looks at the answer, prints the sentence, and forgets the document. */
static void expect(const char *text, const char *chain, enum tcb_answer answer, const char *says)
{
	assert_int_equal(tcb_fixture_read(&fixture, text, chain, &info, why), answer);
	print_message("%-14s %s\n", tcb_answer_name(answer), why);
	assert_int_equal(info != NULL, tcb_answer_usable(answer));
	assert_non_null(strstr(why, says));
	tcb_free(info);
}

static void expect_signed(const char *text, enum tcb_answer answer, const char *says)
{
	char *collateral = tcb_fixture_collateral(&fixture, text);

	expect(collateral, NULL, answer, says);
	free(collateral);
}

/* ---- real documents -------------------------------------------------------------------------- */

/* The numbers are those of the document, read with another program. */
static void test_real(void **state)
{
	char text[TCB_TIME];

	(void)state;
	assert_int_equal(tcb_load(newer, &tcb_anchor_intel, 1, FIXTURE_AT, &info, why), TCB_DOC_OK);
	assert_int_equal(info->set, 17);
	assert_memory_equal(info->fmspc, "\x20\xa0\x6f\x00\x00\x00", 6);
	tcb_time_format(info->issued, text);
	assert_string_equal(text, "2025-09-02T07:41:59Z");
	tcb_time_format(info->next_update, text);
	assert_string_equal(text, "2025-10-02T07:41:59Z");
	assert_int_equal(info->nr_identities, 2);
	assert_int_equal(info->nr_levels, 2);
	assert_int_equal(info->levels[0].pcesvn, 13);
	assert_int_equal(info->levels[0].tdx[0], 5);
	assert_int_equal(info->levels[0].sgx[5], 255);
	assert_string_equal(info->root.name, "Intel");
	tcb_free(info);
}

/* Advisories stand at the platform's second level of the other document only. */
static void test_real_advisories(void **state)
{
	(void)state;
	assert_int_equal(tcb_load(older, &tcb_anchor_intel, 1, FIXTURE_AT, &info, why),
			 TCB_DOC_STALE);
	assert_non_null(strstr(why, "2025-07-"));
	assert_int_equal(info->levels[0].level.nr_advisories, 0);
	assert_int_equal(info->levels[1].level.nr_advisories, 14);
	assert_string_equal(info->levels[1].level.advisories[13], "INTEL-SA-00837");
	assert_int_equal(info->levels[1].level.status, TCB_OUT_OF_DATE);
	tcb_free(info);
}

static void test_real_dates(void **state)
{
	(void)state;
	/* One second around each end: 2025-09-02T07:41:59Z and 2025-10-02T07:41:59Z. */
	assert_int_equal(tcb_load(newer, &tcb_anchor_intel, 1, 1756798918, &info, why),
			 TCB_DOC_NOT_YET);
	tcb_free(info);
	assert_int_equal(tcb_load(newer, &tcb_anchor_intel, 1, 1756798919, &info, why), TCB_DOC_OK);
	tcb_free(info);
	assert_int_equal(tcb_load(newer, &tcb_anchor_intel, 1, 1759390919, &info, why), TCB_DOC_OK);
	tcb_free(info);
	assert_int_equal(tcb_load(newer, &tcb_anchor_intel, 1, 1759390920, &info, why),
			 TCB_DOC_STALE);
	tcb_free(info);
	/* Before 2025-05-06 and after 2032-05-06 the signer's certificate does not hold. */
	assert_int_equal(tcb_load(newer, &tcb_anchor_intel, 1, 1746000000, &info, why),
			 TCB_DOC_EXPIRED_CHAIN);
	assert_int_equal(tcb_load(newer, &tcb_anchor_intel, 1, 1970000000, &info, why),
			 TCB_DOC_EXPIRED_CHAIN);
	assert_null(info);
}

/* Every byte of the signed text matters. */
static void test_real_changed(void **state)
{
	char *text = tcb_fixture_member(newer, "tcb_info"), *joined;
	char *signature = tcb_fixture_member(newer, "tcb_info_signature");
	char *chain = tcb_fixture_member(newer, "tcb_info_issuer_chain");
	char *at = strstr(text, "\"isvsvn\":4");

	(void)state;
	at[9] = '3';
	joined = tcb_fixture_join(text, signature, chain);
	expect(joined, NULL, TCB_DOC_BAD_SIGNATURE, "does not cover");
	free(joined);
	at[9] = '4';
	signature[0] ^= 1;
	joined = tcb_fixture_join(text, signature, chain);
	expect(joined, NULL, TCB_DOC_BAD_SIGNATURE, "does not cover");
	free(joined);
	free(chain);
	free(signature);
	free(text);
}

/* The response body, with the chain plain or as it stands in a header. */
static void test_body(void **state)
{
	char *text = tcb_fixture_member(newer, "tcb_info"), body[8192], encoded[16384], *p = encoded;
	char *signature = tcb_fixture_member(newer, "tcb_info_signature");
	char *chain = tcb_fixture_member(newer, "tcb_info_issuer_chain"), *c;

	(void)state;
	snprintf(body, sizeof(body), "{\"tcbInfo\":%s,\"signature\":\"%s\"}", text, signature);
	expect(body, chain, TCB_DOC_OK, "");
	for (c = chain; *c; c++)
		p += sprintf(p, strchr("\n +/=", *c) ? "%%%02X" : "%c", *c);
	expect(body, encoded, TCB_DOC_OK, "");
	strcpy(strchr(encoded, '%'), "%4");
	expect(body, encoded, TCB_DOC_BAD_CHAIN, "hexadecimal");
	expect(body, NULL, TCB_DOC_NO_CHAIN, "chain.pem");
	/* White space around the object is not signed; within the object it is. */
	snprintf(body, sizeof(body), " {\n\"signature\" : \"%s\" ,\t\"tcbInfo\" : %s\n}\n",
		 signature, text);
	expect(body, chain, TCB_DOC_OK, "");
	snprintf(body, sizeof(body), "{\"tcbInfo\":{ %s,\"signature\":\"%s\"}", text + 1, signature);
	expect(body, chain, TCB_DOC_BAD_SIGNATURE, "does not cover");
	free(chain);
	free(signature);
	free(text);
}

/* ---- who signed ------------------------------------------------------------------------------ */

static void test_roots(void **state)
{
	struct tcb_fixture other;
	char *good = tcb_fixture_info(TCB_GOOD_HEAD, TCB_LEVEL("4", "UpToDate")), *text;

	(void)state;
	expect_signed(good, TCB_DOC_OK, "");
	tcb_fixture_make(&other);
	text = tcb_fixture_collateral(&other, good);
	expect(text, NULL, TCB_DOC_OTHER_ROOT, "not trusted");
	/* Intel's anchor alone does not believe the fixture's. */
	free(text);
	text = tcb_fixture_collateral(&fixture, good);
	assert_int_equal(tcb_read((struct ss_bytes){ (uint8_t *)text, strlen(text) },
				  (struct ss_bytes){ NULL, 0 }, &tcb_anchor_intel, 1, FIXTURE_AT,
				  &info, why), TCB_DOC_OTHER_ROOT);
	free(text);
	/* The trusted root's certificate, but a signer of another root. */
	X509_free(other.signer.root);
	other.signer.root = fixture.signer.root;
	X509_up_ref(other.signer.root);
	text = tcb_fixture_collateral(&other, good);
	expect(text, NULL, TCB_DOC_BAD_CHAIN, "the chain");
	free(text);
	free(good);
	tcb_fixture_release(&other);
}

static void expect_certificate(const struct tcb_certificate *wanted, const char *curve,
			       enum tcb_answer answer, const char *says)
{
	char *good = tcb_fixture_info(TCB_GOOD_HEAD, TCB_LEVEL("4", "UpToDate"));

	tcb_fixture_resign(&fixture, curve, wanted);
	expect_signed(good, answer, says);
	tcb_fixture_resign(&fixture, "P-256", NULL);
	free(good);
}

static void test_signers(void **state)
{
	struct tcb_certificate c = {
		.name = "test TCB Signing", .from = FIXTURE_AT - 1000, .until = FIXTURE_AT + 1000,
	};
	EVP_PKEY *stranger = EVP_EC_gen("P-256");

	(void)state;
	expect_certificate(&c, "P-256", TCB_DOC_OK, "");
	expect_certificate(&c, "P-384", TCB_DOC_BAD_CHAIN, "P-256");
	c.until = FIXTURE_AT - 1;
	expect_certificate(&c, "P-256", TCB_DOC_EXPIRED_CHAIN, "has expired");
	c.until = FIXTURE_AT + 1000;
	c.from = FIXTURE_AT + 1;
	expect_certificate(&c, "P-256", TCB_DOC_EXPIRED_CHAIN, "not valid yet");
	c.from = FIXTURE_AT - 1000;
	c.ca = true;
	expect_certificate(&c, "P-256", TCB_DOC_BAD_CHAIN, "not one that signs");
	c.ca = false;
	/* It names the root as its issuer, but another key has signed it. */
	c.issuer_key = stranger;
	expect_certificate(&c, "P-256", TCB_DOC_BAD_CHAIN, "signature");
	EVP_PKEY_free(stranger);
}

/* A certificate with another key usage. */
static void expect_usage(bool ca, const char *usage)
{
	struct tcb_certificate c = {
		.name = "test TCB Signing", .from = FIXTURE_AT - 1000, .until = FIXTURE_AT + 1000,
		.ca = ca,
	};
	char *good = tcb_fixture_info(TCB_GOOD_HEAD, TCB_LEVEL("4", "UpToDate"));
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage, usage);
	X509 *x;

	tcb_fixture_resign(&fixture, "P-256", &c);
	x = fixture.signer.certificate;
	X509_EXTENSION_free(X509_delete_ext(x, X509_get_ext_by_NID(x, NID_key_usage, -1)));
	assert_true(X509_add_ext(x, ext, -1) && X509_sign(x, fixture.root_key, EVP_sha256()));
	X509_EXTENSION_free(ext);
	expect_signed(good, TCB_DOC_BAD_CHAIN, "not one that signs");
	tcb_fixture_resign(&fixture, "P-256", NULL);
	free(good);
}

static void test_usage(void **state)
{
	(void)state;
	expect_usage(true, "digitalSignature,keyCertSign");
	expect_usage(false, "keyAgreement");
}

/* Intel's root has signed other certificates, too: the signer's name counts. */
static void test_intel_signer(void **state)
{
	struct tcb_certificate c = {
		.name = "Intel SGX TCB Signing", .from = FIXTURE_AT - 1000,
		.until = FIXTURE_AT + 1000,
	};

	(void)state;
	fixture.anchors[1].intel = true;
	expect_certificate(&c, "P-256", TCB_DOC_OK, "");
	c.name = "Intel SGX PCK Certificate";
	expect_certificate(&c, "P-256", TCB_DOC_BAD_CHAIN, "not one that signs");
	fixture.anchors[1].intel = false;
}

static void test_chains(void **state)
{
	char *good = tcb_fixture_info(TCB_GOOD_HEAD, TCB_LEVEL("4", "UpToDate"));
	char *chain = tcb_signer_chain(&fixture.signer), signature[TCB_SIGNATURE_TEXT], *text;
	char *three = malloc(3 * strlen(chain) + 1);
	char *second = strstr(chain + 1, "-----BEGIN");

	(void)state;
	assert_true(tcb_signer_sign(fixture.signer.key, good, strlen(good), signature));
	sprintf(three, "%s%s", chain, second);
	text = tcb_fixture_join(good, signature, three);
	expect(text, NULL, TCB_DOC_BAD_CHAIN, "more than two");
	free(text);
	/* The root alone; first the root, then the signer; nothing. */
	text = tcb_fixture_join(good, signature, second);
	expect(text, NULL, TCB_DOC_BAD_CHAIN, "found one");
	free(text);
	sprintf(three, "%s%.*s", second, (int)(second - chain), chain);
	text = tcb_fixture_join(good, signature, three);
	expect(text, NULL, TCB_DOC_OTHER_ROOT, "not trusted");
	free(text);
	text = tcb_fixture_join(good, signature, "");
	expect(text, NULL, TCB_DOC_BAD_CHAIN, "found none");
	free(text);
	free(three);
	free(chain);
	free(good);
}

/* A valid signature over other bytes: over the same values, printed in another way. */
static void test_other_bytes(void **state)
{
	char *good = tcb_fixture_info(TCB_GOOD_HEAD, TCB_LEVEL("4", "UpToDate"));
	char *spaced = malloc(strlen(good) + 2), signature[TCB_SIGNATURE_TEXT];
	char *chain = tcb_signer_chain(&fixture.signer), *text;

	(void)state;
	sprintf(spaced, "{ %s", good + 1);
	assert_true(tcb_signer_sign(fixture.signer.key, good, strlen(good), signature));
	text = tcb_fixture_join(spaced, signature, chain);
	expect(text, NULL, TCB_DOC_BAD_SIGNATURE, "does not cover");
	free(text);
	signature[127] = 'g';
	text = tcb_fixture_join(good, signature, chain);
	expect(text, NULL, TCB_DOC_MALFORMED, "128 hexadecimal");
	free(text);
	signature[126] = '\0';
	text = tcb_fixture_join(good, signature, chain);
	expect(text, NULL, TCB_DOC_MALFORMED, "128 hexadecimal");
	free(text);
	text = tcb_fixture_join(good, "0000000000000000000000000000000000000000000000000000000000"
				"0000000000000000000000000000000000000000000000000000000000000000"
				"000000", chain);
	expect(text, NULL, TCB_DOC_BAD_SIGNATURE, "does not cover");
	free(text);
	free(chain);
	free(spaced);
	free(good);
}

/* ---- hostile text ---------------------------------------------------------------------------- */

static const struct {
	const char *text, *says;
	enum tcb_answer answer;
} outer[] = {
	{ "", "'{'", TCB_DOC_MALFORMED },
	{ "{", "a key", TCB_DOC_MALFORMED },
	{ "{}", "a key", TCB_DOC_MALFORMED },
	{ "[]", "'{'", TCB_DOC_MALFORMED },
	{ "{\"a\":1}", "found none", TCB_DOC_MALFORMED },
	{ "{\"a\":1,\"a\":2}", "did not stand before", TCB_DOC_MALFORMED },
	{ "{\"tcbInfo\":{},\"tcb_info\":\"\"}", "found both", TCB_DOC_MALFORMED },
	{ "{\"tcbInfo\":{},\"tcbInfo\":{}}", "did not stand before", TCB_DOC_MALFORMED },
	{ "{\"tcb\\u0049nfo\":{}}", "without escapes", TCB_DOC_MALFORMED },
	{ "{\"tcbInfo\":{}}", "signature", TCB_DOC_MALFORMED },
	{ "{\"tcbInfo\":7,\"signature\":\"00\"}", "an object", TCB_DOC_MALFORMED },
	{ "{\"tcbInfo\":{]},\"signature\":\"00\"}", "opened last", TCB_DOC_MALFORMED },
	{ "{\"tcbInfo\":{\"a\":\"},\"signature\":\"00\"", "a string", TCB_DOC_MALFORMED },
	{ "{\"tcbInfo\":{},\"signature\":\"00\"} x", "nothing behind it", TCB_DOC_MALFORMED },
	{ "{\"tcbInfo\":{},\"signature\":7}", "a string", TCB_DOC_MALFORMED },
	{ "{\"tcb_info\":\"{}\"}", "tcb_info_signature", TCB_DOC_MALFORMED },
	{ "{\"tcb_info\":{},\"tcb_info_signature\":\"\"}", "a string", TCB_DOC_MALFORMED },
	{ "{\"tcb_info\":\"\\q\",\"tcb_info_signature\":\"\"}", "tcb_info", TCB_DOC_MALFORMED },
	{ "{\"tcb_info\":\"{}\",\"tcb_info_signature\":\"\"}", "issuer_chain", TCB_DOC_NO_CHAIN },
	{ "\xef\xbb\xbf{}", "plain ASCII", TCB_DOC_MALFORMED },
	{ "\xff\xfe{", "plain ASCII", TCB_DOC_MALFORMED },
	{ "{\"\xc3\xa9\":1}", "plain ASCII", TCB_DOC_MALFORMED },
	{ "{\"a\n\":1}", "line break", TCB_DOC_MALFORMED },
	{ "{\"a\":}", "a value", TCB_DOC_MALFORMED },
	{ "{\"a\" 1}", "':'", TCB_DOC_MALFORMED },
	{ "{a:1}", "a key", TCB_DOC_MALFORMED },
	{ "{\"a\":1 \"b\":2}", "','", TCB_DOC_MALFORMED },
};

static void test_outer(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(outer); i++)
		expect(outer[i].text, NULL, outer[i].answer, outer[i].says);
}

static void test_huge(void **state)
{
	char *text = malloc(TCB_FILE_LIMIT + 2), *p;
	size_t i;

	(void)state;
	memset(text, ' ', TCB_FILE_LIMIT + 1);
	text[TCB_FILE_LIMIT + 1] = '\0';
	expect(text, NULL, TCB_DOC_TOO_LARGE, "1048577");
	text[TCB_FILE_LIMIT] = '\0';
	expect(text, NULL, TCB_DOC_MALFORMED, "'{'");
	/* Half a million brackets: refused at the bound, before any parser recurses. */
	p = text + sprintf(text, "{\"tcbInfo\":");
	memset(p, '[', TCB_FILE_LIMIT / 2);
	p[TCB_FILE_LIMIT / 2] = '\0';
	expect(text, NULL, TCB_DOC_TOO_LARGE, "deeper than 16");
	/* As many members as fit. */
	p = text + sprintf(text, "{");
	for (i = 0; i < 40000; i++)
		p += sprintf(p, "\"k%zu\":0,", i);
	expect(text, NULL, TCB_DOC_MALFORMED, "32 members");
	free(text);
}

/* An authentic document may be as deep as the bound, in collateral also. */
static void test_deep(void **state)
{
	char deep[64] = "", head[512], *text;
	size_t i;

	(void)state;
	for (i = 0; i < 15; i++)
		strcat(deep, "[");
	for (i = 0; i < 15; i++)
		strcat(deep, "]");
	snprintf(head, sizeof(head), "%s\"new\":%s,", TCB_GOOD_HEAD, deep);
	text = tcb_fixture_info(head, TCB_LEVEL("4", "UpToDate"));
	expect_signed(text, TCB_DOC_OK, "");
	free(text);
	snprintf(head, sizeof(head), "%s\"new\":[%s],", TCB_GOOD_HEAD, deep);
	text = tcb_fixture_info(head, TCB_LEVEL("4", "UpToDate"));
	expect_signed(text, TCB_DOC_TOO_LARGE, "deeper than 16");
	free(text);
}

/* ---- authentic documents that say something else --------------------------------------------- */

static const struct {
	const char *head, *levels, *says;
	enum tcb_answer answer;
} inner[] = {
	{ TCB_HEAD("SGX", "3", "2025-09-02T07:41:59Z", "2025-10-02T07:41:59Z"), "",
	  "found SGX", TCB_DOC_WRONG_ID },
	{ TCB_HEAD("TDX", "4", "2025-09-02T07:41:59Z", "2025-10-02T07:41:59Z"), "",
	  "found 4", TCB_DOC_WRONG_VERSION },
	{ TCB_HEAD("TDX", "2", "2025-09-02T07:41:59Z", "2025-10-02T07:41:59Z"), "",
	  "found 2", TCB_DOC_WRONG_VERSION },
	{ TCB_HEAD("TDX", "3.0", "2025-09-02T07:41:59Z", "2025-10-02T07:41:59Z"), "",
	  "version", TCB_DOC_MALFORMED },
	{ TCB_HEAD("TDX", "3", "2025-09-02T07:41:59Z", "2025-09-09T00:00:00Z"), "",
	  "2025-09-09T00:00:00Z", TCB_DOC_STALE },
	{ TCB_HEAD("TDX", "3", "2025-09-11T00:00:00+00:00", "2025-10-02T07:41:59Z"), "",
	  "2025-09-11T00:00:00Z", TCB_DOC_NOT_YET },
	{ TCB_HEAD("TDX", "3", "2025-02-29T00:00:00Z", "2025-10-02T07:41:59Z"), "",
	  "issueDate", TCB_DOC_MALFORMED },
	{ TCB_HEAD("TDX", "3", "2025-09-02", "@1759390919"), "", "nextUpdate", TCB_DOC_MALFORMED },
	{ TCB_GOOD_HEAD "\"id\":\"TDX\",", "", "did not stand before", TCB_DOC_MALFORMED },
	{ TCB_GOOD_HEAD "\"version\":3,", "", "did not stand before", TCB_DOC_MALFORMED },
	{ TCB_GOOD_HEAD "\"vers\\u0069on\":3,", "", "escapes", TCB_DOC_MALFORMED },
	{ TCB_GOOD_HEAD, "{\"tcb\":{\"isvsvn\":4,\"isvsvn\":2},\"tcbDate\":\"2024-03-13T00:00:00Z\""
	  ",\"tcbStatus\":\"UpToDate\"}", "did not stand before", TCB_DOC_MALFORMED },
	{ TCB_GOOD_HEAD, TCB_LEVEL("-1", "UpToDate"), "isvsvn", TCB_DOC_MALFORMED },
	{ TCB_GOOD_HEAD, TCB_LEVEL("65536", "UpToDate"), "isvsvn", TCB_DOC_MALFORMED },
	{ TCB_GOOD_HEAD, TCB_LEVEL("\"4\"", "UpToDate"), "isvsvn", TCB_DOC_MALFORMED },
	{ TCB_GOOD_HEAD, TCB_LEVEL("99999999999999999999", "UpToDate"), "isvsvn", TCB_DOC_MALFORMED },
	{ TCB_GOOD_HEAD, "{\"tcb\":{\"isvsvn\":4}}", "tcbStatus", TCB_DOC_MALFORMED },
	{ TCB_GOOD_HEAD, "]},{\"id\":\"tdx_01\"," TCB_IDENTITY ",\"tcbLevels\":[",
	  "[1].id: expected each major SVN once", TCB_DOC_MALFORMED },
	{ TCB_GOOD_HEAD, "]},{\"id\":\"TDX_1\"," TCB_IDENTITY ",\"tcbLevels\":[",
	  "two hexadecimal digits", TCB_DOC_MALFORMED },
	{ TCB_GOOD_HEAD, "7", "tcbLevels[0]: byte 0", TCB_DOC_MALFORMED },
	{ TCB_GOOD_HEAD, "{\"tcb\":{\"isvsvn\":4},\"tcbDate\":\"2024-03-13T00:00:00Z\","
	  "\"tcbStatus\":\"UpToDate\",\"advisoryIDs\":[7]}", "advisoryIDs", TCB_DOC_MALFORMED },
	{ TCB_GOOD_HEAD, TCB_LEVEL("4", "UpTo\\ud800Date"), "tcbStatus", TCB_DOC_MALFORMED },
};

static void test_inner(void **state)
{
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(inner); i++) {
		text = tcb_fixture_info(inner[i].head, inner[i].levels);
		expect_signed(text, inner[i].answer, inner[i].says);
		free(text);
	}
}

static void test_many(void **state)
{
	char levels[65 * 100 + 1] = "", *text;
	size_t i;

	(void)state;
	for (i = 0; i < 65; i++)
		strcat(levels, i ? "," TCB_LEVEL("4", "UpToDate") : TCB_LEVEL("4", "UpToDate"));
	text = tcb_fixture_info(TCB_GOOD_HEAD, levels);
	expect_signed(text, TCB_DOC_MALFORMED, "up to 64");
	free(text);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void test_files(void **state)
{
	char dir[] = "/tmp/seamstep-tcb.XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(tcb_load(dir, fixture.anchors, 2, FIXTURE_AT, &info, why),
			 TCB_DOC_UNREADABLE);
	assert_string_equal(why, "not a regular file");
	snprintf(path, sizeof(path), "%s/fifo", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(tcb_load(path, fixture.anchors, 2, FIXTURE_AT, &info, why),
			 TCB_DOC_UNREADABLE);
	unlink(path);
	assert_int_equal(tcb_load(path, fixture.anchors, 2, FIXTURE_AT, &info, why),
			 TCB_DOC_UNREADABLE);
	assert_string_equal(why, "No such file or directory");
	assert_null(info);
	rmdir(dir);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real),
		cmocka_unit_test(test_real_advisories),
		cmocka_unit_test(test_real_dates),
		cmocka_unit_test(test_real_changed),
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_roots),
		cmocka_unit_test(test_signers),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_intel_signer),
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_other_bytes),
		cmocka_unit_test(test_outer),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_inner),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_files),
	};
	int rc;

	if (argc != 3)
		return 1;
	newer = argv[1];
	older = argv[2];
	tcb_fixture_make(&fixture);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	tcb_fixture_release(&fixture);
	return rc;
}
