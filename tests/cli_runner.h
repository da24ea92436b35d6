/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Running the built command from a test: its exit status, its output, its JSON. */
#ifndef SS_TESTS_CLI_RUNNER_H
#define SS_TESTS_CLI_RUNNER_H

#include <jansson.h>

struct cli_run {
	int exit;		/* status, or 1000 and more: died of that signal */
	char *out, *err;	/* all of stdout and stderr */
	json_t *json;		/* of stdout, if that is one JSON document and nothing else */
	long long peak_bytes;	/* of memory in use, by the largest of its processes */
};

/* A new directory for one test program, removed by cli_runner_end(). */
void cli_runner_begin(const char *command);
void cli_runner_end(void);
const char *cli_runner_dir(void);

/* malloc'd path in that directory. */
char *cli_runner_path(const char *name);

/*
 * Runs the command with these words (up to a NULL), an empty environment, no terminal, stdin
 * closed. What the run before left is freed. Fails the test if it cannot be started.
 */
const struct cli_run *cli_run(const char *const *words);
#define CLI_RUN(...) cli_run((const char *const[]){ __VA_ARGS__, NULL })

/* A member of the last run's JSON by a dotted path, "failure.step"; fails the test if not there. */
const json_t *cli_json(const char *path);
const char *cli_json_text(const char *path);
long long cli_json_number(const char *path);

#endif
