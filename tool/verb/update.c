// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep update": the command line, and the lock that allows one update at a time. */
#include "update.h"

#include "table.h"
#include "tool/out/events.h"
#include "tool/session/signals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_TIMEOUT_S 60
#define MAX_SECONDS	86400
#define DEFAULT_HOOK_S	60
#define MAX_HOOK_SECONDS 3600

const char verb_update_help[] =
	"  V or FILE          the version or image to install (default: the newest version\n"
	"                     that fits)\n"
	"  --to V             the version to install; with FILE, the version of FILE\n"
	"  --tcb STATUS       instead: the fewest updates to a version of which TCB Info says\n"
	"                     STATUS, as UpToDate\n"
	"  --dry-run          make all checks, show the plan, touch nothing\n"
	"  -y, --yes          do not ask for a confirmation\n"
	"  -q, --quiet        print nothing but errors\n"
	"  -v, --verbose      print the checks also without a terminal\n"
	"  --fallback V|FILE  an image to fall back to; repeat for more (default: the image\n"
	"                     of the running version, then one that can follow the new version)\n"
	"  --no-fallback      use no fallback\n"
	"  --require-fallback demand a fallback for every update, and an update to spare\n"
	"  --small-steps      make as many updates as are left, each as small as possible\n"
	"  --left N           plan for N updates left\n"
	"  --reinstall        install the running version again\n"
	"  --allow-older      install a version older than the running version\n"
	"  --allow-debug      install a debug-signed module\n"
	"  --waive CHECK      continue although CHECK fails; repeat for more. CHECK is one of\n"
	"                     inhibited journal memory features fallback td-build erratum mapping\n"
	"  --td-build WHAT    wait (default), refuse or ignore while TDs are being built\n"
	"  --rehearse         let the P-SEAMLDR check the image before the shutdown\n"
	"  --timeout SECONDS  wait so long for an outcome (default 60)\n"
	"  --wait SECONDS     wait so long for another update to end (default 0)\n"
	"  --hooks DIR        run the hooks of DIR before and after the update (default:\n"
	"                     /etc/seamstep/hooks.d, for this machine only)\n"
	"  --no-hooks         run no hooks\n"
	"  --hook-timeout SECONDS  kill a hook that takes longer (default 60)\n"
	"  --events FD        write events as JSON, one a line, to the open descriptor FD\n"
	"  --signer FILE      the PEM key that must have signed, instead of Intel's key\n"
	"  --detailed-exitcode  with --dry-run: exit with 3 if there is an update to make\n"
	CONTEXT_HELP TCB_HELP;

enum {
	OPT_DRY_RUN = CONTEXT_VERB_OPTIONS, OPT_FALLBACK, OPT_NO_FALLBACK, OPT_REINSTALL, OPT_OLDER,
	OPT_DEBUG, OPT_WAIVE, OPT_TD_BUILD, OPT_REHEARSE, OPT_TIMEOUT, OPT_WAIT, OPT_SIGNER,
	OPT_HOOKS, OPT_NO_HOOKS, OPT_HOOK_TIMEOUT, OPT_EVENTS
};

static const struct option options[] = { CONTEXT_OPTIONS,
					 PLAN_OPTIONS,
					 TCB_OPTIONS,
					 DETAILED_OPTION,
					 { "dry-run", no_argument, NULL, OPT_DRY_RUN },
					 { "yes", no_argument, NULL, 'y' },
					 { "quiet", no_argument, NULL, 'q' },
					 { "verbose", no_argument, NULL, 'v' },
					 { "fallback", required_argument, NULL, OPT_FALLBACK },
					 { "no-fallback", no_argument, NULL, OPT_NO_FALLBACK },
					 { "reinstall", no_argument, NULL, OPT_REINSTALL },
					 { "allow-older", no_argument, NULL, OPT_OLDER },
					 { "allow-debug", no_argument, NULL, OPT_DEBUG },
					 { "waive", required_argument, NULL, OPT_WAIVE },
					 { "td-build", required_argument, NULL, OPT_TD_BUILD },
					 { "rehearse", no_argument, NULL, OPT_REHEARSE },
					 { "timeout", required_argument, NULL, OPT_TIMEOUT },
					 { "wait", required_argument, NULL, OPT_WAIT },
					 { "signer", required_argument, NULL, OPT_SIGNER },
					 { "hooks", required_argument, NULL, OPT_HOOKS },
					 { "no-hooks", no_argument, NULL, OPT_NO_HOOKS },
					 { "hook-timeout", required_argument, NULL, OPT_HOOK_TIMEOUT },
					 { "events", required_argument, NULL, OPT_EVENTS },
					 { NULL, 0, NULL, 0 } };

