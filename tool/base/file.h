/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Whole files: read, and replaced at once. */
#ifndef SS_TOOL_BASE_FILE_H
#define SS_TOOL_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The name by which a file is read: "-" is standard input. */
const char *file_name(const char *argument);
/* What errno says of a file that was not read. Not to be freed. */
const char *file_why(int err);
/* Whole file as malloc'd bytes. NULL with errno set on error; EFBIG above @limit bytes. */
uint8_t *file_read(const char *path, size_t limit, size_t *bytes);
/* Writes to a temporary name beside @path, syncs, renames. False with errno set on error. */
bool file_write(const char *path, const void *bytes, size_t n, unsigned int mode);

#endif
