// SPDX-License-Identifier: GPL-2.0-only
/*
 * More TDs at a step of their build than the model has keys for: @nr calls of tdh_mng_init(), each
 * for another page. No page is a TDR, so the calls change nothing. The driver's probes note the
 * pages all the same, as they do before each call that fails.
 */
#include "../../linux/common/stand_in.h"

#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>

static uint nr;
module_param(nr, uint, 0444);
MODULE_PARM_DESC(nr, "how many");

static ulong pfn;
module_param(pfn, ulong, 0444);
MODULE_PARM_DESC(pfn, "the first page: of TDMR memory that no TD has");

static int __init many_builds_init(void)
{
	struct kprobe place = { .symbol_name = "seamsim:tdh_mng_init" };
	u64 (*mng_init)(struct stand_in_td *td, u64 td_params);
	struct stand_in_td td;
	int err = register_kprobe(&place);
	uint i;

	if (err)
		return err;
	mng_init = (void *)place.addr;
	unregister_kprobe(&place);
	for (i = 0; i < nr; i++) {
		td.tdr_page = pfn_to_page(pfn + i);
		preempt_disable();
		mng_init(&td, 0);
		preempt_enable();
		cond_resched();
	}
	return 0;
}

static void __exit many_builds_exit(void)
{
}

module_init(many_builds_init);
module_exit(many_builds_exit);
MODULE_DESCRIPTION("Test: more TD builds than the driver can note");
MODULE_LICENSE("GPL");
