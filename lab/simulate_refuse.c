// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Notes the reason why a simulation cannot go on. */
#include "simulate.h"

#include "lib/base/text.h"

#include <stdarg.h>
#include <stdlib.h>

bool simulate_refuse(struct simulation *s, enum lib_end end, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = text_vformat(fmt, args);
	va_end(args);
	free(s->error);
	s->error = text;
	s->ended = end;
	return false;
}
