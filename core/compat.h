/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* May image B follow module A on this host: a verdict with its reasons. */
#ifndef SS_CORE_COMPAT_H
#define SS_CORE_COMPAT_H

#include "image.h"
#include "compat_types.h"
#include "room.h"

/**
 * ss_compat_check - may @image follow the module that runs on @host?
 * @rule: from the mapping file, or NULL
 *
 * Applies all checks, never stops at the first. The P-SEAMLDR must satisfy the minimum of its own
 * major.minor line, or else that of the nearest older line with the same major.
 *
 * Context: any; pure. Returns true if nothing refuses. A caller that waives reasons looks at @out
 *          instead. out->hv is 0 unless the running module's
 *          window is known and has a version for the image.
 * Source: specification 5.2 (B11-B18, C2, D1, D2), 9, 10.1, 10.2.
 */
bool ss_compat_check(const struct ss_image *image, const struct ss_compat_host *host,
		     const struct ss_compat_rule *rule, struct ss_compat *out);

/**
 * ss_compat_handoff - one handoff version that the running module writes and all images read
 * @images: target first, then fallbacks; those that do not fit any common version with the
 *          target are left out of *@usable (bit i for images[i])
 * As many images as possible; among equals the version nearest to the running module's own.
 * At most 32 images. Returns false if even the target does not fit, or nothing is known of the
 * running module's window.
 */
SS_MUST_CHECK bool ss_compat_handoff(const struct ss_compat_host *host,
				     const struct ss_image *const *images, uint32_t nr,
				     uint16_t *hv, uint32_t *usable);

/**
 * ss_compat_host_runs - the host whose running module is the one that @sig signs
 * Sets all that a sigstruct says of a running module: SVNs, handoff window and pages, memory,
 * MRSEAM.
 * Context: any; pure.
 */
void ss_compat_host_runs(struct ss_compat_host *host, const struct ss_sigstruct *sig);

const char *ss_compat_name(enum ss_compat_reason reason);	/* "svn-minor" */
const char *ss_compat_text(enum ss_compat_reason reason);
bool ss_compat_refuses(enum ss_compat_reason reason);

/*
 * "1.5.06" style. Parses strictly: three decimal numbers, nothing before or after. Returns false
 * if malformed; @out is then as it was.
 */
SS_MUST_CHECK bool ss_version_parse(const char *text, struct ss_version *out);
int ss_version_cmp(struct ss_version a, struct ss_version b);	/* -1, 0, 1 */
uint64_t ss_version_pack(struct ss_version v);	/* as in struct ss_compat */

/**
 * ss_sigstruct_version - the version that a sigstruct seems to name in reserved3
 * Modules 2.0.x have theirs there; the meaning is inferred from those that are public.
 * Returns false if there is none. Source: specification 4.6.
 */
SS_MUST_CHECK bool ss_sigstruct_version(const struct ss_sigstruct *sig, struct ss_version *out);

#endif
