// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Text: formatting, escaping, hexadecimal, times. Ends the program if there is no memory. */
#include "text.h"

#include "memory.h"

#include <seamstep/text.h>

#include <stdlib.h>

char *text_vformat(const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	return memory_checked(text);
}

char *text_format(const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = text_vformat(fmt, args);
	va_end(args);
	return text;
}

char *text_append(char *text, const char *fmt, ...)
{
	va_list args;
	char *more, *longer;

	va_start(args, fmt);
	more = text_vformat(fmt, args);
	va_end(args);
	longer = text_format("%s%s", text, more);
	free(more);
	free(text);
	return longer;
}

char *text_printable(char *text)
{
	char *p;

	for (p = text; *p; p++)
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
	return text;
}

char *text_escape(const char *text)
{
	return memory_checked(seamstep_escape(text));
}

char *text_hex(const uint8_t *bytes, size_t n)
{
	return memory_checked(seamstep_hex(bytes, n));
}

char *text_duration(uint64_t ns)
{
	return memory_checked(seamstep_duration_text(ns));
}

char *text_version(bool known, struct ss_version version)
{
	return memory_checked(seamstep_version_text(known, version));
}

char *text_date(uint32_t date)
{
	return memory_checked(seamstep_date_text(date));
}

char *text_reasons(const struct ss_compat *compat, uint32_t mask)
{
	return memory_checked(seamstep_reasons_text(compat, mask));
}

char *text_first_reason(const struct ss_compat *compat, uint32_t mask)
{
	return memory_checked(seamstep_first_reason_text(compat, mask));
}
