// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep check": is this host in order? The exit status is the answer. */
#include "tool/session/config.h"
#include "tool/session/session.h"
#include "tool/session/target.h"

#include "tool/out/json_values.h"
#include "tool/out/preflight_report.h"
#include "tool/out/tcb_report.h"
#include "table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char verb_check_help[] =
	"  --to V             the version that this host should run (default: the target of the\n"
	"                     configuration, else the newest that fits)\n"
	"  --tcb STATUS       TCB Info must say UpToDate (or another status) of what runs\n"
	"  --ready            instead: could this host be updated now, whatever the image?\n"
	"  --verify           after an update: the version of the update, or of --to, must run,\n"
	"                     and the kernel log must have no warning since the update\n"
	"  -v, --verbose      also report what is in order\n"
	CONTEXT_HELP TCB_HELP
	"\n"
	"Exit status: 0 in order, 1 the question cannot be answered (a repository, a journal or\n"
	"a document cannot be read), 3 an update is available, 4 no TDX Module or no interface,\n"
	"5 no image is well-formed, 6 no route leads to --to V or --tcb STATUS, 8 too few updates\n"
	"are left, 11 the module is lost, 12 the host's state disagrees with the last update,\n"
	"13 the last update was interrupted. With --ready: 0 an update is possible now, 7 not now,\n"
	"8 no updates are left, 1 a rule of this machine forbids it (root, journal), 4, 11.\n";

enum { OPT_VERIFY = CONTEXT_VERB_OPTIONS, OPT_TO, OPT_TCB, OPT_READY };

static const struct option options[] = { CONTEXT_OPTIONS,
					 { "verify", no_argument, NULL, OPT_VERIFY },
					 { "ready", no_argument, NULL, OPT_READY },
					 { "to", required_argument, NULL, OPT_TO },
					 { "tcb", required_argument, NULL, OPT_TCB },
					 TCB_OPTIONS,
					 { "verbose", no_argument, NULL, 'v' },
					 { NULL, 0, NULL, 0 } };

struct wanted {
	bool verbose, after_update, has_tcb, ready;
	enum seamstep_tcb_status tcb;
	const char *to;
	char *newest;		/* what @to points to where the configuration wants a line */
};

struct answer {
	enum exit_status exit;
	char *text;
	char **log;
	struct seamstep_preflight ready;
};

__attribute__((format(printf, 3, 4)))
static bool answer(struct answer *a, enum exit_status exit, const char *fmt, ...)
{
	va_list args;

	a->exit = exit;
	va_start(args, fmt);
	a->text = text_vformat(fmt, args);
	va_end(args);
	return true;
}

static bool this_boot(const struct session *s, json_t *update)
{
	const char *boot = json_string_value(json_object_get(update, "boot_id"));

	return boot && s->facts->boot_id && !strcmp(boot, s->facts->boot_id);
}

static bool check_module(const struct session *s, struct answer *a)
{
	enum seamstep_missing missing = s->facts->missing_module;

	if (s->facts->module_lost)
		return answer(a, EXIT_LOST, "no TDX Module runs; a reboot brings TDX back");
	if (!s->facts->compat.has_module_version)
		return answer(a, missing == SEAMSTEP_FACT_UNANSWERED ? EXIT_UNKNOWN :
								       EXIT_UNSUPPORTED,
			      "the version of the TDX Module is unknown: %s",
			      seamstep_missing_name(missing));
	return false;
}

/* A journal that cannot be read must not look like one that is empty. */
static bool check_journal(const struct session *s, struct answer *a)
{
	return s->journal_error && answer(a, EXIT_ERROR, "the journal cannot be read: %s",
					  s->journal_error);
}

static bool check_interrupted(const struct session *s, struct answer *a)
{
	json_t *last = session_last_update(s);
	const char *state = json_string_value(json_object_get(last, "state"));

	if (state && !strcmp(state, "interrupted") && this_boot(s, last))
		return answer(a, EXIT_UNKNOWN,
			      "the last update was interrupted; 'seamstep history' shows the "
			      "update, 'seamstep status' shows what runs");
	return false;
}

