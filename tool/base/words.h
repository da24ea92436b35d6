/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Words of a command line: numbers, and misspelt names. */
#ifndef SS_TOOL_BASE_WORDS_H
#define SS_TOOL_BASE_WORDS_H

#include <stdbool.h>
#include <stdint.h>

/* Decimal, or hexadecimal with 0x, nothing before or after. False if malformed or out of range. */
bool words_number(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/* The entry of the NULL-ended @list that @name probably misspells, or NULL. */
const char *words_nearest(const char *name, const char *const *list);

#endif
