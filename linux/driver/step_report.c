// SPDX-License-Identifier: GPL-2.0-only
/* What happened last, and to which image: the text of the attributes and of the debugfs files. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "seamstep.h"

#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/stdarg.h>
#include <linux/string.h>
#include <linux/string_choices.h>
#include <linux/sysfs.h>

#define REPORT_MAX	(STEP_TEXT_MAX + 512u)
#define TIMELINE_LINE	96u	/* the longest */

/* Readers hold report_lock only, so that they do not wait for an update. */
static DEFINE_MUTEX(report_lock);	/* protects the variables below */
static const char *verdict = "none";
static const char *confirmed = "";
static char image_name[STEP_NAME_MAX];
static char next_name[STEP_NAME_MAX];	/* of the update under way, until it ends */
static char last_error[STEP_TEXT_MAX];
static char fallback_error[STEP_TEXT_MAX];
static char report[REPORT_MAX];
static u32 windows, next_windows;
static char *timeline, *next_timeline;
static size_t timeline_bytes, next_timeline_bytes;
static bool lost;	/* never cleared; read without the lock */

bool step_module_is_lost(void)
{
	return READ_ONCE(lost);
}

/* ---- writing --------------------------------------------------------------------------------- */

void step_report_begin(const struct step_image *image)
{
	lockdep_assert_held(&step_lock);
	mutex_lock(&report_lock);
	strscpy(next_name, image ? image->name : "", sizeof(next_name));
	next_windows = 0;
	mutex_unlock(&report_lock);
}

/*
 * One line for each step and LP, such as "install 0 3 1200 5600": step, image, LP, begin and end
 * in ns since the start.
 */
static size_t write_timeline(const struct ss_update *u, u32 nr_lps, char *out, size_t bytes)
{
	const struct ss_update_result *r = &u->result;
	size_t n = scnprintf(out, bytes, "# step image lp begin_ns end_ns\n");
	u32 visit, lp;

	for (visit = 0; visit < r->nr_visits; visit++)
		for (lp = 0; lp < nr_lps; lp++) {
			const struct ss_update_span *span = &u->lps[lp].spans[visit];

			if (!span->start_ns)
				continue;
			n += scnprintf(out + n, bytes - n, "%s %u %u %llu %llu\n",
				       ss_update_step_name(r->visits[visit].step),
				       r->visits[visit].image, lp, span->start_ns - r->start_ns,
				       span->end_ns - r->start_ns);
		}
	return n;
}

void step_report_window(const struct ss_update *u, u32 nr_lps)
{
	size_t bytes = ((size_t)u->result.nr_visits * nr_lps + 1) * TIMELINE_LINE;
	char *text = kvmalloc(bytes, GFP_KERNEL);

	lockdep_assert_held(&step_lock);
	mutex_lock(&report_lock);
	next_windows++;
	kvfree(next_timeline);
	next_timeline = text;
	next_timeline_bytes = text ? write_timeline(u, nr_lps, text, bytes) : 0;
	mutex_unlock(&report_lock);
}

/* All that readers see is of one update: until it ends, of the last one. */
static void switch_to_next(void)
{
	lockdep_assert_held(&report_lock);
	strscpy(image_name, next_name, sizeof(image_name));
	windows = next_windows;
	if (!windows)
		return;
	kvfree(timeline);
	timeline = next_timeline;
	timeline_bytes = next_timeline_bytes;
	next_timeline = NULL;
	next_timeline_bytes = 0;
}

/* A refused update leaves the module unchanged, unless an earlier update lost the module. */
void step_report_refusal(const char *fmt, ...)
{
	static char text[STEP_TEXT_MAX];	/* under step_lock */
	va_list args;

	lockdep_assert_held(&step_lock);
	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	pr_warn("update refused: %s\n", text);
	mutex_lock(&report_lock);
	switch_to_next();
	verdict = ss_verdict_name(lost ? SS_LOST : SS_UNCHANGED);
	confirmed = "";
	strscpy(last_error, text, sizeof(last_error));
	scnprintf(report, sizeof(report), "step=preflight\nreason=refused\ntext=%s\n", text);
	mutex_unlock(&report_lock);
}

void step_report_fallback(const char *why)
{
	lockdep_assert_held(&step_lock);
	if (*why)
		pr_warn("fallback refused: %s\n", why);
	mutex_lock(&report_lock);
	strscpy(fallback_error, why, sizeof(fallback_error));
	mutex_unlock(&report_lock);
}

/* The driver itself refused to shut the module down. */
static bool is_withheld(const struct ss_update_result *r)
{
	return r->reason == SS_REASON_TD_BUILD && step_machine_withheld_shutdown();
}

/* No update enters a TD, so leaf 0 (TDH.VP.ENTER) says that the step failed without a SEAMCALL. */
static bool has_call(const struct ss_update_result *r)
{
	return r->failure.call.leaf != SS_LEAF_TDH_VP_ENTER && !is_withheld(r);
}

const char *step_report_why(const struct ss_update_result *r)
{
	lockdep_assert_held(&step_lock);
	return (is_withheld(r) ? step_machine_blind() : NULL) ?: ss_update_reason_text(r->reason);
}

