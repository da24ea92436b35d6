// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Does the audit confirm the verdict? */
#include "simulate.h"

#include "lib/base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 2, 3)))
static void find(struct simulation *s, const char *fmt, ...)
{
	va_list args;

	if (s->nr_findings == SIMULATE_MAX_FINDINGS)
		return;
	va_start(args, fmt);
	s->findings[s->nr_findings++] = base_vtext(fmt, args);
	va_end(args);
}

#define MODULE_READY	3	/* specification 6.1 */

static bool module_runs(const struct simulation *s)
{
	return s->sim_end.seam_ready && s->sim_end.state == MODULE_READY;
}

static void judge_window(struct simulation *s)
{
	const struct sim_audit *a = &s->update.sim;

	if (a->foreign)
		find(s, "%u foreign SEAMCALLs inside the window, the first %s on LP %u", a->foreign,
		     ss_leaf_name(a->foreign_leaf), a->foreign_lp);
	if (a->erased_under_lp)
		find(s, "a module was erased while %u LPs were inside it", a->erased_under_lp);
	if (a->session_open)
		find(s, "an INSTALL session was left open");
	if (s->sim_end.fatal)
		find(s, "the TDX Module met an impossible state: the machine is lost");
}

static void judge_tds(struct simulation *s)
{
	const struct rig_audit_diff *w = &s->window_diff, *e = &s->end_diff;

	if (e->alive < e->total)
		find(s, "%u of %u TDs are dead", e->total - e->alive, e->total);
	/* With --no-stop the guests run on and write in the window. */
	if (w->digest_changed && !s->options->no_stop)
		find(s, "the memory of %u TDs changed in the window", w->digest_changed);
	if (w->mrtd_changed || e->mrtd_changed)
		find(s, "the MRTD of %u TDs changed", w->mrtd_changed + e->mrtd_changed);
	if (e->guest_errors)
		find(s, "the guests of %u TDs found that their memory had changed",
		     e->guest_errors);
	if (e->not_progressed)
		find(s, "%u TDs are alive but make no progress", e->not_progressed);
}

/* The version that the verdict promises, or NULL if the verdict promises none. */
static const char *promised_version(const struct simulation *s)
{
	switch (s->update.result.verdict) {
	case SS_UPDATED:
		return s->images[0].has_version ? s->images[0].name : NULL;
	case SS_RECOVERED:
		return s->images[s->update.result.image].name;
	case SS_UNCHANGED:
		return s->running.name;
	default:
		return NULL;
	}
}

static void judge_module(struct simulation *s)
{
	const char *promised = promised_version(s);
	uint32_t spent = s->update.result.installs;
	uint32_t left = s->sim_end.remaining_updates;

	if (promised && strcmp(promised, s->sim_end.version))
		find(s, "expected module %s, found '%s'", promised, s->sim_end.version);
	if (!module_runs(s))
		find(s, "no module is ready");
	if (left + spent != s->info.num_remaining_updates)
		find(s, "expected %u updates left, found %u", s->info.num_remaining_updates - spent,
		     left);
}

void simulate_judge(struct simulation *s)
{
	static const enum seamstep_end ends[] = {
		[SS_UPDATED] = SEAMSTEP_OK,
		[SS_UNCHANGED] = SEAMSTEP_UNCHANGED,
		[SS_RECOVERED] = SEAMSTEP_RECOVERED,
		[SS_LOST] = SEAMSTEP_LOST,
	};
	enum ss_verdict verdict = s->update.result.verdict;

	s->running_now = base_text("%s", module_runs(s) ? s->sim_end.version : "");
	judge_window(s);
	if (verdict != SS_LOST) {	/* LOST promises nothing about modules and TDs */
		judge_tds(s);
		judge_module(s);
	}
	s->ended = s->nr_findings ? SEAMSTEP_MISMATCH : ends[verdict];
	if (verdict == SS_LOST)
		s->ended = SEAMSTEP_LOST;
}

uint64_t simulate_window_ns(const struct simulation *s)
{
	return s->update.window.close_ns - s->update.window.open_ns;
}

/* "1.5.09 -> 1.5.16", and the running version if 1.5.16 does not run. */
static char *course_text(const struct simulation *s)
{
	const char *from = s->running.name, *to = s->names[0];

	switch (s->update.result.verdict) {
	case SS_UPDATED:
		return base_text("%s -> %s", from, to);
	case SS_UNCHANGED:
		return base_text("%s -> %s failed, %s still runs", from, to, from);
	case SS_RECOVERED:
		return base_text("%s -> %s failed, %s runs", from, to, s->running_now);
	default:
		return base_text("%s -> %s failed, %s", from, to,
				   *s->running_now ? "the TDs' state is gone" : "no module runs");
	}
}

char *simulate_verdict_line(const struct simulation *s)
{
	const char *verdict = ss_verdict_name(s->update.result.verdict);
	char *course = course_text(s), *window = base_duration(simulate_window_ns(s)), *line;

	line = base_text("%s %s: %u of %u TDs alive, window %s, updates left %u",
			   s->ended == SEAMSTEP_MISMATCH ? "mismatch" : verdict, course,
			   s->end_diff.alive, s->end_diff.total, window,
			   s->sim_end.remaining_updates);
	base_free(window);
	base_free(course);
	return line;
}
