// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Image files: read as untrusted input, judged, and reported on. */
#include "image_file.h"

#include "core/image.h"
#include "lib/base/file.h"
#include "lib/base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- reading --------------------------------------------------------------------------------- */

static void too_large(struct seamstep_image *f, uint64_t found)
{
	f->err = (struct ss_image_error){
		.code = SS_IMAGE_LENGTH, .part = "container", .field = "file",
		.expected = "no more than 2052096 bytes", .found = found,
	};
}

/* Sets f->bytes, or f->unreadable, or f->err for a file that can't be an image. */
static void read_bytes(struct seamstep_image *f)
{
	struct stat st;

	if (base_lacks())
		return;
	if (!strcmp(f->path, BASE_STDIN)) {
		st = (struct stat){ .st_mode = S_IFIFO };
	} else if (stat(f->path, &st)) {
		f->unreadable = strerror(errno);
		return;
	}
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode)) {
		f->unreadable = "neither a regular file nor a pipe";
		return;
	}
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > SEAMSTEP_IMAGE_LIMIT) {
		too_large(f, (uint64_t)st.st_size);
		return;
	}
	f->file = base_file_read(f->path, SEAMSTEP_IMAGE_LIMIT, &f->bytes);
	if (!f->file && errno == EFBIG)	/* a pipe that has more to give */
		too_large(f, SEAMSTEP_IMAGE_LIMIT + 1);
	else if (!f->file)
		f->unreadable = base_file_why(errno);
}

/* A bare sigstruct is short, and its first field is not a container's. */
static bool looks_bare(struct ss_bytes file)
{
	return file.n >= SS_SIGSTRUCT_BYTES && file.n <= SS_PAGE &&
	       !(file.p[0] == 0 && (file.p[1] == 1 || file.p[1] == 2));
}

static bool parse_bare(struct seamstep_image *f)
{
	size_t i;

	f->image.file = (struct ss_bytes){ f->file, f->bytes };
	f->image.sig.raw = (struct ss_bytes){ f->file, SS_SIGSTRUCT_BYTES };
	if (!ss_sigstruct_parse(f->image.sig.raw, 0, 0, &f->image.sig, &f->err))
		return false;
	for (i = SS_SIGSTRUCT_BYTES; i < f->bytes; i++) {
		if (f->file[i]) {
			f->err = (struct ss_image_error){
				.code = SS_IMAGE_NOT_ZERO, .part = "sigstruct", .field = "padding",
				.offset = i, .found = f->file[i],
			};
			return false;
		}
	}
	return true;
}

void image_file_read(struct seamstep_image *f, const char *path, bool bare_too)
{
	memset(f, 0, sizeof(*f));
	f->path = base_text("%s", path);
	f->name = base_escape(path);
	read_bytes(f);
	if (!f->file)
		return;
	f->bare = bare_too && looks_bare((struct ss_bytes){ f->file, f->bytes });
	f->good = f->bare ? parse_bare(f) :
		  ss_image_parse((struct ss_bytes){ f->file, f->bytes }, &f->image, &f->err);
}
