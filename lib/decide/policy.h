/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Which images the operator allows to be installed. */
#ifndef SS_LIB_DECIDE_POLICY_H
#define SS_LIB_DECIDE_POLICY_H

#include <stddef.h>
#include <stdint.h>

#include "core/image.h"

/* Digests are SHA-384s of modules, as signed: an image's SEAMHASH, a running module's MRSEAM. */
struct policy {
	uint8_t (*approved)[SS_SHA384_BYTES];
	size_t nr_approved;		/* 0: each image that is not blocked */
	uint8_t (*blocked)[SS_SHA384_BYTES];
	size_t nr_blocked;
};

/* Why the image must not be installed: a clause. NULL: it may. */
const char *policy_forbids(const struct policy *policy, const struct ss_image *image);
void policy_release(struct policy *policy);

#endif
