// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Runs updates: preflight, record, act, look again, record. */
#include "update.h"

#include "tool/base/text.h"
#include "tool/out/json.h"
#include "tool/out/terminal.h"
#include "tool/session/config.h"
#include "tool/session/signals.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOG_SLACK_US	1000000u	/* the log's clock differs a little */

/* Takes the library's sentence, or what the exit status means. */
static bool take_error(struct update_job *job, enum seamstep_end end)
{
	const char *error = seamstep_error(job->session->lib);
	enum exit_status exit = exit_of(end);

	return update_fail(job, exit, "%s", *error ? error : exit_meaning(exit));
}

/* Without a terminal no answer is possible: the start of the command counts as the answer. */
static bool confirmed(const struct update_job *job)
{
	const struct seamstep_update *u = job->update;
	char answer[8] = "", *from, *to;

	if (job->options->yes || !isatty(STDIN_FILENO) || out_json_wanted())
		return true;
	from = text_version(true, u->before);
	to = text_version(true, u->to);
	fprintf(stderr, "Update %s from %s to %s now", seamstep_host_name(job->session->host), from,
		to);
	fprintf(stderr, u->nr_hops > 1 ? ", in %u updates? [y/N] " : "? [y/N] ", u->nr_hops);
	fflush(stderr);
	free(to);
	free(from);
	return signals_wait_input(STDIN_FILENO) && fgets(answer, sizeof(answer), stdin) &&
	       (answer[0] == 'y' || answer[0] == 'Y');
}

/* ---- what the library calls while it updates ------------------------------------------------- */

/* A phase of unknown length has no bar. */
static void show_progress(void *arg, const char *phase, uint64_t done, uint64_t total)
{
	(void)arg;
	update_event_progress(phase, done, total);
	if (total)
		out_progress(phase, done, total);
}

static bool is_cancelled(void *arg)
{
	(void)arg;
	return signals_cancelled();
}

static void commit(void *arg)
{
	(void)arg;
	signals_commit();
	update_event_committed();
}

/* ---- the hops -------------------------------------------------------------------------------- */

static uint64_t uptime_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void read_log(struct update_job *job, uint64_t since_us)
{
	seamstep_host_log(job->session->host, since_us > LOG_SLACK_US ? since_us - LOG_SLACK_US : 0,
			  &job->log);
}

static bool plan(struct update_job *job)
{
	struct seamstep_update_request request = job->options->request;
	struct session *s = job->session;
	enum seamstep_end end;

	request.route = job->options->plan.request;
	request.route.tcb = job->options->plan.has_tcb ? s->tcb : NULL;
	if (!request.signer)
		request.signer = config_get("signer");
	request.timeout_ms = 1000 * job->options->timeout_s;
	request.td_build = (enum seamstep_td_build)job->options->td_build;
	request.progress = show_progress;
	request.cancelled = is_cancelled;
	request.committed = commit;
	end = seamstep_update_plan(s->host, &request, &job->update);
	if (job->update)
		update_event_plan(job);
	if (!end)
		return !job->update->nothing;
	take_error(job, end);
	if (s->repo_error && !request.file)
		update_fail(job, EXIT_ERROR, "%s", s->repo_error);
	else if (end == SEAMSTEP_UNSUPPORTED && !s->facts->module_lost)
		update_fail(job, job->exit, "%s; 'seamstep status' shows why; 'seamstep lab create "
			    "DIR' makes a simulated host", seamstep_error(s->lib));
	else if (end == SEAMSTEP_BAD_REQUEST && request.file && !request.route.to)
		update_fail(job, job->exit, "%s with --to V", seamstep_error(s->lib));
	/* Of an image that no route reaches, a preflight tells all faults. */
	if (job->update && job->update->nr_hops &&
	    seamstep_update_check(job->update, 0) == SEAMSTEP_BAD_IMAGE)
		job->exit = EXIT_BAD_IMAGE;
	return false;
}

/* An error before a later hop is no error of the hops that were made. */
static bool stop_between(struct update_job *job, uint32_t made, enum seamstep_end end)
{
	const struct ss_compat_host *h = &job->session->facts->compat;
	char *now = text_version(h->has_module_version, h->module);
	char *why;

	take_error(job, end);
	why = text_format("%s; made %u of %u updates: %s runs", job->error, made,
			  job->update->nr_hops, now);
	update_fail(job, job->exit == EXIT_ERROR ? EXIT_PENDING : job->exit, "%s", why);
	job->partial = true;
	free(why);
	free(now);
	return false;
}

static bool run_hop(struct update_job *job, uint32_t n)
{
	enum seamstep_end end;

	update_event_hop(job, n);
	end = seamstep_update_step(job->update);

	signals_done();
	out_progress_end();
	update_event_outcome(job, n);
	if (end && n && !job->update->hops[n]->outcome.tried)
		return stop_between(job, n, end);
	if (end)
		return take_error(job, end);
	if (!job->options->quiet)
		update_print_hop(job, job->update->hops[n]);
	return true;
}

/* Checks and shows the first hop before anything is touched. False: it must not be gone. */
static bool prepare(struct update_job *job)
{
	enum seamstep_end end = seamstep_update_check(job->update, 0);

	if (job->update->preflight)
		update_event_preflight(job);
	if (end)
		return take_error(job, end);
	if (update_talks(job)) {
		update_print_plan(job, job->options->dry_run ? stdout : stderr);
		update_print_risk(job, job->options->dry_run ? stdout : stderr);
	}
	if (!update_hooks_find(job))
		return false;
	return job->options->dry_run || confirmed(job) ||
	       update_fail(job, EXIT_ERROR, "the update was not confirmed; nothing was touched");
}

void update_settle(struct update_job *job)
{
	struct session *s = job->session;

	if (seamstep_reconcile(s->host, &job->settled))
		fprintf(stderr, "seamstep: note: %s\n", seamstep_error(s->lib));
	else if (job->settled)
		fprintf(stderr, "seamstep: note: %s\n", job->settled);
}

static uint32_t hops_to_run(const struct update_job *job)
{
	uint32_t most = job->options->max_hops;

	return most && most < job->update->nr_hops ? most : job->update->nr_hops;
}

void update_run(struct update_job *job)
{
	uint64_t start_us = uptime_us();
	uint32_t n;

	if (!plan(job))
		return;
	for (n = 0; n < hops_to_run(job); n++) {
		/* The check of a later hop needs the state after the hop before. */
		if (n && job->options->dry_run)
			break;
		if (!n && (!prepare(job) || (!job->options->dry_run && !update_hooks_before(job))))
			break;
		if (!job->options->dry_run && !run_hop(job, n))
			break;
	}
	if (job->update->changed)
		out_exit_stands();
	update_hooks_after(job);
	if (!job->options->dry_run && n)
		read_log(job, start_us);
}

void update_release(struct update_job *job)
{
	seamstep_update_free(job->update);
	seamstep_log_free(job->log);
	free(job->settled);
	hooks_release(&job->hooks);
	free(job->error);
}
