/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A support bundle: a compressed tar archive with the tree of a recorded host. */
#ifndef SS_TOOL_BUNDLE_BUNDLE_H
#define SS_TOOL_BUNDLE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BUNDLE_TOP		"seamstep-report/"	/* every name in the archive begins so */
#define BUNDLE_MANIFEST		"MANIFEST"		/* "SIZE NAME", a line a file */

/* A bundle is some hundred KB, with some dozen files. Larger ones are refused, unread. */
#define BUNDLE_MAX_FILES	2048u
#define BUNDLE_MAX_NAME		512u
#define BUNDLE_MAX_FILE		((size_t)16 << 20)
#define BUNDLE_MAX_ALL		((size_t)64 << 20)	/* unpacked; and packed */
#define BUNDLE_MAX_RATIO	200u			/* above the first 4 MiB */
#define BUNDLE_RATIO_FROM	((size_t)4 << 20)

struct bundle_file {
	char *name;		/* "etc/machine-id" */
	char *data;		/* @n bytes and a 0 byte */
	size_t n;
};

struct bundle {
	struct bundle_file *files;
	size_t nr;
};

/* Adds a file; takes @data, malloc'd. A name that is there already is kept as it is. */
void bundle_add(struct bundle *b, const char *name, char *data, size_t n);
const struct bundle_file *bundle_find(const struct bundle *b, const char *name);
void bundle_release(struct bundle *b);

#endif
