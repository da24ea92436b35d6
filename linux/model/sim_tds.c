// SPDX-License-Identifier: GPL-2.0-only
/* Kernel threads that run long-lived TDs, and threads that build and tear down short-lived TDs. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "sim_td.h"

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

static uint td_pause_us;
module_param(td_pause_us, uint, 0444);
MODULE_PARM_DESC(td_pause_us, "pause of a TD after each time slice, in us (0: none)");

#define MAX_TDS		64u
#define CHURN_ENTRIES	20u	/* time slices in the life of a short-lived TD */

struct runner {
	struct seamsim_td td;
	struct task_struct *task;
	struct sim_td_audit noted, now;
	u32 windows;			/* update windows in which the TD was compared */
	u32 memory_changed, measurement_changed;
	u32 measured;			/* lives of a short-lived TD that were measured */
};

static DEFINE_MUTEX(tds_lock);	/* protects the lists; not taken while the machine is stopped */
static struct runner *runners[MAX_TDS];
static u32 nr_runners;
static struct runner *churners[MAX_TDS];
static u32 nr_churners;
static int hotplug_state;

/* Totals over all churners. Racy on purpose: only the sums are read. */
static struct ss_word churn_built, churn_failed, churn_mismeasured;
static u64 churn_failed_leaf, churn_failed_status;	/* of any one failure */

/* ---- threads --------------------------------------------------------------------------------- */

static void wait_for_stop(void)
{
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
	}
	__set_current_state(TASK_RUNNING);
}

/*
 * The thread of a real vCPU returns to user space now and then. synchronize_rcu_tasks(), which the
 * removal of probes calls, relies on that. A kernel thread reports a quiescent state instead.
 */
static void rest(void)
{
	cond_resched_tasks_rcu_qs();
}

static int run_td(void *arg)
{
	struct seamsim_td *td = &((struct runner *)arg)->td;
	u32 vcpu = 0;

	if (!td->built)
		seamsim_td_build(td);
	while (td->built && !seamsim_td_is_dead(td) && !kthread_should_stop()) {
		seamsim_td_enter(td, vcpu);
		vcpu = (vcpu + 1) % td->nr_vcpus;
		if (td_pause_us)
			usleep_range(td_pause_us, 2 * td_pause_us);
		else
			rest();
	}
	wait_for_stop();
	return 0;
}

/* A TD that is dead failed before its time, which no update may cause. */
static void count_life(struct seamsim_td *td, bool complete)
{
	if (complete)
		ss_add(&churn_built, 1);
	if (!seamsim_td_is_dead(td))
		return;
	/* Of two failures at the same time the leaf of one and the status of the other may stay. */
	WRITE_ONCE(churn_failed_leaf, td->life.dead_leaf);
	WRITE_ONCE(churn_failed_status, td->life.dead_status);
	ss_add(&churn_failed, 1);
}

/*
 * All TDs of a builder have the same contents. If a measurement differs from the first one, one of
 * the two was spoilt. Preemption is off, so that no update replaces the module during the audit.
 */
static void compare_lives(struct runner *r)
{
	preempt_disable();
	if (!sim_td_audit(seamsim, r->td.life.tdr, &r->now))
		memset(&r->now, 0, sizeof(r->now));
	preempt_enable();
	if (!r->measured++)
		r->noted = r->now;
	else if (memcmp(r->now.mrtd, r->noted.mrtd, sizeof(r->now.mrtd)))
		ss_add(&churn_mismeasured, 1);
}

static bool live(struct runner *r)
{
	struct seamsim_td *td = &r->td;
	u32 i;

	if (!seamsim_td_build(td))
		return false;
	compare_lives(r);
	for (i = 0; i < CHURN_ENTRIES && !seamsim_td_is_dead(td) && !kthread_should_stop(); i++) {
		seamsim_td_enter(td, i % td->nr_vcpus);
		rest();
	}
	return !seamsim_td_is_dead(td) && seamsim_td_remove(td);
}

