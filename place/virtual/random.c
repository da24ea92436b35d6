/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The random schedulers: uniform, and by random priorities (PCT). */
#include <stdlib.h>

#include "virtual.h"

#define TIMEOUT_ODDS	32u	/* one pick in so many may let a deadline pass */

/* splitmix64 */
static uint64_t next(struct virtual_random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static uint32_t below(struct virtual_random *r, uint32_t n)
{
	return (uint32_t)((next(r) >> 32) * n >> 32);
}

static void begin(struct virtual_sched *s, struct virtual_machine *m)
{
	struct virtual_random *r = (struct virtual_random *)s;
	uint32_t i, j, swap;

	r->state = r->seed;
	if (!r->depth)
		return;
	if (r->nr_processes != m->nr_processes) {
		free(r->priority);
		r->priority = calloc(m->nr_processes, sizeof(*r->priority));
		if (!r->priority)
			abort();
		r->nr_processes = m->nr_processes;
	}
	for (i = 0; i < m->nr_processes; i++) {
		j = below(r, i + 1);
		swap = r->priority[j];
		r->priority[i] = swap;
		r->priority[j] = r->depth + i;
	}
	r->nr_changes = r->depth - 1;
	for (i = 0; i < r->nr_changes; i++)
		r->changes[i] = below(r, r->length) + 1;
}

static bool admitted(struct virtual_machine *m, uint32_t process, bool timeouts)
{
	return virtual_enabled(m, process) && (timeouts || !virtual_only_by_timeout(m, process));
}

static uint32_t pick_among(struct virtual_random *r, struct virtual_machine *m, bool timeouts)
{
	uint32_t p, n = 0, picked = VIRTUAL_NOBODY;

	for (p = 0; p < m->nr_processes; p++)
		if (admitted(m, p, timeouts) && !below(r, ++n))
			picked = p;
	return picked;
}

static uint32_t pick_random(struct virtual_sched *s, struct virtual_machine *m)
{
	struct virtual_random *r = (struct virtual_random *)s;
	uint32_t p = pick_among(r, m, !below(r, TIMEOUT_ODDS));

	return p == VIRTUAL_NOBODY ? pick_among(r, m, true) : p;
}

static uint32_t highest(struct virtual_random *r, struct virtual_machine *m, bool timeouts)
{
	uint32_t p, best = VIRTUAL_NOBODY;

	for (p = 0; p < m->nr_processes; p++)
		if (admitted(m, p, timeouts) &&
		    (best == VIRTUAL_NOBODY || r->priority[p] > r->priority[best]))
			best = p;
	return best;
}

static uint32_t pick_pct(struct virtual_sched *s, struct virtual_machine *m)
{
	struct virtual_random *r = (struct virtual_random *)s;
	uint32_t p, i;

	p = highest(r, m, !below(r, TIMEOUT_ODDS));
	if (p == VIRTUAL_NOBODY)
		p = highest(r, m, true);
	if (p == VIRTUAL_NOBODY)
		return p;
	for (i = 0; i < r->nr_changes; i++)
		if (r->changes[i] == m->nr_events + 1)
			r->priority[p] = i;
	return p;
}

static uint32_t choose(struct virtual_sched *s, struct virtual_machine *m, uint32_t lp, uint32_t n)
{
	(void)m;
	(void)lp;
	return below((struct virtual_random *)s, n);
}

void virtual_random_init(struct virtual_random *r)
{
	static const struct virtual_sched_ops ops = {
		.begin = begin, .pick = pick_random, .choose = choose
	};

	memset(r, 0, sizeof(*r));
	r->sched.ops = &ops;
}

void virtual_pct_init(struct virtual_random *r, uint32_t depth, uint32_t length)
{
	static const struct virtual_sched_ops ops = {
		.begin = begin, .pick = pick_pct, .choose = choose
	};

	memset(r, 0, sizeof(*r));
	r->sched.ops = &ops;
	r->depth = depth < 1 ? 1 : depth > 16 ? 16 : depth;
	r->length = length ? length : 1;
}

void virtual_random_fini(struct virtual_random *r)
{
	free(r->priority);
	r->priority = NULL;
}
