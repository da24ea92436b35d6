// SPDX-License-Identifier: GPL-2.0-only
/*
 * The N-th allocation in a function of the kernel fails. /proc/self/fail-nth, which does the same
 * for a process, does not reach the kernel's own threads.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched.h>

static char *function = "";
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "name of the function");

static uint nth;
module_param(nth, uint, 0644);
MODULE_PARM_DESC(nth, "which allocation of the next call of the function fails; 0: none");

static int struck = -1;
module_param(struck, int, 0644);
MODULE_PARM_DESC(struck, "whether the last call had such an allocation: 1, 0; -1: no call yet");

static int begins(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	if (!nth)
		return 1;
	current->fail_nth = nth;
	nth = 0;
	return 0;
}
NOKPROBE_SYMBOL(begins);

static int ends(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struck = !current->fail_nth;
	current->fail_nth = 0;
	return 0;
}
NOKPROBE_SYMBOL(ends);

static struct kretprobe probe = { .entry_handler = begins, .handler = ends };

static int __init fail_nth_init(void)
{
	probe.kp.symbol_name = function;
	return register_kretprobe(&probe);
}

static void __exit fail_nth_exit(void)
{
	unregister_kretprobe(&probe);
}

module_init(fail_nth_init);
module_exit(fail_nth_exit);
MODULE_DESCRIPTION("Test: the N-th allocation fails");
MODULE_LICENSE("GPL");
