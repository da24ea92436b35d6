/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The configuration: which files are read, and what is nearer than the files. */
#ifndef SS_CLI_CONFIG_H
#define SS_CLI_CONFIG_H

#include <stddef.h>

#include "tool/out/exits.h"

/*
 * $SEAMSTEP_CONFIG or /etc/seamstep.conf, then the files NAME.conf in the directory with the same
 * name and ".d" at its end, in the order of their names. $SEAMSTEP_CONFIG must exist. The files are
 * read once; values stay valid until the program ends.
 */

/* Reads the files. EXIT_OK; or EXIT_ERROR after a message: then no name has a value. */
enum exit_status config_load(void);

/* The value of a name, or NULL. Reads the files if no other call has done so. */
const char *config_get(const char *name);
/* The values of a name that may have many: NULL behind the last. */
const char *config_get_many(const char *name, size_t i);
/* "/etc/seamstep.conf:3": where a name has its value; malloc'd. NULL if it has none. */
char *config_where(const char *name);

/* A variable of the environment, or NULL. An empty one counts as not set. */
const char *config_env(const char *variable);

/**
 * config_choose - what is nearer wins: option, environment, the host's own, configuration
 * @option:  of the command line, or NULL
 * @of_host: what belongs to the host itself, as a lab's repository, or NULL
 */
const char *config_choose(const char *option, const char *variable, const char *of_host,
			  const char *name);

#endif
