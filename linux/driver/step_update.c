// SPDX-License-Identifier: GPL-2.0-only
/* One update: the preflight, the windows, the report. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "seamstep.h"

#include "step_preflight.h"
#include "step_stand_in.h"

#include <asm/smp.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/reboot.h>
#include <linux/slab.h>
#include <linux/suspend.h>
#include <linux/topology.h>

#define TREE_ARITY		4
#define TD_BUILD_POLL_MS	50
#define TD_BUILD_PAUSE_MAX_MS	10000

DEFINE_MUTEX(step_lock);		/* protects all that an update uses; see seamstep.h */

static const char *state = "idle";
static bool cancelled;	/* set by a cancel of the upload; polled, so a short delay is fine */

const char *step_state(void)
{
	return READ_ONCE(state);
}

void step_update_cancel(void)
{
	WRITE_ONCE(cancelled, true);
}

bool step_update_is_cancelled(void)
{
	return READ_ONCE(cancelled);
}

/*
 * Some kernels (6.12) pass a cancel on that came when no upload was under way, and which failed for
 * its writer. Also a cancel may come when the upload it is for has ended here. So the begin forgets
 * what was before it, at once: nothing that takes long may come between. The state comes last, and
 * x86 keeps the order of stores: a cancel by somebody who has read "preflight" is not forgotten.
 */
void step_update_begin(void)
{
	lockdep_assert_held(&step_lock);
	WRITE_ONCE(cancelled, false);
	step_preflight_policy();
	WRITE_ONCE(state, "preflight");
}

void step_update_over(void)
{
	lockdep_assert_held(&step_lock);
	WRITE_ONCE(state, "idle");
}

/* ---- the window ------------------------------------------------------------------------------ */

/* Everything that a window needs, allocated and filled in before the window. */
struct window {
	struct ss_machine machine;
	struct ss_update_plan plan;
	struct ss_update update;
	struct ss_lockstep lockstep;
	struct ss_lockstep_lp *lockstep_lps;
	struct ss_update_lp *lps;
	u32 nr_lps;
	u64 opened_ns, closed_ns;	/* all CPUs are stopped */
	u64 stopping_ns;		/* with the time to stop and start the CPUs */
};

#define NO_LP	U32_MAX

static DEFINE_PER_CPU(u32, cpu_lp);
static DEFINE_PER_CPU(u64, left_ns);	/* when the CPU was through with the last window */

/*
 * Runs on every CPU at once with interrupts off. No CPU leaves the window before all CPUs have
 * returned, so the lead's work before and after ss_update_run() is in the window too.
 */
static int run_lp(void *arg)
{
	struct window *w = arg;
	u32 lp = __this_cpu_read(cpu_lp);

	if (lp == NO_LP)
		return 0;
	if (!lp) {
		w->opened_ns = ss_now_ns();
		step_window_begins();
	}
	ss_update_run(&w->update, lp);
	if (!lp)
		step_window_ends();
	__this_cpu_write(left_ns, ss_now_ns());
	return 0;
}

/*
 * No CPU leaves before the last one is through: that is the lead, or a CPU that was so late that
 * the update was called off without it.
 */
static u64 last_left_ns(void)
{
	u64 last = 0;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (per_cpu(cpu_lp, cpu) != NO_LP)
			last = max(last, per_cpu(left_ns, cpu));
	return last;
}

/* Returns 0, or a negative errno if the machine was not stopped. */
static int open_window(struct window *w)
{
	u64 begin_ns = ktime_get_ns();
	int err;

	WRITE_ONCE(state, "window");
	err = step_stop(run_lp, w);
	w->stopping_ns = ktime_get_ns() - begin_ns;
	w->closed_ns = last_left_ns();
	WRITE_ONCE(state, "preflight");
	return err;
}

/* @nr: the room in @core and @socket. Other CPUs get no number; open_window_awake() looks. */
static void number_lps(u32 nr, u32 *core, u32 *socket)
{
	u32 lp = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(cpu_lp, cpu) = NO_LP;
	for_each_online_cpu(cpu) {
		if (lp == nr)
			break;
		per_cpu(cpu_lp, cpu) = lp;
		core[lp] = cpumask_first(topology_sibling_cpumask(cpu));
		socket[lp] = topology_physical_package_id(cpu);
		lp++;
	}
}

/* Every CPU that is online has a number, and no number lacks its CPU. */
static bool cpus_have_changed(const struct window *w)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (per_cpu(cpu_lp, cpu) == NO_LP)
			return true;
	return num_online_cpus() != w->nr_lps;
}

