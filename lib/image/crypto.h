/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* libcrypto behind the core's crypto functions, and RSA-3072 keys that sign modules for a lab. */
#ifndef SS_CLI_CRYPTO_H
#define SS_CLI_CRYPTO_H

#include <stdbool.h>
#include <stdint.h>

#include "core/image.h"

/* struct ss_crypto over libcrypto. Context: user space, any thread. */
extern const struct ss_crypto cli_crypto;

/* An RSA-3072 key with exponent 65537: a private one, or only its public half. */
struct cli_key;

#define CLI_KEY_PEM_LIMIT	65536u	/* bytes that a PEM file may have */

/* A new private key. NULL if the library failed. */
struct cli_key *cli_key_generate(void);

/**
 * cli_key_parse - the first key in a PEM text, private or public
 * @pem: untrusted; a key behind a passphrase is refused, nothing is asked
 * Returns NULL if @pem has no key, or its key is not of the kind that signs modules.
 */
struct cli_key *cli_key_parse(const char *pem);

/**
 * cli_key_load - cli_key_parse() of a file
 * @why: set on error: a phrase for a message, not to be freed
 */
struct cli_key *cli_key_load(const char *path, const char **why);

/* The key as malloc'd PEM text. NULL if the library failed, or if @key lacks a private half. */
char *cli_key_pem(const struct cli_key *key, bool private_half);

/**
 * cli_key_save - write the private key, mode 0600, or the public one, mode 0644
 * Replaces the file as a whole. Returns false, with errno set, if the file was not replaced.
 */
bool cli_key_save(const struct cli_key *key, bool private_half, const char *path);
void cli_key_free(struct cli_key *key);

/* The modulus as a sigstruct holds it (little-endian), and its SHA-384, which names the signer. */
bool cli_key_modulus(const struct cli_key *key, uint8_t modulus[SS_RSA3072_BYTES]);
bool cli_key_signer(const struct cli_key *key, uint8_t signer[SS_SHA384_BYTES]);

/* Writes modulus, exponent and signature into a sigstruct whose other fields are complete. */
bool cli_key_sign_sigstruct(const struct cli_key *key, uint8_t sigstruct[SS_SIGSTRUCT_BYTES]);

#endif
