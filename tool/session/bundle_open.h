/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A support bundle in the place of a recorded tree. */
#ifndef SS_TOOL_SESSION_BUNDLE_OPEN_H
#define SS_TOOL_SESSION_BUNDLE_OPEN_H

#include <stdbool.h>

#include "tool/out/exits.h"

/* Is @path a bundle: a file, where a tree is a directory? */
bool bundle_is(const char *path);
/* EXIT_OK if there is something at @path; EXIT_ERROR after a message. */
enum exit_status bundle_need(const char *path);

/*
 * Unpacks the bundle @path, once in the life of this process. Returns the directory, malloc'd,
 * which goes when this process ends. NULL after a message, with *@exit set.
 */
char *bundle_open(const char *path, enum exit_status *exit);

#endif
