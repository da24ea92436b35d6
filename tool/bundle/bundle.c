// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The files of a bundle, in memory. */
#include "bundle.h"

#include "tool/base/memory.h"
#include "tool/base/text.h"

#include <stdlib.h>
#include <string.h>

const struct bundle_file *bundle_find(const struct bundle *b, const char *name)
{
	size_t i;

	for (i = 0; i < b->nr; i++)
		if (!strcmp(b->files[i].name, name))
			return &b->files[i];
	return NULL;
}

void bundle_add(struct bundle *b, const char *name, char *data, size_t n)
{
	if (bundle_find(b, name)) {
		free(data);
		return;
	}
	b->files = memory_checked(realloc(b->files, (b->nr + 1) * sizeof(*b->files)));
	b->files[b->nr++] = (struct bundle_file){ text_format("%s", name), data, n };
}

void bundle_release(struct bundle *b)
{
	size_t i;

	for (i = 0; i < b->nr; i++) {
		free(b->files[i].name);
		free(b->files[i].data);
	}
	free(b->files);
}