/* Needed with bit 47 too: the module counts only builds that began under such a module. */
static enum step_guard guard_of(const struct step_preflight *p)
{
	if (!step_probes_placed() || step_policy_now.td_build == STEP_TD_BUILD_IGNORE)
		return STEP_GUARD_NONE;
	return step_preflight_module_tells(p) ? STEP_GUARD_KNOWN : STEP_GUARD_ALL;
}

/*
 * For as many CPUs as the preflight has found. Returns 0, -ENOMEM, or -EINVAL: a topology that the
 * lockstep cannot take.
 */
static int make_machine(struct window *w, const struct step_preflight *p)
{
	u32 nr = p->host.compat.lps_platform;
	u32 *core = kcalloc(nr, sizeof(*core), GFP_KERNEL);
	u32 *socket = kcalloc(nr, sizeof(*socket), GFP_KERNEL);
	int err = -ENOMEM;

	w->lockstep_lps = kvcalloc(nr, sizeof(*w->lockstep_lps), GFP_KERNEL);
	w->lps = kvcalloc(nr, sizeof(*w->lps), GFP_KERNEL);
	if (core && socket && w->lockstep_lps && w->lps) {
		w->nr_lps = nr;
		number_lps(nr, core, socket);
		step_machine_fill(&w->machine, w->nr_lps, guard_of(p));
		err = ss_lockstep_init_topology(&w->lockstep, w->lockstep_lps, w->nr_lps,
						TREE_ARITY, core, socket) ? 0 : -EINVAL;
	}
	kfree(core);
	kfree(socket);
	return err;
}

static void make_plan(struct window *w, const struct step_preflight *p)
{
	struct ss_update_plan *plan = &w->plan;
	u32 i;

	for (i = 0; i < p->nr_images; i++) {
		struct step_image *s = p->step_images[i];

		plan->images[i] = (struct ss_update_image){
			.name = s->name, .params_pa = virt_to_phys(s->params),
			.svn_minor = s->image.sig.svn_minor, .svn_major = s->image.sig.svn_major,
			.module_hv = s->image.sig.module_hv,
			.min_update_hv = s->image.sig.min_update_hv,
		};
	}
	plan->machine = &w->machine;
	plan->nr_images = p->nr_images;
	plan->svn_minor = p->host.info.svn_minor;
	plan->svn_major = p->host.info.svn_major;
	plan->hv = p->hv;
	plan->avoid_td_build = step_preflight_module_tells(p) &&
			       step_policy_now.td_build != STEP_TD_BUILD_IGNORE;
	plan->rehearse = step_policy_now.rehearse;
	plan->info = step_host_info_buffer();
	plan->arrival_ns = (u64)step_policy_now.arrival_ms * NSEC_PER_MSEC;
	if (step_policy_now.td_build == STEP_TD_BUILD_IGNORE)
		pr_warn("td_build is 'ignore': this update may spoil the measurement of a TD that is being built\n");
}

static void free_window(struct window *w)
{
	if (!w)
		return;
	kvfree(w->lps);
	kvfree(w->lockstep_lps);
	kvfree(w);
}

static int make_window(const struct step_preflight *p, struct window **out)
{
	struct window *w = kvzalloc(sizeof(*w), GFP_KERNEL);
	int err = w ? make_machine(w, p) : -ENOMEM;

	*out = w;
	if (err)
		return err;
	make_plan(w, p);
	return ss_update_init(&w->update, &w->plan, &w->lockstep, w->lps) ? 0 : -EINVAL;
}

/* ---- after it -------------------------------------------------------------------------------- */

static void log_verdict(const struct window *w, const struct ss_version *old)
{
	const struct ss_update_result *r = &w->update.result;
	static char line[STEP_TEXT_MAX];	/* under step_lock */
	char new[24] = "none";
	struct ss_version now;

	if (step_version(&now))
		scnprintf(new, sizeof(new), "%u.%u.%02u", now.major, now.minor, now.update);
	scnprintf(line, sizeof(line),
		  "TDX Module %u.%u.%02u -> %s: %s%s (%s); %u CPUs stopped for %llu us, %llu us with the time to stop and start them",
		  old->major, old->minor, old->update, new, ss_verdict_name(r->verdict),
		  r->confirmed ? "" : ", not confirmed", step_report_why(r),
		  w->nr_lps, div_u64(w->closed_ns - w->opened_ns, NSEC_PER_USEC),
		  div_u64(w->stopping_ns, NSEC_PER_USEC));
	if (r->verdict == SS_UPDATED)
		pr_info("%s\n", line);
	else if (r->verdict == SS_LOST)
		pr_crit("%s\n", line);
	else
		pr_warn("%s\n", line);
}

