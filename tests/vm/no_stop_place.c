// SPDX-License-Identifier: GPL-2.0-only
/* The place of no_stop.c: interrupts are on while CPUs wait, so the scheduler reports to RCU. */
#define ss_wait ss_wait_stopped
#include "../../linux/common/place.c"
#undef ss_wait

void ss_wait(const struct ss_word *w, uint32_t seen);
void ss_wait(const struct ss_word *w, uint32_t seen)
{
	cpu_relax();
	if (ss_load(w) != seen)
		return;
	touch_nmi_watchdog();
	cond_resched();
}
