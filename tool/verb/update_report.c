// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The report of an update, for people and for machines. */
#include "update.h"

#include "tool/out/json.h"
#include "tool/out/json_values.h"
#include "tool/out/message.h"
#include "tool/base/text.h"
#include "tool/out/preflight_report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where nothing was planned, an update without hops. */
static const struct seamstep_update *update_of(const struct update_job *job)
{
	static const struct seamstep_update none;

	return job->update ? job->update : &none;
}

static char *hop_text(const struct seamstep_update_hop *hop)
{
	char *from = text_version(true, hop->from), *to = text_version(true, hop->to);
	char *text = text_format("%s -> %s", from, to);

	free(to);
	free(from);
	return text;
}

void update_print_plan(const struct update_job *job, FILE *out)
{
	char *text;
	uint32_t i;

	if (out_json_wanted())
		return;
	text = hop_text(update_of(job)->hops[0]);
	fprintf(out, "Preflight %s on %s:\n", text, seamstep_host_name(job->session->host));
	free(text);
	preflight_print(update_of(job)->preflight, out);
	if (update_of(job)->nr_hops == 1)
		return;
	fprintf(out, "The route has %u updates:", update_of(job)->nr_hops);
	for (i = 0; i < update_of(job)->nr_hops; i++) {
		text = hop_text(update_of(job)->hops[i]);
		fprintf(out, "%s %s", i ? "," : "", text);
		free(text);
	}
	fputc('\n', out);
}

/* Without a terminal a success is one line: cron sends mail for more. */
bool update_talks(const struct update_job *job)
{
	const struct update_options *o = job->options;

	if (out_json_wanted() || o->quiet)
		return false;
	return o->verbose || o->dry_run || isatty(STDERR_FILENO);
}

/* "updated 1.5.09 -> 1.5.16: 16 of 16 TDs alive, window 12.3 ms, updates left 14" */
void update_print_hop(const struct update_job *job, const struct seamstep_update_hop *hop)
{
	const struct seamstep_outcome *o = &hop->outcome;
	const struct ss_compat_host *h = &job->session->facts->compat;
	char *text = hop_text(hop), *window;

	if (!out_json_wanted() && !job->options->quiet) {
		printf("%s %s", o->verdict, text);
		if (o->has_tds)
			printf(": %u of %u TDs alive", o->tds_alive, o->tds_total);
		window = o->window_ns ? text_duration(o->window_ns) : NULL;
		if (window)
			printf("%s window %s", o->has_tds ? "," : ":", window);
		if (h->has_remaining)
			printf("%s updates left %u", o->has_tds || window ? "," : ":",
			       h->remaining_updates);
		putchar('\n');
		free(window);
	}
	free(text);
}

static json_t *hop_json(const struct seamstep_update_hop *hop)
{
	const struct seamstep_outcome *o = &hop->outcome;
	json_t *j = json_object(), *fallbacks = json_array();
	uint32_t i;

	for (i = 0; i < hop->nr_fallbacks; i++)
		json_array_append_new(fallbacks, json_string(hop->fallbacks[i]->name));
	json_object_set_new(j, "from", json_version(true, hop->from));
	json_object_set_new(j, "to", json_version(true, hop->to));
	json_object_set_new(j, "file", json_string(hop->image->name));
	json_object_set_new(j, "fallbacks", fallbacks);
	json_object_set_new(j, "verdict", hop->done ? json_string(o->verdict) : json_null());
	json_object_set_new(j, "confirmed", o->has_confirmed ? json_boolean(o->confirmed) :
			    json_null());
	json_object_set_new(j, "detail", hop->done ? json_text(o->detail) : json_null());
	json_object_set_new(j, "failure", json_failure(o));
	json_object_set_new(j, "window_ns", json_number(hop->done, (json_int_t)o->window_ns));
	json_object_set_new(j, "duration_ns", json_number(hop->done, (json_int_t)o->duration_ns));
	json_object_set_new(j, "tds", hop->done && o->has_tds ? json_pack("{s:i, s:i}", "total",
			    (int)o->tds_total, "alive", (int)o->tds_alive) : json_null());
	return j;
}

static json_t *result_json(bool ran, const char *failure)
{
	if (!ran)
		return json_string("not run");
	return failure ? json_text(failure) : json_string("ok");
}

