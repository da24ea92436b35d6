// SPDX-License-Identifier: GPL-2.0-only
/* Waiting and the clock, for code that runs with the machine stopped. */
/* This file is part of several modules, and KBUILD_MODNAME would name them all. */
#define pr_fmt(fmt) "seamstep: " fmt

#include "place.h"

#include <linux/irqflags.h>
#include <linux/nmi.h>
#include <linux/printk.h>
#include <linux/rcutree.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

/*
 * Inside the window every CPU but the one at work waits here with interrupts off, for as long as
 * the slowest SEAMCALL takes. To the hard lockup detector and to RCU this looks like a CPU
 * that hangs, so both are told that it does not, as stop_machine() does in its own loop. A
 * real hang is not hidden by that: the CPU that causes it is inside SEAM and does not come here.
 * rcu_momentary_eqs() may only be called with interrupts off; with them on (the twin that does
 * not stop the machine) the scheduler looks after RCU by itself.
 */
void ss_wait(const struct ss_word *w, uint32_t seen)
{
	cpu_relax();
	if (ss_load(w) != seen)
		return;
	touch_nmi_watchdog();
	if (irqs_disabled())
		rcu_momentary_eqs();
	else
		cond_resched();
}

/*
 * One clock for all CPUs that needs no lock, so that it also works while the machine is stopped,
 * and even if the window interrupted somebody who was updating the time. It is monotonic unless an
 * update of the time intervenes, and none can while every CPU is here; and perf and ftrace can show
 * it ("mono"). sched_clock() is per CPU and may differ between them.
 */
uint64_t ss_now_ns(void)
{
	return ktime_get_mono_fast_ns();
}

/*
 * The caller takes its failing path. No WARN: with panic_on_warn it would stop the machine in the
 * window, where TDs can still be saved.
 */
void ss_broken(const char *file, int line, const char *what)
{
	pr_crit("%s:%d: the argument is broken: %s\n", file, line, what);
}
