// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions with the names of those that build TDs, in a module that can be unloaded while the
 * driver probes them. Nobody calls them. While this module is loaded, the model says that they are
 * the ones to probe.
 */
#include "../../linux/common/stand_in.h"

#include <linux/compiler.h>
#include <linux/module.h>

/* Of different values, so that the compiler cannot make one function of them. */
#define TD_FUNCTION(name, value)				\
	static noinline __used u64 name(struct stand_in_td *td)	\
	{							\
		return value;					\
	}

TD_FUNCTION(tdh_mng_init, 1)
TD_FUNCTION(tdh_vp_create, 2)
TD_FUNCTION(tdh_mem_page_add, 3)
TD_FUNCTION(tdh_mr_finalize, 4)
TD_FUNCTION(tdh_mng_key_freeid, 5)

static const char *before;

static int __init td_functions_init(void)
{
	before = seamsim_stand_in.module;
	seamsim_stand_in.module = KBUILD_MODNAME;
	return 0;
}

static void __exit td_functions_exit(void)
{
	seamsim_stand_in.module = before;
}

module_init(td_functions_init);
module_exit(td_functions_exit);
MODULE_DESCRIPTION("Test: functions to probe, in a module that goes");
MODULE_LICENSE("GPL");
