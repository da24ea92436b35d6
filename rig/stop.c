// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Stops the world as stop_machine() does.
 *
 * Shared state and its writers. The controlling thread writes @job, adds 1 to @asked and rings
 * every LP. It does so only after @done says that the previous stop is over, so there is one stop
 * at a time. At its preemption points each LP compares @asked with its own count and takes part.
 *
 * Inside a stop LPs meet at barriers. Each LP adds itself to @arrived. The last one sets @arrived
 * back to 0, does the work of the barrier, and adds 1 to @turn, which the others wait for. At the
 * last barrier it adds 1 to @done, and the controlling thread goes on.
 *
 * S1 When the window opens every LP is in rig_stop_take_part(). Its process context is at a
 *    preemption point outside any section that disables preemption. The LP is not in guest mode,
 *    because a guest runs inside a SEAMCALL that process context waits for.
 * S2 Every LP has interrupts off, because it turned them off before it passed the barrier.
 * S3 No LP turns interrupts on again before the last LP has finished.
 *
 * Order: ss_add() on @arrived releases what an LP did before a barrier, and the last LP to arrive
 *        acquires this there. ss_publish() of @turn releases all of it to the others'
 *        ss_load_acquire(). @asked does the same for @job, and @done for results.
 */
#include "internal.h"

/* All LPs meet. The last one calls @last (may be NULL) while the others still wait. */
static void meet(struct rig_lp *lp, void (*last)(struct rig *h))
{
	struct rig *h = lp->host;
	struct rig_stop *stop = &h->stop;
	uint32_t turn = ss_load(&stop->turn);	/* cannot change before this LP has arrived */

	if (ss_add(&stop->arrived, 1) + 1 == h->config.nr_lps) {
		ss_store(&stop->arrived, 0);
		if (last)
			last(h);
		ss_publish(&stop->turn, turn + 1);
		return;
	}
	while (ss_load_acquire(&stop->turn) == turn)
		ss_wait(&stop->turn, turn);
}

static void window_open(struct rig *h)
{
	sim_window_begin(h->sim);
	h->stop.window.open_ns = ss_now_ns();
}

static void window_close(struct rig *h)
{
	h->stop.window.close_ns = ss_now_ns();
	sim_window_end(h->sim);
}

static void stop_over(struct rig *h)
{
	ss_publish(&h->stop.done, ss_load(&h->stop.done) + 1);
}

static void stopped(struct rig_lp *lp, const struct rig_stop_job *job)
{
	meet(lp, NULL);				/* no LP is in process context or guest mode */
	rig_lp_irqs_off(lp);
	meet(lp, job->before ? NULL : window_open);	/* all LPs have interrupts off */
	if (job->before) {
		job->before(job->arg, lp->id);
		meet(lp, window_open);
	}
	job->fn(job->arg, lp->id);
	meet(lp, window_close);
	if (job->after)
		job->after(job->arg, lp->id);
	meet(lp, stop_over);
	rig_lp_irqs_on(lp);
}

/*
 * The broken twin: the job runs in process context with interrupts on. The LP's other tasks run
 * whenever the job waits for another LP.
 */
static void unstopped(struct rig_lp *lp, const struct rig_stop_job *job, void (*go_on)(void *lp))
{
	struct rig *h = lp->host;

	if (!ss_add(&h->stop.arrived, 1))
		window_open(h);
	ss_place_set_idle(go_on, lp);
	job->fn(job->arg, lp->id);
	ss_place_set_idle(NULL, NULL);
	if (ss_add(&h->stop.left, 1) + 1 < h->config.nr_lps)
		return;
	window_close(h);
	ss_store(&h->stop.arrived, 0);
	ss_store(&h->stop.left, 0);
	stop_over(h);
}

void rig_stop_take_part(struct rig_lp *lp, void (*go_on)(void *lp))
{
	const struct rig_stop_job *job = lp->host->stop.job;

	lp->stops++;
	if (job->unstopped)
		unstopped(lp, job, go_on);
	else
		stopped(lp, job);
}

static void stop_running(struct rig *h, const struct rig_stop_job *job)
{
	struct rig_stop *stop = &h->stop;
	uint32_t done = ss_load(&stop->done), i;

	stop->job = job;
	ss_add(&stop->asked, 1);
	for (i = 0; i < h->config.nr_lps; i++)
		rig_lp_ring(&h->lps[i]);
	while (ss_load_acquire(&stop->done) == done)
		ss_wait(&stop->done, done);
	stop->job = NULL;
}

/* No thread can disturb, so one LP after the other is enough. */
static void stop_at_rest(struct rig *h, const struct rig_stop_job *job)
{
	uint32_t i;

	for (i = 0; job->before && i < h->config.nr_lps; i++)
		job->before(job->arg, i);
	window_open(h);
	for (i = 0; i < h->config.nr_lps; i++)
		job->fn(job->arg, i);
	window_close(h);
	for (i = 0; job->after && i < h->config.nr_lps; i++)
		job->after(job->arg, i);
}

void rig_stop_run(struct rig *h, const struct rig_stop_job *job)
{
	h->stop.window.asked_ns = ss_now_ns();
	if (h->running)
		stop_running(h, job);
	else
		stop_at_rest(h, job);
}

void rig_stop(struct rig *h, void (*fn)(void *arg, uint32_t lp), void *arg)
{
	struct rig_stop_job job = { .fn = fn, .arg = arg };

	rig_stop_run(h, &job);
}

void rig_window(const struct rig *h, struct rig_window *window)
{
	*window = h->stop.window;
}