static int set_waived(struct update_options *o, const char *value)
{
	bool waivable;
	enum seamstep_check check = seamstep_check_find(value, &waivable);
	char *shown;
	int rc;

	if (waivable) {
		o->request.waived |= 1u << check;
		o->request.no_fallback |= check == SEAMSTEP_CHECK_FALLBACK;
		return EXIT_OK;
	}
	shown = text_escape(value);
	if (check == SEAMSTEP_CHECK_NR)
		rc = out_usage_error("update", "--waive: there is no check '%s'", shown);
	else
		rc = out_usage_error("update", "--waive %s: this check cannot be waived: %s", shown,
				     check == SEAMSTEP_CHECK_ALLOWED ?
				     "the configuration decides" :
				     "an update in spite of a failure would lose every TD");
	free(shown);
	return rc;
}

static int set_flag(struct update_options *o, int c)
{
	bool *const flags[] = {
		[OPT_DRY_RUN - OPT_DRY_RUN] = &o->dry_run,
		[OPT_NO_FALLBACK - OPT_DRY_RUN] = &o->request.no_fallback,
		[OPT_REINSTALL - OPT_DRY_RUN] = &o->request.reinstall,
		[OPT_OLDER - OPT_DRY_RUN] = &o->request.allow_older,
		[OPT_DEBUG - OPT_DRY_RUN] = &o->request.allow_debug,
		[OPT_REHEARSE - OPT_DRY_RUN] = &o->request.rehearse,
	};

	*flags[c - OPT_DRY_RUN] = true;
	return EXIT_OK;
}

/* No file, and it begins as a version does: a version that was mistyped. */
static bool is_mistyped(const char *what)
{
	return what[0] >= '0' && what[0] <= '9' && !strchr(what, '/') && access(what, F_OK);
}

static int mistyped(const char *what)
{
	char *shown = text_escape(what);
	int rc = out_usage_error("update", "expected a version such as 1.5.16 or the file of an image, "
				 "found '%s'", shown);

	free(shown);
	return rc;
}

static int add_fallback(struct update_options *o, const char *value)
{
	struct ss_version version;

	if (!seamstep_version_parse(value, &version) && is_mistyped(value))
		return mistyped(value);
	if (o->request.nr_fallbacks == SEAMSTEP_MAX_FALLBACKS)
		return out_usage_error("update", "--fallback: at most %u times",
				       SEAMSTEP_MAX_FALLBACKS);
	o->request.fallbacks[o->request.nr_fallbacks++] = value;
	return EXIT_OK;
}

/* Standard output has the report, standard error the messages: the events go elsewhere. */
static int take_events(const char *value)
{
	uint32_t fd;
	int rc = out_number32_option("update", "events", value, 3, 65535, &fd);

	if (rc || events_open((int)fd))
		return rc;
	return out_usage_error("update", "--events %u: expected a descriptor that is open for "
			       "writing (%s); a shell opens one with '%u>FILE'", fd,
			       strerror(errno), fd);
}

static int take(void *into, int c, const char *value)
{
	struct update_options *o = into;

	switch (c) {
	case 'y':
		o->yes = true;
		return EXIT_OK;
	case 'q':
		o->quiet = true;
		return EXIT_OK;
	case 'v':
		o->verbose = true;
		return EXIT_OK;
	case OPT_FALLBACK:
		return add_fallback(o, value);
	case OPT_WAIVE:
		return set_waived(o, value);
	case OPT_TD_BUILD:
		return out_td_build_option("update", value, &o->td_build);
	case OPT_TIMEOUT:
		return out_number32_option("update", "timeout", value, 0, MAX_SECONDS, &o->timeout_s);
	case OPT_WAIT:
		return out_number32_option("update", "wait", value, 0, MAX_SECONDS, &o->wait_s);
	case OPT_SIGNER:
		o->request.signer = value;
		return EXIT_OK;
	case OPT_HOOKS:
		o->hooks = value;
		return EXIT_OK;
	case OPT_NO_HOOKS:
		o->no_hooks = true;
		return EXIT_OK;
	case OPT_HOOK_TIMEOUT:
		return out_number32_option("update", "hook-timeout", value, 1, MAX_HOOK_SECONDS,
					   &o->hook_timeout_s);
	case OPT_EVENTS:
		return take_events(value);
	case OPT_DRY_RUN:
	case OPT_NO_FALLBACK:
	case OPT_REINSTALL:
	case OPT_OLDER:
	case OPT_DEBUG:
	case OPT_REHEARSE:
		return set_flag(o, c);
	default:
		return plan_option("update", &o->plan, c, value);
	}
}

