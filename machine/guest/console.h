/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A guest's console: the VMM's serial port. */
#ifndef GUEST_CONSOLE_H
#define GUEST_CONSOLE_H

#include "tdx.h"

#define COM1		0x3f8u

static inline void put(char c)
{
	struct vmcall v = { .r11 = VMCALL_IO, .r12 = 1, .r13 = 1, .r14 = COM1, .r15 = (uint8_t)c };

	vmcall(&v);
}

static inline void text(const char *s)
{
	while (*s)
		put(*s++);
}

static inline void decimal(uint64_t v)
{
	if (v > 9)
		decimal(v / 10);
	put('0' + v % 10);
}

static inline void hex(uint64_t v, unsigned digits)
{
	while (digits--)
		put("0123456789abcdef"[v >> 4 * digits & 15]);
}

#endif
