/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Memory that can be put back to what it was, at the price of the pages that were written. */
#ifndef SS_VIRTUAL_REWIND_H
#define SS_VIRTUAL_REWIND_H

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
 * Zeroed, page-aligned memory of @bytes or more in @r->mem. Context: one OS thread. Returns false
 * if there is none; rewind_fini() is due in either case.
 */
bool rewind_init(struct rewind *r, size_t bytes);
void rewind_fini(struct rewind *r);
/* What the memory holds now is what rewind_back() puts back. Once. */
bool rewind_mark(struct rewind *r);
void rewind_back(struct rewind *r);

#endif
