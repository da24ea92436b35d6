/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Tables for people, through libsmartcols; columns fit their contents. */
#ifndef SS_TOOL_OUT_TABLE_H
#define SS_TOOL_OUT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct out_column {
	const char *name;
	bool right;		/* numbers */
};
struct out_table;
struct out_table *out_table_new(const struct out_column *columns, size_t nr);
/* One row: as many strings as there are columns. The strings are copied. */
void out_table_row(struct out_table *table, const char *const *cells);
/* Prints the table to @out unless @out is NULL, and frees the table. */
void out_table_end(struct out_table *table, FILE *out);

#endif
