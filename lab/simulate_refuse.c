// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Notes the reason why a simulation cannot go on. */
#include "simulate.h"

#include "lib/base/text.h"

#include <stdarg.h>
#include <stdlib.h>

bool simulate_refuse(struct simulation *s, enum seamstep_end end, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = base_vtext(fmt, args);
	va_end(args);
	base_free(s->error);
	s->error = text;
	s->ended = end;
	return false;
}
