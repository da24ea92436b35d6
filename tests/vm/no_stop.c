// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of step_stop.c that does not stop the machine: a thread on every CPU runs the update,
 * as in a driver that thinks a mutex were enough. Tests must fail with it, or they could not find
 * out that the machine is not stopped.
 */
#include "seamstep.h"

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/kthread.h>

struct call {
	int (*fn)(void *arg);
	void *arg;
	atomic_t left;
	struct completion done;
};

static int run(void *arg)
{
	struct call *call = arg;

	call->fn(call->arg);
	if (atomic_dec_and_test(&call->left))
		complete(&call->done);
	return 0;
}

void step_stop(int (*fn)(void *arg), void *arg)
{
	struct call call = { .fn = fn, .arg = arg };
	struct task_struct *task;
	unsigned int cpu;

	atomic_set(&call.left, num_online_cpus());
	init_completion(&call.done);
	for_each_online_cpu(cpu) {
		task = kthread_create_on_cpu(run, &call, cpu, "no-stop/%u");
		if (WARN_ON(IS_ERR(task)))
			return;
		wake_up_process(task);
	}
	wait_for_completion(&call.done);
}
