// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Who signed an image, whether it is what was signed, and whether the loader would relocate it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "image_assert.h"

/* ---- signer, signature, hash ----------------------------------------------------------------- */

static void test_signer(void **state)
{
	uint8_t signer[SS_SHA384_BYTES];
	struct test_image image;
	struct ss_image_error err;
	struct ss_image parsed;

	(void)state;
	test_image_simple(&image, 0x100, 3);
	assert_true(ss_image_parse(test_image_bytes(&image), &parsed, &err));
	assert_true(key_signer(test_image_key(), signer));
	assert_true(ss_image_check_signer(&parsed, &crypto_openssl, signer, &err));
	assert_true(ss_image_check_signer(&parsed, &crypto_openssl, NULL, &err));
	assert_false(ss_image_check_signer(&parsed, &crypto_openssl, ss_signer_intel, &err));
	assert_image_error(&err, SS_IMAGE_SIGNER, "sigstruct", "modulus", 0x1000 + 128);
	assert_int_equal(err.want, 0xc8572f548869a0be);
	signer[47] ^= 1;
	assert_false(ss_image_check_signer(&parsed, &crypto_openssl, signer, &err));
	test_image_free(&image);
}

/* The SHA-384 of the modulus of every public release: specification 4.5. */
static void test_signer_is_intels(void **state)
{
	static const char published[] = "c8572f548869a0beca19376b81c2dffc2a23b5a5f71da0b8"
					"7579b43f408daa1a33bad9c149eb56c634f883737968a34c";
	char found[2 * SS_SHA384_BYTES + 1];
	size_t i;

	(void)state;
	for (i = 0; i < SS_SHA384_BYTES; i++)
		snprintf(found + 2 * i, 3, "%02x", ss_signer_intel[i]);
	assert_string_equal(found, published);
}

static void test_signature(void **state)
{
	struct test_image image;
	struct ss_image_error err;

	(void)state;
	test_image_simple(&image, 0x100, 3);
	image.sigstruct[516] ^= 1;
	test_image_sum(&image);
	assert_false(image_accepted(&image, &err));
	assert_image_error(&err, SS_IMAGE_SIGNATURE, "sigstruct", "signature", 0x1000 + 516);
	/* A modulus that no key has gives a bad signature, not a broken library. */
	test_image_sign(&image);
	memset(image.sigstruct + 128, 0, 384);
	test_image_sum(&image);
	assert_false(image_accepted(&image, &err));
	assert_int_equal(err.code, SS_IMAGE_SIGNATURE);
	test_image_free(&image);
}

/* The signed message, put together by hand: 128 bytes from the start, then from 900 to the end. */
static void test_signed_message(void **state)
{
	uint8_t message[1276], modulus[384], signature[384], digest[48];
	struct ss_bytes all = { message, sizeof(message) }, parts[2];
	struct test_image image;
	size_t i;

	(void)state;
	test_image_simple(&image, 0x100, 3);
	memcpy(message, image.sigstruct, 128);
	memcpy(message + 128, image.sigstruct + 900, 1148);
	for (i = 0; i < 384; i++) {
		modulus[i] = image.sigstruct[128 + 383 - i];
		signature[i] = image.sigstruct[516 + 383 - i];
	}
	assert_true(crypto_openssl.sha384(NULL, &all, 1, digest));
	assert_int_equal(crypto_openssl.rsa3072_verify(NULL, modulus, signature, digest), 1);
	ss_sigstruct_signed_parts((struct ss_bytes){ image.sigstruct, 2048 }, parts);
	assert_int_equal(parts[0].n, 128);
	assert_memory_equal(parts[0].p, message, 128);
	assert_int_equal(parts[1].n, 1148);
	assert_memory_equal(parts[1].p, message + 128, 1148);
	test_image_free(&image);
}

static bool broken_sha384(void *ctx, const struct ss_bytes *parts, uint32_t nr, uint8_t *out)
{
	(void)ctx;
	(void)parts;
	(void)nr;
	memset(out, 0, SS_SHA384_BYTES);
	return false;
}

