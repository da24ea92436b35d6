/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A bundle as a private directory, for as long as somebody needs it. */
#ifndef SS_TOOL_BUNDLE_UNPACK_DIR_H
#define SS_TOOL_BUNDLE_UNPACK_DIR_H

/*
 * Unpacks the bundle @path into a new directory that only this user can enter, prints one line,
 * {"dir": ...} or {"error": ...}, waits until standard input ends, and removes the directory. So
 * the directory goes with the process that holds the other end, however that ends. Returns the exit
 * status.
 */
int unpack_dir(const char *path);

#endif
