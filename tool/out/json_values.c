// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Values of JSON documents that several verbs print. */
#include "json_values.h"

#include "tool/base/text.h"

#include <seamstep/inhibit.h>
#include <seamstep/text.h>

#include <stdlib.h>

json_t *json_hex(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)value);
	return json_string(text);
}

static json_t *packed_version(uint64_t v)
{
	return json_version(true, (struct ss_version){ .major = (uint16_t)(v >> 32),
						       .minor = (uint16_t)(v >> 16),
						       .update = (uint16_t)v });
}

static json_t *packed_window(uint64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%u..%u", (unsigned int)(v >> 16 & 0xffff),
		 (unsigned int)(v & 0xffff));
	return json_string(text);
}

json_t *json_reason_value(enum ss_compat_reason reason, uint64_t v)
{
	switch (reason) {
	case SS_COMPAT_SEAMLDR:
	case SS_COMPAT_MIN_RUNNING:
	case SS_COMPAT_RESERVED3:
	case SS_COMPAT_LINE:
	case SS_COMPAT_OLDER:
	case SS_COMPAT_RENAMED:
		return packed_version(v);
	case SS_COMPAT_HANDOFF:
		return packed_window(v);
	case SS_COMPAT_CPU:
	case SS_COMPAT_NOT_PRESERVING:
	case SS_COMPAT_FEATURES_LOST:
	case SS_COMPAT_UNKNOWN:
		return json_hex(v);
	default:
		return json_integer((json_int_t)v);
	}
}

json_t *context_reasons_json(const struct ss_compat *compat, uint32_t mask)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < SS_COMPAT_NR; i++)
		if (mask >> i & 1)
			json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o}", "name",
				seamstep_reason_name((enum ss_compat_reason)i), "text",
				seamstep_reason_text((enum ss_compat_reason)i), "want",
				json_reason_value((enum ss_compat_reason)i, compat->want[i]), "have",
				json_reason_value((enum ss_compat_reason)i, compat->have[i])));
	return list;
}

static json_t *recovery_json(const struct seamstep_failure *f)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < f->nr_recovery; i++)
		json_array_append_new(list, json_string(f->recovery[i]));
	return list;
}

json_t *json_failure(const struct seamstep_outcome *outcome)
{
	const struct seamstep_failure *f = &outcome->failure;
	char status[24], rdx[24];

	if (!outcome->has_failure)
		return json_null();
	snprintf(status, sizeof(status), "0x%016llx", (unsigned long long)f->status);
	snprintf(rdx, sizeof(rdx), "0x%llx", (unsigned long long)f->rdx);
	return json_pack("{s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:o}", "reason", f->reason, "step",
			 f->step, "lp", (int)f->lp, "leaf", f->leaf_name, "status", status,
			 "status_name", f->status_name, "rdx", rdx, "recovery", recovery_json(f));
}

json_t *json_inhibitors(struct seamstep_host *host)
{
	struct seamstep_inhibitors *by;
	json_t *list;
	size_t i;

	if (seamstep_inhibitors_read(host, &by))
		return json_null();
	list = json_array();
	for (i = 0; i < by->nr; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "who", by->list[i].who,
						      "reason", by->list[i].reason, "since",
						      by->list[i].since));
	seamstep_inhibitors_free(by);
	return list;
}

json_t *json_version(bool known, struct ss_version version)
{
	char *text = text_version(known, version);
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
	shown = text_escape(text);
	value = json_string(shown);
	free(shown);
	return value;
}

json_t *json_number(bool known, json_int_t value)
{
	return known ? json_integer(value) : json_null();
}

json_t *json_fms(const uint32_t *fms, uint32_t nr)
{
	json_t *list = json_array();
	char hex[16];
	uint32_t i;

	for (i = 0; i < nr; i++) {
		snprintf(hex, sizeof(hex), "0x%x", fms[i]);
		json_array_append_new(list, json_string(hex));
	}
	return list;
}
