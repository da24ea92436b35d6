// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Signs TCB Info for a lab, with ECDSA on P-256 and certificates as Intel's. */
#include "tcb_signer.h"

#include "lib/base/file.h"
#include "lib/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#define PEM_LIMIT	65536u
#define HALF		32	/* bytes of r, and of s */
/* Any time that somebody may ask about with --at, up to the end of Intel's own root. */
#define FROM		1514764800	/* 2018-01-01 */
#define UNTIL		2524607999	/* 2049-12-31 */

/* ---- certificates ---------------------------------------------------------------------------- */

static bool set_names(X509 *x, const struct tcb_certificate *w)
{
	X509_NAME *name = X509_get_subject_name(x);

	return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)w->name, -1,
					  -1, 0) &&
	       X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC,
					  (const uint8_t *)"seamstep lab", -1, -1, 0) &&
	       X509_set_issuer_name(x, w->issuer ? X509_get_subject_name(w->issuer) : name);
}

static bool set_serial(X509 *x)
{
	uint64_t serial;

	return RAND_bytes((uint8_t *)&serial, sizeof(serial)) == 1 &&
	       ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial | 1);
}

static bool add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;
	bool ok;

	X509V3_set_ctx(&ctx, issuer ? issuer : x, x, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = ext && X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
	return ok;
}

static bool fill(X509 *x, const struct tcb_certificate *w)
{
	return X509_set_version(x, 2) && set_serial(x) && set_names(x, w) &&
	       ASN1_TIME_set(X509_getm_notBefore(x), (time_t)w->from) &&
	       ASN1_TIME_set(X509_getm_notAfter(x), (time_t)w->until) &&
	       X509_set_pubkey(x, w->key) &&
	       add_extension(x, w->issuer, NID_subject_key_identifier, "hash") &&
	       add_extension(x, w->issuer, NID_authority_key_identifier, "keyid") &&
	       add_extension(x, w->issuer, NID_basic_constraints,
			     w->ca ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
	       add_extension(x, w->issuer, NID_key_usage,
			     w->ca ? "critical,keyCertSign,cRLSign" :
				     "critical,digitalSignature,nonRepudiation") &&
	       X509_sign(x, w->issuer_key ? w->issuer_key : w->key, EVP_sha256());
}

X509 *tcb_certificate_make(const struct tcb_certificate *wanted)
{
	X509 *x = X509_new();

	if (x && !fill(x, wanted)) {
		X509_free(x);
		x = NULL;
	}
	ERR_clear_error();
	return x;
}

/* ---- a signer -------------------------------------------------------------------------------- */

bool tcb_signer_make(struct tcb_signer *signer)
{
	EVP_PKEY *root_key = EVP_EC_gen("P-256");
	struct tcb_certificate root = {
		.name = "seamstep lab root", .key = root_key, .from = FROM, .until = UNTIL,
		.ca = true,
	}, own = { .name = "seamstep lab TCB Signing", .from = FROM, .until = UNTIL };

	memset(signer, 0, sizeof(*signer));
	signer->key = EVP_EC_gen("P-256");
	if (root_key && signer->key)
		signer->root = tcb_certificate_make(&root);
	own.key = signer->key;
	own.issuer = signer->root;
	own.issuer_key = root_key;
	if (signer->root)
		signer->certificate = tcb_certificate_make(&own);
	EVP_PKEY_free(root_key);
	if (signer->certificate)
		return true;
	tcb_signer_release(signer);
	return false;
}

void tcb_signer_release(struct tcb_signer *signer)
{
	EVP_PKEY_free(signer->key);
	X509_free(signer->certificate);
	X509_free(signer->root);
	memset(signer, 0, sizeof(*signer));
}

/* ---- files ----------------------------------------------------------------------------------- */

static char *text_of(BIO *bio, bool ok)
{
	char *data, *text = NULL;
	long n;

	if (bio && ok) {
		n = BIO_get_mem_data(bio, &data);
		text = strndup(data, (size_t)n);
	}
	BIO_free(bio);
	ERR_clear_error();
	return text;
}

char *tcb_signer_chain(const struct tcb_signer *signer)
{
	BIO *bio = BIO_new(BIO_s_mem());

	return text_of(bio, bio && PEM_write_bio_X509(bio, signer->certificate) &&
			    PEM_write_bio_X509(bio, signer->root));
}

static char *root_text(const struct tcb_signer *signer)
{
	BIO *bio = BIO_new(BIO_s_mem());

	return text_of(bio, bio && PEM_write_bio_X509(bio, signer->root));
}

static char *key_text(const struct tcb_signer *signer)
{
	BIO *bio = BIO_new(BIO_s_mem());

	return text_of(bio, bio && PEM_write_bio_PKCS8PrivateKey(bio, signer->key, NULL, NULL, 0,
								 NULL, NULL));
}

/* Takes @text. */
static bool save(const char *dir, const char *name, char *text, unsigned int mode)
{
	char *path = base_text("%s/%s", dir, name);
	bool ok = text && base_file_write(path, text, strlen(text), mode);

	base_free(path);
	base_free(text);
	return ok;
}

bool tcb_signer_save(const struct tcb_signer *signer, const char *dir)
{
	return save(dir, "root.pem", root_text(signer), 0644) &&
	       save(dir, "signer.pem", tcb_signer_chain(signer), 0644) &&
	       save(dir, "signer.key.pem", key_text(signer), 0600);
}

static BIO *open_pem(const char *dir, const char *name)
{
	char *path = base_text("%s/%s", dir, name);
	size_t bytes;
	uint8_t *text = base_file_read(path, PEM_LIMIT, &bytes);
	BIO *bio = text ? BIO_new(BIO_s_mem()) : NULL;

	if (bio && BIO_write(bio, text, (int)bytes) != (int)bytes) {
		BIO_free(bio);
		bio = NULL;
	}
	base_free(text);
	base_free(path);
	return bio;
}

static int no_passphrase(char *buf, int size, int rwflag, void *ctx)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)ctx;
	return -1;
}

