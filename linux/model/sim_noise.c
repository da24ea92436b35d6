// SPDX-License-Identifier: GPL-2.0-only
/* SEAMCALLs from interrupt context on every CPU, which no lock of a driver can keep out. */
#include "seamsim.h"

#include "compat.h"
#include "../common/insn.h"

#include <linux/cpu.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/smp.h>

#define FIELD_MAJOR_VERSION	0x0800000100000004ULL

struct noise {
	struct hrtimer timer;
	bool running;
};

static DEFINE_PER_CPU(struct noise, noise);
static DEFINE_MUTEX(noise_lock);
static ktime_t period;
static u32 rate;

/* The status does not matter. The audit counts SEAMCALLs that fall into an update's window. */
static enum hrtimer_restart tick(struct hrtimer *timer)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_SYS_RD, .rdx = FIELD_MAJOR_VERSION };

	insn_seamcall(&regs);
	hrtimer_forward_now(timer, period);
	return HRTIMER_RESTART;
}

static void start(void *unused)
{
	struct noise *n = this_cpu_ptr(&noise);

	hrtimer_setup(&n->timer, tick, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	hrtimer_start(&n->timer, period, HRTIMER_MODE_REL_PINNED_HARD);
	n->running = true;
}

static void stop_all(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct noise *n = per_cpu_ptr(&noise, cpu);

		if (n->running)
			hrtimer_cancel(&n->timer);
		n->running = false;
	}
}

/* When a CPU goes offline, its timer continues on another CPU. */
int seamsim_noise_set(u32 hz)
{
	mutex_lock(&noise_lock);
	stop_all();
	rate = min(hz, 10000u);
	if (rate) {
		period = ns_to_ktime(NSEC_PER_SEC / rate);
		on_each_cpu(start, NULL, true);
	}
	mutex_unlock(&noise_lock);
	return 0;
}
