// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Output for machines: one JSON document on stdout, also on error. */
#include "json.h"

#include <stdio.h>
#include <stdlib.h>

static const char *json_verb;	/* NULL: JSON is not wanted */
static bool json_printed;
static json_t *json_known;

void out_json_mode(const char *verb)
{
	if (!json_verb)
		json_verb = verb;
}

bool out_json_wanted(void)
{
	return json_verb != NULL;
}

json_t *out_json_doc(const char *schema)
{
	json_t *doc = json_pack("{s:s}", "schema", schema);

	if (!doc)
		abort();
	return doc;
}

int out_json_end(json_t *doc, enum exit_status code)
{
	json_object_set_new(doc, "exit", json_pack("{s:i, s:s}", "code", (int)code,
						   "name", exit_name(code)));
	json_dumpf(doc, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(doc);
	json_printed = true;
	return code;
}

void out_json_known(json_t *members)
{
	json_known = members;
}

void out_json_error(enum exit_status code, const char *message)
{
	char schema[64];
	json_t *doc;

	if (!json_verb || json_printed)
		return;
	snprintf(schema, sizeof(schema), "seamstep.%s/1", json_verb);
	doc = out_json_doc(schema);
	if (json_known)
		json_object_update(doc, json_known);
	json_object_set_new(doc, "error", json_string(message));
	out_json_end(doc, code);
}