static size_t report_place(const struct ss_update_event *f, char *out, size_t bytes)
{
	return f->lp == SS_NO_LP ? 0 : scnprintf(out, bytes, "lp=%u\n", f->lp);
}

static size_t report_call(const struct ss_update_result *r, char *out, size_t bytes)
{
	const struct ss_update_call *call = &r->failure.call;

	if (!has_call(r))
		return 0;
	return scnprintf(out, bytes, "leaf=%s\nstatus=%s\ncode=%#llx\nrdx=%llu\n",
			 ss_leaf_name(call->leaf), ss_status_name(call->leaf, call->status),
			 call->status, call->rdx);
}

static void write_last_error(const struct ss_update_result *r)
{
	const struct ss_update_event *f = &r->failure;
	const char *step = ss_update_step_name(f->step), *why = step_report_why(r);

	if (has_call(r))
		scnprintf(last_error, sizeof(last_error),
			  "%s on LP %u: %s returned %s (%#llx, RDX %llu): %s", step, f->lp,
			  ss_leaf_name(f->call.leaf), ss_status_name(f->call.leaf, f->call.status),
			  f->call.status, f->call.rdx, why);
	else if (f->lp != SS_NO_LP)
		scnprintf(last_error, sizeof(last_error), "%s on LP %u: %s", step, f->lp, why);
	else
		scnprintf(last_error, sizeof(last_error), "%s: %s", step, why);
}

static void report_failure(const struct ss_update_result *r)
{
	const struct ss_update_event *f = &r->failure;
	size_t n;

	lockdep_assert_held(&report_lock);
	write_last_error(r);
	n = scnprintf(report, sizeof(report), "step=%s\nreason=%s\n",
		      ss_update_step_name(f->step), ss_update_reason_name(r->reason));
	n += report_place(f, report + n, sizeof(report) - n);
	n += report_call(r, report + n, sizeof(report) - n);
	n += scnprintf(report + n, sizeof(report) - n, "action=%s\ntext=%s\n",
		       ss_update_action_text(f->action), step_report_why(r));
	/* With 0 the module has reported the build; the module gives no number. */
	if (r->reason == SS_REASON_TD_BUILD && step_machine_builds_found())
		scnprintf(report + n, sizeof(report) - n, "td_builds=%u\n",
			  step_machine_builds_found());
}

void step_report_result(const struct ss_update *u)
{
	const struct ss_update_result *r = &u->result;
	size_t n;

	lockdep_assert_held(&step_lock);
	mutex_lock(&report_lock);
	switch_to_next();
	verdict = ss_verdict_name(r->verdict);
	confirmed = str_yes_no(r->confirmed);
	if (r->verdict == SS_LOST)
		WRITE_ONCE(lost, true);
	last_error[0] = '\0';
	report[0] = '\0';
	if (r->reason != SS_REASON_NONE)
		report_failure(r);
	n = strlen(report);
	scnprintf(report + n, sizeof(report) - n, "confirmed=%s\nseen=%s\n", confirmed,
		  ss_update_sight_name(r->seen));
	mutex_unlock(&report_lock);
}

/* ---- attributes ------------------------------------------------------------------------------ */

static ssize_t emit(char *out, const char *text)
{
	ssize_t n;

	mutex_lock(&report_lock);
	n = *text ? sysfs_emit(out, "%s\n", text) : 0;
	mutex_unlock(&report_lock);
	return n;
}

ssize_t step_report_verdict(char *out)
{
	ssize_t n;

	mutex_lock(&report_lock);
	n = sysfs_emit(out, "%s\n", verdict);
	mutex_unlock(&report_lock);
	return n;
}

ssize_t step_report_confirmed(char *out)
{
	ssize_t n;

	mutex_lock(&report_lock);
	n = sysfs_emit(out, "%s\n", *confirmed ? confirmed : "none");
	mutex_unlock(&report_lock);
	return n;
}

ssize_t step_report_image(char *out)
{
	return emit(out, image_name);
}

ssize_t step_report_last_error(char *out)
{
	return emit(out, last_error);
}

ssize_t step_report_fallback_error(char *out)
{
	return emit(out, fallback_error);
}

/* ---- debugfs --------------------------------------------------------------------------------- */

static struct dentry *folder;

static int report_show(struct seq_file *m, void *unused)
{
	mutex_lock(&report_lock);
	seq_printf(m, "verdict=%s\nimage=%s\nwindows=%u\n%s", verdict, image_name, windows, report);
	mutex_unlock(&report_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(report);

static int timeline_show(struct seq_file *m, void *unused)
{
	mutex_lock(&report_lock);
	seq_write(m, timeline, timeline_bytes);
	mutex_unlock(&report_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(timeline);

static int td_builds_show(struct seq_file *m, void *unused)
{
	step_probes_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(td_builds);

void step_report_init(void)
{
	folder = debugfs_create_dir("seamstep", NULL);
	debugfs_create_file("report", 0444, folder, NULL, &report_fops);
	debugfs_create_file("timeline", 0444, folder, NULL, &timeline_fops);
	debugfs_create_file("td_builds", 0444, folder, NULL, &td_builds_fops);
}

void step_report_exit(void)
{
	debugfs_remove_recursive(folder);
	kvfree(timeline);	/* no update is under way, so there is no next one */
}
