/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Output for machines: one JSON document on stdout, also on error. */
#ifndef SS_CLI_JSON_H
#define SS_CLI_JSON_H

#include <stdbool.h>
#include <jansson.h>

#include "exits.h"

/*
 * cli_dispatch() calls cli_json_mode() with a verb's name, kept by reference, if --json is given.
 * From then on cli_fail(), cli_usage_error() and cli_bad_option() also print a document with their
 * message, unless cli_json_end() has already printed a document.
 */
void cli_json_mode(const char *verb);
bool cli_json_wanted(void);
void cli_json_error(enum cli_exit code, const char *message);

/* @doc with "schema" first. Ends the program if there is no memory. */
json_t *cli_json_doc(const char *schema);
/* Prints @doc with "exit": { "code", "name" } added, frees it, returns @code. */
int cli_json_end(json_t *doc, enum cli_exit code);

#endif
