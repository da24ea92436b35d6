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

/**
 * seamstep_reconcile - settle the record of an update that was interrupted
 * @host:    locked, and refreshed since
 * @settled: set to a sentence to be freed; NULL if the journal's last update has an outcome, or is
 *           of another boot: nothing is written then
 *
 * The process of an update may end before it has written the outcome. What runs now tells the
 * outcome, at no cost of an update: the wanted version, the version before, a fallback, or no
 * module. The number of updates left tells a recovery from an update that changed nothing.
 * Returns SEAMSTEP_OK; SEAMSTEP_NOT_NOW if the host is still busy with an upload;
 * SEAMSTEP_UNSUPPORTED if the running version is not known; SEAMSTEP_ERROR if the journal cannot be
 * read or written; SEAMSTEP_BAD_REQUEST if the lock is not held.
 */
enum seamstep_end seamstep_reconcile(struct seamstep_host *host, char **settled);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
