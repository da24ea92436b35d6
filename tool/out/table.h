/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Tables for people, through libsmartcols; columns fit their contents. */
#ifndef SS_CLI_TABLE_H
#define SS_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct cli_column {
	const char *name;
	bool right;		/* numbers */
};
struct cli_table;
struct cli_table *cli_table_new(const struct cli_column *columns, size_t nr);
/* One row: as many strings as there are columns. The strings are copied. */
void cli_table_row(struct cli_table *table, const char *const *cells);
/* Prints the table to @out unless @out is NULL, and frees the table. */
void cli_table_end(struct cli_table *table, FILE *out);

#endif
