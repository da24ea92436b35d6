// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep update": the command line, and the lock that allows one update at a time. */
#include "update.h"

#include "operator.h"
#include "tool/session/signals.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_TIMEOUT_S 60

const char verb_update_help[] =
	"  V or FILE          the version or image to install (default: the newest that fits)\n"
	"  --to V             the same; with FILE, the version that it has\n"
	"  --dry-run          all checks and the plan; nothing is touched\n"
	"  -y, --yes          do not ask (it never asks where stdin is no terminal)\n"
	"  --fallback V|FILE  an image to fall back to; repeat for more (default: the\n"
	"                     running version's, then one that could follow the new one)\n"
	"  --no-fallback      go without\n"
	"  --require-fallback every update must have one, and an update to spare for it\n"
	"  --small-steps      as many updates as are left, each as small as possible\n"
	"  --left N           plan for N updates left\n"
	"  --reinstall        install the running version again\n"
	"  --allow-older      go back to an older version\n"
	"  --allow-debug      install a debug-signed module\n"
	"  --waive CHECK      go on although this check fails; repeat for more. Of those:\n"
	"                     inhibited journal memory features fallback td-build erratum\n"
	"  --td-build WHAT    wait (default), refuse or ignore where TDs are being built\n"
	"  --rehearse         let the P-SEAMLDR check the image before the shutdown\n"
	"  --timeout SECONDS  for an outcome (default 60)\n"
	"  --wait SECONDS     for another update to end (default 0)\n"
	"  --signer FILE      a PEM key that must have signed, instead of Intel's\n"
	"  --detailed-exitcode  with --dry-run: 3 if there is an update to make\n"
	CONTEXT_HELP;

enum {
	OPT_DRY_RUN = CONTEXT_VERB_OPTIONS, OPT_FALLBACK, OPT_NO_FALLBACK, OPT_REINSTALL, OPT_OLDER,
	OPT_DEBUG, OPT_WAIVE, OPT_TD_BUILD, OPT_REHEARSE, OPT_TIMEOUT, OPT_WAIT, OPT_SIGNER
};

static const struct option options[] = { CONTEXT_OPTIONS,
					 PLAN_OPTIONS,
					 { "detailed-exitcode", no_argument, NULL, PLAN_DETAILED },
					 { "dry-run", no_argument, NULL, OPT_DRY_RUN },
					 { "yes", no_argument, NULL, 'y' },
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
					 { NULL, 0, NULL, 0 } };

static int set_td_build(struct update_options *o, const char *value)
{
	static const char *const names[] = { "wait", "refuse", "ignore" };
	uint32_t i;

	for (i = 0; i < SS_ARRAY_SIZE(names); i++) {
		if (!strcmp(value, names[i])) {
			o->request.td_build = (enum seamstep_td_build)i;
			return EXIT_OK;
		}
	}
	return out_usage_error("update", "--td-build: expected wait, refuse or ignore");
}

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
		rc = out_usage_error("update", "--waive %s: there is no such check", shown);
	else
		rc = out_usage_error("update", "--waive %s: this check cannot be waived: what it "
				     "finds would cost every TD", shown);
	free(shown);
	return rc;
}

static int set_seconds(const char *name, const char *value, uint32_t *out)
{
	uint64_t n;

	if (!words_number(value, 0, 86400, &n))
		return out_usage_error("update", "--%s: expected seconds, 0 to 86400", name);
	*out = (uint32_t)n;
	return EXIT_OK;
}

