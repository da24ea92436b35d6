/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Tables for eyes and for scripts: columns that the user may choose, through libsmartcols. */
#ifndef SS_CLI_TABLE_H
#define SS_CLI_TABLE_H

#include "cli.h"

#define TABLE_MAX_COLUMNS 24

struct table_column {
	const char *name;	/* "VERSION": the heading, and what -o takes in any case */
	const char *help;	/* for --list-columns */
	bool shown;		/* by default */
	bool right;		/* a number */
	bool wrap;		/* may be broken where the terminal is narrow */
};

/* How the user wants it. All zero is the default. */
struct table_style {
	const char *columns;	/* -o: "A,B" replaces, "+A,B" adds to, the default; NULL */
	bool no_headings, raw, pairs, list_columns;
};

/* The options that set these, for getopt_long(). */
#define TABLE_SHORT_OPTIONS "o:nrP"
#define TABLE_LIST_COLUMNS 0x200	/* what getopt_long() returns for --list-columns */
#define TABLE_OPTIONS \
	{ "output", required_argument, NULL, 'o' }, { "noheadings", no_argument, NULL, 'n' }, \
	{ "raw", no_argument, NULL, 'r' }, { "pairs", no_argument, NULL, 'P' }, \
	{ "list-columns", no_argument, NULL, TABLE_LIST_COLUMNS }
#define TABLE_HELP \
	"  -o, --output LIST  columns to show; +LIST adds to the default ones\n" \
	"  --list-columns     which columns there are\n" \
	"  -n, --noheadings   no line of headings\n" \
	"  -r, --raw          one line a row, unsafe bytes as \\xNN\n" \
	"  -P, --pairs        NAME=\"value\" pairs\n"

/* Takes the option if it is one of these. */
bool table_option(struct table_style *style, int c, const char *value);

struct table;

/**
 * table_new - a table of the columns that the user chose
 * @columns: ends with a NULL name; up to TABLE_MAX_COLUMNS
 *
 * Returns NULL after a usage error, @verb's, was printed (a column that there is not).
 */
struct table *table_new(const char *verb, const struct table_column *columns,
			const struct table_style *style);

/* One row: @cells has one text a column of the definition, NULL for an empty cell. Copied. */
void table_row(struct table *table, const char *const *cells);
void table_print(struct table *table, FILE *out);
void table_free(struct table *table);

/* What --list-columns prints. */
void table_list_columns(const struct table_column *columns, FILE *out);

#endif
