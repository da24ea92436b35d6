/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Whole files, as the library itself reads and replaces them. */
#ifndef SEAMSTEP_FILE_H
#define SEAMSTEP_FILE_H

#include <seamstep/types.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/**
 * seamstep_file_read - read a whole file
 * @limit: bytes; a longer file is an error (EFBIG)
 * @bytes: set to the number of bytes that were read
 * Returns bytes to be freed; or NULL with errno set.
 */
uint8_t *seamstep_file_read(const char *path, size_t limit, size_t *bytes);

/**
 * seamstep_file_write - replace a file as a whole
 * @mode: permissions
 * Writes a temporary file beside @path, syncs and renames it: a crash leaves the old file or the
 * new one. Returns false with errno set if @path was not replaced.
 */
bool seamstep_file_write(const char *path, const void *bytes, size_t n, unsigned int mode);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
