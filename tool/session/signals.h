/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Signals: SIGINT, SIGTERM and SIGHUP before and after the point of no return of an update. */
#ifndef SS_CLI_SIGNALS_H
#define SS_CLI_SIGNALS_H

#include <stdbool.h>

/* Call first: whoever started this process may have left signals in a state of their own. */
void signals_begin(void);
void signals_catch(void);
/* Waits until @fd can be read. False if a signal came first, or comes. */
bool signals_wait_input(int fd);
bool signals_cancelled(void);
void signals_commit(void);	/* from now on a signal prints a message and stops nothing */
void signals_done(void);

#endif
