/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Images for a lab that are wrong in one way each. */
#ifndef SS_CLI_LAB_H
#define SS_CLI_LAB_H

#include <stddef.h>
#include <stdint.h>

#include "model_image.h"

extern const uint32_t lab_bad_nr;
const char *lab_bad_name(uint32_t i);		/* "bad-hash" */

/* A version that can follow @running: bad ones differ from it in nothing but their fault. */
const struct sim_module_info *lab_bad_base(const struct sim_module_info *running);

/**
 * lab_bad_build - the container of bad image @i
 * @good:     what it would be without the fault
 * @running:  the module of the host that it shall not fit
 * @key:      the lab's signer
 * @stranger: another
 *
 * Returns malloc'd bytes, NULL if the crypto library failed.
 */
uint8_t *lab_bad_build(uint32_t i, const struct sim_module_info *good,
		       const struct sim_module_info *running, const struct cli_key *key,
		       const struct cli_key *stranger, size_t *bytes);

#endif
