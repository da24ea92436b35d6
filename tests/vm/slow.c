// SPDX-License-Identifier: GPL-2.0-only
/* Slow functions: while this module is loaded, each call of @functions[i] first spends @ms[i]. */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/smp.h>

#define MAX_FUNCTIONS	4

static char *functions[MAX_FUNCTIONS];
static int nr_functions;
module_param_array(functions, charp, &nr_functions, 0444);
MODULE_PARM_DESC(functions, "names of the functions");

static int cpu = -1;
module_param(cpu, int, 0444);
MODULE_PARM_DESC(cpu, "only on this CPU; -1: on each");

static uint ms[MAX_FUNCTIONS];
module_param_array(ms, uint, NULL, 0444);
MODULE_PARM_DESC(ms, "milliseconds, for each of the functions");

static struct kprobe probes[MAX_FUNCTIONS], *list[MAX_FUNCTIONS];

static int spend(struct kprobe *p, struct pt_regs *regs)
{
	if (cpu < 0 || cpu == smp_processor_id())
		mdelay(ms[p - probes]);
	return 0;
}
NOKPROBE_SYMBOL(spend);

static int __init slow_init(void)
{
	int i;

	for (i = 0; i < nr_functions; i++) {
		probes[i] = (struct kprobe){ .symbol_name = functions[i], .pre_handler = spend };
		list[i] = &probes[i];
	}
	return register_kprobes(list, nr_functions);
}

static void __exit slow_exit(void)
{
	unregister_kprobes(list, nr_functions);
}

module_init(slow_init);
module_exit(slow_exit);
MODULE_DESCRIPTION("Test: functions that take long");
MODULE_LICENSE("GPL");
