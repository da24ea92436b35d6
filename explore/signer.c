/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A signer for simulated machines: sigstructs as in specification 4.4 and 4.5. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "signer.h"

#define MODULUS		128
#define SIGNATURE	516
#define SECOND_PART	900	/* signed: the bytes before the modulus, and from here on */

static bool modulus_of(EVP_PKEY *key, uint8_t out[SS_RSA3072_BYTES])
{
	BIGNUM *n = NULL;
	bool ok = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
		  BN_bn2lebinpad(n, out, SS_RSA3072_BYTES) == (int)SS_RSA3072_BYTES;

	BN_free(n);
	return ok;
}

static bool sign(void *ctx, uint8_t sigstruct[SS_SIGSTRUCT_BYTES])
{
	uint8_t signature[SS_RSA3072_BYTES];
	size_t n = sizeof(signature), i;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ok;

	ok = md && modulus_of(ctx, sigstruct + MODULUS) &&
	     EVP_DigestSignInit(md, NULL, EVP_sha384(), NULL, ctx) == 1 &&
	     EVP_DigestSignUpdate(md, sigstruct, MODULUS) == 1 &&
	     EVP_DigestSignUpdate(md, sigstruct + SECOND_PART, SS_SIGSTRUCT_BYTES - SECOND_PART) ==
		     1 &&
	     EVP_DigestSignFinal(md, signature, &n) == 1;
	EVP_MD_CTX_free(md);
	for (i = 0; ok && i < n; i++)
		sigstruct[SIGNATURE + i] = signature[n - 1 - i];
	return ok;
}

bool signer_use(struct check_signer *signer, void *key)
{
	uint8_t modulus[SS_RSA3072_BYTES];

	signer->ctx = key;
	signer->sign = sign;
	return key && modulus_of(key, modulus) &&
	       EVP_Q_digest(NULL, "SHA384", NULL, modulus, sizeof(modulus), signer->signer, NULL) ==
		       1;
}

bool signer_make(struct check_signer *signer)
{
	return signer_use(signer, EVP_RSA_gen(3072));
}

void signer_free(struct check_signer *signer)
{
	EVP_PKEY_free(signer->ctx);
	signer->ctx = NULL;
}
