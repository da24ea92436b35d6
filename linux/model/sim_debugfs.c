// SPDX-License-Identifier: GPL-2.0-only
/* The debugfs folder of the model, for tests and operators: /sys/kernel/debug/seamsim. */
#include "seamsim.h"

#include "../../core/seamcall.h"
#include "../../sim/fault_text.h"

#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define FAULTS_TEXT_MAX	4096u

static struct dentry *folder;

/* ---- read ------------------------------------------------------------------------------------ */

static int status_show(struct seq_file *m, void *unused)
{
	struct sim_audit audit;

	sim_audit(seamsim, &audit);
	seq_printf(m, "version=%s\nlps=%u\ntds=%u\nremaining_updates=%u\nsvn=%u.%u\n",
		   audit.version, seamsim_nr_lps, audit.tds, audit.remaining_updates,
		   audit.svn_major, audit.svn_minor);
	seq_printf(m, "builds_stalled=%u\ncreates_refused=%u\n", seamsim_td_stalled(),
		   seamsim_td_creates_refused());
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(status);

static void copy_audit(void *audit)
{
	sim_audit(seamsim, audit);
}

static int audit_show(struct seq_file *m, void *unused)
{
	struct sim_audit a;

	seamsim_stopped(copy_audit, &a);
	seq_printf(m, "calls=%llu\nwindows=%u\nforeign=%u\n", a.calls,
		   READ_ONCE(seamsim_windows), a.foreign);
	if (a.foreign)
		seq_printf(m, "foreign_leaf=%s\nforeign_lp=%u\n", ss_leaf_name(a.foreign_leaf),
			   a.foreign_lp);
	seq_printf(m, "erased_under_lp=%u\ninstalls=%u\ntds=%u\nseam_ready=%u\n",
		   a.erased_under_lp, a.installs, a.tds, a.seam_ready);
	seq_printf(m, "session_open=%u\nhandoff_valid=%u\nstate=%u\nfatal=%u\nvmcs_lost=%u\n",
		   a.session_open, a.handoff_valid, a.state, a.fatal, seamsim_vmcs_lost());
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(audit);

static int tds_show(struct seq_file *m, void *unused)
{
	seamsim_tds_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(tds);

/* ---- faults ---------------------------------------------------------------------------------- */

/*
 * There are two sets. The set "faults" is active at once. The set "window_faults" is active during
 * update windows only. Its counts of struck faults add up over all windows since the set was
 * written.
 */
struct fault_set {
	struct sim_fault fault[SIM_LP_FAULTS];
	u32 struck[SIM_LP_FAULTS];
	u32 nr;
};

/* Both variables are written with the machine stopped. */
static struct fault_set window_set;
static u32 nr_in_force;

static void put_in_force(void *arg)
{
	const struct fault_set *set = arg;
	u32 i;

	sim_fault_clear(seamsim);
	for (i = 0; i < set->nr; i++)
		sim_fault_add(seamsim, &set->fault[i]);
	nr_in_force = set->nr;
}

static void put_aside(void *arg)
{
	window_set = *(const struct fault_set *)arg;
}

void seamsim_faults_begin(void)
{
	if (window_set.nr)
		put_in_force(&window_set);
}

void seamsim_faults_end(void)
{
	static const struct fault_set none;
	u32 i;

	for (i = 0; i < window_set.nr; i++)
		window_set.struck[i] += sim_fault_struck(seamsim, i);
	if (window_set.nr)
		put_in_force((void *)&none);
}

static int parse_set(char *text, struct fault_set *set)
{
	struct sim_fault_error err;
	char *spec;

	while ((spec = strsep(&text, ", \n"))) {
		if (!*spec || !strcmp(spec, "-"))
			continue;
		if (set->nr == SIM_LP_FAULTS)
			return -ENOSPC;
		if (!sim_fault_parse(spec, seamsim_nr_lps, &set->fault[set->nr++], &err))
			return -EINVAL;
	}
	return 0;
}

/* The written set replaces the old one; "-" is the empty set. */
static ssize_t write_set(const char __user *user, size_t bytes, void (*apply)(void *set))
{
	struct fault_set *set;
	char *text;
	int err;

	if (bytes > FAULTS_TEXT_MAX)
		return -E2BIG;
	text = memdup_user_nul(user, bytes);
	if (IS_ERR(text))
		return PTR_ERR(text);
	set = kzalloc(sizeof(*set), GFP_KERNEL);
	err = set ? parse_set(text, set) : -ENOMEM;
	if (!err)
		seamsim_stopped(apply, set);
	kfree(set);
	kfree(text);
	return err ?: bytes;
}

static ssize_t faults_write(struct file *file, const char __user *user, size_t bytes, loff_t *at)
{
	return write_set(user, bytes, put_in_force);
}

static ssize_t window_faults_write(struct file *file, const char __user *user, size_t bytes,
				   loff_t *at)
{
	return write_set(user, bytes, put_aside);
}

/* One line a fault, in the order of the written set. */
static int window_faults_show(struct seq_file *m, void *unused)
{
	u32 i;

	for (i = 0; i < window_set.nr; i++)
		seq_printf(m, "fault=%u struck=%u\n", i, window_set.struck[i]);
	return 0;
}
DEFINE_SHOW_STORE_ATTRIBUTE(window_faults);

static int faults_show(struct seq_file *m, void *unused)
{
	u32 i;

	seq_printf(m, "hits=%u\n", sim_fault_hits(seamsim));
	for (i = 0; i < nr_in_force; i++)
		seq_printf(m, "fault=%u struck=%u\n", i, sim_fault_struck(seamsim, i));
	return 0;
}
DEFINE_SHOW_STORE_ATTRIBUTE(faults);

/* ---- control --------------------------------------------------------------------------------- */

/* "N [V]" runs N TDs of V vCPUs each. "0" stops all threads; the TDs stay as they are. */
static ssize_t run_write(struct file *file, const char __user *user, size_t bytes, loff_t *at)
{
	unsigned int nr, nr_vcpus = 1;
	char text[32] = "";
	int err = 0;

	if (bytes >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, user, bytes))
		return -EFAULT;
	if (sscanf(text, "%u %u", &nr, &nr_vcpus) < 1)
		return -EINVAL;
	if (nr)
		err = seamsim_tds_run(nr, nr_vcpus);
	else
		seamsim_tds_stop();
	return err ?: bytes;
}

static const struct file_operations run_fops = {
	.owner = THIS_MODULE,
	.write = run_write,
};

static int noise_set(void *data, u64 hz)
{
	return seamsim_noise_set((u32)hz);
}
DEFINE_DEBUGFS_ATTRIBUTE(noise_fops, NULL, noise_set, "%llu\n");

static int churn_set(void *data, u64 threads)
{
	return seamsim_churn_set((u32)threads);
}
DEFINE_DEBUGFS_ATTRIBUTE(churn_fops, NULL, churn_set, "%llu\n");

static int stall_set(void *data, u64 where)
{
	return seamsim_stall_set((u32)where);
}
DEFINE_DEBUGFS_ATTRIBUTE(stall_fops, NULL, stall_set, "%llu\n");

void seamsim_debugfs_init(void)
{
	folder = debugfs_create_dir("seamsim", NULL);
	debugfs_create_file("status", 0444, folder, NULL, &status_fops);
	debugfs_create_file("audit", 0444, folder, NULL, &audit_fops);
	debugfs_create_file("tds", 0444, folder, NULL, &tds_fops);
	debugfs_create_file("faults", 0644, folder, NULL, &faults_fops);
	debugfs_create_file("window_faults", 0644, folder, NULL, &window_faults_fops);
	debugfs_create_file("run", 0200, folder, NULL, &run_fops);
	debugfs_create_file("noise", 0200, folder, NULL, &noise_fops);
	debugfs_create_file("stall", 0200, folder, NULL, &stall_fops);
	debugfs_create_file("churn", 0200, folder, NULL, &churn_fops);
}

void seamsim_debugfs_exit(void)
{
	debugfs_remove_recursive(folder);
}
