/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Output for machines: one JSON document on stdout, also on error. */
#ifndef SS_TOOL_OUT_JSON_H
#define SS_TOOL_OUT_JSON_H

#include <stdbool.h>
#include <jansson.h>

#include "exits.h"

/*
 * verb_dispatch() calls out_json_mode() with a verb's name, kept by reference, if --json is given;
 * a verb that finds -J calls it too. The first name stays.
 * From then on out_fail(), out_usage_error() and out_bad_option() also print a document with their
 * message, unless out_json_end() has already printed a document.
 */
void out_json_mode(const char *verb);
bool out_json_wanted(void);
void out_json_error(enum exit_status code, const char *message);
/* The members that such a document has beside the message, kept by reference. NULL: none. */
void out_json_known(json_t *members);

/* @doc with "schema" first. Ends the program if there is no memory. */
json_t *out_json_doc(const char *schema);
/* Prints @doc with "exit": { "code", "name" } added, frees it, returns @code. */
int out_json_end(json_t *doc, enum exit_status code);

#endif
