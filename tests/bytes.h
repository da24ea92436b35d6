/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Little-endian fields, read and written by hand: not with the code under test. */
#ifndef TESTS_BYTES_H
#define TESTS_BYTES_H

#include <stdint.h>

static inline void put_le(uint8_t *p, uint64_t value, unsigned int width)
{
	for (; width; width--, value >>= 8)
		*p++ = (uint8_t)value;
}

static inline uint64_t get_le(const uint8_t *p, unsigned int width)
{
	uint64_t value = 0;

	while (width--)
		value = value << 8 | p[width];
	return value;
}

#endif
