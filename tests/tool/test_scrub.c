// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What a report takes out of texts and what it leaves: each rule at both of its borders. */
#include "tool/bundle/scrub.h"

#include "tool/base/memory.h"
#include "tool/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define ID	"0123456789abcdef0123456789abcdef"
#define UUID	"3b241101-e2bb-4255-8caf-4136c566a962"
#define UUID_2	"11111111-2222-3333-4444-555555555555"
#define FIRST	"00000000-0000-0000-0000-000000000001"
#define SECOND	"00000000-0000-0000-0000-000000000002"
#define B64	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"	/* 64 letters */
#define LONG	B64 B64 B64 B64 B64 B64 B64	/* and 64 are a blob */

/* A file of that text, scrubbed by what is known. */
static char *scrubbed(struct scrub *s, const char *text)
{
	struct bundle b = { NULL, 0 };
	char *out;

	bundle_add(&b, "file", text_format("%s", text), strlen(text));
	scrub_learn(s, &b);
	scrub_bundle(s, &b);
	assert_int_equal(b.files[0].n, strlen(b.files[0].data));
	out = text_format("%s", b.files[0].data);
	bundle_release(&b);
	return out;
}

static void know(struct scrub *s)
{
	scrub_know(s, SCRUB_HOSTNAME, "rack-7b");
	scrub_know(s, SCRUB_SERIAL, "CZ1234567");
	scrub_know(s, SCRUB_MACHINE_ID, ID);
}

struct row {
	const char *in, *out;	/* out NULL: nothing is replaced */
};

static void check(const struct row *rows, size_t nr)
{
	const char *expected;
	struct scrub s;
	char *out;
	size_t i;

	for (i = 0; i < nr; i++) {
		s = (struct scrub){ .nr = 0 };
		know(&s);
		out = scrubbed(&s, rows[i].in);
		expected = rows[i].out ? rows[i].out : rows[i].in;
		assert_string_equal(out, expected);
		free(out);
		scrub_release(&s);
	}
}
#define CHECK(rows) check(rows, SS_ARRAY_SIZE(rows))

static void test_known_values(void **state)
{
	static const struct row rows[] = {
		{ "on rack-7b: up", "on [hostname]: up" },
		{ "rack-7b", "[hostname]" },
		{ "RACK-7B.", "[hostname]." },
		/* The domain goes with the name; a point or a dash at its end is the sentence's. */
		{ "rack-7b.example.org, then", "[hostname], then" },
		{ "rack-7b.example.org.", "[hostname]." },
		{ "rack-7b.a-b- x", "[hostname]- x" },
		{ "rack-7b-old", "[hostname]-old" },
		/* Part of another word. */
		{ "rack-7bx", NULL }, { "xrack-7b", NULL }, { "_rack-7b", NULL }, { "rack-7b_", NULL },
		{ "rack-7", NULL }, { "-rack-7b", "-[hostname]" },
		{ "s/n of CZ1234567!", "s/n of [serial number]!" },
		{ "id " ID " end", "id 00000000000000000000000000000001 end" },
		{ "id " ID "0", NULL },
	};

	(void)state;
	CHECK(rows);
}

static void test_addresses(void **state)
{
	static const struct row rows[] = {
		{ "10.11.12.13", "[address]" }, { "peer=0.0.0.0,", "peer=[address]," },
		{ "255.255.255.255:80", "[address]:80" }, { "10.1.2.3.", "[address]." },
		{ "10.1.2.256", NULL }, { "10.1.2.1234", NULL }, { "10.1.2.0001", NULL }, { "10.1.2", NULL },
		{ "10.1.2.", NULL }, { "10..1.2", NULL }, { "1.10.1.2.3", NULL }, { "v10.1.2.3", NULL },
		{ "10.1.2.3a", NULL }, { "1.5.06", NULL }, { "6.12.1-amd64", NULL },
		{ "fe80::1:2", "[address]" }, { "fe80::1", "[address]" },
		{ "2001:db8::17.", "[address]." }, { "1:2:3:4:5:6:7:8", "[address]" },
		{ "1:2:3:4:5:6:7", NULL }, { "12345::1:2", NULL },
		{ "1::2::3:4", "1:[address]" }, { "12:30:45", NULL }, { "0000:00:1f.3", NULL }, { "a::b", NULL },
		{ "fe80::1:2:", "[address]:" }, { "fe80::1:2g", NULL },
		{ "00:1b:21:aa:BB:cc", "[address]" }, { "00:1b:21:aa:bb:cc,", "[address]," },
		{ "00:1b:21:aa:bb", NULL }, { "00:1b:21:aa:bb:c", NULL },
		{ "00:1b:21:aa:bb:ccc", NULL }, { "00-1b:21:aa:bb:cc", NULL },
		{ "00-1b-21-aa-BB-cc;", "[address];" }, { "00-1b-21-aa-bb", NULL }, { "00-1b-21-aa-bb:cc", NULL },
		{ "06-8f-08", NULL }, { "2026-01-02-03-04-05", NULL },
		{ "enx001b21aaBBcc:", "[address]:" }, { "wlx001b21aabbcc", "[address]" },
		{ "enx001b21aabbc", NULL }, { "enx001b21aabbccd", NULL }, { "ens001b21aabbcc", NULL },
		/* Behind a colon an address may begin: of too many groups the last ones are one. */
		{ "peer:10.1.2.3", "peer:[address]" }, { "1:2:3:4:5:6:7:8:9", "1:[address]" },
		{ "00:1b:21:aa:bb:cc:dd", "00:[address]" },
		{ "root@gateway", "[address]" }, { "a.b+c_d-e@x.example.org:", "[address]:" },
		{ "@gateway", NULL }, { "root@", NULL }, { "root @gateway", NULL },
	};

	(void)state;
	CHECK(rows);
}

