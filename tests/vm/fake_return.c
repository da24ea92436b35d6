// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function of the kernel fails: while this module is loaded, @function returns @value. Kernels
 * that Debian builds have no error injection.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/ptrace.h>

static char *function = "";
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "name of the function");

static int value;
module_param(value, int, 0444);
MODULE_PARM_DESC(value, "what the function returns");

static uint struck;
module_param(struck, uint, 0444);
MODULE_PARM_DESC(struck, "how often it did; written by the module");

static int ends(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	regs_set_return_value(regs, value);
	struck++;
	return 0;
}
NOKPROBE_SYMBOL(ends);

static struct kretprobe probe = { .handler = ends };

static int __init fake_return_init(void)
{
	probe.kp.symbol_name = function;
	return register_kretprobe(&probe);
}

static void __exit fake_return_exit(void)
{
	unregister_kretprobe(&probe);
}

module_init(fake_return_init);
module_exit(fake_return_exit);
MODULE_DESCRIPTION("Test: a function of the kernel that fails");
MODULE_LICENSE("GPL");