static json_t *hooks_json(const struct update_job *job)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < job->hooks.nr; i++) {
		const struct hook *hook = &job->hooks.list[i];

		json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "name", hook->name,
				      "before", result_json(hook->ran_before, hook->before),
				      "after", result_json(hook->ran_after, hook->after)));
	}
	return list;
}

static json_t *log_json(const struct update_job *job)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; job->log && job->log[i]; i++)
		json_array_append_new(list, json_text(job->log[i]));
	return list;
}

static enum exit_status good_exit(const struct update_job *job)
{
	return job->session->options->detailed && job->options->dry_run && update_of(job)->nr_hops ?
	       EXIT_PENDING : EXIT_OK;
}

json_t *update_json(const struct update_job *job)
{
	const struct ss_compat_host *h = &job->session->facts->compat;
	json_t *doc = session_doc(job->session), *hops = json_array();
	const struct seamstep_update *u = update_of(job);
	uint32_t i;

	for (i = 0; i < u->nr_hops; i++)
		json_array_append_new(hops, hop_json(u->hops[i]));
	json_object_set_new(doc, "dry_run", json_boolean(job->options->dry_run));
	json_object_set_new(doc, "changed", json_boolean(u->changed));
	json_object_set_new(doc, "verdict", json_string(update_verdict(job)));
	json_object_set_new(doc, "from", json_version(true, u->before));
	json_object_set_new(doc, "to", json_version(u->has_to, u->to));
	json_object_set_new(doc, "running", json_version(h->has_module_version, h->module));
	json_object_set_new(doc, "updates_left",
			    json_number(h->has_remaining, h->remaining_updates));
	json_object_set_new(doc, "waived", preflight_waived_json(job->options->request.waived));
	json_object_set_new(doc, "preflight", u->preflight ? preflight_json(u->preflight) :
			    json_array());
	json_object_set_new(doc, "hops", hops);
	json_object_set_new(doc, "hooks", hooks_json(job));
	json_object_set_new(doc, "window_estimate", job->options->dry_run && u->nr_hops ?
			    update_window_json(job) : json_null());
	json_object_set_new(doc, "kernel_log", log_json(job));
	json_object_set_new(doc, "settled", json_text(job->settled));
	return doc;
}

static int end_json(const struct update_job *job)
{
	json_t *doc = update_json(job);

	if (job->exit)
		return out_json_fail(doc, job->exit, "%s", job->error);
	return out_json_end(doc, good_exit(job));
}

static void print_log(const struct update_job *job)
{
	uint32_t i;

	if (!job->log || !job->log[0])
		return;
	fprintf(stderr, "seamstep: the kernel log has warnings since the update began:\n");
	for (i = 0; job->log[i]; i++) {
		char *shown = text_escape(job->log[i]);

		fprintf(stderr, "  %s\n", shown);
		free(shown);
	}
}

/* After a failure the operator asks first for the running version. */
static void print_running(const struct update_job *job)
{
	const struct ss_compat_host *h = &job->session->facts->compat;
	char *now;

	if (!job->exit || !update_of(job)->nr_hops || !update_of(job)->hops[0]->done)
		return;
	now = text_version(h->has_module_version, h->module);
	fprintf(stderr, "seamstep: running now: %s%s\n", h->has_module_version ? now : "unknown",
		job->session->facts->module_lost ? " (no TDX Module)" : "");
	free(now);
}

int update_report_failure(const struct update_job *job)
{
	if (update_of(job)->preflight && update_of(job)->preflight->end)
		update_print_plan(job, stderr);
	print_log(job);
	print_running(job);
	/* What the status means for the host is not so after some updates were made. */
	if (job->partial)
		return out_fail(job->exit, "%s (%s)", job->error, exit_name(job->exit));
	return out_fail(job->exit, "%s (%s: %s)", job->error, exit_name(job->exit),
			exit_meaning(job->exit));
}

int update_end(const struct update_job *job)
{
	const struct seamstep_update *u = update_of(job);

	if (out_json_wanted())
		return end_json(job);
	if (job->exit)
		return update_report_failure(job);
	print_log(job);
	if (u->nothing && (update_talks(job) || isatty(STDOUT_FILENO)))
		printf("nothing to do: %s\n", u->nothing);
	else if (!u->nothing && job->options->dry_run && !job->options->quiet)
		printf("would make %u update%s; nothing was touched\n", u->nr_hops,
		       u->nr_hops > 1 ? "s" : "");
	return good_exit(job);
}
