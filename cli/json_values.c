// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Values of JSON documents that several verbs print. */
#include "json_values.h"

#include "repo.h"
#include "text.h"

#include <stdlib.h>

json_t *context_reasons_json(const struct ss_compat *compat, uint32_t mask)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < SS_COMPAT_NR; i++)
		if (mask >> i & 1)
			json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:I}", "name",
				ss_compat_name((enum ss_compat_reason)i), "text",
				ss_compat_text((enum ss_compat_reason)i), "want",
				(json_int_t)compat->want[i], "have", (json_int_t)compat->have[i]));
	return list;
}

json_t *json_version(bool known, struct ss_version version)
{
	char *text = repo_version_text(known, version);
	json_t *value = known ? json_string(text) : json_null();

	free(text);
	return value;
}

json_t *json_text(const char *text)
{
	char *shown;
	json_t *value;

	if (!text)
		return json_null();
	shown = cli_escape(text);
	value = json_string(shown);
	free(shown);
	return value;
}
