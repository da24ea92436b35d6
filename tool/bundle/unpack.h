/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Reads a bundle that may come from anybody. */
#ifndef SS_TOOL_BUNDLE_UNPACK_H
#define SS_TOOL_BUNDLE_UNPACK_H

#include "bundle.h"

/**
 * unpack - read a bundle into memory
 * @fd: open for reading; a regular file
 * @b:  empty; bundle_release() after use, whatever this function returns
 *
 * Accepted are regular files and directories below BUNDLE_TOP, each name once, within the bounds
 * of bundle.h, and all files that the manifest names. Returns NULL; or why the bundle is refused
 * (malloc'd, printable), and then no file of it is to be used.
 */
char *unpack(int fd, struct bundle *b);
/* The same for bytes in memory. */
char *unpack_bytes(const void *bytes, size_t n, struct bundle *b);

#endif
