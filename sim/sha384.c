// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* SHA-384 (FIPS 180-4), for measurements and signatures inside the model. */
#include "sim.h"

/* The first 64 bits of the fractional parts of the cube roots of the first 80 primes. */
static const uint64_t round_constants[80] = {
	0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
	0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
	0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
	0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
	0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
	0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
	0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
	0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
	0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
	0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
	0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
	0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
	0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
	0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
	0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
	0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
	0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
	0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
	0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
	0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

/* The first 64 bits of the same parts of the square roots of the ninth to sixteenth primes. */
void sim_sha384_init(struct sim_sha384 *c)
{
	static const uint64_t initial[8] = {
		0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
		0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4,
	};

	memcpy(c->h, initial, sizeof(c->h));
	c->bytes = 0;
}

static uint64_t rotr(uint64_t v, unsigned int n)
{
	return v >> n | v << (64 - n);
}

static uint64_t load_be64(const uint8_t *p)
{
	return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 | (uint64_t)p[2] << 40 |
	       (uint64_t)p[3] << 32 | (uint64_t)p[4] << 24 | (uint64_t)p[5] << 16 |
	       (uint64_t)p[6] << 8 | p[7];
}

static void store_be64(uint8_t *p, uint64_t v)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (56 - 8 * i));
}

/* Word @t of the message schedule, which keeps only the last sixteen words. */
static uint64_t schedule(uint64_t w[16], unsigned int t)
{
	uint64_t w15 = w[(t + 1) & 15], w2 = w[(t + 14) & 15];

	w[t & 15] += (rotr(w15, 1) ^ rotr(w15, 8) ^ w15 >> 7) + w[(t + 9) & 15] +
		     (rotr(w2, 19) ^ rotr(w2, 61) ^ w2 >> 6);
	return w[t & 15];
}

/* One round; v[] holds a to h of the standard. */
static void round_of(uint64_t v[8], uint64_t word)
{
	uint64_t e = v[4], a = v[0];
	uint64_t t1 = v[7] + (rotr(e, 14) ^ rotr(e, 18) ^ rotr(e, 41)) +
		      ((e & v[5]) ^ (~e & v[6])) + word;
	uint64_t t2 = (rotr(a, 28) ^ rotr(a, 34) ^ rotr(a, 39)) +
		      ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));

	v[7] = v[6];
	v[6] = v[5];
	v[5] = e;
	v[4] = v[3] + t1;
	v[3] = v[2];
	v[2] = v[1];
	v[1] = a;
	v[0] = t1 + t2;
}

static void compress(uint64_t h[8], const uint8_t block[128])
{
	uint64_t w[16], v[8];
	unsigned int t;

	memcpy(v, h, sizeof(v));
	for (t = 0; t < 16; t++) {
		w[t] = load_be64(block + 8 * t);
		round_of(v, round_constants[t] + w[t]);
	}
	for (; t < 80; t++)
		round_of(v, round_constants[t] + schedule(w, t));
	for (t = 0; t < 8; t++)
		h[t] += v[t];
}

void sim_sha384_update(struct sim_sha384 *c, const void *data, size_t n)
{
	const uint8_t *p = data;
	size_t used = c->bytes % sizeof(c->block);

	if (!n)		/* @data may be NULL then */
		return;
	c->bytes += n;
	if (used) {
		size_t part = sizeof(c->block) - used;

		if (part > n)
			part = n;
		memcpy(c->block + used, p, part);
		if (used + part < sizeof(c->block))
			return;
		compress(c->h, c->block);
		p += part;
		n -= part;
	}
	for (; n >= sizeof(c->block); n -= sizeof(c->block), p += sizeof(c->block))
		compress(c->h, p);
	memcpy(c->block, p, n);
}

void sim_sha384_final(struct sim_sha384 *c, uint8_t out[SS_SHA384_BYTES])
{
	size_t used = c->bytes % sizeof(c->block);
	unsigned int i;

	c->block[used++] = 0x80;
	if (used > sizeof(c->block) - 16) {
		memset(c->block + used, 0, sizeof(c->block) - used);
		compress(c->h, c->block);
		used = 0;
	}
	/* The length in bits has 128 bits; @bytes fills no more than 67 of them. */
	memset(c->block + used, 0, sizeof(c->block) - used);
	store_be64(c->block + 112, c->bytes >> 61);
	store_be64(c->block + 120, c->bytes << 3);
	compress(c->h, c->block);
	for (i = 0; i < SS_SHA384_BYTES / 8; i++)
		store_be64(out + 8 * i, c->h[i]);
}
