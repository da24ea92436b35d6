// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Summaries of the steps of an update, for tables, JSON and pictures. */
#include "timeline.h"

#include "tool/base/text.h"

#include <stdlib.h>

static const char *mode_name(uint32_t step)
{
	switch (ss_update_step_mode(step)) {
	case SS_ONE:
		return "one";
	case SS_EACH:
		return "each";
	case SS_ALL:
		return "all";
	}
	return "unknown";
}

void timeline_step(const struct timeline *t, uint32_t visit, struct timeline_step *out)
{
	const struct ss_update_visit *v = &t->result->visits[visit];
	uint32_t lp;

	*out = (struct timeline_step){
		.name = ss_update_step_name(v->step),
		.mode = mode_name(v->step),
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
	if (e->call.leaf != SS_LEAF_SEAMLDR_INSTALL)
		return text_format("%s", "");
	return text_format(" (RDX %llu)", (unsigned long long)e->call.rdx);
}

char *timeline_event_text(const struct timeline *t, const struct ss_update_event *e)
{
	const char *image = e->action == SS_ACTION_FALLBACK ? t->image_names[e->image] : "";
	const char *gap = e->action == SS_ACTION_FALLBACK ? ", " : "";
	char *rdx = rdx_text(e), *text;

	if (e->call.leaf || e->call.status)
		text = text_format("%s on LP %u: %s = %s%s: %s%s%s", ss_update_step_name(e->step),
				   e->lp, ss_leaf_name(e->call.leaf),
				   ss_status_name(e->call.leaf, e->call.status), rdx,
				   ss_update_action_text(e->action), gap, image);
	else
		text = text_format("%s on LP %u: %s%s%s", ss_update_step_name(e->step), e->lp,
				   ss_update_action_text(e->action), gap, image);
	free(rdx);
	return text;
}

uint32_t timeline_same_events(const struct timeline *t, uint32_t first)
{
	const struct ss_update_event *a = &t->result->events[first], *b;
	uint32_t i;

	for (i = first + 1; i < t->result->nr_events; i++) {
		b = &t->result->events[i];
		if (a->step != b->step || a->action != b->action || a->image != b->image ||
		    a->lp != b->lp || a->call.leaf != b->call.leaf ||
		    a->call.status != b->call.status || a->call.rdx != b->call.rdx)
			break;
	}
	return i - first;
}
