// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The report of a preflight, for people and for machines. */
#include "preflight_report.h"

#include "terminal.h"

static const struct {
	const char *shown, *json;
	enum out_style style;
} results[] = {
	[SEAMSTEP_PASSED] = { "ok", "ok", OUT_GOOD },
	[SEAMSTEP_WARNED] = { "warning", "warning", OUT_NOTE },
	[SEAMSTEP_UNDECIDED] = { "unknown", "unknown", OUT_NOTE },
	[SEAMSTEP_WAIVED] = { "waived", "waived", OUT_NOTE },
	[SEAMSTEP_FAILED] = { "FAILED", "failed", OUT_BAD },
};

void preflight_print(const struct seamstep_preflight *p, FILE *out)
{
	uint32_t i;

	for (i = 0; i < SEAMSTEP_CHECK_NR; i++) {
		const struct seamstep_check_line *line = &p->lines[i];

		if (!line->text)
			continue;
		fprintf(out, "  %s%-8s%s %-13s %s", out_style(out, results[line->result].style),
			results[line->result].shown, out_style(out, OUT_PLAIN),
			seamstep_check_name(i), line->text);
		/* Of the checks that can be waived, this one protects no TD. */
		fprintf(out, "%s\n", i == SEAMSTEP_CHECK_JOURNAL && line->result == SEAMSTEP_FAILED ?
			"; '--waive journal' updates without a record" : "");
	}
}

json_t *preflight_json(const struct seamstep_preflight *p)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < SEAMSTEP_CHECK_NR; i++) {
		const struct seamstep_check_line *line = &p->lines[i];

		if (line->text)
			json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "check",
				seamstep_check_name(i), "question", seamstep_check_question(i), "result",
				results[line->result].json, "text", line->text));
	}
	return list;
}

json_t *preflight_waived_json(uint32_t waived)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < SEAMSTEP_CHECK_NR; i++)
		if (waived >> i & 1)
			json_array_append_new(list, json_string(seamstep_check_name(i)));
	return list;
}
