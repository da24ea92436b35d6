// SPDX-License-Identifier: GPL-2.0-only
/*
 * A step of a TD build that no probe sees. Before each TDH.MNG.CREATE this module calls
 * tdh_mng_init() for the same TD, in the handler of a probe. There the kernel skips all other
 * probes, and counts that it did. The TD does not exist yet, so the call changes nothing.
 */
#include "../../linux/common/stand_in.h"

#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/ptrace.h>

static uint steps;
module_param(steps, uint, 0444);
MODULE_PARM_DESC(steps, "how many steps no probe saw; written by the module");

static u64 (*mng_init)(struct stand_in_td *td, u64 td_params);

static int before_create(struct kprobe *p, struct pt_regs *regs)
{
	mng_init((struct stand_in_td *)regs_get_kernel_argument(regs, 0), 0);
	steps++;
	return 0;
}
NOKPROBE_SYMBOL(before_create);

static struct kprobe probe = {
	.symbol_name = "seamsim:tdh_mng_create", .pre_handler = before_create,
};

static int __init blind_probe_init(void)
{
	struct kprobe place = { .symbol_name = "seamsim:tdh_mng_init" };
	int err = register_kprobe(&place);

	if (err)
		return err;
	mng_init = (void *)place.addr;
	unregister_kprobe(&place);
	return register_kprobe(&probe);
}

static void __exit blind_probe_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(blind_probe_init);
module_exit(blind_probe_exit);
MODULE_DESCRIPTION("Test: a step of a TD build that the driver's probes miss");
MODULE_LICENSE("GPL");
