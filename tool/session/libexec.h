/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Programs of this project that the command runs. They hold the core compiled for another place. */
#ifndef SS_TOOL_SESSION_LIBEXEC_H
#define SS_TOOL_SESSION_LIBEXEC_H

#include <jansson.h>

/*
 * The path of @name: beside this command, in the build tree, or in the installation. NULL after
 * printing a message if there is no such program. The caller frees the path.
 */
char *libexec_find(const char *name);

/* Replaces this process by @name with @argv[1...]. Returns an enum exit_status on failure only. */
int libexec_exec(const char *name, char **argv);

/* Runs @name and reads the JSON that @name prints. NULL after printing a message on failure. */
json_t *libexec_json(const char *name, char **argv);
/* The same without a message: for what a verb can do without. */
json_t *libexec_json_quietly(const char *name, char **argv);

#endif
