// SPDX-License-Identifier: GPL-2.0-only
/* Run a measurement on every CPU at once, with the machine stopped. */
#include "bench_module.h"

#include <linux/cpu.h>
#include <linux/stop_machine.h>

DEFINE_PER_CPU(u32, bench_lp);

static u32 number_lps(void)
{
	unsigned int cpu;
	u32 lp = 0;

	for_each_online_cpu(cpu)
		per_cpu(bench_lp, cpu) = lp++;
	return lp;
}

int bench_stopped(int (*ready)(void *arg, u32 nr_lps), int (*fn)(void *arg), void *arg)
{
	int err;

	cpu_hotplug_disable();
	err = ready(arg, number_lps());
	if (!err)
		stop_machine(fn, arg, cpu_online_mask);
	cpu_hotplug_enable();
	return err;
}
