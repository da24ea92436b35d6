// SPDX-License-Identifier: GPL-2.0-only
/* Waiting and the clock, for code that runs with the machine stopped. */
/* Several modules contain this file. KBUILD_MODNAME would have all their names. */
#define pr_fmt(fmt) "seamstep: " fmt

#include "../../core/platform.h"

#include <linux/nmi.h>
#include <linux/printk.h>
#include <linux/rcutree.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

/*
 * In the window every CPU but the one at work waits here with interrupts off, for as long as the
 * slowest SEAMCALL takes. The hard lockup detector and RCU would take a waiting CPU for a hung one,
 * so this loop reports progress to both, as stop_machine() does in its own loop. A real hang is
 * still detected: the hung CPU is inside SEAM and does not reach this loop.
 */
void ss_wait(const struct ss_word *w, uint32_t seen)
{
	cpu_relax();
	if (ss_load(w) != seen)
		return;
	touch_nmi_watchdog();
	rcu_momentary_eqs();
}

/*
 * One clock for all CPUs. Reading this clock takes no lock, so the clock works while the machine is
 * stopped, even if the window interrupted an update of the time. The clock is monotonic between two
 * updates of the time, and no update happens while every CPU is in the window. perf and ftrace can
 * show this clock ("mono"). sched_clock() is per CPU and may differ between CPUs.
 */
uint64_t ss_now_ns(void)
{
	return ktime_get_mono_fast_ns();
}

/*
 * The caller takes its failure path. WARN is not used: with panic_on_warn, a WARN in the window
 * would panic a machine whose TDs can still be saved.
 */
void ss_broken(const char *file, int line, const char *what)
{
	pr_crit("%s:%d: assertion failed: %s\n", file, line, what);
}
