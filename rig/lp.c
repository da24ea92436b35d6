// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * LPs: one thread each, which lets its tasks do one operation after the other.
 *
 * Between rounds an LP rests for a while, and the rest grows with the number of LPs: real LPs are
 * idle most of the time too. 512 LPs without rest would take seconds to stop on two cores.
 */
#include "internal.h"

#define REST_NS_PER_LP	50000ull

/* The work of an LP while it waits without being stopped: its usual work. */
static void go_on(void *arg)
{
	struct rig_lp *lp = arg;

	lp->seen = ss_load_acquire(&lp->doorbell);
	if (!lp->host->idle)
		rig_lp_round(lp);
}

void rig_lp_preempt_point(struct rig_lp *lp)
{
	if (!lp->preempt_off && ss_load_acquire(&lp->host->stop.asked) != lp->stops)
		rig_stop_take_part(lp, go_on);
}

void rig_lp_round(struct rig_lp *lp)
{
	struct rig_task *task;
	uint32_t n, target;

	rig_queue_take_inbox(lp);
	for (n = lp->nr_tasks; n; n--) {
		task = rig_queue_pop(lp);
		target = task->step(lp, task);
		if (target == lp->id)
			rig_queue_push(lp, task);
		else if (target != RIG_TASK_GONE)
			rig_lp_send(&lp->host->lps[target], task);
		rig_lp_preempt_point(lp);
	}
}

bool rig_lp_guest_must_leave(void *ctx, uint32_t number)
{
	struct rig *h = ctx;
	struct rig_lp *lp = &h->lps[number];

	if (!lp->guest_budget)
		return true;
	lp->guest_budget--;
	return ss_load(&lp->doorbell) != lp->seen || ss_load(&lp->irq_pending);
}

static void *lp_main(void *arg)
{
	struct rig_lp *lp = arg;
	uint64_t rest_ns = lp->host->config.nr_lps * REST_NS_PER_LP;

	rig_lp_set_current(lp);
	ss_publish(&lp->irq_raised, 0);	/* from here on the LP can handle interrupts */
	for (;;) {
		/* This load comes first: writes before a ring that it sees are visible below. */
		lp->seen = ss_load_acquire(&lp->doorbell);
		if (ss_load(&lp->host->finish))
			break;
		rig_lp_preempt_point(lp);
		if (!lp->host->idle)
			rig_lp_round(lp);
		ss_place_wait(&lp->doorbell, lp->seen, rest_ns);
	}
	return NULL;
}

static void join_lps(struct rig *h, uint32_t nr)
{
	uint32_t i;

	ss_store(&h->finish, 1);
	for (i = 0; i < nr; i++)
		rig_lp_ring(&h->lps[i]);
	for (i = 0; i < nr; i++)
		pthread_join(h->lps[i].thread, NULL);
}

static uint32_t create_lps(struct rig *h)
{
	pthread_attr_t attr;
	uint32_t i;

	for (i = 0; i < h->config.nr_lps; i++)
		/* No interrupt is sent before the LP is up. */
		ss_store(&h->lps[i].irq_raised, 1);
	i = 0;
	if (pthread_attr_init(&attr))
		return 0;
	if (!pthread_attr_setstacksize(&attr, STACK_BYTES)) {
		while (i < h->config.nr_lps &&
		       !pthread_create(&h->lps[i].thread, &attr, lp_main, &h->lps[i]))
			i++;
	}
	pthread_attr_destroy(&attr);
	return i;
}

bool rig_lps_start(struct rig *h, struct rig_error *err)
{
	uint32_t nr;

	ss_place_set_threads(h->config.nr_lps);
	ss_store(&h->finish, 0);
	nr = create_lps(h);
	if (nr < h->config.nr_lps) {
		join_lps(h, nr);
		return rig_fail(err, nr, 0, 0, "only %u of %u threads can start; lower --lps or "
				"raise the limit on threads (ulimit -u)", nr, h->config.nr_lps);
	}
	if (!rig_interrupts_start(h)) {
		join_lps(h, nr);
		return rig_fail(err, 0, 0, 0, "cannot start the thread that sends interrupts");
	}
	h->running = true;
	return true;
}

void rig_lps_finish(struct rig *h)
{
	if (!h->running)
		return;
	rig_interrupts_finish(h);
	join_lps(h, h->config.nr_lps);
	h->running = false;
}

void rig_call(struct rig *h, uint32_t lp, void (*fn)(void *arg, uint32_t lp), void *arg)
{
	uint32_t called = ss_load(&h->called);

	if (!h->running) {
		fn(arg, lp);
		return;
	}
	h->call->fn = fn;
	h->call->arg = arg;
	rig_lp_send(&h->lps[lp], h->call);
	while (ss_load_acquire(&h->called) == called)
		ss_wait(&h->called, called);
}
