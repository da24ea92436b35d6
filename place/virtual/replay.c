/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The scheduler that does what an earlier execution did. */
#include "virtual.h"

static uint32_t first_enabled(struct virtual_machine *m)
{
	uint32_t p;

	for (p = 0; p < m->nr_processes; p++)
		if (virtual_enabled(m, p) && !virtual_only_by_timeout(m, p))
			return p;
	for (p = 0; p < m->nr_processes; p++)
		if (virtual_enabled(m, p))
			return p;
	return VIRTUAL_NOBODY;
}

static uint32_t pick(struct virtual_sched *s, struct virtual_machine *m)
{
	struct virtual_replay *r = (struct virtual_replay *)s;
	uint32_t p;

	if (r->at == r->nr || r->diverged)
		return first_enabled(m);
	p = r->decisions[r->at++];
	if (p < m->nr_processes && virtual_enabled(m, p))
		return p;
	r->diverged = true;
	return first_enabled(m);
}

static uint32_t choose(struct virtual_sched *s, struct virtual_machine *m, uint32_t lp, uint32_t n)
{
	struct virtual_replay *r = (struct virtual_replay *)s;
	uint32_t answer;

	(void)m;
	(void)lp;
	if (r->at == r->nr || r->diverged)
		return 0;
	answer = r->decisions[r->at++];
	if ((answer & VIRTUAL_ANSWER) && (answer ^ VIRTUAL_ANSWER) < n)
		return answer ^ VIRTUAL_ANSWER;
	r->diverged = true;
	return 0;
}

static void begin(struct virtual_sched *s, struct virtual_machine *m)
{
	struct virtual_replay *r = (struct virtual_replay *)s;

	(void)m;
	r->at = 0;
	r->diverged = false;
}

void virtual_replay_init(struct virtual_replay *r, const uint32_t *decisions, uint32_t nr)
{
	static const struct virtual_sched_ops ops = {
		.begin = begin, .pick = pick, .choose = choose
	};

	memset(r, 0, sizeof(*r));
	r->sched.ops = &ops;
	r->decisions = decisions;
	r->nr = nr;
}
