/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The journal of a host's updates. */
#ifndef SS_CLI_JOURNAL_H
#define SS_CLI_JOURNAL_H

#include <stdbool.h>
#include <jansson.h>

struct host;

/*
 * journal.jsonl: one JSON object a line, append-only. An update writes an "intent" before any other
 * change and an "outcome" at its end, both with the same "id", each synced to disk. An intent
 * without outcome is an update that was interrupted, or one that runs.
 */

/**
 * journal_append - write one record
 * @record: an object; "schema" and "time" are added
 * On failure returns false with @why set (malloc'd), and the journal is unchanged.
 */
bool journal_append(const struct host *host, json_t *record, char **why);

/**
 * journal_updates - the updates in the journal, oldest first
 * @damaged: number of unreadable lines (a crash cut a write short)
 * Returns a JSON array of objects as malloc'd text: the intent's members, "state" ("done",
 * "interrupted", "running") and "outcome" (absent where there is none). Empty if there is no
 * journal; NULL with @why set if the journal cannot be read.
 */
char *journal_updates(const struct host *host, unsigned int *damaged, char **why);

char *journal_new_id(void);

#endif