static void test_numbers(void **state)
{
	static const struct row rows[] = {
		{ "boot " UUID, "boot " FIRST },
		{ UUID " " UUID_2 " " UUID, FIRST " " SECOND " " FIRST },
		{ UUID " 3B241101-E2BB-4255-8CAF-4136C566A962", FIRST " " FIRST },
		{ UUID "0", NULL }, { "x" UUID, NULL }, { "3b241101-e2bb-4255-8caf-4136c566a96", NULL },
		{ "3b241101-e2bb-4255-8caf_4136c566a962", NULL }, { "3b24110g-e2bb-4255-8caf-4136c566a962", NULL },
		/* A TEE_TCB_SVN and a digest are no certificate. */
		{ "06010300000000000000000000000000", NULL },
		{ B64 "abcdefghijklmnopqrstuvwxyz012345", NULL },
		{ LONG "A", NULL }, { LONG B64, "[certificate or quote]" },
		{ LONG B64 "== end", "[certificate or quote] end" },
		{ "_" LONG B64, NULL },
	};

	(void)state;
	CHECK(rows);
}

static void test_certificates(void **state)
{
	static const struct row rows[] = {
		{ "a\n-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\nb",
		  "a\n[certificate or quote]\nb" },
		{ "-----BEGIN A-----\nx\n-----END A-----\n-----BEGIN B-----\ny\n-----END B-----",
		  "[certificate or quote]\n[certificate or quote]" },
		/* Cut short: all that follows may belong to it. */
		{ "-----BEGIN CERTIFICATE-----\nMII\nmore", "[certificate or quote]" },
		{ "-----BEGIN CERTIFICATE-----\nMII\n-----END CERT", "[certificate or quote]" },
		{ "-----BEGIN CERTIFICATE-----\nMII\n-----END ", "[certificate or quote]" },
		{ "-----BEGIN", NULL }, { "----BEGIN CERTIFICATE----", NULL },
	};

	(void)state;
	CHECK(rows);
}

static void test_named(void **state)
{
	static const struct row rows[] = {
		{ "PPID: 0011223344", "PPID: [platform id]" },
		{ "encppid=00", "encppid=[platform id]" },
		{ "\"encrypted_ppid\": \"00\", \"x\": 1", "\"encrypted_ppid\": \"[platform id]\", \"x\": 1" },
		{ "piid = 'ab'", "piid = '[platform id]'" },
		{ "\\\"platform_instance_id\\\":\\\"ab\\\"", "\\\"platform_instance_id\\\":\\\"[platform id]\\\"" },
		{ "Platform Instance ID: ab;", "Platform Instance ID: [platform id];" },
		{ "platformInstanceId=ab)", "platformInstanceId=[platform id])" },
		{ "qe_id:ab}", "qe_id:[platform id]}" }, { "qeid:ab]", "qeid:[platform id]]" },
		{ "serial: X1, y", "serial: [serial number], y" },
		{ "Serial Number = CZ1 next", "Serial Number = [serial number] next" },
		{ "serial_number=X1", "serial_number=[serial number]" },
		{ "SerialNumber=X1", "SerialNumber=[serial number]" }, { "S/N: X1", "S/N: [serial number]" },
		{ "asset tag: 7\nx", "asset tag: [serial number]\nx" }, { "asset_tag=7", "asset_tag=[serial number]" },
		{ "serial:", NULL }, { "serial: ", NULL }, { "serial", NULL }, { "serial X1", NULL },
		{ "serials: X1", NULL }, { "myserial: X1", NULL },
		{ "/home/alice/quotes", "/home/[user]/quotes" }, { "in /home/al.b_c-1, y", "in /home/[user], y" },
		{ "/var/home/al, /home/al/home/bo", "/var/home/[user], /home/[user]/home/[user]" },
		{ "/home/", NULL }, { "/home//x", NULL }, { "/homes/alice", NULL },
	};

	(void)state;
	CHECK(rows);
}

