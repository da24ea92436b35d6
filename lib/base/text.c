// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Text: formatting, escaping, hexadecimal, times. */
#include "text.h"

#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	char *out = memory_alloc(4 * strlen(text) + 1), *p = out;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c < 0x7f && c != '\\')
			*p++ = (char)c;
		else
			p += sprintf(p, "\\x%02x", c);
	}
	return out;
}

char *text_hex(const uint8_t *bytes, size_t n)
{
	char *out = memory_alloc(2 * n + 1);
	size_t i;

	for (i = 0; i < n; i++)
		sprintf(out + 2 * i, "%02x", bytes[i]);
	return out;
}

char *text_duration(uint64_t ns)
{
	if (ns < 1000)
		return text_format("%u ns", (unsigned int)ns);
	if (ns < 1000000)
		return text_format("%.1f us", (double)ns / 1e3);
	if (ns < 1000000000)
		return text_format("%.1f ms", (double)ns / 1e6);
	return text_format("%.2f s", (double)ns / 1e9);
}