static int broken_rsa(void *ctx, const uint8_t *modulus, const uint8_t *signature,
		      const uint8_t *digest)
{
	(void)ctx;
	(void)modulus;
	(void)signature;
	(void)digest;
	return -1;
}

static void test_broken_crypto(void **state)
{
	const struct ss_crypto no_sha = { NULL, broken_sha384, broken_rsa };
	const struct ss_crypto no_rsa = { NULL, crypto_openssl.sha384, broken_rsa };
	struct test_image image;
	struct ss_image_error err;
	struct ss_image parsed;

	(void)state;
	test_image_simple(&image, 0x100, 3);
	assert_true(ss_image_parse(test_image_bytes(&image), &parsed, &err));
	assert_false(ss_image_check_signer(&parsed, &no_sha, NULL, &err));
	assert_int_equal(err.code, SS_IMAGE_CRYPTO);
	assert_false(ss_image_check_signature(&parsed, &no_sha, &err));
	assert_int_equal(err.code, SS_IMAGE_CRYPTO);
	assert_false(ss_image_check_signature(&parsed, &no_rsa, &err));
	assert_int_equal(err.code, SS_IMAGE_CRYPTO);
	assert_false(ss_image_check_hash(&parsed, &no_sha, &err));
	assert_int_equal(err.code, SS_IMAGE_CRYPTO);
	test_image_free(&image);
}

static void test_key_files(void **state)
{
	uint8_t a[SS_SHA384_BYTES], b[SS_SHA384_BYTES], sigstruct[SS_SIGSTRUCT_BYTES] = { 0 };
	char *private = key_pem(test_image_key(), true);
	char *public = key_pem(test_image_key(), false);
	struct key *key;

	(void)state;
	assert_non_null(private);
	assert_non_null(public);
	assert_non_null(strstr(private, "PRIVATE KEY"));
	assert_null(strstr(public, "PRIVATE"));
	assert_true(key_signer(test_image_key(), a));
	key = key_parse(private);
	assert_non_null(key);
	assert_true(key_signer(key, b));
	assert_memory_equal(a, b, sizeof(a));
	assert_true(key_sign_sigstruct(key, sigstruct));
	key_free(key);
	key = key_parse(public);
	assert_non_null(key);
	assert_true(key_signer(key, b));
	assert_memory_equal(a, b, sizeof(a));
	assert_false(key_sign_sigstruct(key, sigstruct));
	assert_null(key_pem(key, true));
	key_free(key);
	private[100] ^= 1;
	key = key_parse(private);
	if (key)	/* the change may have hit a private number */
		assert_true(key_signer(key, b));
	key_free(key);
	assert_null(key_parse(""));
	assert_null(key_parse("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"));
	free(private);
	free(public);
}

/* ---- the loader's ELF rules, one by one ------------------------------------------------------ */

struct elf_case {
	const char *name;
	uint32_t offset, width;
	uint64_t value;
	const char *field;	/* NULL: still accepted */
	uint64_t at;
};

#define SH(i, field)	(TEST_ELF_SHOFF + 64 * (i) + (field))
#define RELA(i, field)	(TEST_ELF_RELA + 24 * (i) + (field))
#define BYTES		0x4000u

