/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A memory of results for the model's hash and signature check. The linker puts these functions in
 * front of the functions of sim/.
 *
 * An explored update installs the same few images some hundred thousand times. Both functions are
 * pure: the result depends on the bytes of the arguments and on nothing else. So an earlier result
 * is valid for a new call if all of these bytes are equal. The bytes are compared one by one, and
 * no digest of them is trusted: an image that differs in one bit is hashed again. Results that are
 * not stored (small pieces, and everything once the memory is full) are computed.
 */
#include <stdlib.h>

#include "memo.h"
#include "sim/sim.h"

#define SLOTS		4096u	/* a power of two; used up to the half */
#define LEAST_BYTES	1024u	/* hashing less is no slower than looking it up */

struct update_memo {
	struct sim_sha384 before, after;
	size_t bytes;
	unsigned char *data;
};

struct verify_memo {
	uint8_t modulus[SS_RSA3072_BYTES], signature[SS_RSA3072_BYTES], digest[SS_SHA384_BYTES];
	bool used, valid;
};

static struct update_memo *updates[SLOTS];
static uint32_t nr_updates;
static struct verify_memo verified[16];
static struct memo_counts counts;

void __real_sim_sha384_update(struct sim_sha384 *c, const void *data, size_t n);
void __wrap_sim_sha384_update(struct sim_sha384 *c, const void *data, size_t n);
bool __real_sim_rsa3072_verify(const uint8_t *modulus, const uint8_t *signature,
			       const uint8_t *digest, void *work);
bool __wrap_sim_rsa3072_verify(const uint8_t *modulus, const uint8_t *signature,
			       const uint8_t *digest, void *work);

void memo_get_counts(struct memo_counts *out)
{
	*out = counts;
}

static bool same_state(const struct sim_sha384 *a, const struct sim_sha384 *b)
{
	return a->bytes == b->bytes && !memcmp(a->h, b->h, sizeof(a->h)) &&
	       !memcmp(a->block, b->block, a->bytes % sizeof(a->block));
}

/* The slot to begin the search at. A bad spread costs time only. */
static uint32_t first_slot(const struct sim_sha384 *c, const void *data, size_t n)
{
	uint64_t h = c->h[0] ^ c->bytes ^ n, word;
	size_t i;

	for (i = 0; i + sizeof(word) <= n; i += LEAST_BYTES / 4) {
		memcpy(&word, (const unsigned char *)data + i, sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15ULL;
	}
	return (uint32_t)(h >> 32) % SLOTS;
}

/* Returns the slot of this call, or the empty slot where the call belongs. */
static struct update_memo **find_update(const struct sim_sha384 *c, const void *data, size_t n)
{
	uint32_t i = first_slot(c, data, n);
	struct update_memo *u;

	for (;; i = (i + 1) % SLOTS) {
		u = updates[i];
		if (!u || (u->bytes == n && same_state(&u->before, c) && !memcmp(u->data, data, n)))
			return &updates[i];
	}
}

static void remember_update(struct update_memo **slot, const struct sim_sha384 *before,
			    const struct sim_sha384 *after, const void *data, size_t n)
{
	struct update_memo *u;

	if (nr_updates == SLOTS / 2)
		return;
	u = malloc(sizeof(*u));
	if (!u)
		return;
	*u = (struct update_memo){ *before, *after, n, malloc(n) };
	if (!u->data) {
		free(u);
		return;
	}
	memcpy(u->data, data, n);
	*slot = u;
	nr_updates++;
}

void __wrap_sim_sha384_update(struct sim_sha384 *c, const void *data, size_t n)
{
	struct update_memo **slot = n >= LEAST_BYTES ? find_update(c, data, n) : NULL;
	struct sim_sha384 before = *c;

	if (slot && *slot) {
		counts.hashes_known++;
		*c = (*slot)->after;
		return;
	}
	counts.hashes_computed++;
	__real_sim_sha384_update(c, data, n);
	if (slot)
		remember_update(slot, &before, c, data, n);
}

static bool is_for(const struct verify_memo *v, const uint8_t *modulus, const uint8_t *signature,
		   const uint8_t *digest)
{
	return v->used && !memcmp(v->signature, signature, sizeof(v->signature)) &&
	       !memcmp(v->digest, digest, sizeof(v->digest)) &&
	       !memcmp(v->modulus, modulus, sizeof(v->modulus));
}

bool __wrap_sim_rsa3072_verify(const uint8_t *modulus, const uint8_t *signature,
			       const uint8_t *digest, void *work)
{
	struct verify_memo *v = verified;

	for (; v < verified + SS_ARRAY_SIZE(verified) && v->used; v++) {
		if (is_for(v, modulus, signature, digest)) {
			counts.signatures_known++;
			return v->valid;
		}
	}
	counts.signatures_computed++;
	if (v == verified + SS_ARRAY_SIZE(verified))
		return __real_sim_rsa3072_verify(modulus, signature, digest, work);
	memcpy(v->modulus, modulus, sizeof(v->modulus));
	memcpy(v->signature, signature, sizeof(v->signature));
	memcpy(v->digest, digest, sizeof(v->digest));
	v->valid = __real_sim_rsa3072_verify(modulus, signature, digest, work);
	v->used = true;
	return v->valid;
}