/* A journal that moved between machines: each has a number of its own, in whatever file. */
static void test_machine_ids(void **state)
{
	static const char other[] = "\"machine_id\": \"fedcba9876543210fedcba9876543210\"";
	struct scrub s = { .nr = 0 };
	char *out;

	(void)state;
	know(&s);
	out = scrubbed(&s, "\"machine_id\":\"" ID "\", then fedcba9876543210fedcba9876543210, "
			   "\"machine_id\": \"fedcba9876543210fedcba9876543210\"");
	assert_string_equal(out, "\"machine_id\":\"00000000000000000000000000000001\", then "
			    "00000000000000000000000000000002, "
			    "\"machine_id\": \"00000000000000000000000000000002\"");
	free(out);
	/* Of what is none nobody knows what it is. */
	out = scrubbed(&s, "\"machine_id\": \"abcdef\", abcdef; \"machine_id\": null, \"machine_id\"");
	assert_string_equal(out,
			    "\"machine_id\": \"abcdef\", abcdef; \"machine_id\": null, \"machine_id\"");
	free(out);
	out = scrubbed(&s, other);
	assert_string_equal(out, "\"machine_id\": \"00000000000000000000000000000002\"");
	free(out);
	scrub_release(&s);
}

static void test_learns_of_its_file(void **state)
{
	struct bundle b = { NULL, 0 };
	struct scrub s = { .nr = 0 };

	(void)state;
	bundle_add(&b, "etc/machine-id", text_format(ID "\n"), 33);
	bundle_add(&b, "dev/kmsg", text_format("of " ID), 35);
	scrub_learn(&s, &b);
	scrub_bundle(&s, &b);
	assert_string_equal(b.files[0].data, "00000000000000000000000000000001\n");
	assert_string_equal(b.files[1].data, "of 00000000000000000000000000000001");
	assert_int_equal(s.counts[SCRUB_MACHINE_ID], 2);
	scrub_release(&s);
	bundle_release(&b);
}

/* Names that tell nobody apart, or that are words of every log. */
static void test_common_values(void **state)
{
	static const char *const common[] = {
		"", "a", "ab1", "localhost", "LocalHost", "Default string", "To be filled by O.E.M.", "none",
		"kernel", "module",
	};
	struct scrub s = { .nr = 0 };
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(common); i++)
		scrub_know(&s, SCRUB_HOSTNAME, common[i]);
	assert_int_equal(s.nr, 0);
	scrub_know(&s, SCRUB_HOSTNAME, "abc1");
	scrub_know(&s, SCRUB_HOSTNAME, "abc1");
	assert_int_equal(s.nr, 1);
	scrub_release(&s);
}

/* What is put in may be longer than what is taken out, as often as there is something. */
static void test_grows(void **state)
{
	char in[4 * 4000 + 1], *out;
	struct scrub s = { .nr = 0 };
	size_t i;

	(void)state;
	for (i = 0; i < 4000; i++)
		memcpy(in + 4 * i, "a@b ", 5);
	out = scrubbed(&s, in);
	assert_int_equal(strlen(out), 4000 * strlen("[address] "));
	for (i = 0; i < 4000; i++)
		assert_memory_equal(out + 10 * i, "[address] ", 10);
	free(out);
	scrub_release(&s);
}

static void test_counts(void **state)
{
	struct scrub s = { .nr = 0 };

	(void)state;
	know(&s);
	free(scrubbed(&s, "rack-7b rack-7b " UUID " 10.1.2.3 fe80::1:2 a@b /home/x serial=1 ppid=2 "
		      "-----BEGIN X-----"));
	assert_int_equal(s.counts[SCRUB_HOSTNAME], 2);
	assert_int_equal(s.counts[SCRUB_UUID], 1);
	assert_int_equal(s.counts[SCRUB_ADDRESS], 3);
	assert_int_equal(s.counts[SCRUB_USER], 1);
	assert_int_equal(s.counts[SCRUB_SERIAL], 1);
	assert_int_equal(s.counts[SCRUB_PLATFORM], 1);
	assert_int_equal(s.counts[SCRUB_BLOB], 1);
	scrub_release(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_values), cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_certificates),
		cmocka_unit_test(test_named), cmocka_unit_test(test_machine_ids),
		cmocka_unit_test(test_learns_of_its_file), cmocka_unit_test(test_common_values),
		cmocka_unit_test(test_grows), cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests_name("scrub", tests, NULL, NULL);
}
