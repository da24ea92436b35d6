// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The report of a simulation for machines: schema "seamstep.simulate/1". Additions only. */
#include "simulate_report.h"

#include "tool/out/json.h"
#include "tool/base/text.h"
#include "tool/out/json_values.h"

#include <stdlib.h>
#include <string.h>

static void put(json_t *object, const char *key, uint64_t value)
{
	json_object_set_new(object, key, json_integer((json_int_t)value));
}

static void put_string(json_t *object, const char *key, const char *value)
{
	json_object_set_new(object, key, value ? json_string(value) : json_null());
}

/* Not every JSON reader takes numbers of 64 bits, so the value is text: "0x8000020200000000". */
static void put_hex(json_t *object, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%016llx", (unsigned long long)value);
	json_object_set_new(object, key, json_string(text));
}

static void put_bytes(json_t *object, const char *key, const uint8_t *bytes, size_t n)
{
	char *hex = text_hex(bytes, n);

	json_object_set_new(object, key, json_string(hex));
	free(hex);
}

static void put_bool(json_t *object, const char *key, bool value)
{
	json_object_set_new(object, key, json_boolean(value));
}

static json_t *step_json(const struct timeline_step *step, uint64_t origin)
{
	json_t *o = json_object();

	put_string(o, "name", step->name);
	put_string(o, "image", step->image);
	put_string(o, "mode", step->mode);
	put(o, "lps", step->lps);
	put(o, "start_ns", step->start_ns - origin);
	put(o, "end_ns", step->end_ns - origin);
	put(o, "total_ns", step->end_ns - step->start_ns);
	put(o, "work_ns", step->work_ns);
	put(o, "longest_lp", step->longest_lp);
	put(o, "longest_ns", step->longest_ns);
	return o;
}

static json_t *steps_json(const struct timeline *t)
{
	json_t *list = json_array();
	uint64_t origin = timeline_start_ns(t);
	struct timeline_step step;
	uint32_t i;

	for (i = 0; i < t->result->nr_visits; i++) {
		timeline_step(t, i, &step);
		if (step.lps)
			json_array_append_new(list, step_json(&step, origin));
	}
	return list;
}

static void put_call(json_t *o, const struct ss_update_event *e)
{
	bool called = e->call.leaf || e->call.status;

	put_string(o, "step", ss_update_step_name(e->step));
	put(o, "lp", e->lp);
	put_string(o, "leaf", called ? ss_leaf_name(e->call.leaf) : NULL);
	put_hex(o, "status", e->call.status);
	put_string(o, "status_name", called ? ss_status_name(e->call.leaf, e->call.status) : NULL);
	put(o, "rdx", e->call.rdx);
}

static json_t *events_json(const struct timeline *t)
{
	json_t *list = json_array();
	uint64_t origin = timeline_start_ns(t);
	uint32_t i;

	for (i = 0; i < t->result->nr_events; i++) {
		const struct ss_update_event *e = &t->result->events[i];
		json_t *o = json_object();

		put_call(o, e);
		put_string(o, "action", ss_update_action_text(e->action));
		put_string(o, "image", t->image_names[e->image]);
		put(o, "at_ns", e->at_ns > origin ? e->at_ns - origin : 0);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *recovery_json(const struct timeline *t)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < t->result->nr_events; i++) {
		const struct ss_update_event *e = &t->result->events[i];
		char *text;

		if (e->action == SS_ACTION_NONE)
			continue;
		text = e->action == SS_ACTION_FALLBACK
			       ? text_format("%s: %s", ss_update_action_text(e->action),
					     t->image_names[e->image])
			       : text_format("%s", ss_update_action_text(e->action));
		json_array_append_new(list, json_string(text));
		free(text);
	}
	return list;
}

/* The failure that decided the verdict, or the first event if the update succeeded. */
static json_t *failure_json(const struct timeline *t)
{
	const struct ss_update_result *r = t->result;
	bool decided = r->reason != SS_REASON_NONE;
	json_t *o;

	if (!decided && !r->nr_events)
		return NULL;
	o = json_object();
	put_call(o, decided ? &r->failure : &r->events[0]);
	put_string(o, "reason", ss_update_reason_name(r->reason));
	put_string(o, "reason_text", ss_update_reason_text(r->reason));
	json_object_set_new(o, "recovery", recovery_json(t));
	return o;
}

static json_t *td_json(const struct simulation *s, uint32_t i)
{
	const struct sim_td_audit *before = &s->before[i].td, *after = &s->after[i].td;
	const struct rig_td_audit *end = &s->end[i];
	json_t *o = json_object();

	put(o, "td", i);
	put_bool(o, "alive", end->alive);
	put_bool(o, "memory_unchanged",
		 !memcmp(before->digest, after->digest, sizeof(before->digest)));
	put_bool(o, "mrtd_unchanged", !memcmp(before->mrtd, end->td.mrtd, sizeof(before->mrtd)));
	put_bytes(o, "mrtd", end->td.mrtd, sizeof(end->td.mrtd));
	put_bytes(o, "digest_before", before->digest, sizeof(before->digest));
	put_bytes(o, "digest_after", after->digest, sizeof(after->digest));
	put(o, "vcpus", before->vcpus);
	put(o, "pages", before->pages);
	put(o, "progress_before", before->progress);
	put(o, "progress_after", end->td.progress);
	put(o, "guest_errors", end->td.guest_errors);
	if (end->dead_leaf || end->dead_status) {
		put_string(o, "died_of", ss_status_name(end->dead_leaf, end->dead_status));
		put_string(o, "died_in", ss_leaf_name(end->dead_leaf));
	}
	return o;
}

