// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Reads a bundle. Only tar, plain or compressed with zstd, is understood: every other format of
 * libarchive is code that an attacker could reach. Nothing is created here: names and sizes are
 * judged before any file is.
 */
#include "unpack.h"

#include "tool/base/memory.h"
#include "tool/base/text.h"
#include "tool/base/words.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct reading {
	struct archive *archive;
	struct bundle *b;
	size_t all;		/* bytes so far, unpacked */
	unsigned int entries;
};

static char *why_archive(struct archive *a)
{
	const char *text = archive_error_string(a);
	char *shown = text_escape(text ? text : "unknown error"), *why;

	why = text_format("the archive is damaged or cut short: %s", shown);
	free(shown);
	return why;
}

static char *refuse(const char *name, const char *reason)
{
	char *shown = text_escape(name ? name : "?"), *why;

	why = text_format("%.200s: %s", shown, reason);
	free(shown);
	return why;
}

/* ---- names ----------------------------------------------------------------------------------- */

/* No part is empty, "." or "..": so the name stays below the place where it is unpacked. */
static const char *bad_name(const char *name)
{
	const char *part = name, *p;
	size_t n;

	if (strlen(name) > BUNDLE_MAX_NAME)
		return "expected a name of at most 512 bytes";
	for (p = name; *p; p++)
		if (*p <= 0x20 || *p > 0x7e || *p == '\\')
			return "expected a name of printable ASCII without blanks";
	for (;; part += n + 1) {
		n = strcspn(part, "/");
		if (!n || (n == 1 && part[0] == '.') || (n == 2 && !strncmp(part, "..", 2)))
			return "expected a name without empty parts, '.' and '..'";
		if (!part[n])
			return NULL;
	}
}

/* Of a directory the slash at its end goes. */
static char *inner_name(const char *name, bool directory, char **why)
{
	size_t n = name ? strlen(name) : 0, top = strlen(BUNDLE_TOP);
	const char *bad;
	char *inner;

	if (directory && n && name[n - 1] == '/')
		n--;
	if (directory && name && n == top - 1 && !strncmp(name, BUNDLE_TOP, n))
		return text_format("%s", "");
	if (!name || n <= top || strncmp(name, BUNDLE_TOP, top)) {
		*why = refuse(name, "expected a name below " BUNDLE_TOP);
		return NULL;
	}
	inner = text_format("%.*s", (int)(n - top), name + top);
	bad = bad_name(inner);
	if (!bad)
		return inner;
	*why = refuse(name, bad);
	free(inner);
	return NULL;
}

/* A name below another file cannot be created. */
static bool clashes(const struct bundle *b, const char *name)
{
	size_t i, n, m = strlen(name);

	for (i = 0; i < b->nr; i++) {
		const char *other = b->files[i].name;

		n = strlen(other);
		if ((n < m && !strncmp(other, name, n) && name[n] == '/') ||
		    (m < n && !strncmp(other, name, m) && other[m] == '/'))
			return true;
	}
	return false;
}

/* ---- files ----------------------------------------------------------------------------------- */

static const char *bad_kind(struct archive_entry *entry)
{
	if (archive_entry_hardlink(entry))
		return "expected regular files, found a hard link";
	switch (archive_entry_filetype(entry)) {
	case AE_IFREG:
	case AE_IFDIR:
		return NULL;
	case AE_IFLNK:
		return "expected regular files, found a symbolic link";
	default:
		return "expected regular files, found a device or another special file";
	}
}

/* Compressed zeros are cheap to send. The archive may tell a size that it does not keep. */
static const char *too_much(const struct reading *r, size_t n)
{
	int64_t packed = archive_filter_bytes(r->archive, -1);

	if (n > BUNDLE_MAX_FILE)
		return "expected files of at most 16 MiB";
	if (r->all + n > BUNDLE_MAX_ALL)
		return "expected at most 64 MiB in all";
	if (r->all + n > BUNDLE_RATIO_FROM &&
	    (packed <= 0 || (r->all + n) / (uint64_t)packed > BUNDLE_MAX_RATIO))
		return "expected at most 200 bytes for each compressed byte";
	return NULL;
}

