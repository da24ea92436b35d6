// SPDX-License-Identifier: GPL-2.0-only
/* The firmware upload nodes: tdx_module, which updates, and tdx_module_fallback, which keeps. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "seamstep.h"

#include <linux/err.h>
#include <linux/firmware.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#define UPLOAD_MAX	SZ_4M	/* header, sigstruct page and 496 module pages are under 2 MiB */

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

	if (size > UPLOAD_MAX) {
		step_report_refusal("image: %u bytes, expected at most %u", size, UPLOAD_MAX);
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
 * The upload nodes hold the module only while they are in use: registered with it, they would hold
 * it for ever. A worker that has called end() is waited for by firmware_upload_unregister().
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

/* ---- tdx_module -------------------------------------------------------------------------------- */

/* One worker does prepare, write and cleanup of an upload, so it may hold the lock in between. */
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

	if (!result)
		return FW_UPLOAD_ERR_RW_ERROR;
	err = step_update_run(target, result);
	answer = err ? error_of(err) : error_of_result(result);
	/* What runs now is proven: its own image is the best fallback of the next update. */
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
	return FW_UPLOAD_ERR_NONE;	/* write() returns when all is done */
}

/* The window is indivisible, and before it nothing takes long but to wait for TD builds. */
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

/* ---- tdx_module_fallback ----------------------------------------------------------------------- */

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

int step_upload_init(struct device *dev)
{
	update_node = firmware_upload_register(NULL, dev, "tdx_module", &update_ops, NULL);
	if (IS_ERR(update_node))
		return PTR_ERR(update_node);
	fallback_node = firmware_upload_register(NULL, dev, "tdx_module_fallback", &fallback_ops,
						 NULL);
	if (!IS_ERR(fallback_node))
		return 0;
	firmware_upload_unregister(update_node);
	return PTR_ERR(fallback_node);
}

void step_upload_exit(void)
{
	firmware_upload_unregister(fallback_node);
	firmware_upload_unregister(update_node);
}
