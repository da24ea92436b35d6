/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Writes a bundle. */
#ifndef SS_TOOL_BUNDLE_PACK_H
#define SS_TOOL_BUNDLE_PACK_H

#include "bundle.h"

/*
 * Writes the files and the manifest to @path, at once: a file that is there is replaced when all is
 * written. NULL, or why not (malloc'd).
 */
char *pack(const struct bundle *b, const char *path);

#endif
