// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep apply": brings a host to the state that is configured, within the configured rules. */
#include "apply.h"

#include "table.h"
#include "tool/session/config.h"
#include "tool/session/config_keys.h"

#include <stdlib.h>

#define DEFAULT_TIMEOUT_S 60
#define MAX_SECONDS	86400

const char verb_apply_help[] =
	"  --target TARGET    a version, a line as 1.5, newest, or tcb=UpToDate, instead of\n"
	"                     target= of the configuration\n"
	"  --boot             before the first TD: a missing fallback and the maintenance\n"
	"                     window stop nothing, unless TDs are found alive\n"
	"  --dry-run          make all checks, touch nothing\n"
	"  --max-updates N    make N updates at most, instead of max-updates=\n"
	"  --timeout SECONDS  wait so long for an outcome (default 60)\n"
	"  --wait SECONDS     wait so long for another update to end (default 0)\n"
	"  -v, --verbose      also say what is in order\n"
	CONTEXT_HELP TCB_HELP
	"\n"
	"Prints nothing if nothing changes, and one line if something does. Exit status: 0 the\n"
	"host is at its target, 3 more updates are needed, 6 no route leads there, 7 a rule or a\n"
	"passing condition forbids it now, 8 too few updates are left; else as 'update'.\n";

enum {
	OPT_TARGET = CONTEXT_VERB_OPTIONS, OPT_BOOT, OPT_DRY_RUN, OPT_MAX, OPT_TIMEOUT, OPT_WAIT
};

static const struct option options[] = { CONTEXT_OPTIONS,
					 TCB_OPTIONS,
					 { "target", required_argument, NULL, OPT_TARGET },
					 { "boot", no_argument, NULL, OPT_BOOT },
					 { "dry-run", no_argument, NULL, OPT_DRY_RUN },
					 { "max-updates", required_argument, NULL, OPT_MAX },
					 { "timeout", required_argument, NULL, OPT_TIMEOUT },
					 { "wait", required_argument, NULL, OPT_WAIT },
					 { "verbose", no_argument, NULL, 'v' },
					 { NULL, 0, NULL, 0 } };

struct parsed {
	struct apply_options options;
	struct apply apply;
};

static int take_target(struct apply_options *o, const char *value)
{
	struct target target;
	char *why;
	int rc;

	o->target = value;
	if (target_parse(value, &target, &why))
		return EXIT_OK;
	rc = out_usage_error("apply", "--target: %s", why);
	free(why);
	return rc;
}

static int take(void *into, int c, const char *value)
{
	struct parsed *p = into;
	struct update_options *u = &p->apply.update;

	switch (c) {
	case OPT_TARGET:
		return take_target(&p->options, value);
	case OPT_BOOT:
		p->options.boot = true;
		return EXIT_OK;
	case OPT_DRY_RUN:
		u->dry_run = true;
		return EXIT_OK;
	case OPT_MAX:
		return out_number32_option("apply", "max-updates", value, 1, CONFIG_MAX_UPDATES,
					   &p->options.max_updates);
	case OPT_TIMEOUT:
		return out_number32_option("apply", "timeout", value, 0, MAX_SECONDS, &u->timeout_s);
	case OPT_WAIT:
		return out_number32_option("apply", "wait", value, 0, MAX_SECONDS, &u->wait_s);
	case 'v':
		p->options.verbose = true;
		return EXIT_OK;
	}
	return OPTION_UNKNOWN;
}

static void work(struct apply *a)
{
	if (!a->target_text) {
		a->answer = APPLY_NO_TARGET;
		return;
	}
	if (update_begin(&a->job, a->options->boot ? "seamstep apply --boot" : "seamstep apply"))
		apply_judge(a);
	if (a->answer == APPLY_UPDATES)
		update_run(&a->job);
	if (a->job.update && a->job.update->nothing)
		a->answer = APPLY_NOTHING;
	seamstep_host_unlock(a->job.session->host);
}

static int on_session(struct apply *a, struct session *session)
{
	int rc;

	a->job.options = &a->update;
	a->job.session = session;
	a->target_text = a->options->target ? a->options->target : config_get("target");
	work(a);
	rc = apply_report(a);
	apply_release(a);
	return rc;
}

/* The time that documents and windows are judged by is a matter of plans only. */
static int check_at(const struct context_options *co, const struct update_options *u)
{
	return co->tcb.has_at && !u->dry_run ?
	       out_usage_error("apply", "--at: expected --dry-run too: an update is made now") :
	       EXIT_OK;
}

int verb_apply(int argc, char **argv)
{
	struct parsed *p = memory_alloc(sizeof(*p));
	struct context_options co = {
		.verb = "apply", .options = options, .take = take, .into = p,
	};
	struct session session;
	int rc;

	p->apply.options = &p->options;
	p->apply.update = (struct update_options){
		.plan = PLAN_OPTIONS_INIT, .request = { .size = sizeof(p->apply.update.request) },
		.timeout_s = DEFAULT_TIMEOUT_S, .yes = true, .quiet = true,
	};
	if (context_parse(&co, argc, argv, &rc))
		rc = check_at(&co, &p->apply.update);
	if (!rc)
		rc = session_open(&session, &co);
	if (!rc) {
		rc = on_session(&p->apply, &session);
		session_close(&session);
	}
	free(p);
	return rc;
}
