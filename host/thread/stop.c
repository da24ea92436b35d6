// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Stopping the world, as stop_machine() does it.
 *
 * Shared state, and who writes it when. The controlling thread writes @job, then counts @asked up
 * and rings every LP; it does so only when the stop before is @done, so there is one at a time.
 * Each LP compares @asked with its own count at its preemption points and takes part. Inside, LPs
 * meet at barriers: each adds itself to @arrived; the last one sets it back to 0, does what is to
 * be done once, and counts @turn up, which is what the others wait for. The last barrier counts
 * @done up, and the controlling thread goes on.
 *
 * S1 when the window opens every LP is in stop_take_part(): its process context is at a preemption
 *    point outside any section that disables preemption, and it is not in guest mode, because a
 *    guest runs inside a SEAMCALL that process context waits for;
 * S2 and every LP has interrupts off, because it passed the barrier after it had turned them off;
 * S3 no LP turns them on again before the last one has finished.
 *
 * Order: ss_add() on @arrived releases what an LP did before a barrier to the last one to arrive
 * (it acquires there), and ss_publish() of @turn releases all of it to the others'
 * ss_load_acquire(). The same with @asked for @job, and @done for results.
 */
#include "host_internal.h"

/* All LPs meet; the last one calls @last (may be NULL) while the others still wait. */
static void meet(struct host_lp *lp, void (*last)(struct thread_host *h))
{
	struct thread_host *h = lp->host;
	struct host_stop *stop = &h->stop;
	uint32_t turn = ss_load(&stop->turn);	/* cannot move on before this LP has arrived */

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

static void window_open(struct thread_host *h)
{
	sim_window_begin(h->sim);
	h->stop.window.open_ns = ss_now_ns();
}

static void window_close(struct thread_host *h)
{
	h->stop.window.close_ns = ss_now_ns();
	sim_window_end(h->sim);
}

static void stop_over(struct thread_host *h)
{
	ss_publish(&h->stop.done, ss_load(&h->stop.done) + 1);
}

static void stopped(struct host_lp *lp, const struct stop_job *job)
{
	meet(lp, NULL);				/* nobody is in process context or guest mode */
	lp_irqs_off(lp);
	meet(lp, job->before ? NULL : window_open);	/* everybody has interrupts off */
	if (job->before) {
		job->before(job->arg, lp->id);
		meet(lp, window_open);
	}
	job->fn(job->arg, lp->id);
	meet(lp, window_close);
	if (job->after)
		job->after(job->arg, lp->id);
	meet(lp, stop_over);
	lp_irqs_on(lp);
}

/*
 * The broken twin: the job runs in process context, with interrupts on, and the LP's other tasks
 * run whenever it waits for another LP.
 */
static void unstopped(struct host_lp *lp, const struct stop_job *job, void (*go_on)(void *lp))
{
	struct thread_host *h = lp->host;

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

void stop_take_part(struct host_lp *lp, void (*go_on)(void *lp))
{
	const struct stop_job *job = lp->host->stop.job;

	lp->stops++;
	if (job->unstopped)
		unstopped(lp, job, go_on);
	else
		stopped(lp, job);
}

static void stop_running(struct thread_host *h, const struct stop_job *job)
{
	struct host_stop *stop = &h->stop;
	uint32_t done = ss_load(&stop->done), i;

	stop->job = job;
	ss_add(&stop->asked, 1);
	for (i = 0; i < h->config.nr_lps; i++)
		lp_ring(&h->lps[i]);
	while (ss_load_acquire(&stop->done) == done)
		ss_wait(&stop->done, done);
	stop->job = NULL;
}

/* With no thread that could disturb, one LP after the other will do. */
static void stop_at_rest(struct thread_host *h, const struct stop_job *job)
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

void stop_run(struct thread_host *h, const struct stop_job *job)
{
	h->stop.window.asked_ns = ss_now_ns();
	if (h->running)
		stop_running(h, job);
	else
		stop_at_rest(h, job);
}

void thread_host_stop(struct thread_host *h, void (*fn)(void *arg, uint32_t lp), void *arg)
{
	struct stop_job job = { .fn = fn, .arg = arg };

	stop_run(h, &job);
}

void thread_host_window(const struct thread_host *h, struct thread_host_window *window)
{
	*window = h->stop.window;
}
