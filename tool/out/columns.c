// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Tables through libsmartcols. */
#include "columns.h"

#include "tool/base/memory.h"
#include "message.h"
#include "tool/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <libsmartcols.h>

struct columns {
	struct libscols_table *scols;
	bool escapes;		/* libsmartcols escapes each cell itself */
	bool raw;
	size_t nr;
	size_t chosen[2 * COLUMNS_MAX_COLUMNS];	/* indexes into the definition, in order */
};

bool columns_option(struct columns_style *style, int c, const char *value)
{
	switch (c) {
	case 'o':
		style->columns = value;
		return true;
	case 'O':
		style->all = true;
		return true;
	case 'n':
		style->no_headings = true;
		return true;
	case 'r':
		style->raw = true;
		return true;
	case 'P':
		style->pairs = true;
		return true;
	case COLUMNS_LIST_COLUMNS:
		style->list_columns = true;
		return true;
	}
	return false;
}

void columns_list_columns(const struct column *columns, FILE *out)
{
	for (; columns->name; columns++)
		fprintf(out, "%14s  %s%s\n", columns->name, columns->help,
			columns->shown ? " *" : "");
}

static bool choose_one(struct columns *t, const struct column *columns, const char *name, size_t n)
{
	size_t i;

	for (i = 0; columns[i].name; i++) {
		if (strlen(columns[i].name) == n && !strncasecmp(columns[i].name, name, n) &&
		    t->nr < 2 * COLUMNS_MAX_COLUMNS) {
			t->chosen[t->nr++] = i;
			return true;
		}
	}
	return false;
}

static bool choose(struct columns *t, const char *verb, const struct column *columns,
		   const struct columns_style *style)
{
	const char *list = style->columns;
	size_t i, n;
	char *name;

	if (!list || *list == '+' || style->all)
		for (i = 0; columns[i].name; i++)
			if (columns[i].shown || style->all)
				t->chosen[t->nr++] = i;
	if (!list)
		return true;
	list += *list == '+';
	for (;; list += n + 1) {
		n = strcspn(list, ",");
		if (!choose_one(t, columns, list, n)) {
			char *text = text_format("%.*s", (int)n, list);

			name = text_escape(text);
			out_usage_error(verb, "there is no column '%s'; see --list-columns", name);
			free(name);
			free(text);
			return false;
		}
		if (!list[n])
			return true;
	}
}

static void add_columns(struct columns *t, const struct column *columns)
{
	size_t i;

	for (i = 0; i < t->nr; i++) {
		const struct column *c = &columns[t->chosen[i]];

		if (!scols_table_new_column(t->scols, c->name, 0, (c->right ? SCOLS_FL_RIGHT : 0) |
					    (c->wrap ? SCOLS_FL_WRAP : 0)))
			abort();
	}
}

struct columns *columns_new(const char *verb, const struct column *columns,
			const struct columns_style *style)
{
	struct columns *t = memory_alloc(sizeof(*t));

	if (!choose(t, verb, columns, style)) {
		free(t);
		return NULL;
	}
	t->scols = scols_new_table();
	if (!t->scols)
		abort();
	scols_table_enable_noheadings(t->scols, style->no_headings);
	scols_table_enable_raw(t->scols, style->raw);
	scols_table_enable_export(t->scols, style->pairs);
	t->escapes = style->raw || style->pairs;
	t->raw = style->raw;
	/* Output that is no terminal has lines of full length. */
	scols_table_enable_nowrap(t->scols, !isatty(STDOUT_FILENO));
	/* text_escape() has made every cell printable ASCII. */
	scols_table_enable_noencoding(t->scols, 1);
	add_columns(t, columns);
	return t;
}

bool columns_has(const struct columns *table, size_t column)
{
	size_t i;

	for (i = 0; i < table->nr; i++)
		if (table->chosen[i] == column)
			return true;
	return false;
}

/* The inverse of text_escape(). Each backslash of an escaped text begins \xNN. */
static char *unescape(const char *cell)
{
	char *text = text_format("%s", cell), *in, *out = text;
	unsigned int byte;

	for (in = text; *in; in++) {
		if (sscanf(in, "\\x%2x", &byte) == 1) {
			*out++ = (char)byte;
			in += 3;
		} else {
			*out++ = *in;
		}
	}
	*out = '\0';
	return text;
}

static void set_cell(struct columns *table, struct libscols_line *line, size_t i, const char *cell)
{
	char *text = table->escapes ? unescape(cell) : NULL;

	if (scols_line_set_data(line, i, text ? text : cell))
		abort();
	free(text);
}

void columns_row(struct columns *table, const char *const *cells)
{
	struct libscols_line *line = scols_table_new_line(table->scols, NULL);
	size_t i;

	if (!line)
		abort();
	for (i = 0; i < table->nr; i++) {
		const char *cell = cells[table->chosen[i]];

		/* Two blanks side by side are one to a script that splits the line. */
		set_cell(table, line, i, cell && *cell ? cell : table->raw ? "-" : "");
	}
}

void columns_print(struct columns *table, FILE *out)
{
	scols_table_set_stream(table->scols, out);
	scols_print_table(table->scols);
}

void columns_free(struct columns *table)
{
	if (!table)
		return;
	scols_unref_table(table->scols);
	free(table);
}
