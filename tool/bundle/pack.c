// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Writes a bundle as a tar archive compressed with zstd. */
#include "pack.h"

#include "tool/base/file.h"
#include "tool/base/memory.h"
#include "tool/base/text.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool add(struct archive *a, const char *name, const char *data, size_t n)
{
	struct archive_entry *entry = memory_checked(archive_entry_new());
	char *path = text_format("%s%s", BUNDLE_TOP, name);
	bool good;

	archive_entry_set_pathname(entry, path);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)n);
	archive_entry_set_mtime(entry, time(NULL), 0);
	good = archive_write_header(a, entry) == ARCHIVE_OK &&
	       archive_write_data(a, data, n) == (la_ssize_t)n;
	archive_entry_free(entry);
	free(path);
	return good;
}

/* The last file: an archive that is cut short lacks it, or files that it names. */
static bool add_manifest(struct archive *a, const struct bundle *b)
{
	char *text = text_format("%s", "");
	size_t i;
	bool good;

	for (i = 0; i < b->nr; i++)
		text = text_append(text, "%zu %s\n", b->files[i].n, b->files[i].name);
	good = add(a, BUNDLE_MANIFEST, text, strlen(text));
	free(text);
	return good;
}

static char *fill(struct archive *a, const struct bundle *b)
{
	bool good = true;
	size_t i;

	for (i = 0; i < b->nr && good; i++)
		good = add(a, b->files[i].name, b->files[i].data, b->files[i].n);
	if (good && add_manifest(a, b) && archive_write_close(a) == ARCHIVE_OK)
		return NULL;
	return text_format("the archive cannot be made: %s", archive_error_string(a));
}

char *pack(const struct bundle *b, const char *path)
{
	struct archive *a = memory_checked(archive_write_new());
	size_t room = BUNDLE_MAX_ALL, n = 0;
	char *bytes = memory_checked(malloc(room)), *why = NULL, *shown;

	if (archive_write_add_filter_zstd(a) != ARCHIVE_OK ||
	    archive_write_set_format_ustar(a) != ARCHIVE_OK ||
	    archive_write_open_memory(a, bytes, room, &n) != ARCHIVE_OK)
		why = text_format("the archive cannot be made: %s", archive_error_string(a));
	if (!why)
		why = fill(a, b);
	archive_write_free(a);
	if (!why && !file_write(path, bytes, n, 0600)) {
		shown = text_escape(path);
		why = text_format("%s cannot be written: %s", shown, strerror(errno));
		free(shown);
	}
	free(bytes);
	return why;
}
