// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* One update of a simulated machine: audit, window, audit, all in one stop. */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

struct update_job {
	struct rig *host;
	struct rig_update *update;
	struct ss_update core;
};

static void sleep_ns(uint64_t ns)
{
	struct timespec left = { .tv_sec = ns / 1000000000ull, .tv_nsec = ns % 1000000000ull };

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

static void audit_before(void *arg, uint32_t lp)
{
	struct update_job *job = arg;

	if (job->update->before)
		rig_audit_share(job->host, lp, job->update->before);
}

static void audit_after(void *arg, uint32_t lp)
{
	struct update_job *job = arg;

	if (job->update->after)
		rig_audit_share(job->host, lp, job->update->after);
}

static void update_on_lp(void *arg, uint32_t lp)
{
	struct update_job *job = arg;

	if (lp == job->host->delayed_lp)
		sleep_ns(job->host->delay_ns);
	ss_update_run(&job->core, lp);
}

static void update_stopped(struct update_job *job)
{
	struct rig_stop_job stop = {
		.before = audit_before, .fn = update_on_lp, .after = audit_after, .arg = job,
	};

	rig_stop_run(job->host, &stop);
	rig_window(job->host, &job->update->window);
}

static void update_unstopped(struct update_job *job)
{
	struct rig_stop_job stop = { .fn = update_on_lp, .arg = job, .unstopped = true };

	rig_stop(job->host, audit_before, job);
	rig_stop_run(job->host, &stop);
	rig_window(job->host, &job->update->window);
	rig_stop(job->host, audit_after, job);
}

/* An update needs all LPs at once, so LPs at rest get threads for the update only. */
static bool run(struct update_job *job, struct rig_error *err)
{
	struct rig *h = job->host;
	bool at_rest = !h->running;

	if (at_rest) {
		h->idle = true;
		if (!rig_lps_start(h, err))
			return false;
	}
	if (h->config.no_stop)
		update_unstopped(job);
	else
		update_stopped(job);
	if (at_rest) {
		rig_lps_finish(h);
		h->idle = false;
	}
	return true;
}

bool rig_update(struct rig *h, struct rig_update *update, struct rig_error *err)
{
	struct ss_update_lp *lps = update->lps ? update->lps : h->update_lps;
	struct update_job *job = calloc(1, sizeof(*job));
	bool ok;

	if (!job)
		return rig_fail(err, 0, 0, 0, "no memory for an update");
	job->host = h;
	job->update = update;
	ok = ss_update_init(&job->core, update->plan, &h->lockstep, lps);
	if (!ok)
		rig_fail(err, 0, 0, 0, "the plan of the update contradicts itself: it has %u "
			 "images and %u LPs; the machine has %u LPs", update->plan->nr_images,
			 update->plan->machine->nr_lps, h->config.nr_lps);
	ok = ok && run(job, err);
	if (ok) {
		update->result = job->core.result;
		sim_audit(h->sim, &update->sim);
	}
	h->delayed_lp = NO_LP;
	free(job);
	return ok;
}

void rig_delay_lp(struct rig *h, uint32_t lp, uint64_t ns)
{
	h->delayed_lp = lp;
	h->delay_ns = ns;
}
