// SPDX-License-Identifier: GPL-2.0-only
/* Compiles if the kernel has the faux bus, which 6.14 brought. */
#include <linux/device/faux.h>

void *probe(void);
void *probe(void)
{
	return faux_device_create_with_groups;
}
