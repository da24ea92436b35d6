/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Files of a kernel: of the live kernel, of a recorded tree, or of a test. */
#ifndef SS_CLI_SYSIO_H
#define SS_CLI_SYSIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct sysio - where the files of a host are
 * @root:   prefix of every path; "" for the live kernel
 * @read:   the whole file as malloc'd bytes with a 0 byte after them. NULL with *@err a positive
 *          errno
 * @write:  in one write() where the kernel allows it. 0, or a positive errno
 * @pause:  sleep
 * @now_ns: monotonic
 * @needs_root: to write
 */
struct sysio {
	const char *root;
	uint8_t *(*read)(const struct sysio *io, const char *path, size_t *bytes, int *err);
	int (*write)(const struct sysio *io, const char *path, const void *bytes, size_t n);
	void (*pause)(const struct sysio *io, unsigned int ms);
	uint64_t (*now_ns)(const struct sysio *io);
	bool needs_root;
};

/* host_linux_open() copies this for a live host. A test may put its own kernel here. */
extern const struct sysio *sysio_live;

/*
 * For a recorded tree: reads below @root. A file ERRORS there lists the refusals of the
 * recording host, one a line: PATH ERRNO-NAME (EACCES, ENXIO, ...). Writing is refused.
 */
struct sysio sysio_recorded(const char *root);

/* The first line of a file, without the newline; malloc'd. NULL with *@err set. */
char *sysio_line(const struct sysio *io, const char *path, int *err);

#endif
