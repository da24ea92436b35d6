/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Behind the entry points of libseamstep: the opaque objects, and how an entry point ends. */
#ifndef SS_LIB_API_API_H
#define SS_LIB_API_API_H

#include <seamstep/seamstep.h>

#include "lib/base/text.h"
#include "lib/decide/context.h"
#include "lib/record/lock.h"

struct seamstep {
	char *error;			/* NULL: none */
	bool lacks;			/* the error is a lack of memory, and has no text */
	void (*log)(void *arg, enum seamstep_log_level level, const char *line);
	void *log_arg;
};

struct seamstep_host {
	struct seamstep *s;
	struct context c;
	struct host_lock lock;
};

struct seamstep_repo {
	struct seamstep *s;
	struct repo *repo;
};

/* Begins an entry point: forgets the last error, and an old lack of memory. */
void api_begin(struct seamstep *s);
/*
 * Ends an entry point. @why: what is wrong where @end is not SEAMSTEP_OK; the context takes the
 * text. Returns @end, or SEAMSTEP_NO_MEMORY if memory lacked on the way.
 */
enum seamstep_end api_end(struct seamstep *s, enum seamstep_end end, char *why);
/* The same for results that stand whatever lacked. */
enum seamstep_end api_end_anyway(struct seamstep *s, enum seamstep_end end, char *why);

/* Copies a caller's request of request[0] bytes to @own, which has @bytes: zeros fill the rest. */
void api_copy(void *own, size_t bytes, const void *request);

/* The phrase as it is malloc'd: api_end(s, end, api_why("...")). */
__attribute__((format(printf, 1, 2)))
char *api_why(const char *fmt, ...);

#endif
