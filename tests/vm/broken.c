// SPDX-License-Identifier: GPL-2.0-only
/*
 * seambroken.ko: all CPUs walk a program whose table lacks a column, with the machine stopped.
 *
 *	outcome=N	the outcome of the first step on the last LP: 0 has an entry, 1 has none,
 *			and a row has no column 6
 *	verdicts	reads as the verdict of each LP, in the order of the LP numbers
 */
#include "../../core/lockstep.h"

#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/stop_machine.h>

#define MAX_LPS		64
#define TREE_ARITY	4	/* as the driver's */
#define SOUND_VERDICT	5

static uint outcome;
module_param(outcome, uint, 0444);
MODULE_PARM_DESC(outcome, "outcome of the first step on the last LP");

static uint verdicts[MAX_LPS];
static uint nr_lps;
module_param_array(verdicts, uint, &nr_lps, 0444);
MODULE_PARM_DESC(verdicts, "verdict of each LP; written by the module");

static DEFINE_PER_CPU(u32, lp_of);

static u32 first(void *ctx, u32 lp)
{
	return lp == nr_lps - 1 ? outcome : 0;
}

/* The missing column must not lead any LP here. */
static u32 second(void *ctx, u32 lp)
{
	return 0;
}

static const struct ss_step program[] = {
	{ "first", SS_ALL, first, { SS_TO(1), [2] = SS_END(0) } },
	{ "second", SS_ALL, second, { SS_END(SOUND_VERDICT) } },
};

static int run_lp(void *lockstep)
{
	u32 lp = __this_cpu_read(lp_of);

	verdicts[lp] = ss_lockstep_run(lockstep, lp);
	return 0;
}

/* CPU hotplug is disabled. */
static int run_all(struct ss_lockstep *ls, struct ss_lockstep_lp *lps)
{
	unsigned int cpu;

	nr_lps = 0;
	for_each_online_cpu(cpu)
		per_cpu(lp_of, cpu) = nr_lps++;
	if (!ss_lockstep_init(ls, lps, nr_lps, TREE_ARITY))
		return -EINVAL;
	ss_lockstep_prepare(ls, program, NULL, 0);
	return stop_machine(run_lp, ls, cpu_online_mask);
}

static int __init seambroken_init(void)
{
	struct ss_lockstep *ls = kzalloc(sizeof(*ls), GFP_KERNEL);
	struct ss_lockstep_lp *lps = kvcalloc(MAX_LPS, sizeof(*lps), GFP_KERNEL);
	int err = -ENOMEM;

	cpu_hotplug_disable();
	if (ls && lps)
		err = num_online_cpus() <= MAX_LPS ? run_all(ls, lps) : -E2BIG;
	cpu_hotplug_enable();
	kvfree(lps);
	kfree(ls);
	return err;
}

static void __exit seambroken_exit(void)
{
}

module_init(seambroken_init);
module_exit(seambroken_exit);
MODULE_DESCRIPTION("Test: an assertion of the core that does not hold, with the machine stopped");
MODULE_LICENSE("GPL");
