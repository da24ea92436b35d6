// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Whole files: read, and replaced at once. */
#include "file.h"

#include <seamstep/file.h>

#include <errno.h>
#include <string.h>

const char *file_name(const char *argument)
{
	return strcmp(argument, "-") ? argument : "/dev/stdin";
}

const char *file_why(int err)
{
	switch (err) {
	case ENODATA:
		return "a pipe without a writer";
	case ETIMEDOUT:
		return "a pipe whose writer is silent";
	}
	return strerror(err);
}

uint8_t *file_read(const char *path, size_t limit, size_t *bytes)
{
	return seamstep_file_read(path, limit, bytes);
}

bool file_write(const char *path, const void *bytes, size_t n, unsigned int mode)
{
	return seamstep_file_write(path, bytes, n, mode);
}
