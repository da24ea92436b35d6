/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the verbs of the seamstep command share: exit statuses, output, the verbs themselves. */
#ifndef SS_CLI_CLI_H
#define SS_CLI_CLI_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <getopt.h>
#include <jansson.h>

/*
 * Exit statuses, frozen from the first release. X(NAME, code, name, meaning): what the world
 * is like afterwards. The manual page has the same table, and JSON the same names.
 */
#define CLI_EXITS(X) \
	X(OK, 0, "ok", "as asked") \
	X(ERROR, 1, "error", "see the message; nothing was tried") \
	X(USAGE, 2, "usage", "the command line was wrong; nothing was touched") \
	X(PENDING, 3, "pending", "an update is available") \
	X(UNSUPPORTED, 4, "unsupported", "no usable host interface") \
	X(BAD_IMAGE, 5, "bad-image", "malformed, or fails verification; nothing was touched") \
	X(INCOMPATIBLE, 6, "incompatible", "not for this host; the reasons are listed") \
	X(NOT_NOW, 7, "not-now", "a condition that may pass forbids it; retry later") \
	X(EXHAUSTED, 8, "exhausted", "no updates are left before a reboot") \
	X(UNCHANGED, 9, "unchanged", "tried and failed; the old module still runs, TDs alive") \
	X(RECOVERED, 10, "recovered", "tried and failed; on the fallback, TDs alive") \
	X(LOST, 11, "lost", "TDs are gone; reboot or load from scratch") \
	X(MISMATCH, 12, "mismatch", "finished, but looking again disagrees") \
	X(UNKNOWN, 13, "unknown", "no outcome within the time limit")

#define CLI_EXIT_ENUM(NAME, code, name, meaning) CLI_##NAME = (code),
enum cli_exit { CLI_EXITS(CLI_EXIT_ENUM) CLI_EXIT_NR };
#undef CLI_EXIT_ENUM

const char *cli_exit_name(int code);		/* "bad-image"; "error" if there is no such code */
const char *cli_exit_meaning(int code);

/* ---- verbs: argv[0] is the verb's own name; they return an enum cli_exit ------------------- */

int cli_inspect(int argc, char **argv);
int cli_verify(int argc, char **argv);
int cli_simulate(int argc, char **argv);
int cli_lab(int argc, char **argv);
int cli_explore(int argc, char **argv);
int cli_bench(int argc, char **argv);

/* A verb, or what follows one ("lab create"): a table of these ends with a NULL name. */
struct cli_verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *args;	/* for the usage line */
	const char *help;	/* one line */
	const char *options;	/* lines for "help VERB"; may be NULL */
};

/**
 * cli_dispatch - run the row of a table that argv[1] names
 * @parent: "lab", or NULL at the top: for messages
 *
 * Unknown names are usage errors that suggest the nearest one.
 */
int cli_dispatch(const char *parent, const struct cli_verb *table, int argc, char **argv);

/* Help for one row, or for all of a table, as "--help" prints it. Always CLI_OK. */
int cli_help(const char *parent, const struct cli_verb *table, const char *name, FILE *out);

/* ---- output.c ------------------------------------------------------------------------------ */

/* "seamstep VERB: ..." and where help is to be found, on stderr. Returns CLI_USAGE. */
__attribute__((format(printf, 2, 3)))
int cli_usage_error(const char *verb, const char *fmt, ...);

/* "seamstep: ..." on stderr. Returns @code, so that a verb can end with it. */
__attribute__((format(printf, 2, 3)))
int cli_fail(enum cli_exit code, const char *fmt, ...);

/**
 * cli_escape - make text from a file or a host fit to print on a terminal
 * Bytes that are no printable ASCII, and the backslash, become \xNN; UTF-8 too: file names and
 * firmware fields need none. Returns malloc'd text; ends the program if there is no memory.
 */
char *cli_escape(const char *text);

/* What getopt_long() would have said about @c, '?' or ':', its optstring beginning with ':'. */
int cli_bad_option(const char *verb, char **argv, int c, const struct option *options);

/* Decimal, or hexadecimal with 0x, nothing before or after. False if malformed or out of range. */
bool cli_number(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/* The entry of a NULL-ended list that @name may have been meant for, or NULL. */
const char *cli_nearest(const char *name, const char *const *list);

/*
 * Replaces what cli_escape() would escape, in place, and returns @text. Callers escape what they
 * put into messages; this is for what one has forgotten.
 */
char *cli_printable(char *text);

/* As asprintf(), but ends the program if there is no memory. */
__attribute__((format(printf, 1, 2)))
char *cli_format(const char *fmt, ...);
char *cli_vformat(const char *fmt, va_list args);
void *cli_alloc(size_t bytes);			/* zeroed; ends the program if there is no memory */
char *cli_hex(const uint8_t *bytes, size_t n);	/* malloc'd */
char *cli_duration(uint64_t ns);		/* malloc'd, "12.3 ms": for eyes */

/* Whole file as malloc'd bytes. NULL with errno set on error; EFBIG above @limit bytes. */
uint8_t *cli_read_file(const char *path, size_t limit, size_t *bytes);
/* Writes to a temporary name beside @path, syncs, renames. False with errno set on error. */
bool cli_write_file(const char *path, const void *bytes, size_t n, unsigned int mode);

/* Is styling wanted on this stream: a terminal, TERM not dumb, NO_COLOR not set? */
bool cli_styled(FILE *stream);
enum cli_style { CLI_PLAIN, CLI_BOLD, CLI_DIM, CLI_GOOD, CLI_BAD, CLI_NOTE };
/* The escape sequence that starts a style on this stream, or "" where styling is not wanted. */
const char *cli_style(FILE *stream, enum cli_style style);

/* ---- table.c: over libsmartcols; columns fit their contents -------------------------------- */

struct cli_column {
	const char *name;
	bool right;		/* numbers */
};
struct cli_table;
struct cli_table *cli_table_new(const struct cli_column *columns, size_t nr);
/* One row: as many strings as there are columns. They are copied. */
void cli_table_row(struct cli_table *table, const char *const *cells);
/* Prints it to @out, or not at all if @out is NULL, and frees it. */
void cli_table_end(struct cli_table *table, FILE *out);

/*
 * A bar for work of known length, redrawn in place on stderr, if that is a terminal and JSON is
 * not wanted; else nothing. cli_progress_end() wipes it.
 */
void cli_progress(const char *what, uint64_t done, uint64_t total);
void cli_progress_end(void);

/*
 * ---- json.c: one document on stdout, also on error --------------------------------------------
 *
 * cli_dispatch() calls cli_json_mode() with a verb's name, kept by reference, where it sees --json.
 * From then on cli_fail(), cli_usage_error() and cli_bad_option() print a document with their
 * message too, unless cli_json_end() has already printed one.
 */
void cli_json_mode(const char *verb);
bool cli_json_wanted(void);
void cli_json_error(enum cli_exit code, const char *message);

/* @doc with "schema" first. Ends the program if there is no memory. */
json_t *cli_json_doc(const char *schema);
/* Prints @doc with "exit": { "code", "name" } added, frees it, returns @code. */
int cli_json_end(json_t *doc, enum cli_exit code);
/* The same with "error": message. */
__attribute__((format(printf, 3, 4)))
int cli_json_fail(json_t *doc, enum cli_exit code, const char *fmt, ...);

#endif
