/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* libcrypto behind the core's crypto functions, and RSA-3072 keys that sign modules for a lab. */
#ifndef SS_LIB_IMAGE_CRYPTO_H
#define SS_LIB_IMAGE_CRYPTO_H

#include <stdbool.h>
#include <stdint.h>

#include "core/image.h"

/* struct ss_crypto over libcrypto. Context: user space, any thread. */
extern const struct ss_crypto crypto_openssl;

/* An RSA-3072 key with exponent 65537: a private one, or only its public half. */
struct key;

#define KEY_PEM_LIMIT	65536u	/* bytes that a PEM file may have */

/* A new private key. NULL if the library failed. */
struct key *key_generate(void);

/**
 * key_parse - the first key in a PEM text, private or public
 * @pem: untrusted; a key behind a passphrase is refused, nothing is asked
 * Returns NULL if @pem has no key, or its key is not of the kind that signs modules.
 */
struct key *key_parse(const char *pem);

/**
 * key_load - key_parse() of a file
 * @why: set on error: a phrase for a message, not to be freed
 */
struct key *key_load(const char *path, const char **why);

/* The key as malloc'd PEM text. NULL if the library failed, or if @key lacks a private half. */
char *key_pem(const struct key *key, bool private_half);

/**
 * key_save - write the private key, mode 0600, or the public one, mode 0644
 * Replaces the file as a whole. Returns false, with errno set, if the file was not replaced.
 */
bool key_save(const struct key *key, bool private_half, const char *path);
void key_free(struct key *key);

/* The modulus as a sigstruct holds it (little-endian), and its SHA-384, which names the signer. */
bool key_modulus(const struct key *key, uint8_t modulus[SS_RSA3072_BYTES]);
bool key_signer(const struct key *key, uint8_t signer[SS_SHA384_BYTES]);

/* Writes modulus, exponent and signature into a sigstruct whose other fields are complete. */
bool key_sign_sigstruct(const struct key *key, uint8_t sigstruct[SS_SIGSTRUCT_BYTES]);

#endif