static char *read_data(struct reading *r, const char *name, char **data, size_t *bytes)
{
	size_t n = 0, room = 4096;
	const char *bad = NULL;
	char *p = memory_alloc(room + 1);
	la_ssize_t got;

	while ((got = archive_read_data(r->archive, p + n, room - n)) > 0) {
		n += (size_t)got;
		bad = too_much(r, n);
		if (bad)
			break;
		if (n == room)
			p = memory_checked(realloc(p, (room *= 2) + 1));
	}
	p[n] = '\0';
	*data = p;
	*bytes = n;
	if (bad)
		return refuse(name, bad);
	return got < 0 ? why_archive(r->archive) : NULL;
}

static char *take_file(struct reading *r, const char *inner)
{
	char *data = NULL, *why;
	size_t n = 0;

	if (bundle_find(r->b, inner))
		return refuse(inner, "expected each name once, found it twice");
	if (clashes(r->b, inner))
		return refuse(inner, "expected a file or a directory, found both");
	why = read_data(r, inner, &data, &n);
	r->all += n;
	if (why)
		free(data);
	else
		bundle_add(r->b, inner, data, n);
	return why;
}

static char *take_entry(struct reading *r, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry), *bad = bad_kind(entry);
	bool directory = archive_entry_filetype(entry) == AE_IFDIR;
	char *inner, *why = NULL;

	if (++r->entries > BUNDLE_MAX_FILES)
		return refuse(name, "expected at most 2048 files");
	if (bad)
		return refuse(name, bad);
	inner = inner_name(name, directory, &why);
	if (inner && !directory)
		why = take_file(r, inner);
	free(inner);
	return why;
}

/* ---- the manifest ---------------------------------------------------------------------------- */

static char *check_line(const struct bundle *b, char *line)
{
	char *name = strchr(line, ' ');
	const struct bundle_file *file;
	uint64_t size;

	if (!name)
		return refuse(line, "expected 'SIZE NAME' in " BUNDLE_MANIFEST);
	*name++ = '\0';
	file = bundle_find(b, name);
	if (!file || !words_number(line, 0, BUNDLE_MAX_FILE, &size) || size != file->n)
		return refuse(name, "expected the file that " BUNDLE_MANIFEST " names, with its size; "
			      "the archive is cut short, or was changed");
	return NULL;
}

static char *check_manifest(const struct bundle *b)
{
	const struct bundle_file *file = bundle_find(b, BUNDLE_MANIFEST);
	char *text, *rest, *line, *why = NULL;

	if (!file)
		return text_format("there is no " BUNDLE_TOP BUNDLE_MANIFEST ": this is no report of "
				   "seamstep, or it is cut short");
	text = rest = text_format("%s", file->data);
	while (!why && (line = strsep(&rest, "\n")))
		if (*line)
			why = check_line(b, line);
	free(text);
	return why;
}

/* ---- the archive ----------------------------------------------------------------------------- */

static char *read_entries(struct reading *r)
{
	struct archive_entry *entry;
	char *why;
	int rc;

	for (;;) {
		rc = archive_read_next_header(r->archive, &entry);
		if (rc == ARCHIVE_EOF)
			return check_manifest(r->b);
		if (rc != ARCHIVE_OK)
			return why_archive(r->archive);
		why = take_entry(r, entry);
		if (why)
			return why;
	}
}

static struct archive *reader(void)
{
	struct archive *a = memory_checked(archive_read_new());

	archive_read_support_filter_zstd(a);
	archive_read_support_format_tar(a);
	return a;
}

static char *read_archive(struct archive *a, int opened, struct bundle *b)
{
	struct reading r = { .archive = a, .b = b };
	char *why = opened == ARCHIVE_OK ? read_entries(&r) : why_archive(a);

	archive_read_free(a);
	return why;
}

char *unpack(int fd, struct bundle *b)
{
	struct archive *a = reader();
	struct stat st;

	if (!fstat(fd, &st) && (uint64_t)st.st_size > BUNDLE_MAX_ALL) {
		archive_read_free(a);
		return text_format("expected a file of at most 64 MiB");
	}
	return read_archive(a, archive_read_open_fd(a, fd, 65536), b);
}

char *unpack_bytes(const void *bytes, size_t n, struct bundle *b)
{
	struct archive *a = reader();

	return read_archive(a, archive_read_open_memory(a, bytes, n), b);
}
