// SPDX-License-Identifier: GPL-2.0-only
/* The driver: TD-preserving updates for kernels that have none of their own. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "seamstep.h"

#include <linux/module.h>
#include <linux/namei.h>
#include <linux/path.h>

/*
 * Kernels from 7.2 on have tdx_module themselves. They and this driver know of no common lock, and an
 * update of the one during an update of the other would cost every TD.
 */
static bool kernel_has_updates(void)
{
	struct path path;

	if (kern_path("/sys/class/firmware/tdx_module", 0, &path))
		return false;
	path_put(&path);
	return true;
}

static int start(void)
{
	struct device *dev;
	int err = step_host_init();

	if (err)
		return err;
	err = step_device_init(&dev);
	if (err)
		goto free_host;
	step_probes_init();
	err = step_upload_init(dev);
	if (err)
		goto remove_probes;
	return 0;

remove_probes:
	step_probes_exit();
	step_device_exit();
free_host:
	step_host_exit();
	return err;
}

static int __init seamstep_init(void)
{
	int err;

	if (kernel_has_updates()) {
		pr_err("this kernel updates the TDX Module itself (tdx_host); use that\n");
		return -EEXIST;
	}
	err = step_machine_init();
	if (err)
		return err;
	err = start();
	if (err)
		step_machine_exit();
	else if (step_machine_has_vmcs_erratum() && !step_stand_in)
		pr_warn("this processor loses the current VMCS in P-SEAMLDR calls; it is restored, but ordinary VMs may fail after an update\n");
	return err;
}

/* The upload nodes hold the module while one is in use, so no update is under way here. */
static void __exit seamstep_exit(void)
{
	step_upload_exit();
	step_device_exit();
	step_probes_exit();
	step_fallbacks_forget();
	step_report_exit();
	step_host_exit();
	step_machine_exit();
}

module_init(seamstep_init);
module_exit(seamstep_exit);
MODULE_DESCRIPTION("Updates of the Intel TDX Module that preserve TDs");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