/* Pages and key of a TD that was not torn down stay allocated. */
static int run_churn(void *arg)
{
	struct runner *r = arg;
	bool complete;

	do {
		complete = live(r);
		count_life(&r->td, complete);
		seamsim_td_free_scratch(&r->td);
	} while (complete && !kthread_should_stop());
	wait_for_stop();
	return 0;
}

static int start(struct runner **list, u32 *nr, int (*fn)(void *), const char *name, u32 nr_vcpus)
{
	struct runner *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return -ENOMEM;
	r->td.number = *nr;
	r->td.nr_vcpus = nr_vcpus;
	r->task = kthread_create(fn, r, "seamsim/%s/%u", name, *nr);
	if (IS_ERR(r->task)) {
		int err = PTR_ERR(r->task);

		kfree(r);
		return err;
	}
	list[*nr] = r;
	/* Pairs with smp_load_acquire() in readers that do not hold tds_lock. */
	smp_store_release(nr, *nr + 1);
	wake_up_process(r->task);
	return 0;
}

/*
 * CPUs that go offline and update windows read the list without tds_lock. Both must see an empty
 * list before its entries are freed.
 */
static void stop(struct runner **list, u32 *nr)
{
	u32 i, n = *nr;

	for (i = 0; i < n; i++)
		kthread_stop(list[i]->task);
	cpus_read_lock();
	/* Pairs with smp_load_acquire() in readers that do not hold tds_lock. */
	smp_store_release(nr, 0);
	cpus_read_unlock();
	for (i = 0; i < n; i++) {
		seamsim_td_free_scratch(&list[i]->td);
		kfree(list[i]);
	}
}

/* ---- hotplug --------------------------------------------------------------------------------- */

/* As KVM does: no vCPU stays associated with an offline CPU. */
static int cpu_offline(unsigned int cpu)
{
	u32 i;

	/* Both pair with smp_store_release() in start_more(). */
	for (i = 0; i < smp_load_acquire(&nr_runners); i++)
		seamsim_td_flush_cpu(&runners[i]->td, cpu);
	/* Likewise. */
	for (i = 0; i < smp_load_acquire(&nr_churners); i++)
		seamsim_td_flush_cpu(&churners[i]->td, cpu);
	return 0;
}

static int watch_cpus(void)
{
	int err;

	if (hotplug_state)
		return 0;
	err = seamsim_td_pool_init();
	if (err)
		return err;
	err = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "seamsim:vcpus", NULL, cpu_offline);
	if (err < 0) {
		seamsim_td_pool_exit();
		return err;
	}
	hotplug_state = err;
	return 0;
}

/* ---- control --------------------------------------------------------------------------------- */

static int start_more(struct runner **list, u32 *nr, u32 wanted, int (*fn)(void *),
		      const char *name, u32 nr_vcpus)
{
	int err = watch_cpus();

	while (!err && *nr < min(wanted, MAX_TDS))
		err = start(list, nr, fn, name, nr_vcpus);
	return err;
}

/* Let the builds of the first churner stall. Without churners, start one. */
int seamsim_stall_set(u32 where)
{
	int err = 0;

	mutex_lock(&tds_lock);
	seamsim_td_stall(where);
	if (where && !nr_churners)
		err = start_more(churners, &nr_churners, 1, run_churn, "stall", 1);
	if (where && !err)
		WRITE_ONCE(churners[0]->td.stalls, true);
	mutex_unlock(&tds_lock);
	return err;
}

int seamsim_tds_run(u32 nr, u32 nr_vcpus)
{
	int err;

	mutex_lock(&tds_lock);
	err = start_more(runners, &nr_runners, nr, run_td, "td", clamp(nr_vcpus, 1u, TD_MAX_VCPUS));
	mutex_unlock(&tds_lock);
	return err;
}

