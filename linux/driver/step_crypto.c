// SPDX-License-Identifier: GPL-2.0-only
/* The core's crypto functions, implemented with the kernel's crypto API. */
#include "seamstep.h"

#include <crypto/akcipher.h>
#include <crypto/hash.h>
#include <linux/err.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

static bool hash_parts(struct crypto_shash *tfm, const struct ss_bytes *parts, u32 nr,
		       u8 out[SS_SHA384_BYTES])
{
	SHASH_DESC_ON_STACK(desc, tfm);
	u32 i;
	int err;

	desc->tfm = tfm;
	err = crypto_shash_init(desc);
	for (i = 0; i < nr && !err; i++)
		err = crypto_shash_update(desc, parts[i].p, parts[i].n);
	if (!err)
		err = crypto_shash_final(desc, out);
	shash_desc_zero(desc);
	return !err;
}

static bool sha384(void *ctx, const struct ss_bytes *parts, u32 nr,
		   u8 out[SS_SHA384_BYTES])
{
	struct crypto_shash *tfm = crypto_alloc_shash("sha384", 0, 0);
	bool done;

	if (IS_ERR(tfm))
		return false;
	done = hash_parts(tfm, parts, nr, out);
	crypto_free_shash(tfm);
	return done;
}

/*
 * The kernel's name for "PKCS #1 v1.5 with SHA-384" differs between versions; "rsa" does not. So
 * the signature is raised to the exponent with plain RSA. The result is compared as a whole with
 * the only valid message. Nothing in the result is parsed.
 */
#define KEY_BYTES	(4 + 4 + 1 + SS_RSA3072_BYTES + 5)

struct rsa_work {
	u8 key[KEY_BYTES];
	u8 in[SS_RSA3072_BYTES], out[SS_RSA3072_BYTES], want[SS_RSA3072_BYTES];
};

/* RSAPublicKey ::= SEQUENCE { INTEGER modulus, INTEGER 65537 }, in DER. */
static void write_key(u8 *p, const u8 *modulus)
{
	static const u8 head[] = { 0x30, 0x82, 0x01, 0x8a, 0x02, 0x82, 0x01, 0x81, 0x00 };
	static const u8 tail[] = { 0x02, 0x03, 0x01, 0x00, 0x01 };

	memcpy(p, head, sizeof(head));
	memcpy(p + sizeof(head), modulus, SS_RSA3072_BYTES);
	memcpy(p + sizeof(head) + SS_RSA3072_BYTES, tail, sizeof(tail));
}

/* EMSA-PKCS1-v1_5: 00 01 ff .. ff 00, DigestInfo for SHA-384, digest. */
static void write_message(u8 *p, const u8 *digest)
{
	static const u8 info[] = {
		0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
		0x02, 0x05, 0x00, 0x04, 0x30,
	};
	size_t pad = SS_RSA3072_BYTES - 3 - sizeof(info) - SS_SHA384_BYTES;

	p[0] = 0;
	p[1] = 1;
	memset(p + 2, 0xff, pad);
	p[2 + pad] = 0;
	memcpy(p + 3 + pad, info, sizeof(info));
	memcpy(p + 3 + pad + sizeof(info), digest, SS_SHA384_BYTES);
}

/* 1: the signature is valid, 0: it is not, -1: the cipher cannot tell. */
static int raise(struct crypto_akcipher *tfm, struct rsa_work *w)
{
	struct akcipher_request *req = akcipher_request_alloc(tfm, GFP_KERNEL);
	struct scatterlist in, out;
	DECLARE_CRYPTO_WAIT(wait);
	int err;

	if (!req)
		return -1;
	sg_init_one(&in, w->in, SS_RSA3072_BYTES);
	sg_init_one(&out, w->out, SS_RSA3072_BYTES);
	akcipher_request_set_crypt(req, &in, &out, SS_RSA3072_BYTES, SS_RSA3072_BYTES);
	akcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG, crypto_req_done, &wait);
	err = crypto_wait_req(crypto_akcipher_encrypt(req), &wait);
	akcipher_request_free(req);
	if (err)
		return -1;
	return !memcmp(w->out, w->want, SS_RSA3072_BYTES);
}

static int verify(struct crypto_akcipher *tfm, struct rsa_work *w)
{
	if (crypto_akcipher_set_pub_key(tfm, w->key, KEY_BYTES))
		return -1;
	return raise(tfm, w);
}

/*
 * Is the signature a number from 2 to the modulus less 2? The cipher reports others as an error,
 * which looks like a cipher that does not work. The modulus is odd.
 */
static bool is_in_range(const u8 *signature, const u8 *modulus)
{
	const u32 last = SS_RSA3072_BYTES - 1;
	int order = memcmp(signature, modulus, last);

	if (!memchr_inv(signature, 0, last) && signature[last] <= 1)
		return false;
	return order < 0 || (!order && signature[last] + 1 < modulus[last]);
}

static int rsa3072_verify(void *ctx, const u8 modulus[SS_RSA3072_BYTES],
			  const u8 signature[SS_RSA3072_BYTES],
			  const u8 digest[SS_SHA384_BYTES])
{
	struct crypto_akcipher *tfm;
	struct rsa_work *w;
	int valid = -1;

	if (!is_in_range(signature, modulus))
		return 0;
	tfm = crypto_alloc_akcipher("rsa", 0, 0);
	if (IS_ERR(tfm))
		return -1;
	w = kmalloc(sizeof(*w), GFP_KERNEL);
	if (w) {
		write_key(w->key, modulus);
		write_message(w->want, digest);
		memcpy(w->in, signature, SS_RSA3072_BYTES);
		valid = verify(tfm, w);
	}
	kfree(w);
	crypto_free_akcipher(tfm);
	return valid;
}

const struct ss_crypto step_crypto = { .sha384 = sha384, .rsa3072_verify = rsa3072_verify };
