/* SPDX-License-Identifier: GPL-2.0-only */
/* A replacement for what kernels before 6.13 lack. objects.mk looks for it. */
#ifndef SS_LINUX_MODEL_COMPAT_H
#define SS_LINUX_MODEL_COMPAT_H

#include <linux/hrtimer.h>

#ifndef SEAMSIM_HAS_HRTIMER_SETUP
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

#endif
