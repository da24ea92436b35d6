// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* libcrypto behind the core's crypto functions, and RSA-3072 keys that sign modules for a lab. */
#include "crypto.h"

#include "lib/crypto/libcrypto.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#define RSA_BITS	(8 * SS_RSA3072_BYTES)
#define EXPONENT	65537u

/* Offsets in a sigstruct, specification 4.4. */
#define MODULUS		128
#define EXPONENT_FIELD	512
#define SIGNATURE	516

struct key {
	EVP_PKEY *pkey;
	bool private_half;
};

static bool sha384(void *ctx, const struct ss_bytes *parts, uint32_t nr,
		   uint8_t out[SS_SHA384_BYTES])
{
	EVP_MD_CTX *md = libcrypto_is_there() ? EVP_MD_CTX_new() : NULL;
	uint32_t i;
	bool ok;

	(void)ctx;
	if (!md)
		return false;
	ok = EVP_DigestInit_ex(md, EVP_sha384(), NULL) == 1;
	for (i = 0; ok && i < nr; i++)
		ok = EVP_DigestUpdate(md, parts[i].p, parts[i].n) == 1;
	ok = ok && EVP_DigestFinal_ex(md, out, NULL) == 1;
	EVP_MD_CTX_free(md);
	return ok;
}

static EVP_PKEY *pkey_from_params(OSSL_PARAM *params)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *pkey = NULL;

	if (ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		pkey = NULL;
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

/* @modulus is big-endian. NULL if the library failed. */
static EVP_PKEY *pkey_from_modulus(const uint8_t modulus[SS_RSA3072_BYTES])
{
	BIGNUM *n = BN_bin2bn(modulus, SS_RSA3072_BYTES, NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;

	if (n && build && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) &&
	    OSSL_PARAM_BLD_push_uint(build, OSSL_PKEY_PARAM_RSA_E, EXPONENT))
		params = OSSL_PARAM_BLD_to_param(build);
	if (params)
		pkey = pkey_from_params(params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(n);
	return pkey;
}

/* A context that signs or verifies a SHA-384 digest with PKCS #1 v1.5 padding. */
static EVP_PKEY_CTX *pkcs1_ctx(EVP_PKEY *pkey, int (*init)(EVP_PKEY_CTX *ctx))
{
	EVP_PKEY_CTX *ctx = pkey ? EVP_PKEY_CTX_new(pkey, NULL) : NULL;

	if (ctx && init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha384()) == 1)
		return ctx;
	EVP_PKEY_CTX_free(ctx);
	return NULL;
}

static int rsa3072_verify(void *unused, const uint8_t modulus[SS_RSA3072_BYTES],
			  const uint8_t signature[SS_RSA3072_BYTES],
			  const uint8_t digest[SS_SHA384_BYTES])
{
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *pkey;
	int rc = -1;

	(void)unused;
	if (!libcrypto_is_there())
		return -1;
	/* No RSA-3072 key has such a modulus, so the library has not failed. */
	if (!(modulus[0] & 0x80) || !(modulus[SS_RSA3072_BYTES - 1] & 1))
		return 0;
	pkey = pkey_from_modulus(modulus);
	ctx = pkcs1_ctx(pkey, EVP_PKEY_verify_init);
	if (ctx)
		rc = EVP_PKEY_verify(ctx, signature, SS_RSA3072_BYTES, digest,
				     SS_SHA384_BYTES) == 1;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	ERR_clear_error();
	return rc;
}

const struct ss_crypto crypto_openssl = { NULL, sha384, rsa3072_verify };

/* ---- keys ------------------------------------------------------------------------------------ */

/* Takes ownership of @pkey. */
static struct key *wrap(EVP_PKEY *pkey, bool private_half)
{
	struct key *key = pkey ? malloc(sizeof(*key)) : NULL;

	if (key)
		*key = (struct key){ pkey, private_half };
	else
		EVP_PKEY_free(pkey);
	return key;
}

struct key *key_generate(void)
{
	return libcrypto_is_there() ? wrap(EVP_RSA_gen(RSA_BITS), true) : NULL;
}

static bool signs_modules(EVP_PKEY *pkey)
{
	BIGNUM *e = NULL;
	bool ok = EVP_PKEY_is_a(pkey, "RSA") && EVP_PKEY_get_bits(pkey) == RSA_BITS &&
		  EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) == 1 &&
		  BN_is_word(e, EXPONENT);

	BN_free(e);
	return ok;
}

