/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Memory that can be restored. The cost grows with the number of written pages. */
#ifndef SS_EXPLORE_REWIND_H
#define SS_EXPLORE_REWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rewind {
	unsigned char *mem, *saved;
	size_t bytes;			/* whole pages */
	uint32_t *written;		/* numbers of the pages written since the mark */
	uint32_t nr_written;
	struct rewind *next;
};

/*
 * Allocates @bytes or more of zeroed, page-aligned memory in @r->mem. Context: one OS thread.
 * Returns false if there is no memory. The caller calls rewind_fini() in both cases.
 */
bool rewind_init(struct rewind *r, size_t bytes);
void rewind_fini(struct rewind *r);
/* Marks the memory as it is now; rewind_back() restores these contents. Called once. */
bool rewind_mark(struct rewind *r);
void rewind_back(struct rewind *r);

#endif