bool tcb_signer_load(struct tcb_signer *signer, const char *dir)
{
	BIO *chain = open_pem(dir, "signer.pem"), *key = open_pem(dir, "signer.key.pem");

	memset(signer, 0, sizeof(*signer));
	if (chain && key) {
		signer->certificate = PEM_read_bio_X509(chain, NULL, no_passphrase, NULL);
		signer->root = PEM_read_bio_X509(chain, NULL, no_passphrase, NULL);
		signer->key = PEM_read_bio_PrivateKey(key, NULL, no_passphrase, NULL);
	}
	BIO_free(chain);
	BIO_free(key);
	ERR_clear_error();
	if (signer->certificate && signer->root && signer->key)
		return true;
	tcb_signer_release(signer);
	return false;
}

/* ---- signatures ------------------------------------------------------------------------------ */

static bool split(const uint8_t *der, size_t n, uint8_t out[2 * HALF])
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)n);
	bool ok = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, HALF) == HALF &&
		  BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + HALF, HALF) == HALF;

	ECDSA_SIG_free(sig);
	return ok;
}

bool tcb_signer_sign(EVP_PKEY *key, const char *text, size_t bytes,
		     char signature[TCB_SIGNATURE_TEXT])
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	uint8_t der[256], both[2 * HALF];
	size_t n = sizeof(der), i;
	bool ok = md && EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
		  EVP_DigestSign(md, der, &n, (const uint8_t *)text, bytes) == 1 &&
		  split(der, n, both);

	for (i = 0; ok && i < sizeof(both); i++)
		sprintf(signature + 2 * i, "%02x", both[i]);
	EVP_MD_CTX_free(md);
	ERR_clear_error();
	return ok;
}
