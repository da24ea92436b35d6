/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Inhibitors: they hold updates of a host off, each with a reason. */
#ifndef SEAMSTEP_INHIBIT_H
#define SEAMSTEP_INHIBIT_H

#include <seamstep/types.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Texts come from the file as they are: seamstep_escape() before printing. */
struct seamstep_inhibitor {
	char *who, *reason, *since;	/* "?" where the file has none */
};

#define SEAMSTEP_INHIBIT_MAX	1024u	/* bytes of a text */

struct seamstep_inhibitors {
	size_t nr;
	struct seamstep_inhibitor *list;
};

/**
 * seamstep_inhibitors_read - who holds updates of a host off
 * @inhibitors: set on success, also if there is none; seamstep_inhibitors_free() after use
 * Returns SEAMSTEP_OK; SEAMSTEP_ERROR if the file of the inhibitors cannot be read.
 */
enum seamstep_end seamstep_inhibitors_read(struct seamstep_host *host,
					   struct seamstep_inhibitors **inhibitors);

/**
 * seamstep_inhibitors_free - free inhibitors, or do nothing if it is NULL
 */
void seamstep_inhibitors_free(struct seamstep_inhibitors *inhibitors);

/**
 * seamstep_inhibit - hold updates of a host off
 * @who, @reason: UTF-8 as it is, not escaped; shown to others; 1 to SEAMSTEP_INHIBIT_MAX bytes
 * Returns SEAMSTEP_OK; SEAMSTEP_BAD_REQUEST if a text is empty or too long; SEAMSTEP_ERROR if a
 * text is not UTF-8, or that cannot be written.
 */
enum seamstep_end seamstep_inhibit(struct seamstep_host *host, const char *who,
				   const char *reason);

/**
 * seamstep_uninhibit - remove the inhibitors of one holder
 * @who:     NULL: of all
 * @removed: set to their number
 * Returns SEAMSTEP_OK, also if there was none; SEAMSTEP_ERROR if that cannot be written.
 */
enum seamstep_end seamstep_uninhibit(struct seamstep_host *host, const char *who,
				     size_t *removed);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
