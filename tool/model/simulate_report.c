// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The report of a simulation for people; the timeline that all reports use. */
#include "simulate_report.h"

#include "model.h"

#include "lib/base/compat_text.h"
#include "tool/out/table.h"
#include "tool/out/terminal.h"
#include "tool/base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TDS_SHOWN	8
#define HEX_SHOWN	12	/* digits of a digest, enough to compare by eye */

struct timeline simulate_timeline(const struct simulation *s, char **title, char **subtitle)
{
	*title = simulate_verdict_line(s);
	*subtitle =
		text_format("%u LPs, %u TDs with %u vCPUs each; software model, not TDX hardware",
			    s->config.nr_lps, s->config.nr_tds, s->config.vcpus);
	return (struct timeline){
		.title = *title, .subtitle = *subtitle, .image_names = s->names,
		.result = &s->update.result, .lps = s->lps, .nr_lps = s->config.nr_lps,
	};
}

static void heading(FILE *out, const char *text)
{
	fprintf(out, "%s%s%s\n", out_style(out, OUT_BOLD), text, out_style(out, OUT_PLAIN));
}

/* ---- before ---------------------------------------------------------------------------------- */

void simulate_report_before(const struct simulation *s, FILE *out)
{
	const struct ss_sigstruct *sig = &s->running.image.sig;
	uint32_t i;

	heading(out, "Simulated host (a software model; nothing here has run on TDX hardware)");
	fprintf(out, "  TDX Module    %s, SVN %u.%u, handoff versions %u to %u\n", s->running.name,
		sig->svn_major, sig->svn_minor, sig->min_update_hv, sig->module_hv);
	fprintf(out, "  P-SEAMLDR     %u.%u.%02u, %u updates left\n", s->info.major, s->info.minor,
		s->info.update, s->info.num_remaining_updates);
	fprintf(out, "  LPs           %u in %u socket%s, CPU %x\n", s->config.nr_lps,
		s->config.sockets, s->config.sockets == 1 ? "" : "s", s->config.fms);
	fprintf(out, "  TDs           %u with %u vCPU%s each, and TDs that are built and torn down\n",
		s->config.nr_tds, s->config.vcpus, s->config.vcpus == 1 ? "" : "s");
	fprintf(out, "  update to     %s, SVN %u.%u, handoff version %u; fallbacks:", s->names[0],
		s->images[0].image.sig.svn_major, s->images[0].image.sig.svn_minor, s->plan.hv);
	for (i = 1; i < s->nr_images; i++)
		fprintf(out, "%s %s", i > 1 ? "," : "", s->names[i]);
	fputs(s->nr_images > 1 ? "\n" : " none\n", out);
	for (i = 0; i < s->nr_notes; i++)
		fprintf(out, "  note          %s\n", s->notes[i]);
	fputc('\n', out);
}

/* ---- steps ----------------------------------------------------------------------------------- */

static char *percent(uint64_t part, uint64_t whole)
{
	return text_format("%.1f %%", whole ? 100.0 * (double)part / (double)whole : 0.0);
}

static void step_row(struct out_table *table, const struct timeline_step *step, uint64_t window_ns)
{
	char *lps = text_format("%u", step->lps);
	char *total = text_duration(step->end_ns - step->start_ns);
	char *longest_lp = text_format("%u", step->longest_lp);
	char *longest = text_duration(step->longest_ns);
	char *share = percent(step->end_ns - step->start_ns, window_ns);
	const char *cells[] = {
		step->name, step->image, step->mode, lps, total, longest_lp, longest, share,
	};

	out_table_row(table, cells);
	free(share);
	free(longest);
	free(longest_lp);
	free(total);
	free(lps);
}

/* What the steps leave of the window: LPs arrive, wait for each other, and leave. */
static void waiting_row(struct out_table *table, uint64_t ns, uint64_t window_ns)
{
	char *total = text_duration(ns), *share = percent(ns, window_ns);
	const char *cells[] = { "between steps", "", "wait", "", total, "", "", share };

	out_table_row(table, cells);
	free(share);
	free(total);
}

static void report_steps(const struct simulation *s, const struct timeline *t, FILE *out)
{
	static const struct out_column columns[] = {
		{ "STEP", false }, { "IMAGE", false }, { "MODE", false }, { "LPS", true },
		{ "TOTAL", true }, { "SLOWEST LP", true }, { "TOOK", true }, { "OF WINDOW", true },
	};
	struct out_table *table = out_table_new(columns, SS_ARRAY_SIZE(columns));
	uint64_t window = simulate_window_ns(s), worked = 0;
	struct timeline_step step;
	uint32_t i;

	heading(out, "The update, with all LPs stopped");
	for (i = 0; i < t->result->nr_visits; i++) {
		timeline_step(t, i, &step);
		worked += step.lps ? step.end_ns - step.start_ns : 0;
		if (step.lps)
			step_row(table, &step, window);
	}
	if (worked < window)
		waiting_row(table, window - worked, window);
	out_table_end(table, out);
	fputc('\n', out);
}

static void report_events(const struct timeline *t, FILE *out)
{
	const struct ss_update_result *r = t->result;
	uint32_t i, same;
	char *text;

	if (!r->nr_events && r->reason == SS_REASON_NONE && r->confirmed)
		return;
	heading(out, "What went wrong, and what the update did then");
	for (i = 0; i < r->nr_events; i += same) {
		same = timeline_same_events(t, i);
		text = timeline_event_text(t, &r->events[i]);
		fprintf(out, "  %s%s", out_style(out, OUT_NOTE), text);
		if (same > 1)
			fprintf(out, " (%u times)", same);
		fprintf(out, "%s\n", out_style(out, OUT_PLAIN));
		free(text);
	}
	if (r->events_dropped)
		fprintf(out, "  and %u more events\n", r->events_dropped);
	if (r->reason != SS_REASON_NONE)
		fprintf(out, "  reason: %s\n", ss_update_reason_text(r->reason));
	if (!r->confirmed)
		fprintf(out, "  not confirmed: the last look at the firmware shows '%s'\n",
			ss_update_sight_name(r->seen));
	fputc('\n', out);
}

