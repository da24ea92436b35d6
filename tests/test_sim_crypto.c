// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The model's SHA-384 and RSA-3072 against libcrypto: random numbers, borders, forgeries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "sim_fixture.h"

#define RSA_BYTES	SS_RSA3072_BYTES
#define RSA_BITS	(8 * (int)RSA_BYTES)
#define INFO_AT		(RSA_BYTES - SS_SHA384_BYTES - 19)	/* the DigestInfo's offset */

static uint64_t rng;

static uint32_t random_below(uint32_t n)
{
	return (uint32_t)(sim_random(&rng) % n);
}

static void random_bytes(uint8_t *p, size_t n)
{
	while (n--)
		*p++ = (uint8_t)sim_random(&rng);
}

/* ---- SHA-384 --------------------------------------------------------------------------------- */

static void expect_sha384(const uint8_t *data, size_t n, const uint8_t got[SS_SHA384_BYTES])
{
	uint8_t want[SS_SHA384_BYTES];

	assert_true(EVP_Q_digest(NULL, "SHA384", NULL, data, n, want, NULL));
	if (memcmp(got, want, sizeof(want)))
		fail_msg("wrong digest of %zu bytes", n);
}

static void hash_at_once(const uint8_t *data, size_t n, uint8_t out[SS_SHA384_BYTES])
{
	struct sim_sha384 c;

	sim_sha384_init(&c);
	sim_sha384_update(&c, data, n);
	sim_sha384_final(&c, out);
}

static void hash_in_pieces(const uint8_t *data, size_t n, uint32_t max, uint8_t *out)
{
	struct sim_sha384 c;
	size_t at = 0, piece;

	sim_sha384_init(&c);
	while (at < n) {
		piece = random_below(max + 1);
		if (piece > n - at)
			piece = n - at;
		sim_sha384_update(&c, data + at, piece);
		at += piece;
	}
	sim_sha384_final(&c, out);
}

/* FIPS 180-4, appendix: "abc". */
static void sha384_of_abc(void **state)
{
	static const uint8_t want[] = {
		0xcb, 0x00, 0x75, 0x3f, 0x45, 0xa3, 0x5e, 0x8b, 0xb5, 0xa0, 0x3d, 0x69,
		0x9a, 0xc6, 0x50, 0x07, 0x27, 0x2c, 0x32, 0xab, 0x0e, 0xde, 0xd1, 0x63,
		0x1a, 0x8b, 0x60, 0x5a, 0x43, 0xff, 0x5b, 0xed, 0x80, 0x86, 0x07, 0x2b,
		0xa1, 0xe7, 0xcc, 0x23, 0x58, 0xba, 0xec, 0xa1, 0x34, 0xc8, 0x25, 0xa7,
	};
	uint8_t got[SS_SHA384_BYTES];

	(void)state;
	hash_at_once((const uint8_t *)"abc", 3, got);
	assert_memory_equal(got, want, sizeof(want));
}

/* Every length up to two blocks, with every border of padding in them. */
static void sha384_of_short_messages(void **state)
{
	uint8_t data[300], got[SS_SHA384_BYTES];
	size_t n;

	(void)state;
	random_bytes(data, sizeof(data));
	for (n = 0; n <= sizeof(data); n++) {
		hash_at_once(data, n, got);
		expect_sha384(data, n, got);
	}
}

static void sha384_of_extreme_bytes(void **state)
{
	uint8_t data[1024], got[SS_SHA384_BYTES];
	unsigned int i;

	(void)state;
	for (i = 0; i < 256; i += 51) {
		memset(data, (int)i, sizeof(data));
		hash_at_once(data, sizeof(data), got);
		expect_sha384(data, sizeof(data), got);
	}
}