/* @what is a version if it parses as one, else the file of an image. */
static int take_target(struct update_options *o, const char *what)
{
	struct ss_version version;

	if (seamstep_version_parse(what, &version)) {
		if (o->plan.request.to && strcmp(o->plan.request.to, what))
			return out_usage_error("update", "expected one version, found --to %.24s "
					       "and %.24s", o->plan.request.to, what);
		o->plan.request.to = what;
	} else if (is_mistyped(what)) {
		return mistyped(what);
	} else {
		o->request.file = what;
		if (o->plan.has_tcb)
			return out_usage_error("update", "a file and --tcb are both given; give one "
					       "of them");
	}
	return EXIT_OK;
}

static char *command_line(int argc, char **argv)
{
	char *line = text_format("seamstep"), *shown;
	int i;

	for (i = 0; i < argc; i++)
		line = text_append(line, " %s", argv[i]);
	shown = text_escape(line);
	free(line);
	return shown;
}

/* A command that changes the host holds the lock from its first look to its last message. */
static bool take_lock(struct update_job *job, const char *command)
{
	struct session *s = job->session;
	enum seamstep_end end = seamstep_host_lock(s->host, command, job->options->wait_s);

	if (end == SEAMSTEP_NOT_NOW)
		return update_fail(job, EXIT_NOT_NOW, "%s; try later, or wait with --wait SECONDS",
				   seamstep_error(s->lib));
	return !end || update_fail(job, exit_of(end), "%s", seamstep_error(s->lib));
}

/* A goal that depends on TCB Info needs all documents to be in order. */
static bool know_tcb(struct update_job *job)
{
	char *why;

	if (!job->options->plan.has_tcb)
		return true;
	session_load_tcb(job->session);
	if (session_need_tcb(job->session, &why) == EXIT_OK)
		return true;
	update_fail(job, EXIT_ERROR, "%s", why);
	free(why);
	return false;
}

bool update_begin(struct update_job *job, const char *command)
{
	bool live = !job->options->dry_run;
	enum exit_status exit;

	if (!live)
		return true;
	if (job->session->facts->recorded)
		return update_fail(job, EXIT_UNSUPPORTED, "a recorded tree cannot be updated; "
				   "--dry-run shows the plan");
	/* Until the lock is taken a signal ends the process: nothing was touched. */
	if (!take_lock(job, command))
		return false;
	signals_catch();
	/* The host may have changed while this process waited for the lock. */
	exit = session_refresh(job->session);
	if (exit)
		return update_fail(job, exit, "the host's state cannot be read a second time; "
				   "nothing was touched");
	update_settle(job);
	return true;
}

static void work(struct update_job *job, const char *command)
{
	if (update_begin(job, command) && know_tcb(job))
		update_run(job);
	seamstep_host_unlock(job->session->host);
}

int verb_update(int argc, char **argv)
{
	struct update_options o = {
		.plan = PLAN_OPTIONS_INIT, .request = { .size = sizeof(o.request) },
		.timeout_s = DEFAULT_TIMEOUT_S, .hook_timeout_s = DEFAULT_HOOK_S,
	};
	const char *target = NULL;
	struct context_options co = {
		.verb = "update", .options = options, .take = take, .into = &o,
		.word = &target, .word_name = "version or image",
	};
	char *command = command_line(argc, argv);
	struct update_job *job;
	struct session session;
	int rc;

	if (context_parse(&co, argc, argv, &rc) && target)
		rc = take_target(&o, target);
	if (!rc)
		rc = session_open(&session, &co);
	if (rc) {
		free(command);
		return rc;
	}
	job = memory_alloc(sizeof(*job));
	job->options = &o;
	job->session = &session;
	work(job, command);
	rc = update_end(job);
	update_event_end(job, rc);
	update_release(job);
	free(job);
	session_close(&session);
	free(command);
	return rc;
}
