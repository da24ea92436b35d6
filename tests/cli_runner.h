/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Runs the built command from a test: its exit status, its output, its JSON. */
#ifndef SS_TESTS_CLI_RUNNER_H
#define SS_TESTS_CLI_RUNNER_H

#include <jansson.h>

struct cli_run {
	int exit;		/* exit status, or 1000 + the signal that ended it */
	char *out, *err;	/* all of stdout and stderr */
	json_t *json;		/* of stdout, if it is one JSON document and nothing else */
	long long peak_bytes;	/* memory in use, of its largest process */
};

/* A new directory for one test program, removed by cli_runner_end(). */
void cli_runner_begin(const char *command);
void cli_runner_end(void);
const char *cli_runner_dir(void);

/* malloc'd path in that directory. */
char *cli_runner_path(const char *name);

/*
 * Runs the command with these words (up to a NULL), with an empty environment, no terminal and a
 * closed stdin. Frees the run before. Fails the test if the command does not start.
 */
const struct cli_run *cli_run(const char *const *words);
#define CLI_RUN(...) cli_run((const char *const[]){ __VA_ARGS__, NULL })

/* A member of the last run's JSON by a dotted path, "failure.step". It must be there. */
const json_t *out_json(const char *path);
const char *out_json_text(const char *path);
long long out_json_number(const char *path);

#endif
