/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Numbers that look random and follow from a seed. */
#ifndef SS_SIM_RANDOM_H
#define SS_SIM_RANDOM_H

#include "../core/platform.h"

/* splitmix64: small, and any seed will do. */
static inline uint64_t sim_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

#endif