static void log_result(const struct window *w, const struct step_preflight *p)
{
	const struct ss_update_result *r = &w->update.result;

	log_verdict(w, &p->host.compat.module);
	if (!r->confirmed)
		pr_warn("the verdict is not confirmed: the look at the TDX Module after the update shows %s\n",
			ss_update_sight_name(r->seen));
	if (r->verdict == SS_LOST)
		pr_crit("the TDs of this host are lost; reboot to run TDs again\n");
}

/* All LPs have come by now, the late one last. */
static u32 late_lp(const struct window *w)
{
	u32 lp, late = 0;

	for (lp = 1; lp < w->nr_lps; lp++)
		if (w->lps[lp].arrive_ns > w->lps[late].arrive_ns)
			late = lp;
	return late;
}

static u64 first_ns(const struct window *w)
{
	u64 first = w->lps[0].arrive_ns;
	u32 lp;

	for (lp = 1; lp < w->nr_lps; lp++)
		first = min(first, w->lps[lp].arrive_ns);
	return first;
}

/* Name the late LP by its CPU number. The two numbers differ if the CPU numbers have holes. */
static void name_late_cpu(struct window *w)
{
	u32 lp = late_lp(w);
	unsigned int cpu;

	w->update.result.failure.lp = lp;
	for_each_online_cpu(cpu)
		if (per_cpu(cpu_lp, cpu) == lp)
			pr_warn("CPU %u arrived %llu us after the first CPU; the limit is %llu us (arrival_ms)\n",
				cpu,
				div_u64(w->lps[lp].arrive_ns - first_ns(w), NSEC_PER_USEC),
				div_u64(w->plan.arrival_ns, NSEC_PER_USEC));
}

static bool is_td_build(const struct ss_update_result *r)
{
	return r->verdict == SS_UNCHANGED && r->reason == SS_REASON_TD_BUILD;
}

static bool may_wait(unsigned long end)
{
	return time_before(jiffies, end) && !step_update_is_cancelled();
}

/* Of the builds that the last window found, the probes have not seen as many end since @before. */
static bool builds_go_on(const struct step_tds *before)
{
	struct step_tds now;

	step_tds_count(&now);
	return now.noted && now.forgotten - before->forgotten < step_machine_builds_found() &&
	       !step_probes_blind();
}

/*
 * TD builds end by themselves, so waiting helps; @end limits the wait for a build that does not
 * end. The machine runs meanwhile. Only a window may ask the module about a TD, and each window
 * stops the machine. So the next window is opened when the builds that the last one found are over,
 * as the probes see, and not before a pause that doubles up to TD_BUILD_PAUSE_MAX_MS. CPUs may come
 * and go in that time; each window looks.
 */
static bool wait_for_builds(unsigned long end, u32 *pause_ms, const struct step_tds *before)
{
	unsigned long pause_end = jiffies + msecs_to_jiffies(*pause_ms);

	if (!may_wait(end))
		return false;
	*pause_ms = min(2 * *pause_ms, TD_BUILD_PAUSE_MAX_MS);
	cpu_hotplug_enable();
	do
		msleep(TD_BUILD_POLL_MS);
	while (may_wait(end) && (time_before(jiffies, pause_end) || builds_go_on(before)));
	cpu_hotplug_disable();
	return !step_update_is_cancelled();
}

/*
 * At kexec the kernel writes back the caches of CPUs that are known to have used private memory. A
 * CPU that came online later and only took part in this update is not known.
 */
static void after_window(const struct window *w)
{
	const struct ss_update_result *r = &w->update.result;
	int lost_on = step_machine_vmcs_lost_on();
	bool written = step_machine_was_written();
	u32 repaired = step_machine_repaired();
	struct ss_version version;

	/*
	 * A module that does not answer now does not undo the look at the end of the window, and a
	 * lost one that still answers is of no use.
	 */
	if (r->verdict == SS_LOST)
		step_version_keep(NULL);
	else if (r->has_version)
		step_version_keep(&(struct ss_version){ r->major, r->minor, r->update });
	else if (r->verdict != SS_UNCHANGED)
		step_version_refresh(&version);
	if (r->has_remaining || written)
		step_host_after_window(r->has_remaining);
	if (written)
		wbinvd_on_all_cpus();
	if (lost_on >= 0)
		step_say_vmcs_lost(lost_on);
	if (repaired)
		pr_info("the limit of CPUID in IA32_MISC_ENABLE, which the TDX Module does not allow, was cleared on %u CPUs\n",
			repaired);
}

/*
 * A suspend and a reboot, also one by kexec, take CPUs away without asking whether CPU hotplug is
 * disabled. lock_system_sleep() and a suspend exclude each other. A reboot waits until the window
 * is over and the caches are written back: its notifier takes this lock. No reboot is called back,
 * so no window opens from then on. The lock nests in that of lock_system_sleep(), which reboot(2)
 * holds when it calls the notifier.
 */