static void sha384_in_pieces(void **state)
{
	static const uint32_t max[] = { 1, 7, 127, 128, 129, 300, 5000 };
	static uint8_t data[20000];
	uint8_t got[SS_SHA384_BYTES];
	unsigned int i, k;
	size_t n;

	(void)state;
	random_bytes(data, sizeof(data));
	for (i = 0; i < SS_ARRAY_SIZE(max); i++) {
		for (k = 0; k < 20; k++) {
			n = random_below(sizeof(data) - 8);
			/* At any alignment. */
			hash_in_pieces(data + k % 8, n, max[i], got);
			expect_sha384(data + k % 8, n, got);
		}
	}
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void sha384_of_a_module(void **state)
{
	static uint8_t data[512 << 10];
	uint8_t got[SS_SHA384_BYTES];
	double start;

	(void)state;
	random_bytes(data, sizeof(data));
	start = now_ms();
	hash_at_once(data, sizeof(data), got);
	printf("# SHA-384 of 512 KiB: %.2f ms\n", now_ms() - start);
	expect_sha384(data, sizeof(data), got);
}

/* ---- RSA ------------------------------------------------------------------------------------- */

/* A key whose private exponent the test knows, so that it can sign anything. */
struct key {
	BIGNUM *n, *d;
	EVP_PKEY *public;
};

static EVP_PKEY *public_key(const BIGNUM *n)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params;
	EVP_PKEY *key = NULL;

	assert_true(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n));
	assert_true(OSSL_PARAM_BLD_push_ulong(build, OSSL_PKEY_PARAM_RSA_E, 65537));
	params = OSSL_PARAM_BLD_to_param(build);
	assert_true(EVP_PKEY_fromdata_init(ctx) == 1);
	assert_true(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static void key_of_run(struct key *k)
{
	memset(k, 0, sizeof(*k));
	assert_true(EVP_PKEY_get_bn_param(fixture_key(), OSSL_PKEY_PARAM_RSA_N, &k->n));
	assert_true(EVP_PKEY_get_bn_param(fixture_key(), OSSL_PKEY_PARAM_RSA_D, &k->d));
	k->public = public_key(k->n);
}

/* A random prime of exactly @bits bits, 64 at most, with p - 1 not divisible by 65537. */
static void random_prime(BIGNUM *p, int bits, BN_CTX *ctx)
{
	do {
		BN_set_word(p, sim_random(&rng) >> (64 - bits));
		BN_set_bit(p, bits - 1);
		BN_set_bit(p, 0);
	} while (BN_check_prime(p, ctx, NULL) != 1 || BN_mod_word(p, 65537) == 1);
}

/*
 * A modulus of exactly @bits bits made of many small primes: useless as a key, but quickly made and
 * good enough for arithmetic.
 */
static void key_of_many_primes(struct key *k, int bits)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = BN_new(), *phi = BN_new(), *n = BN_new(), *e = BN_new();
	int left;

	BN_one(phi);
	BN_one(n);
	k->n = BN_new();
	while (BN_num_bits(n) < bits - 64) {
		random_prime(p, 60, ctx);
		BN_mul(n, n, p, ctx);
		BN_sub_word(p, 1);
		BN_mul(phi, phi, p, ctx);
	}
	left = bits - BN_num_bits(n);
	do {
		random_prime(p, left + 1 > 64 ? 64 : left + (int)random_below(2), ctx);
		BN_mul(k->n, n, p, ctx);
	} while (BN_num_bits(k->n) != bits);
	BN_sub_word(p, 1);
	BN_mul(phi, phi, p, ctx);
	BN_set_word(e, 65537);
	k->d = BN_mod_inverse(NULL, e, phi, ctx);
	assert_non_null(k->d);
	k->public = public_key(k->n);
	BN_free(p);
	BN_free(phi);
	BN_free(n);
	BN_free(e);
	BN_CTX_free(ctx);
}

static void key_free(struct key *k)
{
	BN_free(k->n);
	BN_free(k->d);
	EVP_PKEY_free(k->public);
}

/* EMSA-PKCS1-v1_5, made by hand. */
static void make_message(uint8_t message[RSA_BYTES], const uint8_t digest[SS_SHA384_BYTES])
{
	static const uint8_t info[19] = {
		0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
		0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30,
	};

	memset(message, 0xff, RSA_BYTES);
	message[0] = 0;
	message[1] = 1;
	message[INFO_AT - 1] = 0;
	memcpy(message + INFO_AT, info, sizeof(info));
	memcpy(message + INFO_AT + sizeof(info), digest, SS_SHA384_BYTES);
}

/* signature = message^d mod n, for any message. */
static void sign_raw(const struct key *k, const uint8_t message[RSA_BYTES],
		     uint8_t signature[RSA_BYTES])
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *m = BN_bin2bn(message, RSA_BYTES, NULL);

	assert_true(BN_mod_exp(m, m, k->d, k->n, ctx));
	assert_true(BN_bn2binpad(m, signature, RSA_BYTES) == (int)RSA_BYTES);
	BN_free(m);
	BN_CTX_free(ctx);
}