int seamsim_churn_set(u32 threads)
{
	int err = 0;

	mutex_lock(&tds_lock);
	if (threads)
		err = start_more(churners, &nr_churners, threads, run_churn, "churn", 1);
	else
		stop(churners, &nr_churners);
	mutex_unlock(&tds_lock);
	return err;
}

void seamsim_tds_stop(void)
{
	mutex_lock(&tds_lock);
	stop(runners, &nr_runners);
	mutex_unlock(&tds_lock);
}

/* Stop all threads first: they use the pool. */
void seamsim_tds_exit(void)
{
	seamsim_churn_set(0);
	seamsim_tds_stop();
	if (!hotplug_state)
		return;
	cpuhp_remove_state_nocalls(hotplug_state);
	seamsim_td_pool_exit();
}

/* ---- audit ----------------------------------------------------------------------------------- */

void seamsim_tds_note(void)
{
	u32 i, nr = smp_load_acquire(&nr_runners);	/* pairs with start_more() */

	for (i = 0; i < nr; i++)
		if (!sim_td_audit(seamsim, runners[i]->td.life.tdr, &runners[i]->noted))
			memset(&runners[i]->noted, 0, sizeof(runners[i]->noted));
}

static void compare(struct runner *r)
{
	if (!sim_td_audit(seamsim, r->td.life.tdr, &r->now))
		memset(&r->now, 0, sizeof(r->now));
	if (!r->noted.alive)
		return;
	r->windows++;
	r->memory_changed += !!memcmp(r->now.digest, r->noted.digest, sizeof(r->now.digest));
	r->measurement_changed += !!memcmp(r->now.mrtd, r->noted.mrtd, sizeof(r->now.mrtd));
}

void seamsim_tds_compare(void)
{
	u32 i, nr = smp_load_acquire(&nr_runners);	/* pairs with start_more() */

	for (i = 0; i < nr; i++)
		compare(runners[i]);
}

static void look(void *unused)
{
	u32 i;

	for (i = 0; i < nr_runners; i++)
		if (!sim_td_audit(seamsim, runners[i]->td.life.tdr, &runners[i]->now))
			memset(&runners[i]->now, 0, sizeof(runners[i]->now));
}

static void show(struct seq_file *m, const struct runner *r)
{
	const struct sim_host_td *life = &r->td.life;
	bool built = READ_ONCE(r->td.built);
	bool alive = built && !seamsim_td_is_dead(&r->td) && r->now.alive;

	seq_printf(m, "td=%u alive=%u built=%u entries=%llu progress=%llu guest_errors=%llu",
		   r->td.number, alive, built, READ_ONCE(r->td.entries), r->now.progress,
		   r->now.guest_errors);
	seq_printf(m, " windows=%u memory_changed=%u measurement_changed=%u mrtd=%*phN", r->windows,
		   r->memory_changed, r->measurement_changed, 16, r->now.mrtd);
	if (ss_load_acquire(&life->dead) == 2)
		seq_printf(m, " dead=%s/%s", ss_leaf_name(life->dead_leaf),
			   ss_status_name(life->dead_leaf, life->dead_status));
	seq_putc(m, '\n');
}

void seamsim_tds_show(struct seq_file *m)
{
	u32 i;

	mutex_lock(&tds_lock);
	seamsim_stopped(look, NULL);
	for (i = 0; i < nr_runners; i++)
		show(m, runners[i]);
	if (ss_load(&churn_built) || nr_churners)
		seq_printf(m, "churn=%u lives=%u failed=%u mismeasured=%u", nr_churners,
			   ss_load(&churn_built), ss_load(&churn_failed),
			   ss_load(&churn_mismeasured));
	if (ss_load(&churn_failed))
		seq_printf(m, " %s/%s", ss_leaf_name(READ_ONCE(churn_failed_leaf)),
			   ss_status_name(READ_ONCE(churn_failed_leaf),
					  READ_ONCE(churn_failed_status)));
	if (ss_load(&churn_built) || nr_churners)
		seq_putc(m, '\n');
	mutex_unlock(&tds_lock);
}
