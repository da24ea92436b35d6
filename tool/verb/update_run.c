// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Runs updates: preflight, record, act, look again, record. */
#include "update.h"

#include "lib/image/crypto.h"
#include "lib/record/journal.h"
#include "tool/out/json.h"
#include "tool/out/json_values.h"
#include "lib/base/memory.h"
#include "tool/out/preflight_report.h"
#include "tool/session/signals.h"
#include "tool/out/terminal.h"
#include "lib/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOG_SLACK_US	1000000u	/* the log's clock differs a little */

static bool check(struct update_job *job, const struct update_hop *hop)
{
	char *first;

	preflight_release(&job->preflight);
	preflight_run(&job->preflight, job->context, &hop->target, job->options->waived,
		      job->signer);
	job->has_preflight = true;
	if (!job->preflight.end)
		return true;
	first = preflight_first(&job->preflight);
	update_fail(job, exit_of(job->preflight.end), "%s", first);
	free(first);
	return false;
}

/* Without a terminal no answer is possible: the start of the command counts as the answer. */
static bool confirmed(const struct update_job *job)
{
	char answer[8] = "";

	if (job->options->yes || !isatty(STDIN_FILENO) || out_json_wanted())
		return true;
	fprintf(stderr, "Make %u update%s now? [y/N] ", job->nr_hops, job->nr_hops > 1 ? "s" : "");
	fflush(stderr);
	return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

/* ---- the journal ----------------------------------------------------------------------------- */

static json_t *image_json(const struct repo_image *image)
{
	struct ss_bytes file = { image->file, image->bytes };
	uint8_t digest[SS_SHA384_BYTES] = { 0 };
	char *hex, *seamhash;
	json_t *j;

	crypto_openssl.sha384(crypto_openssl.ctx, &file, 1, digest);
	hex = text_hex(digest, sizeof(digest));
	seamhash = text_hex(image->image.sig.seamhash, SS_SHA384_BYTES);
	j = json_pack("{s:s, s:o, s:s, s:s}", "file", image->name, "version",
		      json_version(image->has_version, image->version), "sha384", hex, "seamhash",
		      seamhash);
	free(seamhash);
	free(hex);
	return j;
}

static json_t *waived_json(const struct update_options *o)
{
	json_t *list = preflight_waived_json(o->waived);

	if (o->reinstall)
		json_array_append_new(list, json_string("reinstall"));
	if (o->allow_older)
		json_array_append_new(list, json_string("allow-older"));
	if (o->allow_debug)
		json_array_append_new(list, json_string("allow-debug"));
	if (o->no_fallback)
		json_array_append_new(list, json_string("no-fallback"));
	if (o->signer)
		json_array_append_new(list, json_string("signer"));
	return list;
}

static json_t *intent_of(const struct update_job *job, const struct update_hop *hop, const char *id)
{
	const struct host_facts *f = &job->context->facts;
	json_t *record = json_object(), *fallbacks = json_array();
	uint32_t i;

	for (i = 0; i < hop->target.nr_fallbacks; i++)
		json_array_append_new(fallbacks, image_json(hop->target.fallbacks[i]));
	json_object_set_new(record, "event", json_string("intent"));
	json_object_set_new(record, "id", json_string(id));
	json_object_set_new(record, "host", json_string(job->context->host->name));
	json_object_set_new(record, "interface", json_string(host_kind_name(f->kind)));
	json_object_set_new(record, "machine_id", json_text(f->machine_id));
	json_object_set_new(record, "boot_id", json_text(f->boot_id));
	json_object_set_new(record, "kernel", json_text(f->kernel));
	json_object_set_new(record, "user", json_integer(getuid()));
	json_object_set_new(record, "from", json_version(true, hop->from));
	json_object_set_new(record, "to", json_version(true, hop->to));
	json_object_set_new(record, "image", image_json(hop->target.image));
	json_object_set_new(record, "fallbacks", fallbacks);
	json_object_set_new(record, "waived", waived_json(job->options));
	json_object_set_new(record, "updates_left", json_number(f->compat.has_remaining,
								f->compat.remaining_updates));
	return record;
}

static json_t *outcome_of(const struct update_job *job, const struct update_hop *hop,
			  const char *id)
{
	const struct host_outcome *o = &hop->outcome;
	const struct ss_compat_host *h = &job->context->facts.compat;
	enum exit_status exit = exit_of(o->end);
	json_t *record = json_object();

	json_object_set_new(record, "event", json_string("outcome"));
	json_object_set_new(record, "id", json_string(id));
	json_object_set_new(record, "verdict", json_string(o->verdict));
	json_object_set_new(record, "confirmed", o->has_confirmed ? json_boolean(o->confirmed) :
			    json_null());
	json_object_set_new(record, "tried", json_boolean(o->tried));
	json_object_set_new(record, "exit", json_pack("{s:i, s:s}", "code", (int)exit, "name",
						      exit_name(exit)));
	json_object_set_new(record, "detail", json_text(o->detail));
	json_object_set_new(record, "failure", json_failure(o));
	json_object_set_new(record, "running", json_version(h->has_module_version, h->module));
	json_object_set_new(record, "updates_left",
			    json_number(h->has_remaining, h->remaining_updates));
	json_object_set_new(record, "window_ns", json_integer((json_int_t)o->window_ns));
	json_object_set_new(record, "duration_ns", json_integer((json_int_t)o->duration_ns));
	return record;
}

/* Takes ownership of @what. */
static bool append(struct update_job *job, json_t *what, char **why)
{
	char *text = json_dumps(what, JSON_COMPACT);
	bool ok = text && journal_append(job->context->host, text, why);

	if (!text)
		*why = text_format("not enough memory");
	free(text);
	json_decref(what);
	return ok;
}

static bool record(struct update_job *job, json_t *what)
{
	char *why;
	bool ok = append(job, what, &why);

	if (ok)
		return true;
	if (!(job->options->waived >> PREFLIGHT_JOURNAL & 1))
		update_fail(job, EXIT_ERROR,
			    "the journal cannot be written: %s; nothing was touched; "
			    "--waive journal updates without a journal", why);
	else
		fprintf(stderr, "seamstep: note: the journal cannot be written: %s\n", why);
	free(why);
	return job->options->waived >> PREFLIGHT_JOURNAL & 1;
}

/* The update is over. A journal that cannot be written gets a message and changes no outcome. */
static void record_outcome(struct update_job *job, const struct update_hop *hop, const char *id)
{
	char *why;

	if (!append(job, outcome_of(job, hop, id), &why)) {
		fprintf(stderr, "seamstep: note: the outcome cannot be written to the journal: %s\n", why);
		free(why);
	}
}

static void tell_syslog(const struct update_job *job, const struct update_hop *hop)
{
	char *from = repo_version_text(true, hop->from), *to = repo_version_text(true, hop->to);
	char *line = text_format("TDX Module update %s -> %s: %s%s%s", from, to,
				 hop->outcome.verdict, hop->outcome.detail ? ": " : "",
				 hop->outcome.detail ? hop->outcome.detail : "");

	journal_syslog(job->context->host, hop->outcome.end != LIB_OK, line);
	free(line);
	free(to);
	free(from);
}

/* ---- one hop --------------------------------------------------------------------------------- */

static struct host_image image_of(const struct repo_image *image)
{
	return (struct host_image){
		.name = image->name,
		.path = image->path,
		.file = image->file,
		.bytes = image->bytes,
		.image = &image->image,
		.version = image->version,
		.rule = image->rule.known ? &image->rule : NULL,
	};
}

/* A phase of unknown length has no bar. */
static void show_progress(const char *phase, uint64_t done, uint64_t total)
{
	if (total)
		out_progress(phase, done, total);
}

static void ask_host(struct update_job *job, struct update_hop *hop)
{
	struct host_request *request = memory_alloc(sizeof(*request));
	uint32_t i;

	request->target = image_of(hop->target.image);
	for (i = 0; i < hop->target.nr_fallbacks; i++)
		request->fallbacks[request->nr_fallbacks++] = image_of(hop->target.fallbacks[i]);
	request->timeout_ms = job->options->timeout_s * 1000;
	request->rehearse = job->options->rehearse;
	request->waived = preflight_waived_reasons(&hop->target) |
			  preflight_reasons_of(job->options->waived);
	request->td_build = job->options->td_build;
	request->progress = show_progress;
	request->cancelled = signals_cancelled;
	request->committed = signals_commit;
	job->context->host->ops->update(job->context->host, request, &hop->outcome);
	signals_done();
	out_progress_end();
	hop->done = true;
	free(request);
}

/* The host's facts after the update must match the outcome. */
static void compare(struct update_job *job, struct update_hop *hop)
{
	const struct ss_compat_host *h = &job->context->facts.compat;
	struct host_outcome *o = &hop->outcome;
	char *want, *have;

	if (session_refresh(job->session)) {
		o->end = LIB_UNKNOWN;
		return;
	}
	job->changed |= h->has_module_version && ss_version_cmp(h->module, job->before) != 0;
	job->changed |= o->end == LIB_OK;
	if (o->end != LIB_OK || (h->has_module_version && !ss_version_cmp(h->module, hop->to)))
		return;
	want = repo_version_text(true, hop->to);
	have = repo_version_text(h->has_module_version, h->module);
	free(o->detail);
	o->detail = text_format(
		"the update reported success, but the host's state disagrees: expected version %s, "
		"found %s", want, have);
	o->end = LIB_MISMATCH;
	free(have);
	free(want);
}

static bool run_hop(struct update_job *job, struct update_hop *hop)
{
	char *id = journal_new_id();
	bool ok = record(job, intent_of(job, hop, id));
	enum exit_status exit;

	if (ok) {
		ask_host(job, hop);
		compare(job, hop);
		record_outcome(job, hop, id);
		tell_syslog(job, hop);
		ok = hop->outcome.end == LIB_OK;
		exit = exit_of(hop->outcome.end);
		if (!ok)
			update_fail(job, exit, "%s", hop->outcome.detail ?
				    hop->outcome.detail : exit_meaning(exit));
	}
	free(id);
	return ok;
}

static uint64_t uptime_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void read_log(struct update_job *job, uint64_t since_us)
{
	struct host *host = job->context->host;

	if (host->ops->log)
		job->log = host->ops->log(host,
					  since_us > LOG_SLACK_US ? since_us - LOG_SLACK_US : 0);
}

void update_run(struct update_job *job)
{
	uint64_t start_us = uptime_us();
	uint32_t n;

	for (n = 0; n < job->nr_hops; n++) {
		struct update_hop *hop = &job->hops[n];

		/* The check of a later hop needs the state after the hop before. */
		if (n && job->options->dry_run)
			break;
		if (!check(job, hop))
			break;
		if (!n)
			update_print_plan(job, stderr);
		if (job->options->dry_run)
			continue;
		if (!n && !confirmed(job)) {
			update_fail(job, EXIT_ERROR, "the update was not confirmed; nothing was touched");
			break;
		}
		if (signals_cancelled()) {
			update_fail(job, EXIT_ERROR,
				    n ? "a signal ended the command between two updates; the "
					"remaining updates were not made" :
					"a signal cancelled the update; nothing was touched");
			break;
		}
		if (!run_hop(job, hop))
			break;
		update_print_hop(job, hop);
	}
	if (!job->options->dry_run && n)
		read_log(job, start_us);
}

void update_explain(struct update_job *job)
{
	preflight_run(&job->preflight, job->context, &job->hops[0].target, job->options->waived,
		      job->signer);
	job->has_preflight = true;
	if (job->preflight.end == LIB_BAD_IMAGE)
		job->exit = EXIT_BAD_IMAGE;
}