static bool libcrypto_verifies(EVP_PKEY *public, const uint8_t signature[RSA_BYTES],
			       const uint8_t digest[SS_SHA384_BYTES])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(public, NULL);
	int ok;

	assert_true(EVP_PKEY_verify_init(ctx) == 1);
	assert_true(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1);
	assert_true(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha384()) == 1);
	ok = EVP_PKEY_verify(ctx, signature, RSA_BYTES, digest, SS_SHA384_BYTES);
	EVP_PKEY_CTX_free(ctx);
	return ok == 1;
}

static bool model_verifies(const BIGNUM *n, const uint8_t signature[RSA_BYTES],
			   const uint8_t digest[SS_SHA384_BYTES])
{
	static uint64_t work[SIM_RSA_WORK_BYTES / sizeof(uint64_t)];
	uint8_t modulus[RSA_BYTES];

	assert_true(BN_bn2binpad(n, modulus, RSA_BYTES) == (int)RSA_BYTES);
	/* The contents of the scratch memory must not matter. */
	random_bytes((uint8_t *)work, sizeof(work));
	return sim_rsa3072_verify(modulus, signature, digest, work);
}

static void expect_same(const struct key *k, const uint8_t *signature, const uint8_t *digest,
			bool want)
{
	assert_int_equal(libcrypto_verifies(k->public, signature, digest), want);
	assert_int_equal(model_verifies(k->n, signature, digest), want);
}

static void rsa_accepts_what_libcrypto_signs(void **state)
{
	uint8_t signature[RSA_BYTES], digest[SS_SHA384_BYTES];
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(fixture_key(), NULL);
	size_t n;
	struct key k;
	int i;

	(void)state;
	key_of_run(&k);
	assert_true(EVP_PKEY_sign_init(ctx) == 1);
	assert_true(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1);
	assert_true(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha384()) == 1);
	for (i = 0; i < 20; i++) {
		random_bytes(digest, sizeof(digest));
		n = sizeof(signature);
		assert_true(EVP_PKEY_sign(ctx, signature, &n, digest, sizeof(digest)) == 1);
		expect_same(&k, signature, digest, true);
	}
	EVP_PKEY_CTX_free(ctx);
	key_free(&k);
}

static void rsa_over_many_moduli(void **state)
{
	uint8_t message[RSA_BYTES], signature[RSA_BYTES], digest[SS_SHA384_BYTES];
	struct key k;
	int i;

	(void)state;
	for (i = 0; i < 25; i++) {
		key_of_many_primes(&k, RSA_BITS);
		random_bytes(digest, sizeof(digest));
		make_message(message, digest);
		sign_raw(&k, message, signature);
		expect_same(&k, signature, digest, true);
		signature[random_below(RSA_BYTES)] ^= (uint8_t)(1u << random_below(8));
		expect_same(&k, signature, digest, false);
		key_free(&k);
	}
}

