/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Who holds the updates of a host off, and why. */
#ifndef SS_CLI_INHIBIT_H
#define SS_CLI_INHIBIT_H

#include <stdbool.h>
#include <stddef.h>

struct host;

/* One who holds updates off. Texts come from the file as they are: escape before printing. */
struct inhibitor {
	char *who, *reason, *since;	/* "?" where the file has none */
};

struct inhibitors {
	size_t nr;
	struct inhibitor *list;
};

/* Those who hold updates off. False with @why set (malloc'd) if the file cannot be read. */
bool inhibit_read(const struct host *host, struct inhibitors *inhibitors, char **why);
void inhibit_release(struct inhibitors *inhibitors);

bool inhibit_add(const struct host *host, const char *who, const char *reason, char **why);
/* @who NULL: all. *@removed says how many. */
bool inhibit_remove(const struct host *host, const char *who, size_t *removed, char **why);

#endif
