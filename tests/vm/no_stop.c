// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of step_stop.c that does not stop the machine: a thread on every CPU runs the update, as
 * in a driver that takes a mutex for enough. Tests must fail with this twin. Otherwise the tests
 * could not detect a machine that is not stopped.
 */
#include "../../linux/driver/seamstep.h"

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

int step_stop(int (*fn)(void *arg), void *arg)
{
	struct call call = { .fn = fn, .arg = arg };
	struct task_struct *task;
	unsigned int cpu;

	atomic_set(&call.left, num_online_cpus());
	init_completion(&call.done);
	for_each_online_cpu(cpu) {
		task = kthread_create_on_cpu(run, &call, cpu, "no-stop/%u");
		if (WARN_ON(IS_ERR(task)))
			return PTR_ERR(task);
		wake_up_process(task);
	}
	wait_for_completion(&call.done);
	return 0;
}
