// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The explorer's memory of the model's crypto agrees with libcrypto, and is used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "explore/memo.h"
#include "explore/signer.h"
#include "sim/sim.h"

#define PAGES	4u

static uint8_t data[PAGES * SS_PAGE];

static void fill(uint32_t seed)
{
	size_t i;

	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24);
}

/* Page by page, like INSTALL; the digest is libcrypto's. */
static void check_hash(void)
{
	uint8_t got[SS_SHA384_BYTES], want[SS_SHA384_BYTES];
	struct sim_sha384 c;
	uint32_t i;

	sim_sha384_init(&c);
	for (i = 0; i < PAGES; i++)
		sim_sha384_update(&c, data + i * SS_PAGE, SS_PAGE);
	sim_sha384_final(&c, got);
	assert_true(EVP_Q_digest(NULL, "SHA384", NULL, data, sizeof(data), want, NULL));
	assert_memory_equal(got, want, sizeof(got));
}

static void test_hash_is_remembered(void **state)
{
	struct memo_counts before, after;

	(void)state;
	fill(1);
	check_hash();
	memo_get_counts(&before);
	check_hash();
	memo_get_counts(&after);
	assert_int_equal(after.hashes_known - before.hashes_known, PAGES);
	assert_int_equal(after.hashes_computed, before.hashes_computed);
}

/* One bit, in places that a lookup samples and in places that it does not. */
static void test_one_bit_is_seen(void **state)
{
	static const size_t at[] = { 0, 1, 7, 8, 100, 255, 256, 4095, 4096, 9001, 16383 };
	size_t i;

	(void)state;
	fill(2);
	check_hash();
	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		data[at[i]] ^= 1 << i % 8;
		check_hash();
		data[at[i]] ^= 1 << i % 8;
		check_hash();
	}
}

/* The same page after other pages. */
static void test_what_came_before_counts(void **state)
{
	(void)state;
	fill(3);
	check_hash();
	memcpy(data, data + SS_PAGE, SS_PAGE);
	check_hash();
	memcpy(data + 2 * SS_PAGE, data + 3 * SS_PAGE, SS_PAGE);
	check_hash();
}

static void test_more_than_there_is_room_for(void **state)
{
	uint32_t seed;

	(void)state;
	for (seed = 100; seed < 1000; seed++) {
		fill(seed);
		check_hash();
	}
}

struct signature {
	uint8_t modulus[SS_RSA3072_BYTES], signature[SS_RSA3072_BYTES], digest[SS_SHA384_BYTES];
};

static bool verify(const struct signature *s)
{
	static uint64_t work[SIM_RSA_WORK_BYTES / sizeof(uint64_t)];

	return sim_rsa3072_verify(s->modulus, s->signature, s->digest, work);
}

static void reverse(uint8_t *out, const uint8_t *in)
{
	size_t i;

	for (i = 0; i < SS_RSA3072_BYTES; i++)
		out[i] = in[SS_RSA3072_BYTES - 1 - i];
}

/* The explorer's signer signs all of a sigstruct but modulus, exponent and signature. */
static void make_signature(const struct check_signer *signer, struct signature *s)
{
	uint8_t sig[SS_SIGSTRUCT_BYTES];
	struct sim_sha384 c;

	memset(sig, 0x5a, sizeof(sig));
	assert_true(signer->sign(signer->ctx, sig));
	reverse(s->modulus, sig + 128);
	reverse(s->signature, sig + 516);
	sim_sha384_init(&c);
	sim_sha384_update(&c, sig, 128);
	sim_sha384_update(&c, sig + 900, SS_SIGSTRUCT_BYTES - 900);
	sim_sha384_final(&c, s->digest);
}

static void test_signatures(void **state)
{
	struct memo_counts before, after;
	struct check_signer signer;
	struct signature s;
	uint32_t i;

	(void)state;
	assert_true(signer_make(&signer));
	make_signature(&signer, &s);
	memo_get_counts(&before);
	for (i = 0; i < 40; i++) {
		assert_true(verify(&s));
		((uint8_t *)&s)[i * 20 + 2] ^= 1;	/* of each of the three */
		assert_false(verify(&s));
		assert_false(verify(&s));
		((uint8_t *)&s)[i * 20 + 2] ^= 1;
	}
	memo_get_counts(&after);
	assert_true(after.signatures_known > before.signatures_known + 39);
	signer_free(&signer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash_is_remembered),
		cmocka_unit_test(test_one_bit_is_seen),
		cmocka_unit_test(test_what_came_before_counts),
		cmocka_unit_test(test_more_than_there_is_room_for),
		cmocka_unit_test(test_signatures),
	};

	return cmocka_run_group_tests_name("virtual-memo", tests, NULL, NULL);
}
