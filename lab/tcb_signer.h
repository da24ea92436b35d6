/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Signs TCB Info for a lab: a root of its own, a signing certificate, signatures. */
#ifndef SS_LAB_TCB_SIGNER_H
#define SS_LAB_TCB_SIGNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#define TCB_SIGNATURE_TEXT	129u	/* 128 hexadecimal digits */

/* A certificate to be made. @issuer NULL: by itself. Dates in seconds since 1970. */
struct tcb_certificate {
	const char *name;		/* common name */
	EVP_PKEY *key;
	X509 *issuer;
	EVP_PKEY *issuer_key;
	int64_t from, until;
	bool ca;
};
/* NULL if the library failed. */
X509 *tcb_certificate_make(const struct tcb_certificate *wanted);

struct tcb_signer {
	EVP_PKEY *key;
	X509 *certificate, *root;
};

/* New keys and certificates; the root's key is forgotten. False if the library failed. */
bool tcb_signer_make(struct tcb_signer *signer);
/* root.pem, signer.pem (the chain) and signer.key.pem in @dir. False with errno set. */
bool tcb_signer_save(const struct tcb_signer *signer, const char *dir);
/* False if the files are not there or are not what tcb_signer_save() writes. */
bool tcb_signer_load(struct tcb_signer *signer, const char *dir);
void tcb_signer_release(struct tcb_signer *signer);

/* ECDSA over SHA-256 of the bytes: r and s in hexadecimal. */
bool tcb_signer_sign(EVP_PKEY *key, const char *text, size_t bytes,
		     char signature[TCB_SIGNATURE_TEXT]);
/* The certificate, then its root: malloc'd PEM. NULL if the library failed. */
char *tcb_signer_chain(const struct tcb_signer *signer);

#endif
