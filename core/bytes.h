/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Little-endian numbers at any alignment. */
#ifndef SS_CORE_BYTES_H
#define SS_CORE_BYTES_H

#include "platform.h"

static inline uint16_t ss_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t ss_get32(const uint8_t *p)
{
	return ss_get16(p) | (uint32_t)ss_get16(p + 2) << 16;
}

static inline uint64_t ss_get64(const uint8_t *p)
{
	return ss_get32(p) | (uint64_t)ss_get32(p + 4) << 32;
}

static inline void ss_put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v & 0xff);
	p[1] = (uint8_t)(v >> 8);
}

static inline void ss_put32(uint8_t *p, uint32_t v)
{
	ss_put16(p, (uint16_t)(v & 0xffff));
	ss_put16(p + 2, (uint16_t)(v >> 16));
}

static inline void ss_put64(uint8_t *p, uint64_t v)
{
	ss_put32(p, (uint32_t)(v & 0xffffffff));
	ss_put32(p + 4, (uint32_t)(v >> 32));
}

#endif
