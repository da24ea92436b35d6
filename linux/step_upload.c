// SPDX-License-Identifier: GPL-2.0-only
/* The firmware upload nodes: tdx_module updates, tdx_module_fallback keeps a fallback image. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "seamstep.h"

#include <linux/err.h>
#include <linux/firmware.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#define UPDATE		"tdx_module"
#define FALLBACK	"tdx_module_fallback"
#define UPLOAD_MAX	SZ_4M	/* header, sigstruct page, 496 module pages: less than 2 MiB */

static struct device *host;
static struct fw_upload *update_node, *fallback_node;
static struct step_image *target;	/* from prepare to cleanup, under step_lock */

static enum fw_upload_err error_of(int err)
{
	switch (err) {
	case 0:
		return FW_UPLOAD_ERR_NONE;
	case -EBUSY:
		return FW_UPLOAD_ERR_BUSY;
	case -ENOSPC:
		return FW_UPLOAD_ERR_WEAROUT;
	case -ENOMEM:
		return FW_UPLOAD_ERR_RW_ERROR;
	case -ECANCELED:
		return FW_UPLOAD_ERR_CANCELED;
	case -EIO:
		return FW_UPLOAD_ERR_HW_ERROR;
	default:
		return FW_UPLOAD_ERR_FW_INVALID;
	}
}

static enum fw_upload_err error_of_result(const struct ss_update_result *r)
{
	switch (r->verdict) {
	case SS_UPDATED:
		return FW_UPLOAD_ERR_NONE;
	case SS_UNCHANGED:
		if (r->reason == SS_REASON_TD_BUILD && step_update_is_cancelled())
			return FW_UPLOAD_ERR_CANCELED;
		if (r->reason == SS_REASON_BUSY || r->reason == SS_REASON_TD_BUILD)
			return FW_UPLOAD_ERR_BUSY;
		if (r->reason == SS_REASON_NOT_ARRIVED)
			return FW_UPLOAD_ERR_TIMEOUT;
		if (r->reason == SS_REASON_EXHAUSTED)
			return FW_UPLOAD_ERR_WEAROUT;
		return FW_UPLOAD_ERR_RW_ERROR;
	case SS_RECOVERED:
		return FW_UPLOAD_ERR_FW_INVALID;
	default:
		return FW_UPLOAD_ERR_HW_ERROR;
	}
}

static int load(const u8 *data, u32 size, struct step_image **out)
{
	char why[STEP_TEXT_MAX];
	struct step_image *image;

	if (!size || size > UPLOAD_MAX) {
		step_report_refusal("image: %u bytes, expected 1 to %u", size, UPLOAD_MAX);
		return -EINVAL;
	}
	image = step_image_load(data, size, why, sizeof(why));
	if (IS_ERR(image)) {
		step_report_refusal("%s", why);
		return PTR_ERR(image);
	}
	*out = image;
	return 0;
}

/*
 * An upload node pins this driver only while the node is in use. A node that is registered with
 * THIS_MODULE would pin the driver for ever. firmware_upload_unregister() waits for a worker that
 * has called end().
 */
static bool begin(void)
{
	if (!try_module_get(THIS_MODULE))
		return false;
	if (mutex_trylock(&step_lock))
		return true;
	module_put(THIS_MODULE);
	return false;
}

static void end(void)
{
	mutex_unlock(&step_lock);
	module_put(THIS_MODULE);
}

/* ---- tdx_module ------------------------------------------------------------------------------ */

/* One worker calls prepare, write and cleanup of an upload, so the lock stays held in between. */
static enum fw_upload_err update_prepare(struct fw_upload *node, const u8 *data, u32 size)
{
	int err;

	if (!begin())
		return FW_UPLOAD_ERR_BUSY;
	err = load(data, size, &target);
	if (!err)
		err = step_update_preflight(target);
	if (!err)
		return FW_UPLOAD_ERR_NONE;
	if (target)
		step_image_free(target);
	target = NULL;
	end();
	return error_of(err);
}

static enum fw_upload_err update_write(struct fw_upload *node, const u8 *data, u32 offset,
				       u32 size, u32 *written)
{
	struct ss_update_result *result = kvmalloc(sizeof(*result), GFP_KERNEL);
	enum fw_upload_err answer;
	int err;

	if (!result) {
		step_report_refusal("out of memory");
		return FW_UPLOAD_ERR_RW_ERROR;
	}
	err = step_update_run(target, result);
	answer = err ? error_of(err) : error_of_result(result);
	/* The running module is proven, so its image is the best fallback of the next update. */
	if (!err && result->verdict == SS_UPDATED) {
		step_fallback_add(target);
		target = NULL;
		*written = size;
	}
	kvfree(result);
	return answer;
}

static enum fw_upload_err poll_complete(struct fw_upload *node)
{
	return FW_UPLOAD_ERR_NONE;	/* update_write() returns when the update is over */
}

/* The window cannot be cancelled. Before the window only the wait for TD builds takes long. */
static void update_cancel(struct fw_upload *node)
{
	step_update_cancel();
}

static void update_cleanup(struct fw_upload *node)
{
	step_image_free(target);
	target = NULL;
	end();
}

static const struct fw_upload_ops update_ops = {
	.prepare = update_prepare,
	.write = update_write,
	.poll_complete = poll_complete,
	.cancel = update_cancel,
	.cleanup = update_cleanup,
};

/* ---- tdx_module_fallback --------------------------------------------------------------------- */

static enum fw_upload_err fallback_prepare(struct fw_upload *node, const u8 *data, u32 size)
{
	return begin() ? FW_UPLOAD_ERR_NONE : FW_UPLOAD_ERR_BUSY;
}

static enum fw_upload_err fallback_write(struct fw_upload *node, const u8 *data, u32 offset,
					 u32 size, u32 *written)
{
	struct step_image *image;
	int err = load(data, size, &image);

	if (err)
		return error_of(err);
	step_fallback_add(image);
	*written = size;
	return FW_UPLOAD_ERR_NONE;
}

static void fallback_cancel(struct fw_upload *node)
{
}

static void fallback_cleanup(struct fw_upload *node)
{
	end();
}

static const struct fw_upload_ops fallback_ops = {
	.prepare = fallback_prepare,
	.write = fallback_write,
	.poll_complete = poll_complete,
	.cancel = fallback_cancel,
	.cleanup = fallback_cleanup,
};

/*
 * firmware_upload_unregister() waits for an upload under way. An upload that begins later would
 * find this driver gone. So the file that begins an upload is removed first. The removal waits for
 * writers of the file.
 */
static void unregister(struct fw_upload *node, const char *name)
{
	const struct attribute loading = { .name = "loading" };
	struct device *dev = device_find_child_by_name(host, name);

	if (dev) {
		sysfs_remove_file(&dev->kobj, &loading);
		put_device(dev);
	}
	firmware_upload_unregister(node);
}

int step_upload_init(struct device *dev)
{
	host = dev;
	update_node = firmware_upload_register(NULL, dev, UPDATE, &update_ops, NULL);
	if (IS_ERR(update_node))
		return PTR_ERR(update_node);
	fallback_node = firmware_upload_register(NULL, dev, FALLBACK, &fallback_ops, NULL);
	if (!IS_ERR(fallback_node))
		return 0;
	unregister(update_node, UPDATE);
	return PTR_ERR(fallback_node);
}

void step_upload_exit(void)
{
	unregister(fallback_node, FALLBACK);
	unregister(update_node, UPDATE);
}
