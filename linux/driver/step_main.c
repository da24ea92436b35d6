// SPDX-License-Identifier: GPL-2.0-only
/* The driver: TD-preserving updates for kernels without an update of their own. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "seamstep.h"

#include "step_stand_in.h"

#include <linux/module.h>

static bool beside_tdx_host;
module_param(beside_tdx_host, bool, 0444);
MODULE_PARM_DESC(beside_tdx_host, "load beside a tdx_host of the kernel that has no tdx_module");

/*
 * Kernels from 7.2 on have a tdx_host of their own. Their update and this driver share no lock, and
 * two updates at the same time would lose every TD. On processors with the VMCS erratum those
 * kernels have tdx_host only, without an upload node tdx_module. step_upload_init() refuses beside
 * such a node.
 */
static int look_for_another(void)
{
	/* Also where tdx_host loads later: its device has the name then. */
	if (beside_tdx_host) {
		step_device_name = "tdx_host_seamstep";
		return 0;
	}
	if (!step_device_name_is_taken())
		return 0;
	pr_err("the kernel's driver tdx_host is loaded: keep that driver from loading, or use beside_tdx_host=1 if it has no updates (see seamstep driver)\n");
	return -EEXIST;
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
	step_report_init();
	err = step_update_init();
	if (err)
		goto remove_probes;
	err = step_upload_init(dev);
	if (err)
		goto update_exit;
	return 0;

update_exit:
	step_update_exit();
remove_probes:
	step_report_exit();
	step_probes_exit();
	step_device_exit();
free_host:
	step_host_exit();
	return err;
}

static int __init seamstep_init(void)
{
	int err = look_for_another();

	if (!err)
		err = step_machine_init();
	if (err)
		return err;
	if (step_machine_has_vmcs_erratum() && step_has_vmx())
		pr_warn("P-SEAMLDR calls clear this processor's current VMCS; the driver restores the VMCS, but an ordinary VM that runs when the driver is loaded or updates the module may fail\n");
	err = start();
	if (err)
		step_machine_exit();
	return err;
}

/* An upload node in use pins this driver, so no update is under way here. */
static void __exit seamstep_exit(void)
{
	step_upload_exit();
	step_update_exit();
	step_device_exit();
	step_report_exit();
	step_probes_exit();
	step_host_exit();
	step_machine_exit();
}

module_init(seamstep_init);
module_exit(seamstep_exit);
MODULE_DESCRIPTION("Updates of the Intel TDX Module that preserve TDs");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.2.0");
