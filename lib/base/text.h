/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Text: formatting, escaping, hexadecimal, times. Returned texts go to base_free(). */
#ifndef SS_LIB_BASE_TEXT_H
#define SS_LIB_BASE_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "alloc.h"

/* As asprintf(). Never NULL: base_no_text, with the lack noted, if there is no memory. */
__attribute__((format(printf, 1, 2)))
char *base_text(const char *fmt, ...);
char *base_vtext(const char *fmt, va_list args);
/* @text with more at its end. Frees @text. */
__attribute__((format(printf, 2, 3)))
char *base_append(char *text, const char *fmt, ...);

/**
 * base_escape - make text from a file or a host fit to print on a terminal
 * The backslash and every byte that is not printable ASCII become \xNN. So do the bytes of UTF-8:
 * file names and firmware fields need none.
 */
char *base_escape(const char *text);

char *base_hex(const uint8_t *bytes, size_t n);
char *base_duration(uint64_t ns);		/* "12.3 ms": for eyes */

#endif
