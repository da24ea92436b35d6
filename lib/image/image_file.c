// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Image files: read as untrusted input, judged, and reported on. */
#include "image_file.h"

#include "lib/base/file.h"
#include "lib/base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- reading --------------------------------------------------------------------------------- */

static void too_large(struct image_file *f, uint64_t found)
{
	f->err = (struct ss_image_error){
		.code = SS_IMAGE_LENGTH, .part = "container", .field = "file",
		.expected = "no more than 2052096 bytes", .found = found,
	};
}

/* Sets f->bytes, or f->unreadable, or f->err for a file that can't be an image. */
static void read_bytes(struct image_file *f)
{
	struct stat st;

	if (stat(f->path, &st)) {
		f->unreadable = strerror(errno);
		return;
	}
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode)) {
		f->unreadable = "neither a regular file nor a pipe";
		return;
	}
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > IMAGE_FILE_LIMIT) {
		too_large(f, (uint64_t)st.st_size);
		return;
	}
	f->bytes = file_read(f->path, IMAGE_FILE_LIMIT, &f->file.n);
	f->file.p = f->bytes;
	if (!f->bytes && errno == EFBIG)	/* a pipe that has more to give */
		too_large(f, IMAGE_FILE_LIMIT + 1);
	else if (!f->bytes)
		f->unreadable = strerror(errno);
}

/* A bare sigstruct is short, and its first field is not a container's. */
static bool looks_bare(struct ss_bytes file)
{
	return file.n >= SS_SIGSTRUCT_BYTES && file.n <= SS_PAGE &&
	       !(file.p[0] == 0 && (file.p[1] == 1 || file.p[1] == 2));
}

static bool parse_bare(struct image_file *f)
{
	size_t i;

	f->image.file = f->file;
	f->image.sig.raw = (struct ss_bytes){ f->bytes, SS_SIGSTRUCT_BYTES };
	if (!ss_sigstruct_parse(f->image.sig.raw, 0, 0, &f->image.sig, &f->err))
		return false;
	for (i = SS_SIGSTRUCT_BYTES; i < f->file.n; i++) {
		if (f->bytes[i]) {
			f->err = (struct ss_image_error){
				.code = SS_IMAGE_NOT_ZERO, .part = "sigstruct", .field = "padding",
				.offset = i, .found = f->bytes[i],
			};
			return false;
		}
	}
	return true;
}

void image_file_read(struct image_file *f, const char *path, bool bare_too)
{
	memset(f, 0, sizeof(*f));
	f->path = path;
	f->shown = text_escape(path);
	read_bytes(f);
	if (!f->bytes)
		return;
	f->bare = bare_too && looks_bare(f->file);
	f->good = f->bare ? parse_bare(f) : ss_image_parse(f->file, &f->image, &f->err);
}

void image_file_release(struct image_file *f)
{
	free(f->bytes);
	free(f->shown);
	memset(f, 0, sizeof(*f));
}
