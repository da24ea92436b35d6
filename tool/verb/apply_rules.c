// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What the target means for a host, and the rules that hold an update off. */
#include "apply.h"

#include "tool/base/text.h"
#include "tool/base/words.h"
#include "tool/session/config.h"
#include "tool/session/config_keys.h"
#include "tool/session/window.h"

#include <seamstep/text.h>

#include <stdlib.h>
#include <time.h>

static bool fail(struct apply *a, enum exit_status exit, const char *why)
{
	a->answer = APPLY_FAILED;
	return update_fail(&a->job, exit, "%s", why);
}

/* ---- the target ------------------------------------------------------------------------------ */

/* "1.5" becomes a version. */
static bool resolve_line(struct apply *a)
{
	const struct ss_compat_host *h = &a->job.session->facts->compat;
	struct ss_version version;
	char *now, *why;

	if (target_newest(a->job.session->host, a->target.version, &version)) {
		a->release = text_version(true, version);
		a->update.plan.request.to = a->release;
		if (seamstep_version_cmp(version, h->module))
			return true;
		/* An image of it need not be there. */
		a->why = text_format("%s runs, and the repository has nothing newer of its line for it",
				     a->release);
		a->answer = APPLY_NOTHING;
		return false;
	}
	now = text_version(h->has_module_version, h->module);
	why = text_format("target %s: no version of line %u.%u can follow %s; 'seamstep list' says "
			  "why", a->target_text, a->target.version.major, a->target.version.minor,
			  now);
	fail(a, EXIT_INCOMPATIBLE, why);
	free(why);
	free(now);
	return false;
}

static bool resolve_tcb(struct apply *a)
{
	char *why;

	session_load_tcb(a->job.session);
	if (session_need_tcb(a->job.session, &why)) {
		fail(a, EXIT_ERROR, why);
		free(why);
		return false;
	}
	a->update.plan.has_tcb = true;
	a->update.plan.request.tcb = a->job.session->tcb;
	a->update.plan.request.tcb_status = a->target.status;
	return true;
}

static bool can_tell_newest(struct apply *a)
{
	enum exit_status exit;
	char *fault = session_repo_fault(a->job.session, &exit), *why;

	if (!fault)
		return true;
	why = text_format("target %s: %s", a->target_text, fault);
	fail(a, exit, why);
	free(why);
	free(fault);
	return false;
}

static bool resolve(struct apply *a)
{
	char *why;

	/* Both sources have been checked. */
	if (!target_parse(a->target_text, &a->target, &why)) {
		fail(a, EXIT_ERROR, why);
		free(why);
		return false;
	}
	if ((a->target.kind == TARGET_LINE || a->target.kind == TARGET_NEWEST) &&
	    !can_tell_newest(a))
		return false;
	if (a->target.kind == TARGET_LINE)
		return resolve_line(a);
	if (a->target.kind == TARGET_TCB)
		return resolve_tcb(a);
	a->update.plan.request.to = a->target.kind == TARGET_VERSION ? a->target_text : NULL;
	return true;
}

static bool lacks_fallback(const struct seamstep_route *route)
{
	uint32_t i;

	for (i = 0; i < route->nr_hops; i++)
		if (!route->hops[i]->fallback && !route->hops[i]->fallback_after)
			return true;
	return false;
}

static bool find_route(struct apply *a)
{
	struct session *s = a->job.session;
	struct seamstep_route *route = NULL;
	enum exit_status exit = exit_of(seamstep_route_find(s->host, &a->update.plan.request,
							    &route));
	char *why;

	if (exit) {
		why = text_format("target %s: %s", a->target_text, seamstep_error(s->lib));
		fail(a, exit, why);
		free(why);
	} else {
		a->needed = route->nr_hops;
		a->lacks_fallback = lacks_fallback(route);
		a->why = text_format("%s", route->why ? route->why : "");
		free(a->release);
		a->release = text_version(route->has_to, route->to);
		if (a->target.kind == TARGET_LINE)
			a->update.plan.request.to = a->release;
		a->answer = route->nr_hops ? APPLY_UPDATES : APPLY_NOTHING;
	}
	seamstep_route_free(route);
	return a->answer == APPLY_UPDATES;
}

/* ---- the rules ------------------------------------------------------------------------------- */

static bool in_bucket(struct apply *a)
{
	const char *rule = config_get("bucket");
	struct session *s = a->job.session;
	enum exit_status exit;
	char *why;

	if (!rule || !config_bucket_parse(rule, &a->in, &a->of, &why))
		return true;
	exit = exit_of(seamstep_host_bucket(s->host, a->release, a->of, &a->bucket));
	if (exit)
		return fail(a, exit, seamstep_error(s->lib));
	a->has_bucket = true;
	if (a->bucket >= a->in)
		a->answer = APPLY_NOT_IN_BUCKET;
	return a->bucket < a->in;
}

static bool is_open(struct apply *a)
{
	const struct tcb_options *tcb = &a->job.session->options->tcb;
	const char *rule = config_get("window");
	time_t now = tcb->has_at ? (time_t)tcb->at : time(NULL);
	struct window window;
	struct tm local;
	char *why;

	if (!rule || !window_parse(rule, &window, &why))
		return true;
	if (localtime_r(&now, &local) && window_is_open(&window, &local))
		return true;
	a->opens = window_next(&window, now);
	a->answer = APPLY_WINDOW_CLOSED;
	return false;
}

/* Is a TD known that a failure would cost? A host that does not tell is believed to be as told. */
static bool has_tds(const struct seamstep_facts *f)
{
	return (f->has_tds && f->tds) || (f->has_builds && f->builds);
}

static void set_limits(struct apply *a)
{
	const char *rule = config_get("max-updates");
	uint64_t most = a->options->max_updates;

	if (!most && rule)
		words_number(rule, 1, CONFIG_MAX_UPDATES, &most);
	a->update.max_hops = (uint32_t)most;
	/* The journal shall show the waiver where it was needed only. */
	if (a->options->boot && !a->at_run_time && a->lacks_fallback)
		a->update.request.waived |= 1u << SEAMSTEP_CHECK_FALLBACK;
}

void apply_judge(struct apply *a)
{
	struct session *s = a->job.session;

	a->at_run_time = a->options->boot && has_tds(s->facts);
	/* Before any TD there is nothing to hold off, and whom the hooks would ask does not run. */
	a->update.no_hooks = a->options->boot && !a->at_run_time;
	if (!s->repo) {
		fail(a, EXIT_ERROR, s->repo_error ? s->repo_error :
		     "no repository of images is known; name a repository with --repo DIR, "
		     "SEAMSTEP_REPO or repo= in /etc/seamstep.conf");
		return;
	}
	if (s->facts->module_lost) {
		fail(a, EXIT_UNSUPPORTED, "no TDX Module runs; a reboot brings TDX back");
		return;
	}
	if (!resolve(a) || !find_route(a) || !in_bucket(a))
		return;
	if ((!a->options->boot || a->at_run_time) && !is_open(a))
		return;
	set_limits(a);
}
