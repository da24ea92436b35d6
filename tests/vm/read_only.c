// SPDX-License-Identifier: GPL-2.0-only
/* VMPTRST to memory that cannot be written. The processor faults, and so must the model. */
#include "../../linux/common/insn.h"

#include <linux/module.h>

static const u64 constant = 1;

static int __init read_only_init(void)
{
	bool written;

	preempt_disable();
	written = insn_vmptrst((u64 *)&constant);
	preempt_enable();
	return written ? -EIO : 0;
}

static void __exit read_only_exit(void)
{
}

module_init(read_only_init);
module_exit(read_only_exit);
MODULE_DESCRIPTION("Test: VMPTRST to memory that cannot be written");
MODULE_LICENSE("GPL");
