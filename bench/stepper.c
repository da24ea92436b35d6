// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The lockstep of seamstep, and four other ways to do the same.
 *
 * Each of the others is as good as its idea allows: every word that an LP spins on has its own
 * cache line. The lock is a queue of LPs that each spin on their own line, like the kernel's lock.
 */
#include "stepper.h"

struct line {
	struct ss_word w SS_LINE_ALIGNED;
};

static void wait_until(const struct ss_word *w, uint32_t want)
{
	uint32_t seen = ss_load_acquire(w);

	while (seen != want) {
		ss_wait(w, seen);
		seen = ss_load_acquire(w);
	}
}

/* ---- seamstep's ------------------------------------------------------------------------------ */

struct ours {
	struct ss_lockstep ls;
	uint32_t steps;
	struct line *made;		/* steps that each LP has made, written by that LP */
	struct ss_lockstep_lp *lps;
};

static uint32_t step_ours(void *ctx, uint32_t lp)
{
	struct ours *o = ctx;
	uint32_t made = o->made[lp].w.v + 1;

	o->made[lp].w.v = made;		/* only this LP reads it */
	return made == o->steps;
}

static const struct ss_step ours_program[] = {
	{ "step", SS_ALL, step_ours, { SS_TO(0), SS_END(0) } },
};

static size_t bytes_ours(uint32_t nr)
{
	return sizeof(struct ours) + 64 +
	       nr * (sizeof(struct line) + sizeof(struct ss_lockstep_lp));
}

static bool init_ours(void *mem, const struct stepper_shape *shape, uint32_t steps)
{
	struct ours *o = mem;
	uint8_t *rest = (uint8_t *)mem + (sizeof(*o) + 63) / 64 * 64;

	o->steps = steps;
	o->made = (struct line *)rest;
	memset(o->made, 0, shape->nr_lps * sizeof(*o->made));
	o->lps = (struct ss_lockstep_lp *)(rest + shape->nr_lps * sizeof(*o->made));
	if (shape->core) {
		if (!ss_lockstep_init_topology(&o->ls, o->lps, shape->nr_lps, 4, shape->core,
					       shape->socket))
			return false;
	} else if (!ss_lockstep_init(&o->ls, o->lps, shape->nr_lps, 4)) {
		return false;
	}
	ss_lockstep_prepare(&o->ls, ours_program, o, 0);
	return true;
}

static void run_ours(void *mem, uint32_t lp)
{
	struct ours *o = mem;

	ss_lockstep_run(&o->ls, lp);
}

/* ---- a count of acknowledgements under a lock, and a shared state word ----------------------- */

struct locked {
	struct ss_word state SS_LINE_ALIGNED;
	struct ss_word tail SS_LINE_ALIGNED;	/* next place in the lock's queue */
	uint32_t acks SS_LINE_ALIGNED;		/* protected by the lock */
	uint32_t nr, steps;
	struct line place[];			/* the queue of LPs at the lock */
};

static size_t bytes_locked(uint32_t nr)
{
	return sizeof(struct locked) + (nr + 1) * sizeof(struct line);
}

static bool init_locked(void *mem, const struct stepper_shape *shape, uint32_t steps)
{
	struct locked *l = mem;
	uint32_t i;

	memset(l, 0, bytes_locked(shape->nr_lps));
	l->nr = shape->nr_lps;
	l->steps = steps;
	for (i = 0; i <= l->nr; i++)
		ss_store(&l->place[i].w, 0);
	ss_store(&l->place[0].w, 1);
	return true;
}

static void run_locked(void *mem, uint32_t lp)
{
	struct locked *l = mem;
	uint32_t step, ticket, slots = l->nr + 1;

	(void)lp;
	for (step = 0; step < l->steps; step++) {
		ticket = ss_add(&l->tail, 1);
		/* A place holds the number of the round that may enter, plus one. */
		wait_until(&l->place[ticket % slots].w, ticket / slots + 1);
		if (++l->acks == l->nr) {
			l->acks = 0;
			ss_publish(&l->state, step + 1);
		}
		ss_publish(&l->place[(ticket + 1) % slots].w, (ticket + 1) / slots + 1);
		wait_until(&l->state, step + 1);
	}
}