/* The journal's outcome of this boot's last update names the version that must run now. */
static bool check_outcome(const struct session *s, struct answer *a)
{
	json_t *last = session_last_update(s), *outcome = json_object_get(last, "outcome");
	const char *running = json_string_value(json_object_get(outcome, "running"));
	char *now;
	bool bad;

	if (!running || !this_boot(s, last))
		return false;
	now = text_version(true, s->facts->compat.module);
	bad = strcmp(running, now) != 0;
	if (bad)
		answer(a, EXIT_MISMATCH, "expected version %.24s, which ran after the last update, found %s", running,
		       now);
	free(now);
	return bad;
}

/* Converts a time of the journal to microseconds after boot; 0 if that is impossible. */
static uint64_t since_boot_us(const char *time_text)
{
	struct timespec mono;
	int64_t then, now = time(NULL);

	if (!time_text || !seamstep_tcb_time_parse(time_text, &then))
		return 0;
	clock_gettime(CLOCK_MONOTONIC, &mono);
	return then > now || mono.tv_sec <= now - then ? 0 :
	       (uint64_t)(mono.tv_sec - (now - then)) * 1000000;
}

static bool check_log(const struct session *s, struct answer *a)
{
	json_t *last = session_last_update(s);
	const char *begun = json_string_value(json_object_get(last, "time"));

	if (!this_boot(s, last))
		return false;
	seamstep_host_log(s->host, s->facts->recorded ? 0 : since_boot_us(begun), &a->log);
	if (!a->log || !a->log[0])
		return false;
	return answer(a, EXIT_MISMATCH, "the kernel log has warnings since the last update");
}

static bool verify(const struct session *s, const char *to, struct answer *a)
{
	struct ss_version want;
	json_t *last = session_last_update(s);
	const char *text = to ? to : json_string_value(json_object_get(last, "to"));
	char *now;
	bool bad;

	if (!text || !seamstep_version_parse(text, &want))
		return answer(a, EXIT_ERROR, "the journal has no update to compare with; name the "
			      "version that must run with --to V");
	now = text_version(true, s->facts->compat.module);
	bad = seamstep_version_cmp(want, s->facts->compat.module) != 0;
	if (bad)
		answer(a, EXIT_MISMATCH, "expected version %.24s, found %s", text, now);
	free(now);
	return bad || check_log(s, a);
}

static void take_available(const struct session_available *new, struct answer *a)
{
	char *version;

	if (new->updates) {
		version = text_version(true, new->version);
		answer(a, EXIT_PENDING, "%s is available, %u update%s away", version, new->updates,
		       new->updates > 1 ? "s" : "");
		free(version);
	} else {
		answer(a, new->exit, "%s%s", new->known ? "" : "newer versions are unknown: ", new->why);
	}
}

static void check_pending(struct session *s, struct answer *a)
{
	struct session_available new;

	session_available(s, &new);
	take_available(&new, a);
	free(new.why);
}

static void check_to(struct session *s, const char *to, struct answer *a)
{
	struct seamstep_route_request request = { .size = sizeof(request), .to = to };
	struct seamstep_route *route = NULL;
	struct session_available new = { .exit = EXIT_OK };

	new.exit = exit_of(seamstep_route_find(s->host, &request, &route));
	new.known = !new.exit;
	if (new.exit || !route->nr_hops) {
		answer(a, new.exit, "%s", new.exit ? seamstep_error(s->lib) : route->why);
	} else {
		new.updates = route->nr_hops;
		new.version = route->to;
		take_available(&new, a);
	}
	seamstep_route_free(route);
}

/* The checks of a preflight that need no image, and the lock. */
static void check_ready(struct session *s, struct answer *a)
{
	enum exit_status exit = exit_of(seamstep_ready_check(s->host, 0, &a->ready));

	answer(a, exit, "%s", exit ? seamstep_error(s->lib) : "the host could be updated now");
}

