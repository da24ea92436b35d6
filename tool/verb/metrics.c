// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep metrics": a text file for node_exporter. */
#include "tool/session/session.h"

#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char verb_metrics_help[] =
	"  --output FILE      replace FILE as a whole instead of printing; node_exporter reads\n"
	"                     files whose names end in .prom\n"
	CONTEXT_PLACE_HELP TCB_HELP;

enum { OPT_OUTPUT = CONTEXT_VERB_OPTIONS };

static const struct option options[] = {
	CONTEXT_OPTIONS, TCB_OPTIONS, { "output", required_argument, NULL, OPT_OUTPUT },
	{ NULL, 0, NULL, 0 }
};

static void gauge(FILE *out, const char *name, const char *help, bool known, double value)
{
	if (known)
		fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %.15g\n", name, help, name, name,
			value);
}

/* A label value: text_escape()'s text, with quotes and backslashes escaped for the format. */
static char *label(const char *text)
{
	char *shown = text_escape(text ? text : ""), *out = memory_alloc(2 * strlen(shown) + 1),
	     *p = out;
	const char *q;

	for (q = shown; *q; q++) {
		if (*q == '"' || *q == '\\')
			*p++ = '\\';
		*p++ = *q;
	}
	free(shown);
	return out;
}

static void info(FILE *out, const struct session *s)
{
	const struct ss_compat_host *h = &s->facts->compat;
	char *module = text_version(h->has_module_version, h->module);
	char *seamldr = text_version(h->has_seamldr_version, h->seamldr);
	char *host = label(seamstep_host_name(s->host));

	fprintf(out,
		"# HELP seamstep_module_info Versions of the running firmware.\n# TYPE seamstep_module_info "
		"gauge\n"
		"seamstep_module_info{version=\"%s\",seamldr=\"%s\",interface=\"%s\",host=\"%s\"} "
		"1\n",
		module, seamldr, seamstep_host_kind_name(s->facts->kind), host);
	free(host);
	free(seamldr);
	free(module);
}

static double timestamp(const char *text)
{
	int64_t seconds;

	return text && seamstep_tcb_time_parse(text, &seconds) ? (double)seconds : 0;
}

static void last_update(FILE *out, const struct session *s)
{
	json_t *last = session_last_update(s);
	json_t *outcome = json_object_get(last, "outcome"),
	       *exit = json_object_get(outcome, "exit");
	const char *state = json_string_value(json_object_get(last, "state"));
	double success = 0;
	size_t i;

	for (i = 0; i < json_array_size(s->updates); i++) {
		json_t *o = json_object_get(json_array_get(s->updates, i), "outcome");

		if (o && !json_integer_value(json_object_get(json_object_get(o, "exit"), "code")))
			success = timestamp(json_string_value(json_object_get(o, "time")));
	}
	gauge(out, "seamstep_last_update_exit_code", "Exit status of the last update.",
	      exit != NULL, (double)json_integer_value(json_object_get(exit, "code")));
	gauge(out, "seamstep_last_update_interrupted", "1 if the last update has no outcome.",
	      last != NULL, state && !strcmp(state, "interrupted"));
	gauge(out, "seamstep_last_update_window_seconds",
	      "Seconds for which the last update stopped the host.", outcome != NULL,
	      (double)json_integer_value(json_object_get(outcome, "window_ns")) / 1e9);
	gauge(out, "seamstep_last_update_duration_seconds", "Seconds that the last update took.",
	      outcome != NULL,
	      (double)json_integer_value(json_object_get(outcome, "duration_ns")) / 1e9);
	gauge(out, "seamstep_last_success_timestamp_seconds", "Unix time of the last successful update.",
	      success > 0, success);
}

static void tcb_head(FILE *out, const char *name, const char *help)
{
	fprintf(out, "# HELP seamstep_tcb_%s %s\n# TYPE seamstep_tcb_%s gauge\n", name, help, name);
}

static void tcb_line(FILE *out, const char *name, const struct seamstep_tcb_doc *doc,
		     const char *more, double value)
{
	char *file = label(doc->name);

	fprintf(out, "seamstep_tcb_%s{document=\"%s\"%s} %.15g\n", name, file, more, value);
	free(file);
}

/* What of one document is told: its number, its days, the status of what runs by it. */
static void tcb_value(FILE *out, const struct session *s, size_t i, const char *name, int64_t now)
{
	const struct seamstep_tcb_doc *doc = seamstep_tcb_doc(s->tcb, i);
	struct seamstep_tcb_module running;
	struct seamstep_tcb_verdict v;
	char more[96];

	if (!strcmp(name, "set")) {
		tcb_line(out, name, doc, "", doc->set);
	} else if (!strcmp(name, "next_update_days")) {
		tcb_line(out, name, doc, "", (double)((doc->next_update - now) / 864) / 100);
	} else if (seamstep_tcb_running(s->host, &running)) {
		seamstep_tcb_judge(s->tcb, i, &running, &v);
		snprintf(more, sizeof(more), ",status=\"%s\",decides=\"%d\"",
			 seamstep_tcb_status_name(v.status), doc->decides);
		if (!strcmp(name, "status"))
			tcb_line(out, name, doc, more, 1);
		else
			tcb_line(out, name, doc, "", v.status == SEAMSTEP_TCB_UP_TO_DATE);
	}
}

