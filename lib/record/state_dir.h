/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The directory of a host's state, and the time format of its files. */
#ifndef SS_CLI_STATE_DIR_H
#define SS_CLI_STATE_DIR_H

#include <stdbool.h>

struct host;

/* Makes the state directory if it does not exist. On failure false with @why set. */
bool state_dir_make(const struct host *host, char **why);

char *journal_time(void);		/* RFC 3339, UTC, now; malloc'd */

#endif
