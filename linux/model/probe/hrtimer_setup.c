// SPDX-License-Identifier: GPL-2.0-only
/* Compiles if the kernel has hrtimer_setup(), which 6.13 brought. */
#include <linux/hrtimer.h>

void *probe(void);
void *probe(void)
{
	return hrtimer_setup;
}
