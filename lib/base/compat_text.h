/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The numbers behind a compatibility verdict, for people. */
#ifndef SS_LIB_BASE_COMPAT_TEXT_H
#define SS_LIB_BASE_COMPAT_TEXT_H

#include <stdint.h>

#include "core/compat.h"

/* "wanted 1.5.24 or later, found 1.5.16", or "" where the reason has no numbers. malloc'd. */
char *compat_values(const struct ss_compat *compat, enum ss_compat_reason reason);

/*
 * The reasons in @mask, "; " between: "the image is not made for a CPU of this host (found
 * 0xc06f0)"; malloc'd.
 */
char *context_reasons(const struct ss_compat *compat, uint32_t mask);
/* The first reason in @mask, and the number of further ones; malloc'd. */
char *context_first_reason(const struct ss_compat *compat, uint32_t mask);

#endif
