// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Who signed a text: a chain of two certificates and an ECDSA signature, through libcrypto. */
#include "tcb_trust.h"

#include "lib/crypto/libcrypto.h"

#include "tcb_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* The common name of the certificate with which Intel signs TCB Info. */
#define INTEL_SIGNER	"Intel SGX TCB Signing"

/* "Intel SGX Root CA", as published. */
const struct tcb_anchor tcb_anchor_intel = {
	.sha256 = {
		0x44, 0xa0, 0x19, 0x6b, 0x2b, 0x99, 0xf8, 0x89, 0xb8, 0xe1, 0x49, 0xe9, 0x5b, 0x80,
		0x7a, 0x35, 0x0e, 0x74, 0x24, 0x96, 0x43, 0x99, 0xe8, 0x85, 0xa7, 0xcb, 0xb8, 0xcc,
		0xfa, 0xb6, 0x74, 0xd3,
	},
	.name = "Intel",
	.intel = true,
};

enum tcb_answer tcb_trust_ready(char why[TCB_WHY])
{
	if (libcrypto_is_there())
		return TCB_DOC_OK;
	if (errno == ENOMEM)
		return tcb_say(why, TCB_DOC_NO_MEMORY, "out of memory");
	return tcb_say(why, TCB_DOC_UNREADABLE, "certificates and signatures cannot be read: "
		       "libcrypto.so.3 cannot be loaded");
}

struct chain {
	X509 *signer, *root;
};

static void chain_release(struct chain *chain)
{
	X509_free(chain->signer);
	X509_free(chain->root);
}

/* Does one of libcrypto's errors since the last look tell of memory? Forgets them. */
static bool memory_failed(void)
{
	bool found = false;
	unsigned long error;

	while ((error = ERR_get_error()))
		if (ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE)
			found = true;
	return found;
}

/*
 * libcrypto failed. It does not always tell a lack of memory from a bad certificate: then the
 * document is refused as bad, and never believed.
 */
static enum tcb_answer refuse(char *why, enum tcb_answer answer, const char *text)
{
	if (answer == TCB_DOC_NO_MEMORY || memory_failed())
		return tcb_say(why, TCB_DOC_NO_MEMORY, "out of memory");
	return tcb_say(why, answer, "%s", text);
}

/* ---- reading the chain ----------------------------------------------------------------------- */

/* PEM has no '%': a text with one is URL-encoded. Returns the length, or -1. */
static long url_decode(struct ss_bytes in, uint8_t *out)
{
	size_t i, n = 0;

	for (i = 0; i < in.n; i++) {
		if (in.p[i] != '%') {
			out[n++] = in.p[i];
		} else if (in.n - i < 3 || !tcb_hex((const char *)in.p + i + 1, 2, &out[n], 1)) {
			return -1;
		} else {
			n++;
			i += 2;
		}
	}
	return (long)n;
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

static X509 *next_certificate(BIO *bio)
{
	return PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);
}

static enum tcb_answer parse_two(BIO *bio, struct chain *chain, char *why)
{
	X509 *third;

	chain->signer = next_certificate(bio);
	if (!chain->signer)
		return refuse(why, TCB_DOC_BAD_CHAIN,
			      "the chain: expected certificates in PEM, found none");
	chain->root = next_certificate(bio);
	if (!chain->root)
		return refuse(why, TCB_DOC_BAD_CHAIN,
			      "the chain: expected the signer's certificate and its root, found "
			      "one certificate");
	third = next_certificate(bio);
	if (third) {
		X509_free(third);
		return tcb_say(why, TCB_DOC_BAD_CHAIN,
			       "the chain: expected the signer's certificate and its root, found "
			       "more than two certificates");
	}
	return TCB_DOC_OK;
}

static enum tcb_answer parse_decoded(const uint8_t *pem, long n, struct chain *chain, char *why)
{
	BIO *bio = n < 0 ? NULL : BIO_new_mem_buf(pem, (int)n);
	enum tcb_answer answer;

	if (n < 0)
		return tcb_say(why, TCB_DOC_BAD_CHAIN,
			       "the chain: expected two hexadecimal digits after each '%%'");
	if (!bio)
		return tcb_say(why, TCB_DOC_NO_MEMORY, "out of memory");
	answer = parse_two(bio, chain, why);
	BIO_free(bio);
	return answer;
}

static enum tcb_answer parse_chain(struct ss_bytes text, struct chain *chain, char *why)
{
	enum tcb_answer answer;
	uint8_t *decoded;

