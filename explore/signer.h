/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A signer for the machines of the explorer, over libcrypto. */
#ifndef SS_EXPLORE_SIGNER_H
#define SS_EXPLORE_SIGNER_H

#include "check_update.h"

/* Makes a new RSA-3072 key, which signer_free() releases. Returns false if the library failed. */
bool signer_make(struct check_signer *signer);
void signer_free(struct check_signer *signer);

#endif
