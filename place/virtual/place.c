/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The place "virtual": LPs announce each shared access, wait to be picked, and go on. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "machine.h"

/* Returns the calling LP, if its accesses are scheduling points. */
static struct virtual_lp *visible_lp(void)
{
	struct virtual_lp *lp = virtual_running ? virtual_running->current : NULL;

	return lp && !lp->seam_depth ? lp : NULL;
}

/* The LP is being foreseen and may go no further. Does not return. */
static void end_foresight(struct virtual_lp *lp)
{
	lp->spoilt = true;
	fiber_switch(&lp->fiber, &lp->machine->main);
}

static uint32_t announce(struct virtual_lp *lp, enum virtual_kind kind, const struct ss_word *w,
			 uint32_t value, uint32_t old)
{
	struct virtual_machine *m = lp->machine;

	lp->op = (struct virtual_operation){ .kind = kind, .word = w, .value = value, .old = old };
	lp->op.object = w ? virtual_object(m, w) : 0;
	fiber_switch(&lp->fiber, &m->main);
	return lp->result;
}

uint32_t ss_load(const struct ss_word *w)
{
	struct virtual_lp *lp = visible_lp();

	return lp ? announce(lp, VIRTUAL_LOAD, w, 0, 0) : w->v;
}

uint32_t ss_load_acquire(const struct ss_word *w)
{
	struct virtual_lp *lp = visible_lp();

	return lp ? announce(lp, VIRTUAL_LOAD_ACQUIRE, w, 0, 0) : w->v;
}

void ss_store(struct ss_word *w, uint32_t v)
{
	struct virtual_lp *lp = visible_lp();

	if (lp)
		announce(lp, VIRTUAL_STORE, w, v, 0);
	else
		w->v = v;
}

void ss_publish(struct ss_word *w, uint32_t v)
{
	struct virtual_lp *lp = visible_lp();

	if (lp)
		announce(lp, VIRTUAL_PUBLISH, w, v, 0);
	else
		w->v = v;
}

bool ss_cas(struct ss_word *w, uint32_t old, uint32_t new)
{
	struct virtual_lp *lp = visible_lp();

	if (lp)
		return announce(lp, VIRTUAL_CAS, w, new, old);
	if (w->v != old)
		return false;
	w->v = new;
	return true;
}

uint32_t ss_add(struct ss_word *w, uint32_t v)
{
	struct virtual_lp *lp = visible_lp();
	uint32_t before = w->v;

	if (lp)
		return announce(lp, VIRTUAL_ADD, w, v, 0);
	w->v += v;
	return before;
}

void ss_fence(void)
{
	struct virtual_lp *lp = visible_lp();

	if (lp)
		announce(lp, VIRTUAL_FENCE, NULL, 0, 0);
}

/*
 * This is no scheduling point of its own. The LP goes on to its next operation, which may not run
 * until something has changed. settle_wait() in machine.c finds what has to change.
 */
void ss_wait(const struct ss_word *w, uint32_t seen)
{
	struct virtual_lp *lp = visible_lp();
	uint32_t i;

	if (!lp)
		return;
	lp->waited = true;
	lp->wait_word = w;
	for (i = 0; i < lp->nr_reads; i++)
		if (lp->reads[i].word == w)
			return;
	virtual_note_read(lp, w, seen);
}

void ss_wake(struct ss_word *w)
{
	(void)w;
}

uint64_t ss_now_ns(void)
{
	struct virtual_lp *lp = virtual_running ? virtual_running->current : NULL;
	struct virtual_sched *s;

	if (!lp)
		return 0;
	s = lp->machine->sched;
	/* If time does not matter, each LP has its own time: a common time would tie LPs. */
	return s->ops->now ? s->ops->now(s, lp->machine, lp->lp) : lp->steps;
}

bool ss_expired(uint64_t deadline_ns)
{
	struct virtual_lp *lp = visible_lp();

	if (!lp || !deadline_ns)
		return false;
	if (lp->machine->sched->ops->real_clock) {
		lp->watching = deadline_ns;
		return ss_now_ns() >= deadline_ns;
	}
	if (deadline_ns > lp->expired) {
		lp->watching = deadline_ns;
		if (!virtual_choose(2))
			return false;
		lp->expired = deadline_ns;
	}
	return true;
}

uint32_t virtual_choose(uint32_t n)
{
	struct virtual_lp *lp = virtual_running ? virtual_running->current : NULL;
	struct virtual_sched *s;
	uint32_t answer;

	if (!lp || n < 2)
		return 0;
	if (lp->foreseeing)
		end_foresight(lp);
	s = lp->machine->sched;
	answer = s->ops->choose ? s->ops->choose(s, lp->machine, lp->lp, n) : 0;
	virtual_note_decision(lp->machine, VIRTUAL_ANSWER | answer);
	return answer;
}

void virtual_fail(const char *format, ...)
{
	struct virtual_machine *m = virtual_running;
	va_list args;

	if (m->current && m->current->foreseeing)
		end_foresight(m->current);
	va_start(args, format);
	vsnprintf(m->failure, sizeof(m->failure), format, args);
	va_end(args);
	m->end = VIRTUAL_END_FAILED;
	if (m->current)
		fiber_switch(&m->current->fiber, &m->main);	/* does not return */
}

void ss_broken(const char *file, int line, const char *what)
{
	if (virtual_running && virtual_running->current)
		virtual_fail("%s:%d: the argument is broken: %s", file, line, what);
	fprintf(stderr, "%s:%d: the argument is broken: %s\n", file, line, what);
	abort();
}

void virtual_seam_begin(const char *name, bool commutes)
{
	struct virtual_lp *lp = visible_lp();
	struct virtual_machine *m = virtual_running;

	if (lp) {
		lp->op = (struct virtual_operation){
			.kind = VIRTUAL_SEAM, .note = name, .commutes = commutes
		};
		fiber_switch(&lp->fiber, &m->main);
	}
	if (m && m->current)
		m->current->seam_depth++;
}

void virtual_seam_end(void)
{
	if (virtual_running && virtual_running->current)
		virtual_running->current->seam_depth--;
}

uint32_t virtual_self(void)
{
	struct virtual_lp *lp = virtual_running ? virtual_running->current : NULL;

	return lp ? lp->lp : VIRTUAL_NOBODY;
}

static void plain(const void *object, size_t bytes, bool write)
{
	struct virtual_lp *lp = visible_lp();
	const unsigned char *p = object;
	uint32_t other;

	if (!lp || (!lp->machine->race && !lp->foreseeing))
		return;
	if (p >= lp->fiber.stack && p < lp->fiber.stack + lp->fiber.stack_bytes)
		return;
	if (lp->foreseeing && write)
		end_foresight(lp);
	if (lp->foreseeing)
		return;
	other = virtual_race_plain(lp->machine->race, lp->lp, (uintptr_t)p, bytes, write);
	if (other != VIRTUAL_NOBODY)
		virtual_fail("race: LP %u %s plain memory that LP %u accessed, and no release and "
			     "acquire order the two",
			     lp->lp, write ? "writes" : "reads", other);
}

void virtual_plain_read(const void *object, size_t bytes)
{
	plain(object, bytes, false);
}

void virtual_plain_write(const void *object, size_t bytes)
{
	plain(object, bytes, true);
}

void virtual_effect(void)
{
	struct virtual_lp *lp = virtual_running ? virtual_running->current : NULL;

	if (lp && lp->foreseeing)
		end_foresight(lp);
}
