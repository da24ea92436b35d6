/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Writes the outcome of an update whose own process did not come to it. */
#ifndef SS_LIB_UPDATE_RECONCILE_H
#define SS_LIB_UPDATE_RECONCILE_H

#include <seamstep/types.h>

#include "lib/decide/context.h"

/**
 * reconcile - settle the journal's last update if it was interrupted in this boot
 * @settled: set to a sentence (malloc'd), or left NULL where there is nothing to settle
 * The host is locked. Returns SEAMSTEP_OK, or the kind of error with *@why set.
 */
enum seamstep_end reconcile(struct context *c, char **settled, char **why);

#endif