/* libcrypto would otherwise ask on the terminal. */
static int no_passphrase(char *buf, int size, int rwflag, void *ctx)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)ctx;
	return -1;
}

typedef EVP_PKEY *pem_reader(BIO *bio, EVP_PKEY **out, pem_password_cb *ask, void *ctx);

static EVP_PKEY *read_pem(const char *pem, pem_reader *reader)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *pkey = bio ? reader(bio, NULL, no_passphrase, NULL) : NULL;

	BIO_free(bio);
	ERR_clear_error();
	if (pkey && !signs_modules(pkey)) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	return pkey;
}

struct key *key_parse(const char *pem)
{
	EVP_PKEY *pkey;

	if (!libcrypto_is_there())
		return NULL;
	pkey = read_pem(pem, PEM_read_bio_PrivateKey);
	if (pkey)
		return wrap(pkey, true);
	return wrap(read_pem(pem, PEM_read_bio_PUBKEY), false);
}

char *key_pem(const struct key *key, bool private_half)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL, *data;
	long n;
	int ok = 0;

	if (bio && !private_half)
		ok = PEM_write_bio_PUBKEY(bio, key->pkey);
	else if (bio && key->private_half)
		ok = PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL);
	if (ok) {
		n = BIO_get_mem_data(bio, &data);
		text = strndup(data, (size_t)n);
	}
	BIO_free(bio);
	ERR_clear_error();
	return text;
}

void key_free(struct key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

bool key_modulus(const struct key *key, uint8_t modulus[SS_RSA3072_BYTES])
{
	BIGNUM *n = NULL;
	bool ok = EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
		  BN_bn2lebinpad(n, modulus, SS_RSA3072_BYTES) == SS_RSA3072_BYTES;

	BN_free(n);
	return ok;
}

bool key_signer(const struct key *key, uint8_t signer[SS_SHA384_BYTES])
{
	uint8_t modulus[SS_RSA3072_BYTES];
	struct ss_bytes all = { modulus, sizeof(modulus) };

	return key_modulus(key, modulus) && sha384(NULL, &all, 1, signer);
}

/* @signature is big-endian. */
static bool sign_digest(const struct key *key, const uint8_t digest[SS_SHA384_BYTES],
			uint8_t signature[SS_RSA3072_BYTES])
{
	EVP_PKEY_CTX *ctx = key->private_half ? pkcs1_ctx(key->pkey, EVP_PKEY_sign_init) : NULL;
	size_t n = SS_RSA3072_BYTES;
	bool ok = ctx && EVP_PKEY_sign(ctx, signature, &n, digest, SS_SHA384_BYTES) == 1 &&
		  n == SS_RSA3072_BYTES;

	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

bool key_sign_sigstruct(const struct key *key, uint8_t sigstruct[SS_SIGSTRUCT_BYTES])
{
	static const uint8_t exponent[4] = { 1, 0, 1, 0 };
	uint8_t digest[SS_SHA384_BYTES], signature[SS_RSA3072_BYTES];
	struct ss_bytes parts[2];
	size_t i;

	ss_sigstruct_signed_parts((struct ss_bytes){ sigstruct, SS_SIGSTRUCT_BYTES }, parts);
	if (!sha384(NULL, parts, 2, digest) || !sign_digest(key, digest, signature) ||
	    !key_modulus(key, sigstruct + MODULUS))
		return false;
	memcpy(sigstruct + EXPONENT_FIELD, exponent, sizeof(exponent));
	for (i = 0; i < SS_RSA3072_BYTES; i++)
		sigstruct[SIGNATURE + i] = signature[SS_RSA3072_BYTES - 1 - i];
	return true;
}
