/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Signed images of the versions that the software model can run. */
#ifndef SS_LAB_MODEL_IMAGE_H
#define SS_LAB_MODEL_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/image.h"
#include "sim/sim.h"
#include "lib/image/crypto.h"

/* An RSA-3072 private key in PEM. The key is public and protects nothing. */
extern const char model_key_pem[];

/* The two parts that a container joins. */
struct model_parts {
	uint8_t sigstruct[SS_SIGSTRUCT_BYTES];
	uint8_t *module;
	size_t module_bytes;
};

/**
 * model_parts_build - build module and signed sigstruct of a version
 * Returns false, with nothing held, if the crypto library failed. Call model_parts_release() after
 * use.
 */
bool model_parts_build(const struct sim_module_info *info, const struct key *key,
		       struct model_parts *parts);
void model_parts_release(struct model_parts *parts);

/* Signs parts->sigstruct without other changes. Returns false if the crypto library failed. */
bool model_parts_sign(struct model_parts *parts, const struct key *key);

/* Packs a container of format 0x100 or 0x200: malloc'd bytes. NULL where memory lacks. */
uint8_t *model_parts_pack(const struct model_parts *parts, uint16_t container, size_t *bytes);

#endif
