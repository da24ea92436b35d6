// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Summaries of the steps of an update, for tables, JSON and pictures. */
#include "timeline.h"

#include "cli.h"

#include <stdlib.h>

#define STEP_MODE_ONE	"one"
#define STEP_MODE_EACH	"each"
#define STEP_MODE_ALL	"all"
#define STEP_MODE(name, mode, text) [SS_STEP_##name] = STEP_MODE_##mode,
static const char *const step_modes[] = { SS_UPDATE_STEPS(STEP_MODE) };

void timeline_step(const struct timeline *t, uint32_t visit, struct timeline_step *out)
{
	const struct ss_update_visit *v = &t->result->visits[visit];
	uint32_t lp;

	*out = (struct timeline_step){
		.name = ss_update_step_name(v->step),
		.mode = step_modes[v->step],
		.image = t->image_names[v->image],
		.step = v->step,
	};
	for (lp = 0; lp < t->nr_lps; lp++) {
		const struct ss_update_span *span = &t->lps[lp].spans[visit];
		uint64_t ns = span->end_ns - span->start_ns;

		if (!span->start_ns)
			continue;
		if (!out->lps++ || span->start_ns < out->start_ns)
			out->start_ns = span->start_ns;
		if (span->end_ns > out->end_ns)
			out->end_ns = span->end_ns;
		out->work_ns += ns;
		if (ns >= out->longest_ns) {
			out->longest_ns = ns;
			out->longest_lp = lp;
		}
	}
}

uint64_t timeline_start_ns(const struct timeline *t)
{
	uint64_t start = t->result->start_ns;
	uint32_t lp;

	for (lp = 0; lp < t->nr_lps; lp++)
		if (t->lps[lp].arrive_ns && t->lps[lp].arrive_ns < start)
			start = t->lps[lp].arrive_ns;
	return start;
}

uint64_t timeline_end_ns(const struct timeline *t)
{
	uint64_t end = t->result->end_ns;
	uint32_t lp;

	for (lp = 0; lp < t->nr_lps; lp++)
		if (t->lps[lp].leave_ns > end)
			end = t->lps[lp].leave_ns;
	return end;
}

static char *rdx_text(const struct ss_update_event *e)
{
	if (e->leaf != SS_LEAF_SEAMLDR_INSTALL)
		return cli_format("%s", "");
	return cli_format(" (RDX %llu)", (unsigned long long)e->rdx);
}

char *timeline_event_text(const struct timeline *t, const struct ss_update_event *e)
{
	const char *image = e->action == SS_ACTION_FALLBACK ? t->image_names[e->image] : "";
	const char *gap = e->action == SS_ACTION_FALLBACK ? ", " : "";
	char *rdx = rdx_text(e), *text;

	if (e->leaf || e->status)
		text = cli_format("%s on LP %u: %s = %s%s: %s%s%s", ss_update_step_name(e->step), e->lp,
				  ss_leaf_name(e->leaf), ss_status_name(e->leaf, e->status), rdx,
				  ss_update_action_text(e->action), gap, image);
	else
		text = cli_format("%s on LP %u: %s%s%s", ss_update_step_name(e->step), e->lp,
				  ss_update_action_text(e->action), gap, image);
	free(rdx);
	return text;
}
