/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Programs of this project that the command runs: they hold the core compiled for another place. */
#ifndef SS_CLI_LIBEXEC_H
#define SS_CLI_LIBEXEC_H

#include <jansson.h>

/*
 * The path of @name: beside this command, in the build tree, or where it was installed. NULL with a
 * message printed if there is none. To be freed.
 */
char *libexec_find(const char *name);

/* Replaces this process by @name with @argv[1...]. Returns (an enum cli_exit) only on failure. */
int libexec_exec(const char *name, char **argv);

/* Runs @name and reads the JSON that it prints. NULL with a message printed if that fails. */
json_t *libexec_json(const char *name, char **argv);

#endif