static void tcb(FILE *out, const struct session *s)
{
	static const char *const names[][2] = {
		{ "set", "tcbEvaluationDataNumber of the document." },
		{ "next_update_days", "Days until a newer document is due, negative when late." },
		{ "status", "1, with the status of the running module as a label." },
		{ "up_to_date", "1 if the running module is UpToDate by this document." },
	};
	const struct tcb_options *o = &s->options->tcb;
	int64_t now = o->has_at ? o->at : (int64_t)time(NULL);
	size_t i, n;

	gauge(out, "seamstep_tcb_documents_bad",
	      "1 if TCB Info that is configured cannot all be used.", s->tcb || s->tcb_error,
	      !s->tcb || seamstep_tcb_complaint(s->tcb) >= 0);
	for (n = 0; s->tcb && n < SS_ARRAY_SIZE(names); n++) {
		tcb_head(out, names[n][0], names[n][1]);
		for (i = 0; i < seamstep_tcb_size(s->tcb); i++)
			if (seamstep_tcb_doc(s->tcb, i)->usable)
				tcb_value(out, s, i, names[n][0], now);
	}
}

static void write_metrics(FILE *out, const struct session *s)
{
	const struct seamstep_facts *f = s->facts;
	struct session_available new;
	struct seamstep_inhibitors *by;
	bool inhibited = seamstep_inhibitors_read(s->host, &by) || by->nr > 0;

	session_available(s, &new);
	info(out, s);
	gauge(out, "seamstep_module_lost", "1 if no TDX Module runs until a reboot.",
	      f->kind != SEAMSTEP_HOST_NONE, f->module_lost);
	gauge(out, "seamstep_updates_left", "Updates left before a reboot.",
	      f->compat.has_remaining, f->compat.remaining_updates);
	gauge(out, "seamstep_lps_offline", "Offline LPs; an update needs all online.",
	      f->compat.has_lps, f->compat.lps_platform - f->compat.lps_online);
	gauge(out, "seamstep_tds", "TDs that are alive.", f->has_tds, f->tds);
	gauge(out, "seamstep_inhibited", "1 if somebody forbids updates.", true,
	      inhibited);
	gauge(out, "seamstep_update_available",
	      "Number of updates to the newest version that fits; 0 if there is none.", new.known,
	      new.updates);
	gauge(out, "seamstep_repository_bad", "1 if the repository cannot be read or used.",
	      s->repo || s->repo_error, !new.known);
	gauge(out, "seamstep_update_under_way", "1 if an update is under way.", true,
	      seamstep_host_is_locked(s->host) ||
		      (f->upload_status && strcmp(f->upload_status, "idle")));
	gauge(out, "seamstep_journal_bad", "1 if the journal cannot be read, or lines of it.", true,
	      s->journal_error || s->damaged);
	gauge(out, "seamstep_module_svn", "SVN of the running module: major * 256 + minor.",
	      f->compat.has_module_svn, f->compat.svn_major * 256 + f->compat.svn_minor);
	tcb(out, s);
	last_update(out, s);
	free(new.why);
	seamstep_inhibitors_free(by);
}

static int print(const struct session *s, const char *path)
{
	char *text = NULL, *shown;
	size_t n = 0;
	FILE *memory = open_memstream(&text, &n);
	int rc = EXIT_OK;

	if (!memory)
		return out_fail(EXIT_ERROR, "not enough memory");
	write_metrics(memory, s);
	fclose(memory);
	if (!path) {
		fwrite(text, 1, n, stdout);
	} else if (!file_write(path, text, n, 0644)) {
		shown = text_escape(path);
		rc = out_fail(EXIT_ERROR, "%s: %s", shown, strerror(errno));
		free(shown);
	}
	free(text);
	return rc;
}

static int take(void *into, int c, const char *value)
{
	if (c != OPT_OUTPUT)
		return OPTION_UNKNOWN;
	*(const char **)into = value;
	return EXIT_OK;
}

int verb_metrics(int argc, char **argv)
{
	const char *path = NULL;
	struct context_options o = {
		.verb = "metrics", .options = options, .take = take, .into = &path, .use_tcb = true,
	};
	struct session session;
	int rc;

	if (!context_parse(&o, argc, argv, &rc))
		return rc;
	if (out_json_wanted())
		return out_usage_error("metrics", "--json: the metrics are text for node_exporter; "
				       "'status --json' and 'history --json' have the facts");
	rc = session_open(&session, &o);
	if (rc)
		return rc;
	rc = print(&session, path);
	session_close(&session);
	return rc;
}
