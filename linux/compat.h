/* SPDX-License-Identifier: GPL-2.0-only */
/* What the newest kernels have and older ones lack. Nothing else tests for a version. */
#ifndef SS_LINUX_COMPAT_H
#define SS_LINUX_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#include <asm/cpuid/api.h>
#define COMPAT_BIN_CONST const
#else
#include <asm/cpuid.h>
#include <asm/processor.h>
#define COMPAT_BIN_CONST	/* binary attributes were not const */
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
#include <linux/hrtimer.h>

static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/* A device that is made, not found: below the platform bus where there is no bus for such. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
#include <linux/device/faux.h>
#else
#include <linux/platform_device.h>

struct faux_device_ops;
struct faux_device {
	struct device dev;	/* of a platform device: what comes before it is its bus's */
};

/* Groups given before the device is added are there when user space is told of it. */
static inline struct platform_device *compat_device_create(const char *name,
							   const struct attribute_group **groups)
{
	struct platform_device *pdev = platform_device_alloc(name, PLATFORM_DEVID_NONE);

	if (!pdev)
		return NULL;
	pdev->dev.groups = groups;
	if (!platform_device_add(pdev))
		return pdev;
	platform_device_put(pdev);
	return NULL;
}

static inline struct faux_device *faux_device_create_with_groups(const char *name,
		struct device *parent, const struct faux_device_ops *ops,
		const struct attribute_group **groups)
{
	struct platform_device *pdev = compat_device_create(name, groups);

	return pdev ? container_of(&pdev->dev, struct faux_device, dev) : NULL;
}

static inline void faux_device_destroy(struct faux_device *faux)
{
	if (faux)
		platform_device_unregister(container_of(&faux->dev, struct platform_device, dev));
}
#endif

#endif
