// SPDX-License-Identifier: GPL-2.0-only
/*
 * A step machine that behaves like the one of Linux 7.2 and 7.3: own code, written from a
 * description of that kernel's behaviour. All LPs poll one state word. Each LP acknowledges under
 * one raw lock. The last LP to acknowledge moves the state on, if no LP has failed.
 */
#include "bench_module.h"

#include <linux/processor.h>
#include <linux/spinlock.h>

void mainline_init(struct mainline *m, u32 nr_lps, u32 done,
		   int (*perform)(void *ctx, u32 lp, u32 state), void *ctx)
{
	*m = (struct mainline){
		.perform = perform, .ctx = ctx, .nr_lps = nr_lps, .done = done, .state = 1,
	};
	raw_spin_lock_init(&m->lock);
}

static void acknowledge(struct mainline *m, int result)
{
	raw_spin_lock(&m->lock);
	if (result)
		WRITE_ONCE(m->num_failed, m->num_failed + 1);
	m->num_ack++;
	if (m->num_ack == m->nr_lps && !m->num_failed) {
		m->num_ack = 0;
		WRITE_ONCE(m->state, m->state + 1);
	}
	raw_spin_unlock(&m->lock);
}

int mainline_run(struct mainline *m, u32 lp)
{
	u32 mine = 0, now;
	int result = 0;

	do {
		now = READ_ONCE(m->state);
		if (now == mine) {
			cpu_relax();
			continue;
		}
		mine = now;
		result = mine < m->done ? m->perform(m->ctx, lp, mine) : 0;
		acknowledge(m, result);
	} while (mine != m->done && !READ_ONCE(m->num_failed));
	return result;
}
