// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Stopping the world: S1 to S3 of stop.c on a busy machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rig/internal.h"
#include "sim/internal.h"
#include "thread_fixture.h"

#define LPS	8u
#define STOPS	100u
#define LONG_NS	60000000000ull

/* What LPs find in a window. Only the controlling thread may assert, so LPs only count. */
struct window_check {
	struct thread_machine *m;
	struct ss_word inside, left;
	struct ss_word violations;
	uint32_t written[LPS];		/* plain: each LP writes one, all read them later */
};

static void expect(struct window_check *check, bool ok)
{
	if (!ok)
		ss_add(&check->violations, 1);
}

/* In an LP's stop function: no LP leaves before all have come. False after a very long time. */
static bool meet_all(struct ss_word *count, uint32_t want)
{
	uint64_t deadline = ss_now_ns() + LONG_NS;
	uint32_t seen;

	ss_add(count, 1);
	ss_wake(count);
	while ((seen = ss_load_acquire(count)) < want) {
		if (ss_expired(deadline))
			return false;
		ss_wait(count, seen);
	}
	return true;
}

static void check_lp(struct window_check *check, const struct rig_lp *lp)
{
	expect(check, ss_load(&lp->irqs_off) == 1);
	expect(check, !ss_load(&lp->in_irq));
	expect(check, !ss_load(&lp->in_seam));
}

static void look_around(void *arg, uint32_t lp)
{
	struct window_check *check = arg;
	uint32_t i;

	check->written[lp]++;
	expect(check, !check->m->host->lps[lp].preempt_off);
	expect(check, meet_all(&check->inside, LPS));
	/* All are inside now, and none leaves before the second meeting. */
	for (i = 0; i < LPS; i++) {
		check_lp(check, &check->m->host->lps[i]);
		expect(check, check->written[i] == check->written[lp]);
	}
	expect(check, meet_all(&check->left, LPS));
}

static void stop_and_check(struct window_check *check)
{
	ss_store(&check->inside, 0);
	ss_store(&check->left, 0);
	rig_stop(check->m->host, look_around, check);
}

static uint32_t foreign(struct thread_machine *m)
{
	struct sim_audit audit;

	sim_audit(rig_sim(m->host), &audit);
	return audit.foreign;
}

static void nothing_else_runs_in_the_window(void **state)
{
	struct thread_machine m;
	struct window_check check = { .m = &m };
	struct rig_counts counts;
	uint32_t i;

	(void)state;
	thread_machine_config(&m, LPS, 8);
	m.config.irq_hz = 5000;
	thread_machine_create(&m);
	thread_machine_start(&m, 4);
	for (i = 0; i < STOPS; i++)
		stop_and_check(&check);
	assert_int_equal(ss_load(&check.violations), 0);
	assert_int_equal(check.written[0], STOPS);
	assert_int_equal(foreign(&m), 0);
	/* All LPs go on. */
	thread_machine_run_on(&m, 4);
	rig_counts(m.host, &counts);
	assert_int_equal(counts.unexpected, 0);
	thread_machine_destroy(&m);
}

/* The same checks, and a window that stays open until a foreign SEAMCALL comes in. */
static void look_until_disturbed(void *arg, uint32_t lp)
{
	uint64_t deadline = ss_now_ns() + LONG_NS;
	struct window_check *check = arg;

	look_around(check, lp);
	/* An audit must not run while TDs are built. */
	while (!ss_load(&rig_sim(check->m->host)->foreign) && !ss_expired(deadline))
		ss_wait(&check->inside, ss_load(&check->inside));
}

/*
 * The broken twin: without the stop the same checks find violations. No LP has its interrupts off,
 * and the window ends only after a task has made a SEAMCALL.
 */
static void checks_notice_that_nothing_was_stopped(void **state)
{
	struct thread_machine m;
	struct window_check check = { .m = &m };
	struct rig_stop_job job = { .fn = look_until_disturbed, .arg = &check, .unstopped = true };

	(void)state;
	thread_machine_config(&m, LPS, 8);
	thread_machine_create(&m);
	thread_machine_start(&m, 4);
	rig_stop_run(m.host, &job);
	/* Each LP finds each LP with interrupts on. */
	assert_true(ss_load(&check.violations) >= LPS * LPS);
	assert_true(foreign(&m) > 0);
	thread_machine_destroy(&m);
}