static const struct elf_case elf_cases[] = {
	{ "magic 0", 0, 1, 0x7e, "EI_MAG0", 0 },
	{ "magic 1", 1, 1, 'e', "EI_MAG1", 1 },
	{ "magic 2", 2, 1, 'l', "EI_MAG2", 2 },
	{ "magic 3", 3, 1, 'f', "EI_MAG3", 3 },
	{ "32 bits", 4, 1, 1, "EI_CLASS", 4 },
	{ "big-endian", 5, 1, 2, "EI_DATA", 5 },
	{ "ident version", 6, 1, 0, "EI_VERSION", 6 },
	{ "the loader does not look at the type", 16, 2, 0, NULL, 0 },

	{ "headers behind the module", 40, 8, BYTES, "e_shoff", 40 },
	{ "headers that wrap", 40, 8, UINT64_MAX - 63, "e_shoff", 40 },
	{ "the first header ends behind", 40, 8, BYTES - 63, "e_shoff", 40 },
	{ "a later header ends behind", 40, 8, BYTES - 64, "e_shnum", 60 },
	{ "too many headers", 60, 2, 0xffff, "e_shnum", 60 },
	{ "headers too far apart", 58, 2, 0xffff, "e_shnum", 60 },
	{ "no headers", 60, 2, 0, NULL, 0 },
	{ "one header more is not looked at", SH(4, 4), 4, 4, NULL, 0 },

	{ "entry size 0", SH(2, 56), 8, 0, "sh_entsize", SH(2, 56) },
	{ "entries that overlap", SH(2, 56), 8, 23, "sh_entsize", SH(2, 56) },
	{ "entries far apart", SH(2, 56), 8, UINT64_MAX, NULL, 0 },	/* none fits in sh_size */
	{ "entries behind the module", SH(2, 16), 8, BYTES, "sh_addr", SH(2, 16) },
	{ "entries that wrap", SH(2, 16), 8, UINT64_MAX - 23, "sh_addr", SH(2, 16) },
	{ "the first entry ends behind", SH(2, 16), 8, BYTES - 23, "sh_addr", SH(2, 16) },
	{ "a later entry ends behind", SH(2, 16), 8, BYTES - 24, "sh_size", SH(2, 32) },
	{ "too many entries", SH(2, 32), 8, UINT64_MAX, "sh_size", SH(2, 32) },
	{ "no whole entry", SH(2, 32), 8, 23, NULL, 0 },
	{ "another type is not looked at", SH(2, 4), 4, 9, NULL, 0 },

	{ "symbol", RELA(1, 8), 8, 0x100000008, "r_info", RELA(1, 8) },
	{ "type", RELA(1, 8), 8, 1, "r_info", RELA(1, 8) },
	{ "target behind", RELA(3, 0), 8, BYTES, "r_offset", RELA(3, 0) },
	{ "target ends behind", RELA(3, 0), 8, BYTES - 7, "r_offset", RELA(3, 0) },
	{ "target wraps", RELA(3, 0), 8, UINT64_MAX - 7, "r_offset", RELA(3, 0) },
	{ "addend behind", RELA(0, 16), 8, BYTES, "r_addend", RELA(0, 16) },
	{ "addend negative", RELA(0, 16), 8, UINT64_MAX, "r_addend", RELA(0, 16) },
	{ "in the second section", TEST_ELF_RELA2 + 24 + 8, 8, 7, "r_info",
	  TEST_ELF_RELA2 + 24 + 8 },

	{ "changes the ELF header", RELA(0, 0), 8, 63, "r_offset", RELA(0, 0) },
	{ "just behind the ELF header", RELA(0, 0), 8, 64, NULL, 0 },
	{ "changes its own section", RELA(0, 0), 8, RELA(3, 23), "r_offset", RELA(0, 0) },
	{ "changes a later section", RELA(0, 0), 8, TEST_ELF_RELA2 - 7, "r_offset", RELA(0, 0) },
	{ "just before a later section", RELA(0, 0), 8, TEST_ELF_RELA2 - 8, NULL, 0 },
	{ "changes a section header", RELA(0, 0), 8, SH(3, 63), "r_offset", RELA(0, 0) },
	{ "just behind the section headers", RELA(0, 0), 8, SH(4, 0), NULL, 0 },
	{ "changes the last entry", RELA(0, 0), 8, RELA(3, 16), "r_offset", RELA(0, 0) },
	{ "just behind its own section", RELA(0, 0), 8, RELA(4, 0), NULL, 0 },
};

