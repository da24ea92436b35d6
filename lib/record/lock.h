/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The lock of a host: its holder alone changes the host. */
#ifndef SS_CLI_LOCK_H
#define SS_CLI_LOCK_H

#include <stdbool.h>

struct host;

struct host_lock {
	int fd;		/* -1: not held */
};

enum lock_result { LOCK_TAKEN, LOCK_BUSY, LOCK_FAILED };

/**
 * lock_take - become the only process that changes this host
 * @command: shown to other processes
 * @wait_s:  how long to wait for another holder
 * @text:    malloc'd: on LOCK_BUSY the holder, "pid 123 (seamstep update 1.5.16), since ..."; on
 *           LOCK_FAILED why
 *
 * The lock ends with the process.
 */
enum lock_result lock_take(const struct host *host, const char *command, unsigned int wait_s,
			   struct host_lock *lock, char **text);
void lock_release(struct host_lock *lock);
/* Does a process hold the lock? The query does not disturb a lock_take() at the same time. */
bool lock_is_held(const struct host *host);

#endif
