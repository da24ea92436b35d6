// SPDX-License-Identifier: GPL-2.0-only
/* Stopping the machine. */
#include "seamstep.h"

#include <linux/cpumask.h>
#include <linux/stop_machine.h>

/*
 * Every CPU leaves whatever it does, guest mode included, for its stopper thread, the highest there
 * is, and turns interrupts off. SEAMCALLs come from process and from interrupt context, so that
 * nothing less keeps them all out.
 */
void step_stop(int (*fn)(void *arg), void *arg)
{
	stop_machine(fn, arg, cpu_online_mask);
}