static DEFINE_MUTEX(window_lock);
static bool going_down;		/* under window_lock */

static int before_reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	mutex_lock(&window_lock);
	going_down = true;
	mutex_unlock(&window_lock);
	return NOTIFY_DONE;
}

static struct notifier_block reboot_notifier = { .notifier_call = before_reboot };

int step_update_init(void)
{
	return register_reboot_notifier(&reboot_notifier);
}

void step_update_exit(void)
{
	unregister_reboot_notifier(&reboot_notifier);
}

/* What may have changed since the preflight. */
static int look_again(const struct window *w)
{
	lockdep_assert_held(&window_lock);
	/* A driver that is loaded late may have missed the notifier. A suspend is excluded. */
	if (going_down || system_state > SYSTEM_RUNNING) {
		step_report_refusal("the host is being shut down");
		return -EBUSY;
	}
	if (step_update_is_cancelled()) {
		step_report_refusal("cancelled");
		return -ECANCELED;
	}
	if (cpus_have_changed(w)) {
		step_report_refusal("%u CPUs are online now, and the update was prepared for %u; CPUs have come or gone meanwhile",
				    num_online_cpus(), w->nr_lps);
		return -EBUSY;
	}
	return 0;
}

static int open_window_awake(struct window *w)
{
	unsigned int flags = lock_system_sleep();
	int err;

	mutex_lock(&window_lock);
	err = look_again(w);
	if (!err) {
		err = open_window(w);
		if (!err) {
			after_window(w);
		} else {
			step_report_refusal("the machine cannot be stopped (%d)", err);
			err = -EIO;	/* no fault of the image */
		}
	}
	mutex_unlock(&window_lock);
	unlock_system_sleep(flags);
	if (!err)
		step_report_window(&w->update, w->nr_lps);
	return err;
}

static int contradiction(void)
{
	step_report_refusal("the plan of the update contradicts itself; this is a fault of the driver");
	return -EINVAL;
}

/* A TD build that only the probes would see may have gone unseen during a wait. */
static int open_next_window(struct window *w, const struct step_preflight *p)
{
	int err = step_preflight_builds(p);

	if (err)
		return err;
	w->plan.rehearse = false;	/* all images have been rehearsed */
	if (!ss_update_init(&w->update, &w->plan, &w->lockstep, w->lps))
		return contradiction();
	return open_window_awake(w);
}

static int run_windows(struct window *w, const struct step_preflight *p)
{
	bool waits = step_policy_now.td_build == STEP_TD_BUILD_WAIT;
	unsigned long end = jiffies + msecs_to_jiffies(step_policy_now.td_build_wait_ms);
	u32 pause_ms = TD_BUILD_POLL_MS;
	struct step_tds before;
	int err;

	step_tds_count(&before);
	err = open_window_awake(w);
	while (!err && waits && is_td_build(&w->update.result) &&
	       wait_for_builds(end, &pause_ms, &before)) {
		step_tds_count(&before);
		err = open_next_window(w, p);
	}
	if (err)
		return err;
	if (w->update.result.reason == SS_REASON_NOT_ARRIVED)
		name_late_cpu(w);
	step_report_result(&w->update);
	log_result(w, p);
	return 0;
}

static int run(struct step_image *target, struct ss_update_result *result)
{
	struct step_preflight *p = kzalloc(sizeof(*p), GFP_KERNEL);
	struct window *w = NULL;
	int err = p ? step_preflight(p, target) : -ENOMEM;

	if (!err) {
		step_preflight_warn(p);
		err = make_window(p, &w);
		if (err == -EINVAL)
			contradiction();
	}
	if (!err)
		err = run_windows(w, p);
	if (!err)
		*result = w->update.result;
	if (err == -ENOMEM)
		step_report_refusal("out of memory");
	free_window(w);
	kfree(p);
	return err;
}

int step_update_preflight(struct step_image *target)
{
	struct step_preflight *p = kzalloc(sizeof(*p), GFP_KERNEL);
	int err;

	lockdep_assert_held(&step_lock);
	if (!p) {
		step_report_refusal("out of memory");
		return -ENOMEM;
	}
	cpu_hotplug_disable();
	err = step_preflight(p, target);
	cpu_hotplug_enable();
	kfree(p);
	return err;
}

/* CPU hotplug is disabled from the preflight to the end of the last window, but in waits. */
int step_update_run(struct step_image *target, struct ss_update_result *result)
{
	int err;

	lockdep_assert_held(&step_lock);
	cpu_hotplug_disable();
	err = run(target, result);
	cpu_hotplug_enable();
	return err;
}
