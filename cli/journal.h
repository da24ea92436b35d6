/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What a host's directory of state holds: the journal of updates, the lock, inhibitions. */
#ifndef SS_CLI_JOURNAL_H
#define SS_CLI_JOURNAL_H

#include "host.h"

/*
 * journal.jsonl: one JSON object a line, only ever appended to. An update writes an "intent" before
 * it touches anything and an "outcome" when it is over, both with the same "id", each synced to
 * disk. An intent without outcome is an update that was interrupted, or one that runs.
 */

/**
 * journal_append - write one record
 * @record: gets "schema" and "time"; not consumed
 * Returns false with @why set (malloc'd); then the journal is as it was.
 */
bool journal_append(const struct host *host, json_t *record, char **why);

/**
 * journal_updates - the updates in the journal, oldest first
 * @damaged: lines that could not be read (a write that a crash cut short)
 * Returns an array of objects: the intent's members, "state" ("done", "interrupted", "running") and
 * "outcome" (absent where there is none). Empty where there is no journal; NULL with @why set if it
 * cannot be read.
 */
json_t *journal_updates(const struct host *host, unsigned int *damaged, char **why);

char *journal_new_id(void);
char *journal_time(void);	/* RFC 3339, UTC, now; malloc'd */

/* A line for syslog, if the host is this machine. */
void journal_syslog(const struct host *host, bool bad, const char *line);

/* ---- lock.c
 * -------------------------------------------------------------------------------------- */

struct host_lock {
	int fd;		/* -1: not held */
};

enum lock_result { LOCK_TAKEN, LOCK_BUSY, LOCK_FAILED };

/**
 * lock_take - become the one who changes this host
 * @command: for others to see
 * @wait_s:  how long to wait for another holder
 * @text:    malloc'd: on LOCK_BUSY the holder, "pid 123 (seamstep update 1.5.16), since ..."; on
 * LOCK_FAILED why The lock ends with the process.
 */
enum lock_result lock_take(const struct host *host, const char *command, unsigned int wait_s,
			   struct host_lock *lock, char **text);
void lock_release(struct host_lock *lock);
/* Is it held by somebody? To ask is not in the way of one who takes it at the same time. */
bool lock_is_held(const struct host *host);

/* Makes the directory of state if it is not there. False with @why set. */
bool state_dir_make(const struct host *host, char **why);

/* ---- inhibit.c
 * ------------------------------------------------------------------------------------ */

/* An array of { who, reason, since }: those who hold updates off. Empty if none; NULL if
 * unreadable. */
json_t *inhibit_list(const struct host *host, char **why);
bool inhibit_add(const struct host *host, const char *who, const char *reason, char **why);
/* @who NULL: all. *@removed says how many. */
bool inhibit_remove(const struct host *host, const char *who, size_t *removed, char **why);

#endif
