// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What a TD and its VMM say: lines on standard output, with the TD's name in front. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "vmm.h"

static void print(const struct td *td, const char *what, const char *format, va_list args)
{
	char text[2 * LINE_BYTES];

	vsnprintf(text, sizeof(text), format, args);
	printf("%s: %s%s\n", td->options->name, what, text);
	fflush(stdout);
}

void vmm_say(const struct td *td, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(td, "[vmm] ", format, args);
	va_end(args);
}

void vmm_fail(const struct td *td, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(td, "[vmm] error: ", format, args);
	va_end(args);
	exit(1);
}

/* ---- the guest's console --------------------------------------------------------------------- */

static void flush_locked(struct td *td)
{
	if (!td->line_bytes)
		return;
	printf("%s: %.*s\n", td->options->name, (int)td->line_bytes, td->line);
	fflush(stdout);
	td->line_bytes = 0;
}

/* A guest is not trusted: what could change a terminal is shown as a dot. */
void vmm_console_byte(struct td *td, char c)
{
	pthread_mutex_lock(&td->lock);
	if (c == '\n' || td->line_bytes == sizeof(td->line))
		flush_locked(td);
	if (c != '\n' && c != '\r')
		td->line[td->line_bytes++] = (c < ' ' && c != '\t') || c > '~' ? '.' : c;
	pthread_mutex_unlock(&td->lock);
}

void vmm_console_flush(struct td *td)
{
	pthread_mutex_lock(&td->lock);
	flush_locked(td);
	pthread_mutex_unlock(&td->lock);
}
