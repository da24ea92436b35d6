/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Versions, reasons and other facts as text. */
#ifndef SEAMSTEP_TEXT_H
#define SEAMSTEP_TEXT_H

#include <seamstep/types.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/**
 * seamstep_escape - make text from a file or a host fit to print
 * The backslash and every byte that is not printable ASCII become \xNN.
 * Returns text to be freed, or NULL if there is no memory.
 */
char *seamstep_escape(const char *text);

/**
 * seamstep_hex - bytes as lower-case hexadecimal
 * Returns text to be freed, or NULL if there is no memory.
 */
char *seamstep_hex(const uint8_t *bytes, size_t n);

/**
 * seamstep_time_text - now, in UTC, as the journal writes it: "2026-03-01T10:00:00Z"
 * Returns text to be freed, or NULL if there is no memory.
 */
char *seamstep_time_text(void);

/**
 * seamstep_date_text - the date of a sigstruct, 0xYYYYMMDD, as "YYYY-MM-DD"
 * Returns text to be freed, or NULL if there is no memory.
 */
char *seamstep_date_text(uint32_t date);

/**
 * seamstep_duration_text - a span of time for eyes: "12.3 ms"
 * Returns text to be freed, or NULL if there is no memory.
 */
char *seamstep_duration_text(uint64_t ns);

/**
 * seamstep_number - read a number, decimal or with 0x hexadecimal, nothing before or after it
 * Returns false if @text is malformed or the number is not from @min to @max.
 */
bool seamstep_number(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/**
 * seamstep_nearest - the entry of a list that a word probably misspells
 * @list: NULL at the end
 * Returns an entry, or NULL if none is near.
 */
const char *seamstep_nearest(const char *name, const char *const *list);

/**
 * seamstep_version_parse - read "1.5.06"
 * Three decimal numbers, each 0 to 65535, nothing before or after them.
 * Returns false if @text is malformed; @version is then as it was.
 */
bool seamstep_version_parse(const char *text, struct ss_version *version);

/**
 * seamstep_version_cmp - compare two versions
 * Returns -1, 0 or 1.
 */
int seamstep_version_cmp(struct ss_version a, struct ss_version b);

/**
 * seamstep_version_text - "1.5.06"
 * @known: if false, the text is "?"
 * Returns text to be freed, or NULL if there is no memory.
 */
char *seamstep_version_text(bool known, struct ss_version version);

/**
 * seamstep_reason_name - the name of a reason of a verdict: "svn-minor"
 * @reason: enum ss_compat_reason. Returns "" for a number that is no reason.
 */
const char *seamstep_reason_name(enum ss_compat_reason reason);

/**
 * seamstep_reason_text - a reason as a phrase, without numbers
 */
const char *seamstep_reason_text(enum ss_compat_reason reason);

/**
 * seamstep_reasons_text - the reasons in @mask with their numbers, "; " between them
 * @compat: a verdict
 * @mask:   bit (1 << enum ss_compat_reason): compat->refused, compat->warned, or a part of these
 * Returns text to be freed, or NULL if there is no memory.
 */
char *seamstep_reasons_text(const struct ss_compat *compat, uint32_t mask);

/**
 * seamstep_first_reason_text - the first reason in @mask, and the number of further ones
 * Arguments and result as of seamstep_reasons_text().
 */
char *seamstep_first_reason_text(const struct ss_compat *compat, uint32_t mask);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
