// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Reads mapping_file.json (specification 9). */
#include "mapping.h"

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/json.h"
#include "lib/base/text.h"
#include "lib/base/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>

#define MAPPING_LIMIT	((size_t)4 << 20)

struct mapping {
	size_t nr;
	struct ss_compat_rule rules[];
};

static bool version_of(const json_t *value, struct ss_version *out)
{
	return json_is_string(value) && ss_version_parse(json_string_value(value), out);
}

static bool features_of(const json_t *value, struct ss_compat_rule *rule)
{
	if (!value)
		return true;
	rule->features0_known = json_is_string(value) &&
		base_number(json_string_value(value), 0, UINT64_MAX, &rule->features0);
	return rule->features0_known;
}

static bool seamldrs_of(const json_t *list, struct ss_compat_rule *rule)
{
	size_t i, n = json_array_size(list);

	if (!json_is_array(list) || n > SS_ARRAY_SIZE(rule->min_seamldr))
		return false;
	for (i = 0; i < n; i++)
		if (!version_of(json_array_get(list, i), &rule->min_seamldr[i]))
			return false;
	rule->nr_min_seamldr = (uint32_t)n;
	return true;
}

/* Returns the name of the member that is wrong, or NULL. */
static const char *read_entry(const json_t *entry, struct ss_compat_rule *rule)
{
	static const char version[] = "version", min[] = "min_module_version_for_td_preserving",
			  seamldr[] = "min_seamldr_versions", features[] = "tdx_feature0";

	rule->known = true;
	if (!version_of(json_object_get(entry, version), &rule->version))
		return version;
	if (!version_of(json_object_get(entry, min), &rule->min_running))
		return min;
	if (!seamldrs_of(json_object_get(entry, seamldr), rule))
		return seamldr;
	if (!features_of(json_object_get(entry, features), rule))
		return features;
	return NULL;
}

bool mapping_read_entry(const char *json, struct ss_compat_rule *rule)
{
	json_t *entry = base_json_read(json, strlen(json), true, NULL);
	bool ok = entry && !read_entry(entry, rule);

	json_decref(entry);
	return ok;
}

/* @shown: the name of the file, for messages. */
static struct mapping *parse(const uint8_t *text, size_t bytes, const char *shown, char **why)
{
	struct base_json_fault fault;
	json_t *doc = base_json_read((const char *)text, bytes, true, &fault);
	json_t *list = json_object_get(doc, "tdx_module_releases");
	struct mapping *mapping = NULL;
	const char *wrong = NULL;
	size_t i;

	if (!doc)
		*why = base_text("%s: line %u: %s", shown, fault.line, fault.what);
	else if (!json_is_array(list))
		*why = base_text("%s: expected an array tdx_module_releases, found none", shown);
	else
		mapping = base_alloc(sizeof(*mapping) +
				     json_array_size(list) * sizeof(mapping->rules[0]));
	if (mapping)
		mapping->nr = json_array_size(list);
	for (i = 0; mapping && !wrong && i < mapping->nr; i++) {
		wrong = read_entry(json_array_get(list, i), &mapping->rules[i]);
		if (wrong)
			*why = base_text("%s: tdx_module_releases[%zu].%s is missing or malformed",
					 shown, i, wrong);
	}
	json_decref(doc);
	if (!wrong)
		return mapping;
	mapping_free(mapping);
	return NULL;
}

struct mapping *mapping_load(const char *path, char **why)
{
	char *shown = base_escape(path);
	struct mapping *mapping = NULL;
	size_t bytes;
	uint8_t *text = base_file_read_regular(path, MAPPING_LIMIT, &bytes);

	if (text)
		mapping = parse(text, bytes, shown, why);
	else
		*why = base_text("%s: %s", shown, base_file_why(errno));
	base_free(text);

	base_free(shown);
	return mapping;
}

void mapping_free(struct mapping *mapping)
{
	base_free(mapping);
}

struct ss_compat_rule mapping_find(const struct mapping *mapping, struct ss_version version)
{
	struct ss_compat_rule none = { .known = false };
	size_t i;

	for (i = 0; mapping && i < mapping->nr; i++)
		if (!ss_version_cmp(mapping->rules[i].version, version))
			return mapping->rules[i];
	return none;
}
