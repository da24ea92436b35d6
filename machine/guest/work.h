/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What guests compute with their memory. An ordinary process computes the same: ../host/speed.c */
#ifndef GUEST_WORK_H
#define GUEST_WORK_H

#include <stdint.h>

/* splitmix64: what a word should be, from its number. */
static inline uint64_t work_word(uint64_t i)
{
	i = (i + 1) * 0x9e3779b97f4a7c15ul;
	i = (i ^ i >> 30) * 0xbf58476d1ce4e5b9ul;
	return i ^ i >> 27;
}

static inline uint64_t work_checksum(const uint64_t *p, uint64_t words)
{
	uint64_t sum = 0, i;

	for (i = 0; i < words; i++)
		sum = (sum << 1 | sum >> 63) ^ p[i];
	return sum;
}

/* A measurement: @words are written and read @rounds times. */
static inline uint64_t work_rounds(uint64_t *p, uint64_t words, unsigned rounds)
{
	uint64_t sum = 0, i;

	while (rounds--) {
		for (i = 0; i < words; i++)
			p[i] = work_word(i ^ sum);
		sum = work_checksum(p, words);
	}
	return sum;
}

#endif