	if (text.n > TCB_CHAIN_LIMIT)
		return tcb_say(why, TCB_DOC_TOO_LARGE, "the chain: expected up to %zu bytes, "
			       "found %zu", TCB_CHAIN_LIMIT, text.n);
	decoded = malloc(text.n + 1);
	if (!decoded)
		return tcb_say(why, TCB_DOC_NO_MEMORY, "out of memory");
	answer = parse_decoded(decoded, url_decode(text, decoded), chain, why);
	free(decoded);
	return answer;
}

/* ---- trusting it ----------------------------------------------------------------------------- */

static bool digest_of(X509 *certificate, uint8_t sha256[32])
{
	unsigned int n = 0;

	return X509_digest(certificate, EVP_sha256(), sha256, &n) == 1 && n == 32;
}

static enum tcb_answer find_anchor(X509 *root, const struct tcb_anchor *anchors, size_t nr,
				   struct tcb_anchor *found, char *why)
{
	uint8_t sha256[32];
	size_t i;

	if (!digest_of(root, sha256))
		return refuse(why, TCB_DOC_BAD_CHAIN, "the chain: libcrypto cannot hash the root");
	for (i = 0; i < nr; i++) {
		if (!memcmp(sha256, anchors[i].sha256, sizeof(sha256))) {
			*found = anchors[i];
			return TCB_DOC_OK;
		}
	}
	return tcb_say(why, TCB_DOC_OTHER_ROOT,
		       "the chain: the root %02x%02x%02x%02x... (SHA-256) is not trusted here; "
		       "expected Intel's%s", sha256[0], sha256[1], sha256[2], sha256[3],
		       nr > 1 ? " or the one that was named" : "");
}

static enum tcb_answer check_dates(X509 *certificate, const char *what, int64_t at, char *why)
{
	time_t t = (time_t)at;
	int from = X509_cmp_time(X509_get0_notBefore(certificate), &t);
	int until = X509_cmp_time(X509_get0_notAfter(certificate), &t);

	if (!from || !until)
		return refuse(why, TCB_DOC_BAD_CHAIN, "the chain: expected dates in a certificate");
	if (from > 0)
		return tcb_say(why, TCB_DOC_EXPIRED_CHAIN,
			       "the chain: the %s certificate is not valid yet at that time", what);
	if (until < 0)
		return tcb_say(why, TCB_DOC_EXPIRED_CHAIN,
			       "the chain: the %s certificate has expired at that time", what);
	return TCB_DOC_OK;
}

static bool is_signer(X509 *certificate, const struct tcb_anchor *root)
{
	char name[64] = "";

	X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name,
				  sizeof(name));
	if (root->intel && strcmp(name, INTEL_SIGNER))
		return false;
	return !X509_check_ca(certificate) &&
	       X509_get_key_usage(certificate) & KU_DIGITAL_SIGNATURE;
}

static enum tcb_answer verify_chain(X509_STORE_CTX *ctx, X509_STORE *store, X509 *signer,
				    int64_t at, char *why)
{
	X509_VERIFY_PARAM *param;
	enum tcb_answer answer;
	int error;

	if (!X509_STORE_CTX_init(ctx, store, signer, NULL))
		return refuse(why, TCB_DOC_BAD_CHAIN, "the chain: libcrypto failed");
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_time(param, (time_t)at);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_CHECK_SS_SIGNATURE);
	if (X509_verify_cert(ctx) == 1)
		return TCB_DOC_OK;
	error = X509_STORE_CTX_get_error(ctx);
	answer = refuse(why, error == X509_V_ERR_OUT_OF_MEM ? TCB_DOC_NO_MEMORY :
			TCB_DOC_BAD_CHAIN, "");
	if (answer == TCB_DOC_BAD_CHAIN)
		tcb_say(why, answer, "the chain: %s", X509_verify_cert_error_string(error));
	return answer;
}

static enum tcb_answer follow(const struct chain *chain, int64_t at, char *why)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	enum tcb_answer answer;

	if (!store || !ctx || X509_STORE_add_cert(store, chain->root) != 1)
		answer = tcb_say(why, TCB_DOC_NO_MEMORY, "out of memory");
	else
		answer = verify_chain(ctx, store, chain->signer, at, why);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return answer;
}

static enum tcb_answer trust_chain(const struct chain *chain, const struct tcb_anchor *anchors,
				   size_t nr, int64_t at, struct tcb_anchor *root, char *why)
{
	enum tcb_answer answer = find_anchor(chain->root, anchors, nr, root, why);

	if (answer == TCB_DOC_OK)
		answer = check_dates(chain->root, "root's", at, why);
	if (answer == TCB_DOC_OK)
		answer = check_dates(chain->signer, "signer's", at, why);
	if (answer == TCB_DOC_OK)
		answer = follow(chain, at, why);
	if (answer == TCB_DOC_OK && !is_signer(chain->signer, root))
		answer = tcb_say(why, TCB_DOC_BAD_CHAIN,
				 "the chain: the first certificate is not one that signs TCB Info");
	return answer;
}

