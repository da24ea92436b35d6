/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Tables for eyes and for scripts: columns that the user may choose, through libsmartcols. */
#ifndef SS_CLI_COLUMNS_H
#define SS_CLI_COLUMNS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#define COLUMNS_MAX_COLUMNS 24

struct column {
	const char *name;	/* "VERSION": the heading; -o takes it in either letter case */
	const char *help;	/* for --list-columns */
	bool shown;		/* by default */
	bool right;		/* a number */
	bool wrap;		/* a narrow terminal may break the text */
};

/* The user's choice of columns and form. All zero is the default. */
struct columns_style {
	const char *columns;	/* -o: "A,B" replaces, "+A,B" adds to, the default; NULL */
	bool all;		/* -O: all columns */
	bool no_headings, raw, pairs, list_columns;
};

/* The options that set a struct columns_style, for getopt_long(). */
#define COLUMNS_LIST_COLUMNS 0x200	/* getopt_long()'s value for --list-columns */
#define COLUMNS_OPTIONS \
	{ "output", required_argument, NULL, 'o' }, { "output-all", no_argument, NULL, 'O' }, \
	{ "noheadings", no_argument, NULL, 'n' }, \
	{ "raw", no_argument, NULL, 'r' }, { "pairs", no_argument, NULL, 'P' }, \
	{ "list-columns", no_argument, NULL, COLUMNS_LIST_COLUMNS }
#define COLUMNS_HELP \
	"  -o, --output LIST  show these columns; +LIST adds columns to the default\n" \
	"  -O, --output-all   show all columns\n" \
	"  --list-columns     list the names of all columns\n" \
	"  -n, --noheadings   leave the headings out\n" \
	"  -r, --raw          print one line a row, with unsafe bytes as \\xNN and - for an\n" \
	"                     empty cell\n" \
	"  -P, --pairs        print NAME=\"value\" pairs\n"

/* Takes the option if it is one of COLUMNS_OPTIONS. */
bool columns_option(struct columns_style *style, int c, const char *value);

struct columns;

/**
 * columns_new - a table of the columns that the user chose
 * @columns: ends with a NULL name; up to COLUMNS_MAX_COLUMNS
 *
 * Returns NULL after printing a usage error of @verb (there is no such column).
 */
struct columns *columns_new(const char *verb, const struct column *columns,
			const struct columns_style *style);

/* Did the user choose the column, by its index in the definition? */
bool columns_has(const struct columns *table, size_t column);

/*
 * One row: @cells has one text a column of the definition, NULL for an empty cell. Copied. A text
 * is printable ASCII; outside text in it is escaped by text_escape().
 */
void columns_row(struct columns *table, const char *const *cells);
void columns_print(struct columns *table, FILE *out);
void columns_free(struct columns *table);

/* Prints the text of --list-columns. */
void columns_list_columns(const struct column *columns, FILE *out);

#endif