/* ---- TDs ------------------------------------------------------------------------------------- */

static const char *same(const uint8_t *a, const uint8_t *b, size_t n)
{
	return memcmp(a, b, n) ? "CHANGED" : "unchanged";
}

static char *fate_of(const struct rig_td_audit *td)
{
	if (td->alive)
		return text_format("yes");
	if (!td->dead_leaf && !td->dead_status)
		return text_format("NO");
	return text_format("NO: %s on LP %u = %s", ss_leaf_name(td->dead_leaf), td->dead_lp,
			   ss_status_name(td->dead_leaf, td->dead_status));
}

static void td_row(struct out_table *table, const struct simulation *s, uint32_t i)
{
	const struct sim_td_audit *before = &s->before[i].td, *after = &s->after[i].td;
	char *number = text_format("%u", i), *mrtd = text_hex(s->end[i].td.mrtd, HEX_SHOWN / 2);
	char *progress =
		text_format("%" PRIu64 " -> %" PRIu64, before->progress, s->end[i].td.progress);
	char *fate = fate_of(&s->end[i]);
	const char *cells[] = {
		number, fate, same(before->digest, after->digest, sizeof(before->digest)), mrtd,
		same(before->mrtd, s->end[i].td.mrtd, sizeof(before->mrtd)), progress,
	};

	out_table_row(table, cells);
	free(fate);
	free(progress);
	free(mrtd);
	free(number);
}

static void report_tds(const struct simulation *s, bool all, FILE *out)
{
	static const struct out_column columns[] = {
		{ "TD", true }, { "ALIVE", false }, { "MEMORY IN WINDOW", false },
		{ "MRTD", false }, { "MRTD IS", false }, { "PROGRESS", false },
	};
	uint32_t total = s->config.nr_tds, i;
	uint32_t shown = all || total < TDS_SHOWN ? total : TDS_SHOWN;
	struct out_table *table = out_table_new(columns, SS_ARRAY_SIZE(columns));

	heading(out, "Audit of the TDs: before the window, and after the TDs ran on");
	for (i = 0; i < shown; i++)
		td_row(table, s, i);
	out_table_end(table, out);
	if (shown < total)
		fprintf(out, "... and %u more (--verbose shows all)\n", total - shown);
	fprintf(out, "%u of %u alive; memory changed in %u, MRTD in %u; %u without progress; "
		"%u foreign SEAMCALLs in the window\n\n", s->end_diff.alive, total,
		s->window_diff.digest_changed, s->end_diff.mrtd_changed, s->end_diff.not_progressed,
		s->update.sim.foreign);
}

/* ---- verdict --------------------------------------------------------------------------------- */

static void report_files(const struct simulate_view *v, FILE *out)
{
	char *shown;

	if (v->svg) {
		shown = text_escape(v->svg);
		fprintf(out, "timeline: %s\n", shown);
		free(shown);
	}
	if (v->perfetto) {
		shown = text_escape(v->perfetto);
		fprintf(out, "trace:    %s (open the file at https://ui.perfetto.dev)\n", shown);
		free(shown);
	}
}

static void report_verdict(const struct simulation *s, const struct simulate_view *view, FILE *out)
{
	char *line = simulate_verdict_line(s);
	bool bad = s->ended == SEAMSTEP_LOST || s->ended == SEAMSTEP_MISMATCH;
	enum out_style style = s->ended == SEAMSTEP_OK ? OUT_GOOD : bad ? OUT_BAD : OUT_NOTE;
	uint32_t i;

	if (s->nr_findings)
		heading(out, "The audit contradicts the verdict");
	for (i = 0; i < s->nr_findings; i++)
		fprintf(out, "  %s\n", s->findings[i]);
	if (s->nr_findings)
		fprintf(out, "  the update itself reported: %s\n\n",
			ss_verdict_name(s->update.result.verdict));
	fprintf(out, "%s%s%s\n", out_style(out, style), line, out_style(out, OUT_PLAIN));
	report_files(view, out);
	free(line);
}

static void report_refusal(const struct simulation *s, FILE *out)
{
	const struct ss_compat *compat = &s->images[s->refused_image].compat;
	char *values;
	uint32_t i;

	if (s->ended != SEAMSTEP_INCOMPATIBLE && s->ended != SEAMSTEP_EXHAUSTED)
		return;
	for (i = 0; i < SS_COMPAT_NR; i++) {
		if (!(compat->refused & 1u << i))
			continue;
		values = compat_values(compat, i);
		fprintf(out, "  %-14s %s%s%s\n", ss_compat_name(i), ss_compat_text(i),
			*values ? ": " : "", values);
		free(values);
	}
}

void simulate_report(const struct simulation *s, const struct simulate_view *view, FILE *out)
{
	char *title, *subtitle;
	struct timeline t;

	if (!s->ran) {
		report_refusal(s, stderr);
		return;
	}
	t = simulate_timeline(s, &title, &subtitle);
	report_steps(s, &t, out);
	report_events(&t, out);
	report_tds(s, view->verbose, out);
	report_verdict(s, view, out);
	free(subtitle);
	free(title);
}

void model_progress(void *arg, const char *what, uint64_t done, uint64_t total)
{
	(void)arg;
	out_progress(what, done, total);
}