static void check_elf_case(const struct elf_case *c)
{
	struct test_image image;
	struct ss_image parsed;
	struct ss_image_error err;
	bool ok;

	test_image_simple(&image, 0x100, 4);
	put_le(image.module + c->offset, c->value, c->width);
	test_image_rehash(&image);
	test_image_sign(&image);
	test_image_sum(&image);
	assert_true(ss_image_parse(test_image_bytes(&image), &parsed, &err));
	ok = ss_image_check_elf(&parsed, &err);
	if (ok != !c->field)
		fail_msg("%s: %s", c->name, ok ? "accepted" : err.field);
	if (!ok)
		assert_image_error(&err, SS_IMAGE_ELF, "module", c->field, 0x2000 + c->at);
	test_image_free(&image);
}

static void test_elf_rules(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(elf_cases); i++)
		check_elf_case(&elf_cases[i]);
}

/* Entries that end where the module ends, and one byte later. */
static void test_elf_last_entry(void **state)
{
	struct test_image image;
	struct ss_image parsed;
	struct ss_image_error err;

	(void)state;
	test_image_simple(&image, 0x100, 4);
	put_le(image.module + TEST_ELF_RELA2, 0x1300, 8);
	memcpy(image.module + BYTES - 48, image.module + TEST_ELF_RELA2, 48);
	put_le(image.module + SH(3, 16), BYTES - 48, 8);
	test_image_sum(&image);
	assert_true(ss_image_parse(test_image_bytes(&image), &parsed, &err));
	assert_true(ss_image_check_elf(&parsed, &err));
	put_le(image.module + SH(3, 16), BYTES - 47, 8);
	assert_false(ss_image_check_elf(&parsed, &err));
	assert_image_error(&err, SS_IMAGE_ELF, "module", "sh_size", 0x2000 + SH(3, 32));
	test_image_free(&image);
}

/* Less than a page holds no readable ELF header. */
static void test_elf_short(void **state)
{
	struct test_image image;
	struct ss_image parsed;
	struct ss_image_error err;

	(void)state;
	test_image_simple(&image, 0x100, 4);
	assert_true(ss_image_parse(test_image_bytes(&image), &parsed, &err));
	parsed.module.n = SS_PAGE;
	if (!ss_image_check_elf(&parsed, &err))
		assert_string_not_equal(err.field, "module");
	parsed.module.n--;
	assert_false(ss_image_check_elf(&parsed, &err));
	assert_image_error(&err, SS_IMAGE_ELF, "module", "module", 0x2000);
	test_image_free(&image);
}

/* A bound of core/elf.c, not of the loader. */
static void test_elf_many_sections(void **state)
{
	struct test_image image;
	struct ss_image parsed;
	struct ss_image_error err;
	unsigned int i, nr;

	(void)state;
	for (nr = 16; nr <= 17; nr++) {
		test_image_simple(&image, 0x100, 4);
		/* Every section header is the header of the second, small relocation section. */
		put_le(image.module + 60, nr, 2);
		for (i = 0; i < nr; i++)
			memcpy(image.module + SH(i, 0), image.module + 0x200 + 64 * 3, 64);
		memcpy(image.module + SH(3, 0), image.module + SH(0, 0), 64);
		test_image_sum(&image);
		assert_true(ss_image_parse(test_image_bytes(&image), &parsed, &err));
		assert_int_equal(ss_image_check_elf(&parsed, &err), nr == 16);
		if (nr == 17)
			assert_image_error(&err, SS_IMAGE_ELF, "module", "sh_type",
					   0x2000 + SH(16, 4));
		test_image_free(&image);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signer),
		cmocka_unit_test(test_signer_is_intels),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_signed_message),
		cmocka_unit_test(test_broken_crypto),
		cmocka_unit_test(test_key_files),
		cmocka_unit_test(test_elf_rules),
		cmocka_unit_test(test_elf_last_entry),
		cmocka_unit_test(test_elf_many_sections),
		cmocka_unit_test(test_elf_short),
	};

	return cmocka_run_group_tests_name("image-trust", tests, NULL, NULL);
}
