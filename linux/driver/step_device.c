// SPDX-License-Identifier: GPL-2.0-only
/* The device tdx_host and its attributes. */
#include "seamstep.h"

#include "compat.h"

#include <linux/err.h>
#include <linux/kstrtox.h>
#include <linux/sysfs.h>

const char *step_device_name = "tdx_host";

static struct faux_device *host_device;

/* ---- attributes that kernels with their own update have too ---------------------------------- */

/* Everybody may read, so reading makes no SEAMCALL. */
static ssize_t version_show(struct device *dev, struct device_attribute *attr, char *out)
{
	struct ss_version v;

	if (step_module_is_lost() || !step_version(&v))
		return -ENXIO;
	return sysfs_emit(out, "%u.%u.%02u\n", v.major, v.minor, v.update);
}
static DEVICE_ATTR_RO(version);

/* For root only: a read occupies the machine's only P-SEAMLDR. */
static ssize_t seamldr_version_show(struct device *dev, struct device_attribute *attr, char *out)
{
	struct ss_seamldr_info info;

	if (!step_host_info(&info))
		return -ENXIO;
	return sysfs_emit(out, "%u.%u.%02u\n", info.major, info.minor, info.update);
}
static DEVICE_ATTR_ADMIN_RO(seamldr_version);

static ssize_t num_remaining_updates_show(struct device *dev, struct device_attribute *attr,
					  char *out)
{
	struct ss_seamldr_info info;

	if (!step_host_info(&info))
		return -ENXIO;
	return sysfs_emit(out, "%u\n", info.num_remaining_updates);
}
static DEVICE_ATTR_ADMIN_RO(num_remaining_updates);

static struct attribute *host_attrs[] = {
	&dev_attr_version.attr,
	&dev_attr_seamldr_version.attr,
	&dev_attr_num_remaining_updates.attr,
	NULL,
};

static const struct attribute_group host_group = { .attrs = host_attrs };

/* ---- attributes of this driver only: seamstep/ ----------------------------------------------- */

static ssize_t verdict_show(struct device *dev, struct device_attribute *attr, char *out)
{
	return step_report_verdict(out);
}
static DEVICE_ATTR_RO(verdict);

static ssize_t last_error_show(struct device *dev, struct device_attribute *attr, char *out)
{
	return step_report_last_error(out);
}
static DEVICE_ATTR_RO(last_error);

static ssize_t confirmed_show(struct device *dev, struct device_attribute *attr, char *out)
{
	return step_report_confirmed(out);
}
static DEVICE_ATTR_RO(confirmed);

static ssize_t image_show(struct device *dev, struct device_attribute *attr, char *out)
{
	return step_report_image(out);
}
static DEVICE_ATTR_RO(image);

static ssize_t fallback_error_show(struct device *dev, struct device_attribute *attr, char *out)
{
	return step_report_fallback_error(out);
}
static DEVICE_ATTR_RO(fallback_error);

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *out)
{
	return sysfs_emit(out, "%s\n", step_state());
}
static DEVICE_ATTR_RO(state);

static const char *const td_build_names[STEP_TD_BUILD_NR] = {
	[STEP_TD_BUILD_REFUSE] = "refuse",
	[STEP_TD_BUILD_WAIT] = "wait",
	[STEP_TD_BUILD_IGNORE] = "ignore",
};

static ssize_t td_build_show(struct device *dev, struct device_attribute *attr, char *out)
{
	return sysfs_emit(out, "%s\n", td_build_names[READ_ONCE(step_policy.td_build)]);
}

static ssize_t td_build_store(struct device *dev, struct device_attribute *attr, const char *in,
			      size_t bytes)
{
	int i = sysfs_match_string(td_build_names, in);

	if (i < 0)
		return i;
	WRITE_ONCE(step_policy.td_build, i);
	return bytes;
}
static DEVICE_ATTR_RW(td_build);

static ssize_t td_builds_missed_show(struct device *dev, struct device_attribute *attr, char *out)
{
	return sysfs_emit(out, "%u\n", step_probes_missed());
}

/* "0": the operator says that no TD is being built, so what was missed is over. */
static ssize_t td_builds_missed_store(struct device *dev, struct device_attribute *attr,
				      const char *in, size_t bytes)
{
	if (!sysfs_streq(in, "0"))
		return -EINVAL;
	if (!mutex_trylock(&step_lock))
		return -EBUSY;
	step_probes_forget_missed();
	mutex_unlock(&step_lock);
	return bytes;
}
static DEVICE_ATTR_RW(td_builds_missed);