/* ---- the signature --------------------------------------------------------------------------- */

static bool is_p256(EVP_PKEY *key)
{
	char group[32] = "";
	size_t n;

	return key && EVP_PKEY_is_a(key, "EC") &&
	       EVP_PKEY_get_group_name(key, group, sizeof(group), &n) == 1 &&
	       OBJ_txt2nid(group) == NID_X9_62_prime256v1;
}

/* r and s as libcrypto takes them: malloc'd DER. Returns its length, or 0. */
static int der_of(const uint8_t signature[TCB_SIGNATURE_BYTES], uint8_t **der)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(signature, TCB_SIGNATURE_BYTES / 2, NULL);
	BIGNUM *s = BN_bin2bn(signature + TCB_SIGNATURE_BYTES / 2, TCB_SIGNATURE_BYTES / 2, NULL);
	int n = 0;

	if (sig && r && s && ECDSA_SIG_set0(sig, r, s)) {
		n = i2d_ECDSA_SIG(sig, der);
	} else {
		BN_free(r);
		BN_free(s);
	}
	ECDSA_SIG_free(sig);
	return n > 0 ? n : 0;
}

static enum tcb_answer verify_text(EVP_PKEY *key, struct ss_bytes text, const uint8_t *der, int n,
				   char *why)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ready = md && EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, key) == 1;
	int rc = ready ? EVP_DigestVerify(md, der, (size_t)n, text.p, text.n) : -1;

	EVP_MD_CTX_free(md);
	if (rc == 1)
		return TCB_DOC_OK;
	return refuse(why, ready ? TCB_DOC_BAD_SIGNATURE : TCB_DOC_NO_MEMORY,
		      "the signature does not cover these bytes: the document was changed, or is "
		      "another one; get it anew");
}

static enum tcb_answer check_signature(X509 *signer, struct ss_bytes text,
				       const uint8_t signature[TCB_SIGNATURE_BYTES], char *why)
{
	EVP_PKEY *key = X509_get0_pubkey(signer);
	enum tcb_answer answer;
	uint8_t *der = NULL;
	int n;

	if (!is_p256(key))
		return refuse(why, TCB_DOC_BAD_CHAIN,
			      "the chain: expected a signer's key on the curve P-256");
	n = der_of(signature, &der);
	answer = n ? verify_text(key, text, der, n, why) :
		 tcb_say(why, TCB_DOC_NO_MEMORY, "out of memory");
	OPENSSL_free(der);
	return answer;
}

enum tcb_answer tcb_trust_check(struct ss_bytes text, const uint8_t signature[TCB_SIGNATURE_BYTES],
				struct ss_bytes pem, const struct tcb_anchor *anchors,
				size_t nr_anchors, int64_t at, struct tcb_anchor *root,
				char why[TCB_WHY])
{
	struct chain chain = { NULL, NULL };
	enum tcb_answer answer = tcb_trust_ready(why);

	if (answer != TCB_DOC_OK)
		return answer;
	ERR_clear_error();
	answer = parse_chain(pem, &chain, why);
	if (answer == TCB_DOC_OK)
		answer = trust_chain(&chain, anchors, nr_anchors, at, root, why);
	if (answer == TCB_DOC_OK)
		answer = check_signature(chain.signer, text, signature, why);
	chain_release(&chain);
	ERR_clear_error();
	return answer;
}

/* ---- other roots ----------------------------------------------------------------------------- */

static void name_anchor(X509 *certificate, struct tcb_anchor *anchor)
{
	char *p;

	X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName,
				  anchor->name, sizeof(anchor->name));
	for (p = anchor->name; *p; p++)
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
}

enum tcb_answer tcb_trust_anchor(struct ss_bytes pem, struct tcb_anchor *anchor, char why[TCB_WHY])
{
	enum tcb_answer answer = tcb_trust_ready(why);
	X509 *certificate;
	BIO *bio;

	*anchor = (struct tcb_anchor){ .name = "" };
	if (answer != TCB_DOC_OK)
		return answer;
	bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	certificate = bio ? next_certificate(bio) : NULL;
	if (!certificate || !digest_of(certificate, anchor->sha256))
		answer = refuse(why, TCB_DOC_MALFORMED, "expected a certificate in PEM");
	else
		name_anchor(certificate, anchor);
	X509_free(certificate);
	BIO_free(bio);
	ERR_clear_error();
	return answer;
}
