/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The numbers behind a compatibility verdict, for people. */
#ifndef SS_CLI_COMPAT_TEXT_H
#define SS_CLI_COMPAT_TEXT_H

#include "../core/compat.h"

/* "wanted 1.5.24 or later, found 1.5.16", or "" where the reason has no numbers. malloc'd. */
char *cli_compat_values(const struct ss_compat *compat, enum ss_compat_reason reason);

#endif
