// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What "seamstep update --events" tells while an update runs. */
#include "update.h"

#include "tool/out/events.h"
#include "tool/out/json_values.h"
#include "tool/out/preflight_report.h"

#include <string.h>
#include <time.h>

#define PROGRESS_MS	100u	/* between two events of one phase */

void update_event_plan(const struct update_job *job)
{
	const struct seamstep_update *u = job->update;
	json_t *event = json_object();

	json_object_set_new(event, "host", json_string(seamstep_host_name(job->session->host)));
	json_object_set_new(event, "dry_run", json_boolean(job->options->dry_run));
	json_object_set_new(event, "from", json_version(true, u->before));
	json_object_set_new(event, "to", json_version(u->has_to, u->to));
	json_object_set_new(event, "updates", json_integer(u->nr_hops));
	json_object_set_new(event, "nothing", json_text(u->nothing));
	events_emit("plan", event);
}

void update_event_preflight(const struct update_job *job)
{
	json_t *checks = preflight_json(job->update->preflight), *check;
	size_t i;

	json_array_foreach(checks, i, check)
		events_emit("check", json_incref(check));
	json_decref(checks);
}

void update_event_hook(const char *phase, const char *name, const char *failure)
{
	json_t *event = json_object();

	json_object_set_new(event, "phase", json_string(phase));
	json_object_set_new(event, "name", json_string(name));
	json_object_set_new(event, "failure", json_text(failure));
	events_emit("hook", event);
}

void update_event_hop(const struct update_job *job, uint32_t n)
{
	const struct seamstep_update_hop *hop = job->update->hops[n];
	json_t *event = json_object();

	json_object_set_new(event, "update", json_integer(n + 1));
	json_object_set_new(event, "from", json_version(true, hop->from));
	json_object_set_new(event, "to", json_version(true, hop->to));
	json_object_set_new(event, "file", json_string(hop->image->name));
	events_emit("begin", event);
}

/* The first and the last call of a phase, and some between. */
void update_event_progress(const char *phase, uint64_t done, uint64_t total)
{
	static char last[32];
	static uint64_t last_ms;
	struct timespec t;
	uint64_t now;
	json_t *event;

	clock_gettime(CLOCK_MONOTONIC, &t);
	now = (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
	if (!strncmp(last, phase, sizeof(last) - 1) && done != total && now - last_ms < PROGRESS_MS)
		return;
	strncpy(last, phase, sizeof(last) - 1);
	last_ms = now;
	event = json_object();
	json_object_set_new(event, "phase", json_string(phase));
	json_object_set_new(event, "done", json_integer((json_int_t)done));
	json_object_set_new(event, "total", json_number(total, (json_int_t)total));
	events_emit("progress", event);
}

void update_event_committed(void)
{
	events_emit("committed", json_object());
}

void update_event_outcome(const struct update_job *job, uint32_t n)
{
	const struct seamstep_update_hop *hop = job->update->hops[n];
	const struct seamstep_outcome *o = &hop->outcome;
	const struct ss_compat_host *h = &job->session->facts->compat;
	json_t *event = json_object();

	if (!hop->done) {
		json_decref(event);
		return;
	}
	json_object_set_new(event, "update", json_integer(n + 1));
	json_object_set_new(event, "verdict", json_string(o->verdict));
	json_object_set_new(event, "running", json_version(h->has_module_version, h->module));
	json_object_set_new(event, "window_ns", json_integer((json_int_t)o->window_ns));
	json_object_set_new(event, "tds_alive", json_number(o->has_tds, o->tds_alive));
	json_object_set_new(event, "tds_total", json_number(o->has_tds, o->tds_total));
	json_object_set_new(event, "detail", json_text(o->detail));
	events_emit("outcome", event);
}

void update_event_end(const struct update_job *job, int exit)
{
	json_t *event = json_object(), *status = json_object();

	json_object_set_new(status, "code", json_integer(exit));
	json_object_set_new(status, "name", json_string(exit_name(exit)));
	json_object_set_new(event, "verdict", json_string(update_verdict(job)));
	json_object_set_new(event, "error", json_text(job->exit ? job->error : NULL));
	json_object_set_new(event, "exit", status);
	events_emit("end", event);
}
