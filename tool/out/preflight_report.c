// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The report of a preflight, for people and for machines. */
#include "preflight_report.h"

#include "terminal.h"

static const struct {
	const char *shown, *json;
	enum out_style style;
} results[] = {
	[CHECK_OK] = { "ok", "ok", OUT_GOOD },
	[CHECK_WARN] = { "warning", "warning", OUT_NOTE },
	[CHECK_UNKNOWN] = { "unknown", "unknown", OUT_NOTE },
	[CHECK_WAIVED] = { "waived", "waived", OUT_NOTE },
	[CHECK_FAIL] = { "FAILED", "failed", OUT_BAD },
};

void preflight_print(const struct preflight *p, FILE *out)
{
	uint32_t i;

	for (i = 0; i < PREFLIGHT_NR; i++) {
		const struct preflight_line *line = &p->lines[i];

		if (line->text)
			fprintf(out, "  %s%-8s%s %-13s %s\n",
				out_style(out, results[line->result].style),
				results[line->result].shown, out_style(out, OUT_PLAIN),
				preflight_name(i), line->text);
	}
}

json_t *preflight_json(const struct preflight *p)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < PREFLIGHT_NR; i++) {
		const struct preflight_line *line = &p->lines[i];

		if (line->text)
			json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "check",
				preflight_name(i), "question", preflight_question(i), "result",
				results[line->result].json, "text", line->text));
	}
	return list;
}

json_t *preflight_waived_json(uint32_t waived)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < PREFLIGHT_NR; i++)
		if (waived >> i & 1)
			json_array_append_new(list, json_string(preflight_name(i)));
	return list;
}
