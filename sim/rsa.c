// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* RSASSA-PKCS1-v1_5 verification, 3072 bits, exponent 65537, SHA-384 (specification 4.5). */
#include "sim.h"

/*
 * Numbers are 48 limbs of 64 bits, least significant first. Multiplication is Montgomery's with R =
 * 2^3072: montgomery(a, b) = a * b / R mod n. Nothing here is secret, so the time may depend on
 * values.
 */
#define LIMBS (SS_RSA3072_BYTES / 8)

struct rsa_work {
	uint64_t n[LIMBS];	/* modulus */
	uint64_t s[LIMBS];	/* signature */
	uint64_t x[LIMBS];	/* accumulator */
	uint64_t y[LIMBS];
	uint64_t t[LIMBS + 2];	/* the multiplication in progress */
	uint64_t n0_inverse;	/* -1 / n mod 2^64 */
	uint8_t message[SS_RSA3072_BYTES];
};

_Static_assert(sizeof(struct rsa_work) <= SIM_RSA_WORK_BYTES, "work area too small");

__extension__ typedef unsigned __int128 uint128;

static void from_bytes(uint64_t out[LIMBS], const uint8_t in[SS_RSA3072_BYTES])
{
	unsigned int i;

	memset(out, 0, SS_RSA3072_BYTES);
	for (i = 0; i < SS_RSA3072_BYTES; i++)
		out[(SS_RSA3072_BYTES - 1 - i) / 8] |= (uint64_t)in[i] << 8 * (7 - i % 8);
}

static void to_bytes(uint8_t out[SS_RSA3072_BYTES], const uint64_t in[LIMBS])
{
	unsigned int i;

	for (i = 0; i < SS_RSA3072_BYTES; i++)
		out[i] = (uint8_t)(in[(SS_RSA3072_BYTES - 1 - i) / 8] >> 8 * (7 - i % 8));
}

static bool less(const uint64_t a[LIMBS], const uint64_t b[LIMBS])
{
	unsigned int i = LIMBS;

	while (i-- > 0) {
		if (a[i] != b[i])
			return a[i] < b[i];
	}
	return false;
}

/* out = a - b modulo R; @out may be @a. */
static void subtract(uint64_t out[LIMBS], const uint64_t a[LIMBS], const uint64_t b[LIMBS])
{
	uint64_t borrow = 0;
	unsigned int i;

	for (i = 0; i < LIMBS; i++) {
		uint128 d = (uint128)a[i] - b[i] - borrow;

		out[i] = (uint64_t)d;
		borrow = (uint64_t)(d >> 64) & 1;
	}
}

/* x = 2 * x mod n, for x < n. */
static void double_mod(uint64_t x[LIMBS], const uint64_t n[LIMBS])
{
	uint64_t carry = 0, next;
	unsigned int i;

	for (i = 0; i < LIMBS; i++) {
		next = x[i] >> 63;
		x[i] = x[i] << 1 | carry;
		carry = next;
	}
	if (carry || !less(x, n))
		subtract(x, x, n);
}

/* t += a * b; the top two limbs take the carry. */
static void add_product(uint64_t t[LIMBS + 2], const uint64_t a[LIMBS], uint64_t b)
{
	uint64_t carry = 0;
	unsigned int i;

	for (i = 0; i < LIMBS; i++) {
		uint128 sum = (uint128)a[i] * b + t[i] + carry;

		t[i] = (uint64_t)sum;
		carry = (uint64_t)(sum >> 64);
	}
	t[LIMBS] += carry;
	t[LIMBS + 1] += t[LIMBS] < carry;
}

/* out = a * b / R mod n, for a, b < n; @out may be @a or @b. */
static void montgomery(struct rsa_work *w, uint64_t out[LIMBS], const uint64_t a[LIMBS],
		       const uint64_t b[LIMBS])
{
	unsigned int i;

	memset(w->t, 0, sizeof(w->t));
	for (i = 0; i < LIMBS; i++) {
		add_product(w->t, a, b[i]);
		/* Make the lowest limb zero and drop it. */
		add_product(w->t, w->n, w->t[0] * w->n0_inverse);
		memmove(w->t, w->t + 1, (LIMBS + 1) * sizeof(w->t[0]));
		w->t[LIMBS + 1] = 0;
	}
	if (w->t[LIMBS] || !less(w->t, w->n))
		subtract(out, w->t, w->n);
	else
		memcpy(out, w->t, SS_RSA3072_BYTES);
}

/* Newton's iteration: each step doubles the number of right bits, and the first guess has 3. */
static uint64_t negative_inverse(uint64_t odd)
{
	uint64_t inverse = odd;
	unsigned int i;

	for (i = 0; i < 5; i++)
		inverse *= 2 - odd * inverse;
	return -inverse;
}

/* y = R^2 mod n. As n has its top bit set, R mod n = R - n. Doubling does the rest. */
static void make_r_squared(struct rsa_work *w)
{
	unsigned int i;

	memset(w->y, 0, sizeof(w->y));
	subtract(w->y, w->y, w->n);
	for (i = 0; i < 8 * SS_RSA3072_BYTES; i++)
		double_mod(w->y, w->n);
}

/* x = s^65537 mod n: sixteen squarings of s * R, then one multiplication by s that removes R. */
static void raise_to_65537(struct rsa_work *w)
{
	unsigned int i;

	montgomery(w, w->x, w->s, w->y);
	for (i = 0; i < 16; i++)
		montgomery(w, w->x, w->x, w->x);
	montgomery(w, w->x, w->x, w->s);
}

/* EMSA-PKCS1-v1_5: 00 01 FF ... FF 00, DigestInfo of SHA-384, the digest. */
static bool message_is(const uint8_t message[SS_RSA3072_BYTES],
		       const uint8_t digest[SS_SHA384_BYTES])
{
	static const uint8_t digest_info[] = {
		0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
		0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30,
	};
	const unsigned int info = SS_RSA3072_BYTES - SS_SHA384_BYTES - sizeof(digest_info);
	unsigned int i;

	if (message[0] != 0 || message[1] != 1 || message[info - 1] != 0)
		return false;
	for (i = 2; i < info - 1; i++) {
		if (message[i] != 0xff)
			return false;
	}
	return !memcmp(message + info, digest_info, sizeof(digest_info)) &&
	       !memcmp(message + info + sizeof(digest_info), digest, SS_SHA384_BYTES);
}

bool sim_rsa3072_verify(const uint8_t modulus[SS_RSA3072_BYTES],
			const uint8_t signature[SS_RSA3072_BYTES],
			const uint8_t digest[SS_SHA384_BYTES], void *work)
{
	struct rsa_work *w = work;

	from_bytes(w->n, modulus);
	from_bytes(w->s, signature);
	if (!(w->n[0] & 1) || !(w->n[LIMBS - 1] >> 63) || !less(w->s, w->n))
		return false;
	w->n0_inverse = negative_inverse(w->n[0]);
	make_r_squared(w);
	raise_to_65537(w);
	to_bytes(w->message, w->x);
	return message_is(w->message, digest);
}