/* What runs is below the bar: "1.5.09 (SVN 1.8) is OutOfDate under set 20" */
static char *below_text(const struct session *s, const struct seamstep_tcb_module *running)
{
	size_t worst = (size_t)seamstep_tcb_worst(s->tcb, running);
	char *now = text_version(true, s->facts->compat.module), *text;
	struct seamstep_tcb_verdict v;

	seamstep_tcb_judge(s->tcb, worst, running, &v);
	text = text_format("%s (SVN %u.%u) is %s under set %u", now, running->major,
			   running->minor, v.has_level ? v.word : v.reason,
			   seamstep_tcb_doc(s->tcb, worst)->set);
	free(now);
	return text;
}

static void check_below(struct session *s, const struct wanted *w, const char *below,
			struct answer *a)
{
	struct seamstep_route_request request = {
		.size = sizeof(request), .tcb = s->tcb, .tcb_status = w->tcb,
	};
	struct seamstep_route *route = NULL;
	enum exit_status exit;
	char *version;

	if (!s->repo) {
		answer(a, EXIT_PENDING, "%s; %s", below, s->repo_error ? s->repo_error :
		       "no repository to look for a better one");
		return;
	}
	exit = exit_of(seamstep_route_find(s->host, &request, &route));
	if (exit) {
		answer(a, exit, "%s; %s", below, seamstep_error(s->lib));
	} else {
		version = text_version(true, route->to);
		answer(a, EXIT_PENDING, "%s; %s is %s, %u update%s away", below, version,
		       seamstep_tcb_status_name(w->tcb), route->nr_hops,
		       route->nr_hops > 1 ? "s" : "");
		free(version);
	}
	seamstep_route_free(route);
}

static void check_tcb(struct session *s, const struct wanted *w, struct answer *a)
{
	struct seamstep_tcb_module running;
	char *text;

	if (session_need_tcb(s, &text)) {
		answer(a, EXIT_ERROR, "%s", text);
	} else if (!seamstep_tcb_running(s->host, &running)) {
		answer(a, EXIT_UNSUPPORTED, "the running module's SVN is unknown: %s",
		       seamstep_missing_name(s->facts->missing_svn));
		return;
	} else if (seamstep_tcb_clears(s->tcb, &running, w->tcb)) {
		text = out_tcb_cell(s->tcb, &running);
		answer(a, EXIT_OK, "the running module (SVN %u.%u) is %s", running.major,
		       running.minor, text);
	} else {
		text = below_text(s, &running);
		check_below(s, w, text, a);
	}
	free(text);
}

static bool is_running(const struct session *s, const char *to)
{
	struct ss_version want;

	return to && seamstep_version_parse(to, &want) &&
	       !seamstep_version_cmp(want, s->facts->compat.module);
}

/* Without --to and --tcb the configuration says what should run. False: @a has the answer. */
static bool take_configured(struct session *s, struct wanted *w, struct answer *a)
{
	const char *text = w->to || w->has_tcb ? NULL : config_get("target");
	enum exit_status exit = EXIT_ERROR;
	struct ss_version version;
	struct target target;
	char *why = NULL;

	if (!text)
		return true;
	if (target_parse(text, &target, &why) && target.kind == TARGET_LINE)
		why = session_repo_fault(s, &exit);
	if (why) {
		answer(a, exit, "%s", why);
	} else if (target.kind == TARGET_LINE) {
		if (target_newest(s->host, target.version, &version))
			w->to = w->newest = text_version(true, version);
		else
			answer(a, EXIT_INCOMPATIBLE, "target %s: no version of this line runs or "
			       "can be reached", text);
	} else if (target.kind == TARGET_TCB) {
		w->has_tcb = true;
		w->tcb = target.status;
		if (!s->tcb && !s->tcb_error)
			session_load_tcb(s);
	} else if (target.kind == TARGET_VERSION) {
		w->to = text;
	}
	free(why);
	return !a->text;
}

