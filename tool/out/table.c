// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Tables for people, through libsmartcols. */
#include "table.h"

#include "tool/base/memory.h"

#include <stdlib.h>
#include <libsmartcols.h>

struct out_table {
	struct libscols_table *table;
	size_t nr;
};

static void *checked(void *p)
{
	if (!p)
		abort();
	return p;
}

struct out_table *out_table_new(const struct out_column *columns, size_t nr)
{
	struct out_table *t = memory_alloc(sizeof(*t));
	size_t i;

	scols_init_debug(0);
	t->table = checked(scols_new_table());
	t->nr = nr;
	for (i = 0; i < nr; i++)
		checked(scols_table_new_column(t->table, columns[i].name, 0,
					       columns[i].right ? SCOLS_FL_RIGHT : 0));
	return t;
}

void out_table_row(struct out_table *t, const char *const *cells)
{
	struct libscols_line *line = checked(scols_table_new_line(t->table, NULL));
	size_t i;

	for (i = 0; i < t->nr; i++)
		if (scols_line_set_data(line, i, cells[i]))
			abort();
}

void out_table_end(struct out_table *t, FILE *out)
{
	if (out) {
		scols_table_set_stream(t->table, out);
		/* A row longer than the terminal's line is not cut: the terminal wraps the row. */
		scols_table_set_termwidth(t->table, 1000);
		scols_table_set_termforce(t->table, SCOLS_TERMFORCE_ALWAYS);
		scols_print_table(t->table);
	}
	scols_unref_table(t->table);
	free(t);
}
