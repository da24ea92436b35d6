// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Files of a repository. A repository keeps of each image what comes before the module, and the
 * checksum of the rest: a verdict needs no more. An update reads the whole file.
 */
#include "repo.h"

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/image/image_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK	65536u		/* even, and no shorter than SS_IMAGE_HEAD_BYTES */

_Static_assert(CHUNK >= SS_IMAGE_HEAD_BYTES, "the head is in the first chunk");

void repo_find_fault(struct repo *repo, const char *fmt, ...)
{
	va_list args;
	char *text;

	if (repo->nr_findings == REPO_MAX_FINDINGS)
		return;
	va_start(args, fmt);
	text = base_vtext(fmt, args);
	va_end(args);
	repo->findings[repo->nr_findings++] = text;
}

char *repo_version_text(bool known, struct ss_version v)
{
	return known ? base_text("%u.%u.%02u", v.major, v.minor, v.update) : base_text("?");
}

struct ss_compat_rule repo_rule_of(const struct repo *repo, struct ss_version version)
{
	struct ss_compat_rule rule = mapping_find(repo ? repo->mapping : NULL, version);

	rule.broken = repo && repo->mapping_broken;
	return rule;
}

bool repo_name_version(const char *path, struct ss_version *version)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	char text[32];
	size_t n;

	for (; *base; base += n ? n : 1) {
		n = strspn(base, "0123456789.");
		while (n && base[n - 1] == '.')
			n--;
		if (n < 5 || n >= sizeof(text))
			continue;
		memcpy(text, base, n);
		text[n] = '\0';
		if (ss_version_parse(text, version))
			return true;
	}
	return false;
}

/* ---- the head of an image -------------------------------------------------------------------- */

/* As many bytes as there are, up to @room. -1 with errno set. */
static ssize_t fill(int fd, uint8_t *p, size_t room)
{
	size_t n = 0;
	ssize_t got = 1;

	while (got > 0 && n < room) {
		got = read(fd, p + n, room - n);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			n += (size_t)got;
	}
	return got < 0 ? -1 : (ssize_t)n;
}

/* Reads a file through @chunk. The image keeps its head. Returns an errno, or 0. */
static int read_head(int fd, uint8_t *chunk, struct seamstep_image *image)
{
	struct ss_image_head head = { .file_bytes = 0 };
	ssize_t got;

	while ((got = fill(fd, chunk, CHUNK)) > 0) {
		if (!head.file_bytes) {
			head.bytes.n = (size_t)got < SS_IMAGE_HEAD_BYTES ? (size_t)got :
			       SS_IMAGE_HEAD_BYTES;
			image->file = base_alloc(head.bytes.n);
			if (!image->file)
				return ENOMEM;
			memcpy(image->file, chunk, head.bytes.n);
		}
		head.file_bytes += (uint64_t)got;
		head.sum = (uint16_t)(head.sum + ss_image_sum(chunk, (size_t)got));
		if (head.file_bytes > SEAMSTEP_IMAGE_LIMIT)
			return EFBIG;
	}
	if (got < 0)
		return errno;
	if (!image->file)
		image->file = base_alloc(1);
	head.bytes.p = image->file;
	image->bytes = (size_t)head.file_bytes;
	image->head_only = head.bytes.n < head.file_bytes;
	if (image->file)
		image->good = ss_image_parse_head(&head, &image->image, &image->err);
	return image->file ? 0 : ENOMEM;
}

static int open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

bool repo_load_file(const char *path, const struct repo *repo, struct seamstep_image *image,
		    char **why)
{
	char *shown = base_escape(path);
	uint8_t *chunk = base_alloc(CHUNK);
	int fd = open_regular(path), err = fd < 0 ? errno : 0;

	memset(image, 0, sizeof(*image));
	if (!err)
		err = chunk ? read_head(fd, chunk, image) : ENOMEM;
	if (fd >= 0)
		close(fd);
	base_free(chunk);
	base_lack_if(err);
	if (err) {
		*why = base_text("%s: %s", shown, base_file_why(err));
		base_free(image->file);
		image->file = NULL;
		base_free(shown);
		return false;
	}
	image->path = base_text("%s", path);
	image->name = shown;
	image->has_version = repo_name_version(path, &image->version);
	if (image->has_version)
		image->rule = repo_rule_of(repo, image->version);
	return true;
}

/* ---- the whole image ------------------------------------------------------------------------- */

/* What was judged and what is read now must be one sigstruct. */
static char *reread(struct seamstep_image *image, uint8_t *file, size_t bytes)
{
	struct seamstep_image now = { .file = file, .bytes = bytes };
	char *text, *why;

	if (!ss_image_parse((struct ss_bytes){ file, bytes }, &now.image, &now.err)) {
		text = image_error_text(&now.err);
		why = base_text("%s: %s", image->name, text);
		base_free(text);
		return why;
	}
	if (memcmp(now.image.sig.raw.p, image->image.sig.raw.p, SS_SIGSTRUCT_BYTES))
		return base_text("%s: the file changed while it was in use; try again", image->name);
	base_free(image->file);
	image->file = file;
	image->bytes = bytes;
	image->head_only = false;
	image->image = now.image;
	return NULL;
}

bool repo_image_whole(struct seamstep_image *image, char **why)
{
	size_t bytes;
	uint8_t *file;

	if (!image->head_only || !image->good)
		return true;
	file = base_file_read_regular(image->path, SEAMSTEP_IMAGE_LIMIT, &bytes);
	*why = file ? reread(image, file, bytes) :
	       base_text("%s: %s", image->name, base_file_why(errno));
	if (*why)
		base_free(file);
	return !*why;
}

void repo_image_release(struct seamstep_image *image)
{
	base_free(image->path);
	base_free(image->name);
	base_free(image->file);
	memset(image, 0, sizeof(*image));
}