static int set_timeout(struct update_options *o, const char *value)
{
	uint32_t seconds = 0;
	int rc = set_seconds("timeout", value, &seconds);

	o->request.timeout_ms = 1000 * seconds;
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

static int add_fallback(struct update_options *o, const char *value)
{
	if (o->request.nr_fallbacks == SEAMSTEP_MAX_FALLBACKS)
		return out_usage_error("update", "--fallback: at most %u", SEAMSTEP_MAX_FALLBACKS);
	o->request.fallbacks[o->request.nr_fallbacks++] = value;
	return EXIT_OK;
}

static int set_option(struct update_options *o, int c, char **argv)
{
	switch (c) {
	case 'y':
		o->yes = true;
		return EXIT_OK;
	case OPT_FALLBACK:
		return add_fallback(o, optarg);
	case OPT_WAIVE:
		return set_waived(o, optarg);
	case OPT_TD_BUILD:
		return set_td_build(o, optarg);
	case OPT_TIMEOUT:
		return set_timeout(o, optarg);
	case OPT_WAIT:
		return set_seconds("wait", optarg, &o->wait_s);
	case OPT_SIGNER:
		o->request.signer = optarg;
		return EXIT_OK;
	case OPT_DRY_RUN:
	case OPT_NO_FALLBACK:
	case OPT_REINSTALL:
	case OPT_OLDER:
	case OPT_DEBUG:
	case OPT_REHEARSE:
		return set_flag(o, c);
	default:
		return out_bad_option("update", argv, c, options);
	}
}

/* @what is a version if it parses as one, else the file of an image. */
static int take_target(struct update_options *o, const char *what)
{
	struct ss_version version;

	if (seamstep_version_parse(what, &version)) {
		if (o->plan.request.to && strcmp(o->plan.request.to, what))
			return out_usage_error("update", "two versions are wanted");
		o->plan.request.to = what;
	} else {
		o->request.file = what;
	}
	return EXIT_OK;
}

static int parse(int argc, char **argv, struct update_options *o, struct context_options *co)
{
	int c, rc;

	while ((c = getopt_long(argc, argv, ":y" CONTEXT_SHORT_OPTIONS, options, NULL)) != -1) {
		if (plan_option(&o->plan, c, optarg) || context_option(co, c, optarg))
			continue;
		if (o->plan.error)
			return out_usage_error("update", "%s", o->plan.error);
		rc = set_option(o, c, argv);
		if (rc)
			return rc;
	}
	o->detailed = o->plan.detailed;
	if (argc - optind > 1)
		return out_usage_error("update", "expected one version or image, found %d",
				       argc - optind);
	return argc > optind ? take_target(o, argv[optind]) : EXIT_OK;
}

static char *command_line(int argc, char **argv)
{
	char *line = text_format("seamstep"), *longer;
	int i;

	for (i = 0; i < argc; i++) {
		longer = text_format("%s %s", line, argv[i]);
		free(line);
		line = longer;
	}
	longer = text_escape(line);
	free(line);
	return longer;
}

/* A command that changes the host holds the lock from its first look to its last message. */
static bool take_lock(struct update_job *job, const char *command)
{
	struct session *s = job->session;
	enum seamstep_end end = seamstep_host_lock(s->host, command, job->options->wait_s);

	return !end || update_fail(job, exit_of(end), "%s", seamstep_error(s->lib));
}

static void work(struct update_job *job, const char *command)
{
	bool live = !job->options->dry_run;
	enum exit_status exit;

	if (job->session->facts->recorded && live) {
		update_fail(job, EXIT_UNSUPPORTED,
			    "a recorded tree cannot be updated; --dry-run shows what "
			    "would be done");
		return;
	}
	if (live && !take_lock(job, command))
		return;
	/* The host may have changed while this process waited for the lock. */
	exit = live ? session_refresh(job->session) : EXIT_OK;
	if (exit)
		update_fail(job, exit, "the host's state cannot be read any more");
	else
		update_run(job);
	seamstep_host_unlock(job->session->host);
}

int verb_update(int argc, char **argv)
{
	struct update_options o = {
		.plan = PLAN_OPTIONS_INIT,
		.request = { .size = sizeof(o.request), .timeout_ms = 1000 * DEFAULT_TIMEOUT_S },
	};
	struct context_options co = { .verb = "update" };
	char *command = command_line(argc, argv);
	struct update_job *job;
	struct session session;
	int rc = parse(argc, argv, &o, &co);

	if (!rc)
		rc = session_open(&session, &co, false);
	if (rc) {
		free(command);
		return rc;
	}
	signals_catch();
	job = memory_alloc(sizeof(*job));
	job->options = &o;
	job->session = &session;
	work(job, command);
	rc = update_end(job);
	update_release(job);
	free(job);
	session_close(&session);
	free(command);
	return rc;
}
