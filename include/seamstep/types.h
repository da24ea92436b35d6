/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What all headers of libseamstep share: results, log levels, and the core's plain data. */
#ifndef SEAMSTEP_TYPES_H
#define SEAMSTEP_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <seamstep/core/image_types.h>
#include <seamstep/core/compat_types.h>

/*
 * Thread-safety. A context and all objects that were made with it belong to one thread at a time:
 * calls with them must not overlap. Different contexts are independent of each other. The library
 * keeps no other state. Functions without a context or an object may be called at any time. A
 * function that says "any thread" may be called while another call with the same object runs.
 *
 * Errors. A function that can fail returns an enum seamstep_end. Where that is not SEAMSTEP_OK,
 * seamstep_error() has a sentence for people, and objects to be returned are NULL unless the
 * function says otherwise. No function prints, exits or aborts. Each can return
 * SEAMSTEP_NO_MEMORY; then nothing was changed that the function does not name.
 *
 * Results. Only the library allocates the structs that it returns, and a caller only reads them:
 * a later version may add members at the end. A request is the caller's; its member @size says
 * which members the caller knows. A returned char * is the caller's, who calls free().
 */

struct seamstep;
struct seamstep_host;
struct seamstep_repo;

/* How a task ended. The numbers stay. The command has them as its exit statuses. */
enum seamstep_end {
	SEAMSTEP_OK = 0,		/* the task did what was asked */
	SEAMSTEP_ERROR = 1,		/* nothing was tried */
	SEAMSTEP_BAD_REQUEST = 2,	/* the request makes no sense */
	SEAMSTEP_UNSUPPORTED = 4,	/* the host has no usable interface */
	SEAMSTEP_BAD_IMAGE = 5,		/* an image is malformed, or its verification fails */
	SEAMSTEP_INCOMPATIBLE = 6,	/* an image does not fit this host */
	SEAMSTEP_NOT_NOW = 7,		/* a condition that may pass forbids the task */
	SEAMSTEP_EXHAUSTED = 8,		/* no updates are left before a reboot */
	SEAMSTEP_UNCHANGED = 9,		/* tried and failed; the old module still runs, TDs alive */
	SEAMSTEP_RECOVERED = 10,	/* tried and failed; the fallback runs, TDs alive */
	SEAMSTEP_LOST = 11,		/* TDs are gone */
	SEAMSTEP_MISMATCH = 12,		/* the update finished, but a second look disagrees */
	SEAMSTEP_UNKNOWN = 13,		/* no outcome within the time limit */
	SEAMSTEP_NO_MEMORY = 14		/* the process has no memory left; nothing was tried */
};

#endif
