/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Image files: read as untrusted input, judged, and reported on. */
#ifndef SS_LIB_IMAGE_IMAGE_FILE_H
#define SS_LIB_IMAGE_IMAGE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <seamstep/image.h>

/**
 * image_file_read - read a container, or a bare sigstruct where @bare_too, and parse it
 * Always fills @f in; look at f->unreadable, then f->good. repo_image_release() after use.
 * Reads only regular files and pipes, and no more bytes than a container can hold.
 */
void image_file_read(struct seamstep_image *f, const char *path, bool bare_too);

#endif
