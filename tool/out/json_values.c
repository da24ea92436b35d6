// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Values of JSON documents that several verbs print. */
#include "json_values.h"

#include "lib/record/inhibit.h"
#include "lib/image/repo.h"
#include "lib/base/text.h"

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

static json_t *recovery_json(const struct host_failure *f)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < f->nr_recovery; i++)
		json_array_append_new(list, json_string(ss_update_action_text(f->recovery[i])));
	return list;
}

json_t *json_failure(const struct host_outcome *outcome)
{
	const struct host_failure *f = &outcome->failure;
	const struct ss_update_call *call = &f->event.call;
	char status[24], rdx[24];

	if (!outcome->has_failure)
		return json_null();
	snprintf(status, sizeof(status), "0x%016llx", (unsigned long long)call->status);
	snprintf(rdx, sizeof(rdx), "0x%llx", (unsigned long long)call->rdx);
	return json_pack("{s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:o}", "reason",
			 ss_update_reason_name(f->reason), "step",
			 ss_update_step_name(f->event.step), "lp", (int)f->event.lp, "leaf",
			 ss_leaf_name(call->leaf), "status", status, "status_name",
			 ss_status_name(call->leaf, call->status), "rdx", rdx, "recovery",
			 recovery_json(f));
}

json_t *json_inhibitors(const struct host *host)
{
	json_t *list = json_null();
	struct inhibitors by;
	char *why = NULL;
	size_t i;

	if (inhibit_read(host, &by, &why))
		list = json_array();
	for (i = 0; i < by.nr; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "who", by.list[i].who,
						      "reason", by.list[i].reason, "since",
						      by.list[i].since));
	inhibit_release(&by);
	free(why);
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
