/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kernels lack; Kbuild looks for it. A kernel without the faux bus gets a platform device.
 */
#ifndef SS_LINUX_COMPAT_H
#define SS_LINUX_COMPAT_H

#ifdef STEP_HAS_FAUX_DEVICE
#include <linux/device/faux.h>

/* Is there a faux device @name? Only a device of the bus leads to the bus. */
static inline bool compat_has_faux_device(const char *name)
{
	struct faux_device *own = faux_device_create("seamstep-look", NULL, NULL);
	struct device *other = own ? bus_find_device_by_name(own->dev.bus, NULL, name) : NULL;

	put_device(other);
	if (own)
		faux_device_destroy(own);
	return other;
}
#else
#include <linux/platform_device.h>

struct faux_device_ops;
struct faux_device {
	struct device dev;	/* embedded in a platform device */
};

static inline bool compat_has_faux_device(const char *name)
{
	struct device *other = bus_find_device_by_name(&platform_bus_type, NULL, name);

	put_device(other);
	return other;
}

/* The groups are set before the device is added, so they exist at the uevent. */
static inline struct platform_device *
compat_device_create(const char *name, struct device *parent,
		     const struct attribute_group **groups)
{
	struct platform_device *pdev = platform_device_alloc(name, PLATFORM_DEVID_NONE);

	if (!pdev)
		return NULL;
	if (parent)
		pdev->dev.parent = parent;
	pdev->dev.groups = groups;
	if (!platform_device_add(pdev))
		return pdev;
	platform_device_put(pdev);
	return NULL;
}

static inline struct faux_device *
faux_device_create_with_groups(const char *name, struct device *parent,
			       const struct faux_device_ops *ops,
			       const struct attribute_group **groups)
{
	struct platform_device *pdev = compat_device_create(name, parent, groups);

	return pdev ? container_of(&pdev->dev, struct faux_device, dev) : NULL;
}

static inline void faux_device_destroy(struct faux_device *faux)
{
	if (faux)
		platform_device_unregister(container_of(&faux->dev, struct platform_device, dev));
}
#endif

#endif
