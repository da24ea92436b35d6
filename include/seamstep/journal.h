/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The journal of a host's updates. */
#ifndef SEAMSTEP_JOURNAL_H
#define SEAMSTEP_JOURNAL_H

#include <seamstep/types.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/**
 * seamstep_journal_read - the updates in a host's journal, oldest first
 * @json:    set to a JSON array of objects, as text to be freed: each with the members of its
 *           intent, "state" ("done", "interrupted", "running") and, if there is one, "outcome".
 *           The schema seamstep.history.1.json describes them. "[]" if there is no journal
 * @damaged: set to the number of lines that cannot be read: a crash cut a write short
 * Returns SEAMSTEP_OK; SEAMSTEP_ERROR if the journal cannot be read.
 */
enum seamstep_end seamstep_journal_read(struct seamstep_host *host, char **json,
					unsigned int *damaged);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
