/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A signer for simulated machines, over libcrypto. */
#ifndef SS_EXPLORE_SIGNER_H
#define SS_EXPLORE_SIGNER_H

#include "core/image.h"

/* The signer of the images. @sign writes modulus, exponent and signature. */
struct check_signer {
	uint8_t signer[SS_SHA384_BYTES];
	void *ctx;
	bool (*sign)(void *ctx, uint8_t sigstruct[SS_SIGSTRUCT_BYTES]);
};

/* Makes a new RSA-3072 key, which signer_free() releases. Returns false if the library failed. */
bool signer_make(struct check_signer *signer);
void signer_free(struct check_signer *signer);
/* The same with an EVP_PKEY that the caller has and keeps. */
bool signer_use(struct check_signer *signer, void *key);

#endif
