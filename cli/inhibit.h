/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Who holds the updates of a host off, and why. */
#ifndef SS_CLI_INHIBIT_H
#define SS_CLI_INHIBIT_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>

struct host;

/*
 * An array of { who, reason, since }: those who hold updates off. Empty if none; NULL with @why set
 * if unreadable.
 */
json_t *inhibit_list(const struct host *host, char **why);
bool inhibit_add(const struct host *host, const char *who, const char *reason, char **why);
/* @who NULL: all. *@removed says how many. */
bool inhibit_remove(const struct host *host, const char *who, size_t *removed, char **why);

#endif