/* ---- an atomic countdown and a shared state word --------------------------------------------- */

struct countdown {
	struct ss_word acks SS_LINE_ALIGNED;
	struct ss_word state SS_LINE_ALIGNED;
	uint32_t nr, steps;
};

static size_t bytes_countdown(uint32_t nr)
{
	(void)nr;
	return sizeof(struct countdown);
}

static bool init_countdown(void *mem, const struct stepper_shape *shape, uint32_t steps)
{
	struct countdown *c = mem;

	memset(c, 0, sizeof(*c));
	c->nr = shape->nr_lps;
	c->steps = steps;
	ss_store(&c->acks, c->nr);
	return true;
}

static void run_countdown(void *mem, uint32_t lp)
{
	struct countdown *c = mem;
	uint32_t step;

	(void)lp;
	for (step = 0; step < c->steps; step++) {
		if (ss_add(&c->acks, -1u) == 1) {
			ss_store(&c->acks, c->nr);
			ss_publish(&c->state, step + 1);
		}
		wait_until(&c->state, step + 1);
	}
}

/* ---- a central barrier with sense reversal, count and sense in one line ---------------------- */

struct central {
	struct ss_word count SS_LINE_ALIGNED;
	struct ss_word sense;
	uint32_t nr, steps;
};

static size_t bytes_central(uint32_t nr)
{
	(void)nr;
	return sizeof(struct central);
}

static bool init_central(void *mem, const struct stepper_shape *shape, uint32_t steps)
{
	struct central *c = mem;

	memset(c, 0, sizeof(*c));
	c->nr = shape->nr_lps;
	c->steps = steps;
	return true;
}

static void run_central(void *mem, uint32_t lp)
{
	struct central *c = mem;
	uint32_t step, sense = 0;

	(void)lp;
	for (step = 0; step < c->steps; step++) {
		sense = !sense;
		if (ss_add(&c->count, 1) + 1 == c->nr) {
			ss_store(&c->count, 0);
			ss_publish(&c->sense, sense);
		}
		wait_until(&c->sense, sense);
	}
}

/* ---- a dissemination barrier ----------------------------------------------------------------- */

#define ROUNDS	12u		/* 4096 LPs */

struct dissemination {
	uint32_t nr, steps, rounds;
	struct line flag[];	/* [lp * ROUNDS + round]: steps that the partner has reached */
};

static size_t bytes_dissemination(uint32_t nr)
{
	return sizeof(struct dissemination) + 64 + nr * ROUNDS * sizeof(struct line);
}

static bool init_dissemination(void *mem, const struct stepper_shape *shape, uint32_t steps)
{
	struct dissemination *d = mem;

	memset(d, 0, bytes_dissemination(shape->nr_lps));
	d->nr = shape->nr_lps;
	d->steps = steps;
	while (1u << d->rounds < d->nr)
		d->rounds++;
	return d->rounds <= ROUNDS;
}

static void run_dissemination(void *mem, uint32_t lp)
{
	struct dissemination *d = mem;
	uint32_t step, round, partner, seen;
	struct ss_word *mine;

	for (step = 1; step <= d->steps; step++) {
		for (round = 0; round < d->rounds; round++) {
			partner = (lp + (1u << round)) % d->nr;
			ss_publish(&d->flag[partner * ROUNDS + round].w, step);
			mine = &d->flag[lp * ROUNDS + round].w;
			/* The partner may be one step ahead already, never more. */
			seen = ss_load_acquire(mine);
			while (seen < step) {
				ss_wait(mine, seen);
				seen = ss_load_acquire(mine);
			}
		}
	}
}

const struct stepper steppers[] = {
	{ "seamstep", "a tree of messages", bytes_ours, init_ours, run_ours },
	{ "locked-count", "as Linux 7.3's update", bytes_locked, init_locked, run_locked },
	{ "countdown", "as multi_cpu_stop()", bytes_countdown, init_countdown, run_countdown },
	{ "central", "sense-reversing", bytes_central, init_central, run_central },
	{ "dissemination", "log2 rounds, all LPs alike", bytes_dissemination, init_dissemination,
	  run_dissemination },
};
const uint32_t nr_steppers = SS_ARRAY_SIZE(steppers);
