// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* mapping_file.json for the versions that the model knows (specification 9). */
#include "model_mapping.h"

#include "lib/base/alloc.h"
#include "lib/base/json.h"
#include "lib/image/mapping.h"

#include <stdio.h>
#include <stdlib.h>
#include <jansson.h>

static json_t *entry_of_model(const struct sim_module_info *info)
{
	json_t *seamldrs = json_array(), *entry;
	char features[24];
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(info->min_seamldr) && info->min_seamldr[i][0]; i++)
		base_json_append(seamldrs, json_string(info->min_seamldr[i]));
	snprintf(features, sizeof(features), "0x%llX", (unsigned long long)info->features0);
	entry = json_pack("{s:s, s:s, s:o, s:s}", "version", info->version,
			  "min_module_version_for_td_preserving", info->min_running,
			  "min_seamldr_versions", seamldrs, "tdx_feature0", features);
	return entry;
}

struct ss_compat_rule mapping_of_model(const struct sim_module_info *info)
{
	struct ss_compat_rule rule = { .known = false };
	json_t *entry = entry_of_model(info);
	char *text = base_json_text(entry, JSON_COMPACT);

	if (!base_lacks() && !mapping_read_entry(text, &rule))
		rule.known = false;	/* the ladder is a constant, and a test reads all of it */
	base_free(text);
	json_decref(entry);
	return rule;
}

char *mapping_text_of_ladder(void)
{
	json_t *list = json_array(), *doc;
	uint32_t i;
	char *text;

	for (i = 0; i < sim_ladder_nr; i++)
		base_json_append(list, entry_of_model(&sim_ladder[i]));
	doc = json_pack("{s:{s:s, s:s, s:s}, s:o}", "Header", "Copyright", "",
			"Info", "Versions of the software model; not Intel's", "Version", "1.0",
			"tdx_module_releases", list);
	text = base_json_text(doc, JSON_INDENT(2));
	json_decref(doc);
	return text;
}
