// SPDX-License-Identifier: GPL-2.0-only
/* The result of the last update, as text for the attributes. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "seamstep.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/stdarg.h>
#include <linux/sysfs.h>

#define TIMELINE_LINE	96u	/* the longest */

static DEFINE_MUTEX(report_lock);	/* protects the variables below */
static const char *verdict = "none";
static char last_error[STEP_TEXT_MAX];
static char *timeline;
static size_t timeline_bytes;
static bool lost;	/* never cleared; read without the lock */

bool step_module_is_lost(void)
{
	return READ_ONCE(lost);
}

/* A refused update leaves the module unchanged, unless an earlier update lost the module. */
void step_report_refusal(const char *fmt, ...)
{
	char text[STEP_TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	pr_warn("update refused: %s\n", text);
	mutex_lock(&report_lock);
	verdict = ss_verdict_name(lost ? SS_LOST : SS_UNCHANGED);
	scnprintf(last_error, sizeof(last_error), "step=preflight\nreason=refused\ntext=%s\n", text);
	mutex_unlock(&report_lock);
}

/* Whether the final look at the firmware confirms the verdict, and what it saw. */
static void describe_doubt(const struct ss_update_result *r, size_t n)
{
	scnprintf(last_error + n, sizeof(last_error) - n, "confirmed=%s\nseen=%s\n",
		  r->confirmed ? "yes" : "no", ss_update_sight_name(r->seen));
}

static void describe_failure(const struct ss_update_result *r)
{
	const struct ss_update_event *f = &r->failure;
	size_t n;

	last_error[0] = '\0';
	if (r->reason == SS_REASON_NONE) {
		if (!r->confirmed)
			describe_doubt(r, 0);
		return;
	}
	n = scnprintf(last_error, sizeof(last_error),
		  "step=%s\nreason=%s\nlp=%u\nleaf=%s\nstatus=%s\ncode=%#llx\nrdx=%llu\naction=%s\ntext=%s\n",
		  ss_update_step_name(f->step), ss_update_reason_name(r->reason), f->lp,
		  ss_leaf_name(f->call.leaf), ss_status_name(f->call.leaf, f->call.status),
		  f->call.status, f->call.rdx, ss_update_action_text(f->action),
		  ss_update_reason_text(r->reason));
	/* With 0 the module has reported the build; the module gives no number. */
	if (r->reason == SS_REASON_TD_BUILD && step_machine_builds_found())
		n += scnprintf(last_error + n, sizeof(last_error) - n, "td_builds=%u\n",
			       step_machine_builds_found());
	describe_doubt(r, n);
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

void step_report_result(const struct ss_update *u, u32 nr_lps)
{
	size_t bytes = ((size_t)u->result.nr_visits * nr_lps + 1) * TIMELINE_LINE;
	char *text = kvmalloc(bytes, GFP_KERNEL);

	mutex_lock(&report_lock);
	verdict = ss_verdict_name(u->result.verdict);
	if (u->result.verdict == SS_LOST)
		WRITE_ONCE(lost, true);
	describe_failure(&u->result);
	kvfree(timeline);
	timeline = text;
	timeline_bytes = text ? write_timeline(u, nr_lps, text, bytes) : 0;
	mutex_unlock(&report_lock);
}

void step_report_exit(void)
{
	kvfree(timeline);
}

ssize_t step_report_verdict(char *out)
{
	ssize_t n;

	mutex_lock(&report_lock);
	n = sysfs_emit(out, "%s\n", verdict);
	mutex_unlock(&report_lock);
	return n;
}

ssize_t step_report_last_error(char *out)
{
	ssize_t n;

	mutex_lock(&report_lock);
	n = sysfs_emit(out, "%s", last_error);
	mutex_unlock(&report_lock);
	return n;
}

ssize_t step_report_timeline(char *out, loff_t at, size_t bytes)
{
	ssize_t n;

	mutex_lock(&report_lock);
	n = memory_read_from_buffer(out, bytes, &at, timeline, timeline_bytes);
	mutex_unlock(&report_lock);
	return n;
}