static void stops_have_their_times_in_order(void **state)
{
	struct rig_window window;
	struct thread_machine m;
	struct window_check check = { .m = &m };

	(void)state;
	thread_machine_config(&m, LPS, 1);
	thread_machine_create(&m);
	thread_machine_start(&m, 1);
	stop_and_check(&check);
	rig_window(m.host, &window);
	assert_true(window.asked_ns <= window.open_ns);
	assert_true(window.open_ns <= window.close_ns);
	assert_true(window.close_ns <= ss_now_ns());
	thread_machine_destroy(&m);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

struct irq_check {
	struct thread_machine *m;
	uint64_t irqs;			/* LP 0's count after the window had opened */
	bool came, handled;
};

static void wait_for_an_interrupt(void *arg, uint32_t lp)
{
	struct irq_check *check = arg;
	struct rig_lp *self = &check->m->host->lps[lp];
	uint64_t deadline = ss_now_ns() + LONG_NS;

	if (lp)
		return;
	check->irqs = count_read(&self->irqs);
	while (!ss_load(&self->irq_pending) && !ss_expired(deadline))
		ss_wait(&self->irq_pending, 0);
	check->came = ss_load(&self->irq_pending);
	check->handled = count_read(&self->irqs) != check->irqs;
}

static void interrupts_wait_for_the_end_of_the_window(void **state)
{
	uint64_t deadline = ss_now_ns() + LONG_NS;
	struct thread_machine m;
	struct irq_check check = { .m = &m };

	(void)state;
	thread_machine_config(&m, LPS, 1);
	m.config.irq_hz = 5000;
	thread_machine_create(&m);
	thread_machine_start(&m, 1);
	rig_stop(m.host, wait_for_an_interrupt, &check);
	assert_true(check.came);
	assert_false(check.handled);
	assert_int_equal(foreign(&m), 0);
	while (count_read(&m.host->lps[0].irqs) == check.irqs && !ss_expired(deadline))
		thread_machine_run_on(&m, 1);
	assert_true(count_read(&m.host->lps[0].irqs) > check.irqs);
	thread_machine_destroy(&m);
}

/* ---- preemption ------------------------------------------------------------------------------ */

#define SECTION_POINTS	50u

/* A task with a section that must not be preempted (or the broken twin, which may be). */
struct section {
	struct thread_machine *m;
	bool disable;
	struct ss_word in_section;
	struct ss_word violations;	/* LPs whose stop function ran in the section */
};

static void hold_up(void *arg, uint32_t lp)
{
	struct section *s = arg;
	struct rig_lp *self = &s->m->host->lps[lp];
	uint32_t asked = ss_load(&s->m->host->stop.asked), i;

	if (s->disable)
		rig_lp_preempt_disable(self);
	ss_publish(&s->in_section, 1);
	while (ss_load_acquire(&s->m->host->stop.asked) == asked)
		ss_wait(&s->m->host->stop.asked, asked);
	for (i = 0; i < SECTION_POINTS; i++) {
		ss_wait(&s->in_section, 1);
		rig_lp_preempt_point(self);
	}
	ss_publish(&s->in_section, 0);
	if (s->disable)
		rig_lp_preempt_enable(self);
}

static void notice_section(void *arg, uint32_t lp)
{
	struct section *s = arg;

	(void)lp;
	ss_add(&s->violations, ss_load_acquire(&s->in_section));
}

/* rig_call() without waiting for the end. */
static void send_call(struct rig *h, uint32_t lp, void (*fn)(void *arg, uint32_t lp), void *arg)
{
	h->call->fn = fn;
	h->call->arg = arg;
	rig_lp_send(&h->lps[lp], h->call);
}

static uint32_t stop_during_section(bool disable)
{
	struct thread_machine m;
	struct section s = { .m = &m, .disable = disable };
	uint32_t called;

	thread_machine_config(&m, LPS, 2);
	thread_machine_create(&m);
	thread_machine_start(&m, 1);
	called = ss_load(&m.host->called);
	send_call(m.host, 3, hold_up, &s);
	while (!ss_load_acquire(&s.in_section))
		ss_wait(&s.in_section, 0);
	rig_stop(m.host, notice_section, &s);
	while (ss_load_acquire(&m.host->called) == called)
		ss_wait(&m.host->called, called);
	thread_machine_destroy(&m);
	return ss_load(&s.violations);
}

static void section_without_preemption_delays_a_stop(void **state)
{
	(void)state;
	assert_int_equal(stop_during_section(true), 0);
}

static void section_with_preemption_does_not(void **state)
{
	(void)state;
	assert_int_equal(stop_during_section(false), LPS);
}

/* ---- at rest --------------------------------------------------------------------------------- */

static void count_lp(void *arg, uint32_t lp)
{
	uint32_t *lps = arg;

	*lps |= 1u << lp;
}

static void machine_at_rest_can_be_stopped(void **state)
{
	struct thread_machine m;
	uint32_t lps = 0;

	(void)state;
	thread_machine_config(&m, LPS, 0);
	thread_machine_create(&m);
	rig_stop(m.host, count_lp, &lps);
	assert_int_equal(lps, (1u << LPS) - 1);
	rig_call(m.host, 5, count_lp, &lps);
	thread_machine_destroy(&m);
}

static void calls_run_on_their_lp(void **state)
{
	struct thread_machine m;
	uint32_t lps = 0, i;

	(void)state;
	thread_machine_config(&m, LPS, 1);
	thread_machine_create(&m);
	thread_machine_start(&m, 1);
	for (i = 0; i < LPS; i++) {
		rig_call(m.host, i, count_lp, &lps);
		assert_int_equal(lps, (2u << i) - 1);
	}
	thread_machine_destroy(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_else_runs_in_the_window),
		cmocka_unit_test(checks_notice_that_nothing_was_stopped),
		cmocka_unit_test(stops_have_their_times_in_order),
		cmocka_unit_test(interrupts_wait_for_the_end_of_the_window),
		cmocka_unit_test(section_without_preemption_delays_a_stop),
		cmocka_unit_test(section_with_preemption_does_not),
		cmocka_unit_test(machine_at_rest_can_be_stopped),
		cmocka_unit_test(calls_run_on_their_lp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
