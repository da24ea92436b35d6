// SPDX-License-Identifier: GPL-2.0-only
/* Memory that nothing points to: a search for leaks must find it. */
#include <linux/module.h>
#include <linux/slab.h>

static int __init leak_init(void)
{
	void *memory = kmalloc(96, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(memory);
	return memory ? 0 : -ENOMEM;
}

static void __exit leak_exit(void)
{
}

module_init(leak_init);
module_exit(leak_exit);
MODULE_DESCRIPTION("Test: a leak");
MODULE_LICENSE("GPL");