static void rsa_rejects_flipped_bits(void **state)
{
	uint8_t message[RSA_BYTES], signature[RSA_BYTES], digest[SS_SHA384_BYTES];
	struct key k;
	uint32_t bit;
	int i;

	(void)state;
	key_of_run(&k);
	random_bytes(digest, sizeof(digest));
	make_message(message, digest);
	sign_raw(&k, message, signature);
	for (i = 0; i < 64; i++) {
		bit = random_below(RSA_BITS);
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		expect_same(&k, signature, digest, false);
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		bit = random_below(8 * SS_SHA384_BYTES);
		digest[bit / 8] ^= (uint8_t)(1u << bit % 8);
		expect_same(&k, signature, digest, false);
		digest[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	expect_same(&k, signature, digest, true);
	key_free(&k);
}

static void expect_number_rejected(const struct key *k, const BIGNUM *number)
{
	uint8_t signature[RSA_BYTES], digest[SS_SHA384_BYTES] = { 0 };

	assert_true(BN_bn2binpad(number, signature, RSA_BYTES) == (int)RSA_BYTES);
	expect_same(k, signature, digest, false);
}

static void rsa_rejects_odd_numbers(void **state)
{
	BIGNUM *s = BN_new();
	struct key k;

	(void)state;
	key_of_run(&k);
	BN_zero(s);
	expect_number_rejected(&k, s);
	BN_one(s);
	expect_number_rejected(&k, s);
	BN_sub(s, k.n, BN_value_one());
	expect_number_rejected(&k, s);
	BN_copy(s, k.n);
	expect_number_rejected(&k, s);
	BN_add(s, k.n, BN_value_one());
	expect_number_rejected(&k, s);
	BN_one(s);
	BN_lshift(s, s, RSA_BITS);
	BN_sub_word(s, 1);
	expect_number_rejected(&k, s);
	BN_free(s);
	key_free(&k);
}

/* s + n is the same number modulo n, but it is no signature. */
static void rsa_rejects_signature_plus_modulus(void **state)
{
	uint8_t message[RSA_BYTES], signature[RSA_BYTES], digest[SS_SHA384_BYTES];
	BIGNUM *s = BN_new();
	struct key k;
	int i;

	(void)state;
	key_of_run(&k);
	for (i = 0; i < 200; i++) {
		random_bytes(digest, sizeof(digest));
		make_message(message, digest);
		sign_raw(&k, message, signature);
		BN_bin2bn(signature, RSA_BYTES, s);
		BN_add(s, s, k.n);
		if (BN_num_bits(s) > RSA_BITS)
			continue;	/* does not fit, try another one */
		assert_true(BN_bn2binpad(s, signature, RSA_BYTES) == (int)RSA_BYTES);
		expect_same(&k, signature, digest, false);
		break;
	}
	BN_free(s);
	key_free(&k);
}

/* ---- forged paddings ------------------------------------------------------------------------- */

static void forge_first_byte(uint8_t *m)
{
	m[0] = 1;
}

static void forge_block_type_2(uint8_t *m)
{
	m[1] = 2;
}

static void forge_block_type_0(uint8_t *m)
{
	m[1] = 0;
}

static void forge_no_separator(uint8_t *m)
{
	m[INFO_AT - 1] = 0xff;
}

static void forge_hole_at_start(uint8_t *m)
{
	m[2] = 0xfe;
}

static void forge_hole_at_end(uint8_t *m)
{
	m[INFO_AT - 2] = 0;
}

/* Short padding, which leaves room for a forger's bytes behind the digest. */
static void forge_trailing_bytes(uint8_t *m)
{
	memmove(m + 11, m + INFO_AT, RSA_BYTES - INFO_AT);
	m[10] = 0;
	memset(m + 11 + RSA_BYTES - INFO_AT, 0x5a, INFO_AT - 11);
}

static void forge_shifted_by_one(uint8_t *m)
{
	memmove(m + INFO_AT - 2, m + INFO_AT - 1, RSA_BYTES - INFO_AT + 1);
	m[RSA_BYTES - 1] = 0;
}

static void forge_sha256_oid(uint8_t *m)
{
	m[INFO_AT + 14] = 1;
}

/* AlgorithmIdentifier without its NULL: valid DER, but not the form of the standard. */
static void forge_no_null(uint8_t *m)
{
	static const uint8_t info[17] = {
		0x30, 0x3f, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
		0x65, 0x03, 0x04, 0x02, 0x02, 0x04, 0x30,
	};

	m[INFO_AT - 1] = 0xff;
	m[INFO_AT] = 0xff;
	m[INFO_AT + 1] = 0;
	memcpy(m + INFO_AT + 2, info, sizeof(info));
}

static void forge_long_length(uint8_t *m)
{
	m[INFO_AT + 1] = 0x42;
}

static void forge_all_zero(uint8_t *m)
{
	memset(m, 0, RSA_BYTES);
}

static void rsa_rejects_forged_paddings(void **state)
{
	static void (*const forgeries[])(uint8_t *m) = {
		forge_first_byte, forge_block_type_2, forge_block_type_0, forge_no_separator,
		forge_hole_at_start, forge_hole_at_end, forge_trailing_bytes, forge_shifted_by_one,
		forge_sha256_oid, forge_long_length, forge_all_zero,
	};
	uint8_t message[RSA_BYTES], signature[RSA_BYTES], digest[SS_SHA384_BYTES];
	struct key k;
	size_t i;

	(void)state;
	key_of_run(&k);
	random_bytes(digest, sizeof(digest));
	for (i = 0; i < SS_ARRAY_SIZE(forgeries); i++) {
		make_message(message, digest);
		sign_raw(&k, message, signature);
		expect_same(&k, signature, digest, true);
		forgeries[i](message);
		sign_raw(&k, message, signature);
		expect_same(&k, signature, digest, false);
	}
	/* Some libraries accept this form; the loader compares with one form only. */
	make_message(message, digest);
	forge_no_null(message);
	sign_raw(&k, message, signature);
	assert_false(model_verifies(k.n, signature, digest));
	key_free(&k);
}

/* Each single byte of the padding matters. */
static void rsa_rejects_every_padding_byte(void **state)
{
	uint8_t message[RSA_BYTES], signature[RSA_BYTES], digest[SS_SHA384_BYTES];
	struct key k;
	size_t i;

	(void)state;
	key_of_run(&k);
	random_bytes(digest, sizeof(digest));
	for (i = 1; i < RSA_BYTES; i += 1 + random_below(16)) {
		make_message(message, digest);
		message[i] ^= (uint8_t)(1u << random_below(8));
		sign_raw(&k, message, signature);
		assert_false(model_verifies(k.n, signature, digest));
	}
	key_free(&k);
}

/* ---- bad moduli ------------------------------------------------------------------------------ */

static void rsa_rejects_even_modulus(void **state)
{
	uint8_t signature[RSA_BYTES], digest[SS_SHA384_BYTES];
	struct key k;
	int i;

	(void)state;
	key_of_run(&k);
	BN_sub_word(k.n, 1);
	for (i = 0; i < 10; i++) {
		random_bytes(digest, sizeof(digest));
		random_bytes(signature, sizeof(signature));
		signature[0] = 0;
		assert_false(model_verifies(k.n, signature, digest));
	}
	key_free(&k);
}

/*
 * The message has 15 zero bits in front, so a slightly shorter modulus can sign it. libcrypto
 * accepts such a signature; the format knows only numbers of full length.
 */
static void rsa_rejects_short_modulus(void **state)
{
	uint8_t message[RSA_BYTES], signature[RSA_BYTES], digest[SS_SHA384_BYTES];
	struct key k;
	int bits;

	(void)state;
	for (bits = RSA_BITS - 1; bits > RSA_BITS - 8; bits--) {
		key_of_many_primes(&k, bits);
		random_bytes(digest, sizeof(digest));
		make_message(message, digest);
		sign_raw(&k, message, signature);
		assert_true(libcrypto_verifies(k.public, signature, digest));
		assert_false(model_verifies(k.n, signature, digest));
		key_free(&k);
	}
}

static void rsa_rejects_tiny_modulus(void **state)
{
	uint8_t signature[RSA_BYTES] = { 0 }, digest[SS_SHA384_BYTES] = { 0 };
	BIGNUM *n = BN_new();
	unsigned int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		BN_set_word(n, i);
		assert_false(model_verifies(n, signature, digest));
	}
	BN_free(n);
}

static void rsa_takes_its_time(void **state)
{
	uint8_t message[RSA_BYTES], signature[RSA_BYTES], digest[SS_SHA384_BYTES] = { 1 };
	double start;
	struct key k;
	int i;

	(void)state;
	key_of_run(&k);
	make_message(message, digest);
	sign_raw(&k, message, signature);
	start = now_ms();
	for (i = 0; i < 10; i++)
		assert_true(model_verifies(k.n, signature, digest));
	printf("# RSA-3072 verification: %.2f ms\n", (now_ms() - start) / 10);
	key_free(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha384_of_abc),
		cmocka_unit_test(sha384_of_short_messages),
		cmocka_unit_test(sha384_of_extreme_bytes),
		cmocka_unit_test(sha384_in_pieces),
		cmocka_unit_test(sha384_of_a_module),
		cmocka_unit_test(rsa_accepts_what_libcrypto_signs),
		cmocka_unit_test(rsa_over_many_moduli),
		cmocka_unit_test(rsa_rejects_flipped_bits),
		cmocka_unit_test(rsa_rejects_odd_numbers),
		cmocka_unit_test(rsa_rejects_signature_plus_modulus),
		cmocka_unit_test(rsa_rejects_forged_paddings),
		cmocka_unit_test(rsa_rejects_every_padding_byte),
		cmocka_unit_test(rsa_rejects_even_modulus),
		cmocka_unit_test(rsa_rejects_short_modulus),
		cmocka_unit_test(rsa_rejects_tiny_modulus),
		cmocka_unit_test(rsa_takes_its_time),
	};

	rng = fixture_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
