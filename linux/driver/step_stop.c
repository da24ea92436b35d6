// SPDX-License-Identifier: GPL-2.0-only
/* Stopping the machine. */
#include "seamstep.h"

#include <linux/cpumask.h>
#include <linux/stop_machine.h>

/*
 * Every CPU, also one in guest mode, switches to its stopper thread and turns interrupts off. The
 * stopper thread has the highest priority. SEAMCALLs come from process and from interrupt context,
 * so nothing weaker keeps all SEAMCALLs out.
 */
int step_stop(int (*fn)(void *arg), void *arg)
{
	return stop_machine(fn, arg, cpu_online_mask);
}
