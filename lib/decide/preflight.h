/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The checks before an update: each has a name, all run every time, each writes one line. */
#ifndef SS_CLI_PREFLIGHT_H
#define SS_CLI_PREFLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include <seamstep/update.h>

#include "context.h"

/* The image to install, and the fallbacks for a failed installation. */
struct preflight_target {
	const struct seamstep_image *image;
	const struct seamstep_image *fallbacks[SEAMSTEP_MAX_FALLBACKS];
	uint32_t nr_fallbacks;
	bool reinstall, allow_older, allow_debug;
	bool need_fallback;
	uint32_t td_build;	/* as in struct host_request */
};

/**
 * preflight_run - run all checks
 * @waived: bit (1 << enum seamstep_check)
 * @signer: SHA-384 of the modulus that must have signed
 */
void preflight_run(struct seamstep_preflight *p, const struct context *c,
		   const struct preflight_target *target, uint32_t waived,
		   const uint8_t signer[SS_SHA384_BYTES]);
/* The checks of the host alone: could it be updated now, whatever the image? */
void preflight_ready(struct seamstep_preflight *p, const struct context *c, uint32_t waived);
/* The reasons of compat that the target's flags waive. */
uint32_t preflight_waived_reasons(const struct preflight_target *target);
/* The reasons of compat that the checks in @waived cover. */
uint32_t preflight_reasons_of(uint32_t waived);
void preflight_release(struct seamstep_preflight *p);

/* The first line that fails, "lps: ...", and the number of further ones; NULL if none. */
char *preflight_first(const struct seamstep_preflight *p);

#endif
