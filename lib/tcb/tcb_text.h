/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Bounded text for the readers of TCB Info: sentences, hexadecimal. */
#ifndef SS_LIB_TCB_TCB_TEXT_H
#define SS_LIB_TCB_TCB_TEXT_H

#include "tcb.h"

/* Writes a sentence, unprintable bytes as '?', cut to TCB_WHY bytes. Returns @answer. */
__attribute__((format(printf, 3, 4)))
enum tcb_answer tcb_say(char why[TCB_WHY], enum tcb_answer answer, const char *fmt, ...);

/* Exactly 2 * @n hexadecimal digits in either letter case. */
bool tcb_hex(const char *text, size_t length, uint8_t *out, size_t n);

#endif
