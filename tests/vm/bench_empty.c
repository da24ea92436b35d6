// SPDX-License-Identifier: GPL-2.0-only
/* Steps without work. Their time is the cost of the lockstep. */
#include "bench_module.h"

#include "../../core/lockstep.h"

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/topology.h>

#define TREE_ARITY	4	/* as the driver's */

struct count {
	u32 left;		/* of this LP only */
} ____cacheline_aligned;

struct empty {
	enum bench_way way;
	u32 steps;
	struct ss_lockstep ours;
	struct ss_lockstep_lp *lps;
	struct count *counts;
	struct mainline theirs;
	u64 ns;
};

static uint32_t our_step(void *ctx, uint32_t lp)
{
	struct empty *e = ctx;

	return !--e->counts[lp].left;
}

static const struct ss_step program[] = {
	{ "empty", SS_ALL, our_step, { SS_TO(0), SS_END(0) } },
};

static int their_step(void *ctx, u32 lp, u32 state)
{
	return 0;
}

static bool make_tree(struct empty *e, u32 nr_lps)
{
	u32 *core = kcalloc(nr_lps, sizeof(*core), GFP_KERNEL);
	u32 *socket = kcalloc(nr_lps, sizeof(*socket), GFP_KERNEL);
	bool made = false;
	unsigned int cpu;

	if (core && socket && e->lps) {
		for_each_online_cpu(cpu) {
			core[per_cpu(bench_lp, cpu)] =
				cpumask_first(topology_sibling_cpumask(cpu));
			socket[per_cpu(bench_lp, cpu)] = topology_physical_package_id(cpu);
		}
		made = ss_lockstep_init_topology(&e->ours, e->lps, nr_lps, TREE_ARITY, core,
						 socket);
	}
	kfree(core);
	kfree(socket);
	return made;
}

static int prepare(void *arg, u32 nr_lps)
{
	struct empty *e = arg;
	u32 lp;

	e->lps = kvcalloc(nr_lps, sizeof(*e->lps), GFP_KERNEL);
	e->counts = kvcalloc(nr_lps, sizeof(*e->counts), GFP_KERNEL);
	if (!e->counts || !make_tree(e, nr_lps))
		return -ENOMEM;
	for (lp = 0; lp < nr_lps; lp++)
		e->counts[lp].left = e->steps;
	ss_lockstep_prepare(&e->ours, program, e, 0);
	mainline_init(&e->theirs, nr_lps, e->steps + 1, their_step, e);
	return 0;
}

static int run_lp(void *arg)
{
	struct empty *e = arg;
	u32 lp = __this_cpu_read(bench_lp);
	u64 begin = ss_now_ns();

	if (e->way == BENCH_OURS)
		ss_lockstep_run(&e->ours, lp);
	else
		mainline_run(&e->theirs, lp);
	if (!lp)
		e->ns = ss_now_ns() - begin;
	return 0;
}

int bench_empty(enum bench_way way, u32 steps, u64 *ns)
{
	struct empty *e = kzalloc(sizeof(*e), GFP_KERNEL);
	int err = -ENOMEM;

	if (!e)
		return err;
	e->way = way;
	e->steps = steps;
	err = bench_stopped(prepare, run_lp, e);
	*ns = e->ns;
	kvfree(e->counts);
	kvfree(e->lps);
	kfree(e);
	return err;
}
