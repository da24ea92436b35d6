/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Whole files: read, and replaced at once. */
#ifndef SS_LIB_BASE_FILE_H
#define SS_LIB_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BASE_STDIN	"/dev/stdin"

/*
 * Whole file as malloc'd bytes. NULL with errno set on error; EFBIG above @limit bytes. A pipe is
 * read too, and is never waited for without end.
 */
uint8_t *base_file_read(const char *path, size_t limit, size_t *bytes);
/* The same for a file of which other programs know the name: EINVAL unless it is a regular file. */
uint8_t *base_file_read_regular(const char *path, size_t limit, size_t *bytes);
/* What errno says of a file that was not read. Not to be freed. */
const char *base_file_why(int err);
/* Writes to a temporary name beside @path, syncs, renames. False with errno set on error. */
bool base_file_write(const char *path, const void *bytes, size_t n, unsigned int mode);

#endif