static ssize_t rehearse_show(struct device *dev, struct device_attribute *attr, char *out)
{
	return sysfs_emit(out, "%d\n", READ_ONCE(step_policy.rehearse));
}

static ssize_t rehearse_store(struct device *dev, struct device_attribute *attr, const char *in,
			      size_t bytes)
{
	bool on;
	int err = kstrtobool(in, &on);

	if (err)
		return err;
	WRITE_ONCE(step_policy.rehearse, on);
	return bytes;
}
static DEVICE_ATTR_RW(rehearse);

static const char *const memory_names[] = { "refuse", "ignore" };

static ssize_t memory_show(struct device *dev, struct device_attribute *attr, char *out)
{
	return sysfs_emit(out, "%s\n", memory_names[READ_ONCE(step_policy.ignore_memory)]);
}

static ssize_t memory_store(struct device *dev, struct device_attribute *attr, const char *in,
			    size_t bytes)
{
	int i = sysfs_match_string(memory_names, in);

	if (i < 0)
		return i;
	WRITE_ONCE(step_policy.ignore_memory, i);
	return bytes;
}
static DEVICE_ATTR_RW(memory);

/* Stores a time limit, from @min to @max. So no wait is endless. */
static ssize_t store_ms(u32 *ms, u32 min, u32 max, const char *in, size_t bytes)
{
	u32 value;
	int err = kstrtou32(in, 0, &value);

	if (err)
		return err;
	if (value < min || value > max)
		return -EINVAL;
	WRITE_ONCE(*ms, value);
	return bytes;
}

static ssize_t arrival_ms_show(struct device *dev, struct device_attribute *attr, char *out)
{
	return sysfs_emit(out, "%u\n", READ_ONCE(step_policy.arrival_ms));
}

static ssize_t arrival_ms_store(struct device *dev, struct device_attribute *attr, const char *in,
				size_t bytes)
{
	return store_ms(&step_policy.arrival_ms, 1, STEP_ARRIVAL_MAX_MS, in, bytes);
}
static DEVICE_ATTR_RW(arrival_ms);

static ssize_t td_build_wait_ms_show(struct device *dev, struct device_attribute *attr, char *out)
{
	return sysfs_emit(out, "%u\n", READ_ONCE(step_policy.td_build_wait_ms));
}

static ssize_t td_build_wait_ms_store(struct device *dev, struct device_attribute *attr,
				      const char *in, size_t bytes)
{
	return store_ms(&step_policy.td_build_wait_ms, 0, STEP_WAIT_MAX_MS, in, bytes);
}
static DEVICE_ATTR_RW(td_build_wait_ms);

/* Reading: the names of the images, one a line, in the order of use. Writing "none" frees all. */
static ssize_t fallbacks_show(struct device *dev, struct device_attribute *attr, char *out)
{
	return step_fallbacks_show(out);
}

static ssize_t fallbacks_store(struct device *dev, struct device_attribute *attr, const char *in,
			       size_t bytes)
{
	if (!sysfs_streq(in, "none"))
		return -EINVAL;
	/* The current update may need the fallbacks. */
	if (!mutex_trylock(&step_lock))
		return -EBUSY;
	step_fallbacks_forget();
	mutex_unlock(&step_lock);
	return bytes;
}
static DEVICE_ATTR_RW(fallbacks);

static struct attribute *step_attrs[] = {
	&dev_attr_verdict.attr,
	&dev_attr_confirmed.attr,
	&dev_attr_image.attr,
	&dev_attr_last_error.attr,
	&dev_attr_fallback_error.attr,
	&dev_attr_state.attr,
	&dev_attr_td_build.attr,
	&dev_attr_td_build_wait_ms.attr,
	&dev_attr_td_builds_missed.attr,
	&dev_attr_rehearse.attr,
	&dev_attr_memory.attr,
	&dev_attr_arrival_ms.attr,
	&dev_attr_fallbacks.attr,
	NULL,
};

static const struct attribute_group step_group = {
	.name = "seamstep",
	.attrs = step_attrs,
};

static const struct attribute_group *groups[] = { &host_group, &step_group, NULL };

bool step_device_name_is_taken(void)
{
	return compat_has_faux_device(step_device_name);
}

int step_device_init(struct device **dev)
{
	host_device = faux_device_create_with_groups(step_device_name, NULL, NULL, groups);
	if (!host_device)
		return -ENODEV;
	*dev = &host_device->dev;
	return 0;
}

void step_device_exit(void)
{
	faux_device_destroy(host_device);
}
