// SPDX-License-Identifier: GPL-2.0-only
/* The firmware upload nodes: tdx_module updates, tdx_module_fallback keeps a fallback image. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "seamstep.h"

#include "compat.h"

#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/firmware.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#define UPDATE		"tdx_module"
#define FALLBACK	"tdx_module_fallback"
#define UPLOAD_MAX	SZ_4M	/* header, sigstruct page, 496 module pages: less than 2 MiB */

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

/* On failure @why says what is wrong. */
static int load(const u8 *data, u32 size, struct step_image **out, char why[STEP_TEXT_MAX])
{
	struct step_image *image;

	if (!size || size > UPLOAD_MAX) {
		scnprintf(why, STEP_TEXT_MAX, "image: %u bytes, expected 1 to %u", size,
			  UPLOAD_MAX);
		return -EINVAL;
	}
	image = step_image_load(data, size, why, STEP_TEXT_MAX);
	if (IS_ERR(image))
		return PTR_ERR(image);
	*out = image;
	return 0;
}

/*
 * An upload holds a reference to the parent of its node from its begin until it has called the last
 * of this driver's functions. So each node has a parent of its own.
 */
struct step_node {
	const char *name;
	struct faux_device *parent;
	struct fw_upload *upload;
	bool removing;	/* remove_node() has begun */
	bool late;	/* an upload has begun all the same */
};

/*
 * An upload node pins this driver only while the node is in use. A node that is registered with
 * THIS_MODULE would pin the driver for ever.
 */
static bool begin(struct fw_upload *upload)
{
	struct step_node *node = upload->dd_handle;

	if (READ_ONCE(node->removing)) {
		WRITE_ONCE(node->late, true);
		return false;
	}
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

static void update_ends(void)
{
	step_update_over();
	end();
}

/* One worker calls prepare, write and cleanup of an upload, so the lock stays held in between. */
static enum fw_upload_err update_prepare(struct fw_upload *node, const u8 *data, u32 size)
{
	static char why[STEP_TEXT_MAX];	/* under step_lock */
	int err;

	if (!begin(node))
		return FW_UPLOAD_ERR_BUSY;
	step_update_begin();
	err = load(data, size, &target, why);
	step_report_begin(target);
	if (err)
		step_report_refusal("%s", why);
	else
		err = step_update_preflight(target);
	if (!err)
		return FW_UPLOAD_ERR_NONE;
	if (target)
		step_image_free(target);
	target = NULL;
	update_ends();
	return error_of(err);
}

static enum fw_upload_err update_write(struct fw_upload *node, const u8 *data, u32 offset,
				       u32 size, u32 *written)
{
	struct ss_update_result *result = kvmalloc(sizeof(*result), GFP_KERNEL);
	enum fw_upload_err answer;
	int err;

	lockdep_assert_held(&step_lock);
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
	lockdep_assert_held(&step_lock);
	step_image_free(target);
	target = NULL;
	update_ends();
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
	return begin(node) ? FW_UPLOAD_ERR_NONE : FW_UPLOAD_ERR_BUSY;
}

static enum fw_upload_err fallback_write(struct fw_upload *node, const u8 *data, u32 offset,
					 u32 size, u32 *written)
{
	static char why[STEP_TEXT_MAX];	/* under step_lock */
	struct step_image *image;
	int err = load(data, size, &image, why);

	step_report_fallback(err ? why : "");
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

/* ---- the nodes ------------------------------------------------------------------------------- */

static struct step_node update_node = { .name = UPDATE };
static struct step_node fallback_node = { .name = FALLBACK };

static int add_node(struct step_node *node, struct device *host, const struct fw_upload_ops *ops)
{
	char parent[32];

	scnprintf(parent, sizeof(parent), "%s_upload", node->name);
	node->parent = faux_device_create_with_groups(parent, host, NULL, NULL);
	if (!node->parent)
		return -ENODEV;
	node->upload = firmware_upload_register(NULL, &node->parent->dev, node->name, ops, node);
	if (!IS_ERR(node->upload))
		return 0;
	faux_device_destroy(node->parent);
	return PTR_ERR(node->upload);
}

/*
 * firmware_upload_unregister() waits for an upload under way. An upload that begins between that
 * and the removal of the files uses memory that is freed. Such an upload sees @removing, because
 * the lock of the upload orders its begin behind that wait. It is refused, and the memory is kept,
 * for ever. Its worker lets the parent go when it has called the last of this driver's functions.
 */
static void remove_node(struct step_node *node)
{
	struct device *parent = &node->parent->dev;
	struct device *dev = device_find_child_by_name(parent, node->name);

	WRITE_ONCE(node->removing, true);
	firmware_upload_unregister(node->upload);
	device_del(parent);
	while (kref_read(&parent->kobj.kref) != 1) {
		pr_notice_once("unloading waits for an upload that began meanwhile\n");
		msleep(20);
	}
	smp_rmb();	/* pairs with the release in the worker's put_device() */
	if (READ_ONCE(node->late))
		pr_notice("an upload began while the driver was being unloaded; it was refused\n");
	else
		put_device(dev);
	put_device(parent);
}

static void forget_fallbacks(void)
{
	mutex_lock(&step_lock);
	step_fallbacks_forget();
	mutex_unlock(&step_lock);
}

/* The class of upload nodes is private to the kernel; a node leads to it. */
static bool node_exists(const struct step_node *known, const char *name)
{
	struct device *dev = device_find_child_by_name(&known->parent->dev, known->name);
	struct device *other = dev ? class_find_device_by_name(dev->class, name) : NULL;

	put_device(other);
	put_device(dev);
	return other;
}

int step_upload_init(struct device *dev)
{
	int err = add_node(&fallback_node, dev, &fallback_ops);

	if (err)
		return err;
	if (node_exists(&fallback_node, UPDATE)) {
		pr_err("the kernel's driver tdx_host has the upload node " UPDATE ": keep that driver from loading (see seamstep driver)\n");
		err = -EEXIST;
	} else {
		err = add_node(&update_node, dev, &update_ops);
	}
	if (err) {
		remove_node(&fallback_node);
		forget_fallbacks();
	}
	return err;
}

void step_upload_exit(void)
{
	remove_node(&update_node);
	remove_node(&fallback_node);
	forget_fallbacks();
}
