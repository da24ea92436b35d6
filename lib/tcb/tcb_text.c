// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Bounded text for the readers of TCB Info, and the names of answers, statuses and reasons. */
#include "tcb_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum tcb_answer tcb_say(char why[TCB_WHY], enum tcb_answer answer, const char *fmt, ...)
{
	va_list args;
	char *p;

	va_start(args, fmt);
	vsnprintf(why, TCB_WHY, fmt, args);
	va_end(args);
	for (p = why; *p; p++)
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
	return answer;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool tcb_hex(const char *text, size_t length, uint8_t *out, size_t n)
{
	size_t i;

	if (length != 2 * n)
		return false;
	for (i = 0; i < n; i++) {
		int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

#define NAME_OF(NAME, name, ...) name,
#define TEXT_OF(NAME, name, text) text,
static const char *const answer_names[] = { TCB_ANSWERS(NAME_OF) };
static const char *const answer_texts[] = { TCB_ANSWERS(TEXT_OF) };
static const char *const status_names[] = { TCB_STATUSES(NAME_OF) };
static const char *const reason_texts[] = { TCB_REASONS(NAME_OF) };

const char *tcb_answer_name(enum tcb_answer answer)
{
	return (unsigned int)answer < TCB_DOC_NR ? answer_names[answer] : "malformed";
}

const char *tcb_answer_text(enum tcb_answer answer)
{
	return (unsigned int)answer < TCB_DOC_NR ? answer_texts[answer] : "";
}

bool tcb_answer_usable(enum tcb_answer answer)
{
	return answer == TCB_DOC_OK || answer == TCB_DOC_STALE || answer == TCB_DOC_NOT_YET;
}

const char *tcb_status_name(enum tcb_status status)
{
	return status_names[(unsigned int)status < TCB_STATUS_NR ? status : TCB_UNKNOWN];
}

const char *tcb_reason_text(enum tcb_reason reason)
{
	return (unsigned int)reason < TCB_REASON_NR ? reason_texts[reason] : "";
}

bool tcb_status_parse(const char *name, enum tcb_status *status)
{
	unsigned int i;

	for (i = 0; i <= TCB_REVOKED; i++) {
		if (!strcasecmp(name, status_names[i])) {
			*status = (enum tcb_status)i;
			return true;
		}
	}
	return false;
}
