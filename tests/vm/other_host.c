// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tdx_host of newer kernels, as far as another driver can see it: the device tdx_host and, with
 * "offers", its upload node tdx_module, which refuses every image.
 */
#include "../../linux/driver/compat.h"

#include <linux/err.h>
#include <linux/firmware.h>
#include <linux/module.h>

static bool offers = true;
module_param(offers, bool, 0444);
MODULE_PARM_DESC(offers, "whether there is a tdx_module");

static struct faux_device *host;
static struct fw_upload *node;

static enum fw_upload_err prepare(struct fw_upload *n, const u8 *data, u32 size)
{
	return FW_UPLOAD_ERR_HW_ERROR;
}

static enum fw_upload_err write(struct fw_upload *n, const u8 *data, u32 offset, u32 size,
				u32 *written)
{
	return FW_UPLOAD_ERR_HW_ERROR;
}

static enum fw_upload_err poll_complete(struct fw_upload *n)
{
	return FW_UPLOAD_ERR_HW_ERROR;
}

static void cancel(struct fw_upload *n)
{
}

static const struct fw_upload_ops ops = {
	.prepare = prepare, .write = write, .poll_complete = poll_complete, .cancel = cancel,
};

static int __init other_host_init(void)
{
	host = faux_device_create_with_groups("tdx_host", NULL, NULL, NULL);
	if (!host)
		return -EEXIST;
	if (!offers)
		return 0;
	node = firmware_upload_register(NULL, &host->dev, "tdx_module", &ops, NULL);
	if (!IS_ERR(node))
		return 0;
	faux_device_destroy(host);
	return PTR_ERR(node);
}

static void __exit other_host_exit(void)
{
	if (offers)
		firmware_upload_unregister(node);
	faux_device_destroy(host);
}

module_init(other_host_init);
module_exit(other_host_exit);
MODULE_DESCRIPTION("Test: a tdx_host of the kernel's own");
MODULE_LICENSE("GPL");
