// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Text: formatting, escaping, hexadecimal, times. */
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *or_no_text(char *text)
{
	if (text)
		return text;
	base_lack();
	return base_no_text;
}

char *base_vtext(const char *fmt, va_list args)
{
	char *text;

	return or_no_text(vasprintf(&text, fmt, args) < 0 ? NULL : text);
}

char *base_text(const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = base_vtext(fmt, args);
	va_end(args);
	return text;
}

char *base_append(char *text, const char *fmt, ...)
{
	va_list args;
	char *more, *longer;

	va_start(args, fmt);
	more = base_vtext(fmt, args);
	va_end(args);
	longer = base_text("%s%s", text, more);
	base_free(more);
	base_free(text);
	return longer;
}

char *base_escape(const char *text)
{
	char *out = malloc(4 * strlen(text) + 1), *p = out;

	if (!out)
		return or_no_text(NULL);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c < 0x7f && c != '\\')
			*p++ = (char)c;
		else
			p += sprintf(p, "\\x%02x", c);
	}
	*p = '\0';
	return out;
}

char *base_hex(const uint8_t *bytes, size_t n)
{
	char *out = malloc(2 * n + 1);
	size_t i;

	if (!out)
		return or_no_text(NULL);
	out[0] = '\0';
	for (i = 0; i < n; i++)
		sprintf(out + 2 * i, "%02x", bytes[i]);
	return out;
}

char *base_duration(uint64_t ns)
{
	if (ns < 1000)
		return base_text("%u ns", (unsigned int)ns);
	if (ns < 1000000)
		return base_text("%.1f us", (double)ns / 1e3);
	if (ns < 1000000000)
		return base_text("%.1f ms", (double)ns / 1e6);
	return base_text("%.2f s", (double)ns / 1e9);
}
