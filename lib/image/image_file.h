/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Image files: read as untrusted input, judged, and reported on. */
#ifndef SS_LIB_IMAGE_IMAGE_FILE_H
#define SS_LIB_IMAGE_IMAGE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/image.h"

/* Header, four sigstruct pages, 496 module pages: no well-formed container is longer. */
#define IMAGE_FILE_LIMIT	((size_t)SS_PAGE * (1 + 4 + SS_MODULE_MAX_PAGES))

struct image_file {
	const char *path;
	char *shown;			/* the path, escaped for a terminal */
	const char *unreadable;		/* why the file could not be read; NULL if read */
	uint8_t *bytes;
	struct ss_bytes file;
	bool bare;			/* a sigstruct without container or module */
	bool good;			/* well-formed; else @err */
	struct ss_image image;		/* filled in as far as the parser came */
	struct ss_image_error err;
};

/**
 * image_file_read - read a container, or a bare sigstruct where @bare_too, and parse it
 * Always fills @f in; look at f->unreadable, then f->good. image_file_release() after use.
 * Reads only regular files and pipes, and no more bytes than a container can hold.
 */
void image_file_read(struct image_file *f, const char *path, bool bare_too);
void image_file_release(struct image_file *f);

#endif
