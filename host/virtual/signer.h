/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A signer for the machines of the explorer, over libcrypto. */
#ifndef SS_VIRTUAL_SIGNER_H
#define SS_VIRTUAL_SIGNER_H

#include "check_update.h"

/* A new RSA-3072 key. Returns false if the library failed. To be released by signer_free(). */
bool signer_make(struct check_signer *signer);
void signer_free(struct check_signer *signer);

#endif
