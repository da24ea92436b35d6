// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The timeline of an update as trace events, which ui.perfetto.dev shows. */
#include "timeline.h"

#include "tool/base/text.h"

#include <stdlib.h>
#include <jansson.h>

#define PROCESS		1
#define STEPS_TRACK	1		/* LPs follow */
#define LP_TRACK(lp)	((int)(lp) + 2)

struct trace {
	const struct timeline *t;
	uint64_t start_ns;
	json_t *events;
};

/* The format counts in microseconds; fractions keep the nanoseconds. */
static double us(uint64_t ns)
{
	return (double)ns / 1e3;
}

static void name_track(struct trace *trace, int track, const char *name)
{
	json_array_append_new(trace->events, json_pack("{s:s, s:s, s:i, s:i, s:{s:s}}", "ph", "M",
						       "name", "thread_name", "pid", PROCESS, "tid",
						       track, "args", "name", name));
	json_array_append_new(trace->events,
			      json_pack("{s:s, s:s, s:i, s:i, s:{s:i}}", "ph", "M", "name",
					"thread_sort_index", "pid", PROCESS, "tid", track, "args",
					"sort_index", track));
}

static void complete(struct trace *trace, int track, const char *name, const char *image,
		     uint64_t start_ns, uint64_t end_ns)
{
	json_array_append_new(trace->events,
			      json_pack("{s:s, s:s, s:s, s:i, s:i, s:f, s:f, s:{s:s}}", "ph", "X",
					"name", name, "cat", "update", "pid", PROCESS, "tid", track,
					"ts", us(start_ns - trace->start_ns), "dur",
					us(end_ns - start_ns), "args", "image", image));
}

static void instant(struct trace *trace, const struct ss_update_event *e)
{
	char *status = text_format("0x%016llx", (unsigned long long)e->call.status);
	uint64_t at = e->at_ns > trace->start_ns ? e->at_ns - trace->start_ns : 0;

	json_array_append_new(
		trace->events,
		json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:f, s:{s:s, s:s, s:s, s:I, s:s}}", "ph",
			  "i", "s", "t", "cat", "failure", "name",
			  ss_status_name(e->call.leaf, e->call.status), "pid", PROCESS, "tid",
			  LP_TRACK(e->lp), "ts", us(at), "args", "step",
			  ss_update_step_name(e->step), "leaf", ss_leaf_name(e->call.leaf),
			  "status", status, "rdx", (json_int_t)e->call.rdx, "action",
			  ss_update_action_text(e->action)));
	free(status);
}

static void trace_steps(struct trace *trace)
{
	struct timeline_step step;
	uint32_t i;

	name_track(trace, STEPS_TRACK, "steps");
	for (i = 0; i < trace->t->result->nr_visits; i++) {
		timeline_step(trace->t, i, &step);
		if (step.lps)
			complete(trace, STEPS_TRACK, step.name, step.image, step.start_ns,
				 step.end_ns);
	}
}

static void trace_lp(struct trace *trace, uint32_t lp)
{
	const struct ss_update_lp *l = &trace->t->lps[lp];
	char *name = text_format("LP %u", lp);
	uint32_t i;

	name_track(trace, LP_TRACK(lp), name);
	if (l->arrive_ns && l->leave_ns >= l->arrive_ns)
		complete(trace, LP_TRACK(lp), "stopped", trace->t->image_names[0], l->arrive_ns,
			 l->leave_ns);
	for (i = 0; i < trace->t->result->nr_visits; i++) {
		const struct ss_update_visit *v = &trace->t->result->visits[i];

		if (l->spans[i].start_ns)
			complete(trace, LP_TRACK(lp), ss_update_step_name(v->step),
				 trace->t->image_names[v->image], l->spans[i].start_ns,
				 l->spans[i].end_ns);
	}
	free(name);
}

void timeline_perfetto(const struct timeline *t, FILE *out)
{
	struct trace trace = { t, timeline_start_ns(t), json_array() };
	json_t *doc;
	uint32_t i;

	json_array_append_new(trace.events,
			      json_pack("{s:s, s:s, s:i, s:{s:s}}", "ph", "M", "name",
					"process_name", "pid", PROCESS, "args", "name", t->title));
	trace_steps(&trace);
	for (i = 0; i < t->nr_lps; i++)
		trace_lp(&trace, i);
	for (i = 0; i < t->result->nr_events; i++)
		instant(&trace, &t->result->events[i]);
	doc = json_pack("{s:s, s:{s:s}, s:o}", "displayTimeUnit", "ms", "otherData", "about",
			t->subtitle, "traceEvents", trace.events);
	json_dumpf(doc, out,
		   JSON_INDENT(0) | JSON_ENSURE_ASCII | JSON_COMPACT | JSON_REAL_PRECISION(15));
	fputc('\n', out);
	json_decref(doc);
}