static void judge(struct session *s, struct wanted *w, struct answer *a)
{
	const char *to;

	if (check_module(s, a))
		return;
	if (w->ready) {
		check_ready(s, a);
		return;
	}
	if (check_journal(s, a) || check_interrupted(s, a) || check_outcome(s, a))
		return;
	if (w->after_update) {
		if (!verify(s, w->to, a))
			answer(a, EXIT_OK, "the host is as the last update left it");
		return;
	}
	if (!take_configured(s, w, a))
		return;
	to = w->to;
	if (w->has_tcb)
		check_tcb(s, w, a);
	else if (is_running(s, to))
		answer(a, EXIT_OK, "version %s runs", to);
	else if (to && !s->repo)
		answer(a, EXIT_PENDING, "version %s does not run%s%s", to, s->repo_error ? "; " : "",
		       s->repo_error ? s->repo_error : "");
	else if (to)
		check_to(s, to, a);
	else
		check_pending(s, a);
}

static int report(const struct session *s, const struct answer *a, bool verbose)
{
	struct seamstep_tcb_module running;
	json_t *doc, *log;
	uint32_t i;

	if (out_json_wanted()) {
		doc = session_doc(s);
		log = json_array();
		for (i = 0; a->log && a->log[i]; i++)
			json_array_append_new(log, json_text(a->log[i]));
		json_object_set_new(doc, "answer", json_text(a->text));
		json_object_set_new(doc, "running", json_version(s->facts->compat.has_module_version,
								 s->facts->compat.module));
		json_object_set_new(doc, "kernel_log", log);
		json_object_set_new(doc, "preflight", preflight_json(&a->ready));
		if (s->tcb && seamstep_tcb_running(s->host, &running))
			json_object_set_new(doc, "tcb", out_tcb_json(s->tcb, &running));
		return out_json_end(doc, a->exit);
	}
	if (a->exit || verbose)
		printf("%s: %s: %s\n", seamstep_host_name(s->host), exit_name(a->exit), a->text);
	if (a->exit || verbose)
		preflight_print(&a->ready, stdout);
	for (i = 0; a->log && a->log[i]; i++) {
		char *shown = text_escape(a->log[i]);

		printf("  %s\n", shown);
		free(shown);
	}
	return a->exit;
}

static int take_tcb(struct wanted *w, const char *value)
{
	w->has_tcb = true;
	return tcb_status_option("check", value, &w->tcb);
}

static int take(void *into, int c, const char *value)
{
	struct wanted *w = into;

	if (c == 'v')
		w->verbose = true;
	else if (c == OPT_READY)
		w->ready = true;
	else if (c == OPT_VERIFY)
		w->after_update = true;
	else if (c == OPT_TO)
		w->to = value;
	else if (c == OPT_TCB)
		return take_tcb(w, value);
	else
		return OPTION_UNKNOWN;
	return EXIT_OK;
}

int verb_check(int argc, char **argv)
{
	struct wanted w = { .verbose = false };
	struct context_options o = {
		.verb = "check", .options = options, .take = take, .into = &w,
	};
	struct answer a = { .exit = EXIT_ERROR };
	struct session session;
	int rc;

	if (!context_parse(&o, argc, argv, &rc))
		return rc;
	if (w.ready && (w.after_update || w.has_tcb || w.to))
		return out_usage_error("check", "--ready is a question of its own: expected no --to, "
				       "--tcb or --verify beside it");
	rc = session_open(&session, &o);
	if (rc)
		return rc;
	if (w.has_tcb || out_json_wanted())
		session_load_tcb(&session);
	judge(&session, &w, &a);
	free(w.newest);
	rc = report(&session, &a, w.verbose);
	seamstep_log_free(a.log);
	seamstep_ready_release(&a.ready);
	free(a.text);
	session_close(&session);
	return rc;
}