static json_t *tds_json(const struct simulation *s)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < s->config.nr_tds; i++)
		json_array_append_new(list, td_json(s, i));
	return list;
}

static json_t *strings_json(char *const *strings, uint32_t nr)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < nr; i++)
		json_array_append_new(list, json_string(strings[i]));
	return list;
}

static json_t *fallbacks_json(const struct simulation *s)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 1; i < s->nr_images; i++)
		json_array_append_new(list, json_string(s->names[i]));
	return list;
}

static json_t *reasons_json(const struct ss_compat *compat)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < SS_COMPAT_NR; i++) {
		json_t *o;

		if (!((compat->refused | compat->warned) & 1u << i))
			continue;
		o = json_object();
		put_string(o, "name", ss_compat_name(i));
		put_string(o, "text", ss_compat_text(i));
		put_bool(o, "refuses", compat->refused & 1u << i);
		json_object_set_new(o, "want", json_reason_value(i, compat->want[i]));
		json_object_set_new(o, "have", json_reason_value(i, compat->have[i]));
		json_array_append_new(list, o);
	}
	return list;
}

/* @value comes from the command line if the image has no name yet. */
static void put_asked(json_t *object, const char *key, const char *value)
{
	char *shown = text_escape(value);

	put_string(object, key, shown);
	free(shown);
}

static void put_host(json_t *doc, const struct simulation *s)
{
	put_string(doc, "backend", "software model");
	put_asked(doc, "from", s->running.name ? s->running.name : s->options->from);
	put_asked(doc, "to", s->nr_images ? s->names[0] : s->options->to);
	json_object_set_new(doc, "fallbacks", fallbacks_json(s));
	json_object_set_new(doc, "notes", strings_json(s->notes, s->nr_notes));
	put(doc, "seed", s->options->seed);
	put(doc, "lps", s->config.nr_lps);
	put(doc, "sockets", s->config.sockets);
	put(doc, "tds_total", s->config.nr_tds);
	put(doc, "vcpus", s->config.vcpus);
	if (s->nr_images)
		json_object_set_new(doc, "reasons",
				    reasons_json(&s->images[s->refused_image].compat));
}

static void put_counts(json_t *doc, const struct simulation *s)
{
	json_t *o = json_object();

	put(o, "seamcalls", s->sim_end.calls);
	put(o, "guest_entries", s->counts.entries);
	put(o, "retries", s->counts.retries);
	put(o, "interrupts", s->counts.irqs);
	put(o, "td_builds", s->counts.builds);
	put(o, "td_teardowns", s->counts.teardowns);
	put(o, "memory_operations", s->counts.memory_ops);
	put(o, "migrations", s->counts.migrations);
	json_object_set_new(doc, "workload", o);
}

static void put_outcome(json_t *doc, const struct simulation *s)
{
	const struct ss_update_result *r = &s->update.result;
	char *title, *subtitle;
	struct timeline t = simulate_timeline(s, &title, &subtitle);
	json_t *failure = failure_json(&t);

	put_string(doc, "verdict", ss_verdict_name(r->verdict));
	put_bool(doc, "confirmed", r->confirmed);
	put_string(doc, "seen", ss_update_sight_name(r->seen));
	put_string(doc, "summary", title);
	put_string(doc, "running", *s->running_now ? s->running_now : NULL);
	put(doc, "tds_alive", s->end_diff.alive);
	put(doc, "foreign_seamcalls", s->update.sim.foreign);
	put(doc, "window_ns", simulate_window_ns(s));
	put(doc, "stop_ns", s->update.window.open_ns - s->update.window.asked_ns);
	put(doc, "installs", r->installs);
	put(doc, "updates_left", s->sim_end.remaining_updates);
	json_object_set_new(doc, "steps", steps_json(&t));
	json_object_set_new(doc, "events", events_json(&t));
	put(doc, "events_dropped", r->events_dropped);
	if (failure)
		json_object_set_new(doc, "failure", failure);
	json_object_set_new(doc, "tds", tds_json(s));
	json_object_set_new(doc, "findings", strings_json(s->findings, s->nr_findings));
	put_counts(doc, s);
	free(subtitle);
	free(title);
}

json_t *simulate_json(const struct simulation *s)
{
	json_t *doc = out_json_doc("seamstep.simulate/1");

	put_host(doc, s);
	if (s->ran)
		put_outcome(doc, s);
	return doc;
}
