/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Bad images for a lab: each has one fault. */
#ifndef SS_LAB_LAB_H
#define SS_LAB_LAB_H

#include <stddef.h>
#include <stdint.h>

#include "model_image.h"

extern const uint32_t lab_bad_nr;
const char *lab_bad_name(uint32_t i);		/* "bad-hash" */

/* A version that can follow @running. A bad image differs from this version only by its fault. */
const struct sim_module_info *lab_bad_base(const struct sim_module_info *running);

/**
 * lab_bad_build - the container of bad image @i
 * @good:     the version of the image without the fault
 * @running:  the running module of the host that the image must not fit
 * @key:      the lab's signer
 * @stranger: another signer's key
 *
 * Returns malloc'd bytes, NULL if the crypto library failed.
 */
uint8_t *lab_bad_build(uint32_t i, const struct sim_module_info *good,
		       const struct sim_module_info *running, const struct key *key,
		       const struct key *stranger, size_t *bytes);

#endif
