// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The context of libseamstep: errors, the log, the version. */
#include "api.h"

#include <stdlib.h>
#include <string.h>

#ifndef SEAMSTEP_VERSION
#define SEAMSTEP_VERSION "unknown"
#endif

struct seamstep *seamstep_new(void)
{
	base_begin();
	return base_alloc(sizeof(struct seamstep));
}

void seamstep_free(struct seamstep *s)
{
	if (s)
		base_free(s->error);
	base_free(s);
}

const char *seamstep_error(const struct seamstep *s)
{
	if (s->lacks)
		return "not enough memory";
	return s->error ? s->error : "";
}

void seamstep_set_log(struct seamstep *s,
		      void (*log)(void *arg, enum seamstep_log_level level, const char *line),
		      void *arg)
{
	s->log = log;
	s->log_arg = arg;
}

const char *seamstep_library_version(void)
{
	return SEAMSTEP_VERSION;
}

/* ---- how an entry point begins and ends ------------------------------------------------------ */

void api_begin(struct seamstep *s)
{
	base_begin();
	base_free(s->error);
	s->error = NULL;
	s->lacks = false;
}

enum seamstep_end api_end_anyway(struct seamstep *s, enum seamstep_end end, char *why)
{
	s->error = why;
	s->lacks = end && why == base_no_text;
	return end;
}

enum seamstep_end api_end(struct seamstep *s, enum seamstep_end end, char *why)
{
	if (!base_lacks() && end != SEAMSTEP_NO_MEMORY)
		return api_end_anyway(s, end, why);
	base_free(why);
	s->lacks = true;
	return SEAMSTEP_NO_MEMORY;
}

void api_copy(void *own, size_t bytes, const void *request)
{
	size_t given;

	memcpy(&given, request, sizeof(given));
	memset(own, 0, bytes);
	memcpy(own, request, given < bytes ? given : bytes);
}

char *api_why(const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = base_vtext(fmt, args);
	va_end(args);
	return text;
}
