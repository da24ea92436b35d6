/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * libseamstep: update the TDX Module of a host without losing its trust domains.
 *
 * This header brings all others with it. Here: the context, errors, and helpers for texts.
 */
#ifndef SEAMSTEP_SEAMSTEP_H
#define SEAMSTEP_SEAMSTEP_H

#include <seamstep/types.h>
#include <seamstep/explain.h>
#include <seamstep/file.h>
#include <seamstep/host.h>
#include <seamstep/image.h>
#include <seamstep/inhibit.h>
#include <seamstep/journal.h>
#include <seamstep/repo.h>
#include <seamstep/route.h>
#include <seamstep/tcb.h>
#include <seamstep/text.h>
#include <seamstep/update.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/**
 * seamstep_new - make a context
 * Returns NULL if there is no memory. seamstep_free() ends it.
 */
struct seamstep *seamstep_new(void);

/**
 * seamstep_free - end a context
 * @s: may be NULL. All objects that were made with it must be freed before.
 */
void seamstep_free(struct seamstep *s);

/**
 * seamstep_error - the last error of a context, for people
 * One sentence, in English: what was expected, what was found, where, what can be done. Text from
 * files and hosts is escaped in it. Valid until the next call with this context. "" if the last
 * call succeeded. Never NULL.
 */
const char *seamstep_error(const struct seamstep *s);

/**
 * seamstep_end_name - the name of a result: "bad-image"
 * Never NULL; "error" for a number that is no result.
 */
const char *seamstep_end_name(enum seamstep_end end);

/* What a line of the library's log is about. */
enum seamstep_log_level {
	SEAMSTEP_LOG_WARNING,	/* the call goes on, but its caller should know this */
	SEAMSTEP_LOG_UPDATED,	/* an update succeeded: a line for the system's log */
	SEAMSTEP_LOG_FAILED	/* an update did not succeed: a line for the system's log */
};

/**
 * seamstep_set_log - say where the library's messages go
 * @log: gets each line, without a newline at its end; runs inside the call that the line is about,
 *       and must not call the library with this context. NULL: nowhere, as in the beginning
 * @arg: passed to @log
 */
void seamstep_set_log(struct seamstep *s,
		      void (*log)(void *arg, enum seamstep_log_level level, const char *line),
		      void *arg);

/**
 * seamstep_library_version - the version of the library that runs: "0.1.0"
 */
const char *seamstep_library_version(void);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
