/* SPDX-License-Identifier: GPL-2.0-only */
/* Replacements for what older kernels lack. Only this file tests the kernel version. */
#ifndef SS_LINUX_COMPAT_H
#define SS_LINUX_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#include <asm/cpuid/api.h>
#define COMPAT_BIN_CONST const
#else
#include <asm/cpuid.h>
#include <asm/processor.h>
#define COMPAT_BIN_CONST	/* older kernels: binary attributes are not const */
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

/* A faux device. Kernels without the faux bus get a platform device instead. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
#include <linux/device/faux.h>
#else
#include <linux/platform_device.h>

struct faux_device_ops;
struct faux_device {
	struct device dev;	/* embedded in a platform device */
};

/* The groups are set before the device is added, so they exist at the uevent. */
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
