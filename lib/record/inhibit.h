/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The inhibitors that hold updates of a host off, and their reasons. */
#ifndef SS_CLI_INHIBIT_H
#define SS_CLI_INHIBIT_H

#include <stdbool.h>
#include <stddef.h>

#include <seamstep/inhibit.h>

struct host;

/* All inhibitors of a host. False with @why set (malloc'd) if the file cannot be read. */
bool inhibit_read(const struct host *host, struct seamstep_inhibitors *inhibitors, char **why);
void inhibit_release(struct seamstep_inhibitors *inhibitors);

bool inhibit_add(const struct host *host, const char *who, const char *reason, char **why);
/* @who NULL removes all inhibitors. *@removed gets their number. */
bool inhibit_remove(const struct host *host, const char *who, size_t *removed, char **why);

#endif
