/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Text: formatting, escaping, hexadecimal, times. Returned texts are malloc'd. */
#ifndef SS_TOOL_BASE_TEXT_H
#define SS_TOOL_BASE_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <seamstep/types.h>

/* As asprintf(), but ends the program if there is no memory. */
__attribute__((format(printf, 1, 2)))
char *text_format(const char *fmt, ...);
char *text_vformat(const char *fmt, va_list args);
/* @text with more at its end. Frees @text. */
__attribute__((format(printf, 2, 3)))
char *text_append(char *text, const char *fmt, ...);

/**
 * text_escape - make text from a file or a host fit to print on a terminal
 * The backslash and every byte that is not printable ASCII become \xNN. So do the bytes of UTF-8:
 * file names and firmware fields need none. Returns malloc'd text; ends the program if there is no
 * memory.
 */
char *text_escape(const char *text);

/*
 * Replaces in place the bytes that text_escape() would escape. Returns @text. Callers escape the
 * texts that they put into messages; text_printable() catches a text that a caller forgot.
 */
char *text_printable(char *text);

char *text_hex(const uint8_t *bytes, size_t n);
char *text_duration(uint64_t ns);		/* "12.3 ms": for eyes */
char *text_version(bool known, struct ss_version version);	/* "1.5.06", or "?" */
char *text_date(uint32_t date);			/* "2024-04-07" */
/* Reasons of a verdict, as seamstep_reasons_text() and seamstep_first_reason_text(). */
char *text_reasons(const struct ss_compat *compat, uint32_t mask);
char *text_first_reason(const struct ss_compat *compat, uint32_t mask);

#endif
