/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* How much a measurement does, in a TD and in a process. */
#ifndef GUEST_SPEED_H
#define GUEST_SPEED_H

#define SPEED_WORDS	65536u
#define SPEED_ROUNDS	64u
#define SPEED_CALLS	2000u

#endif
