/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * seamstep-explore: searches for an order of events in which step machine or update go wrong.
 */
#include "request.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>

enum { FOUND = 1, USAGE = 2 };	/* exit statuses, with seamstep's values */

static const char usage_text[] =
	"Usage: seamstep explore [options]\n\n"
	"Runs the step machine, or the whole update on a software model, with virtual LPs. A\n"
	"scheduler orders every shared access of the LPs, and checkers verify what must hold.\n\n"
	"  --program lockstep|update  the program to run (default lockstep)\n"
	"  --lps N                    logical processors (default 2)\n"
	"  --scheduler exhaustive|random|pct  all executions, or samples (default exhaustive)\n"
	"  --model sc|tso             memory: sequential consistency, or x86's store buffers\n"
	"  --faults none|single|pairs faults that SEAMCALLs of the update meet (default single)\n"
	"  --steps N                  steps of the lockstep programs, 1 to 4 (default 3)\n"
	"  --outcomes N               outcomes that a step may have, 1 to 4 (default 2)\n"
	"  --runs N                   runs in immediate succession, 1 or 2 (default 1)\n"
	"  --arity N                  children of a node in the tree (default 2)\n"
	"  --modes LETTERS            one lockstep program: O (one), E (each), A (all) a step\n"
	"  --fault N[,N]              one fault, or one pair of faults, by number\n"
	"  --rehearse                 begin the update with a rehearsal\n"
	"  --tds none|public|refusing run one TD and build one TD during the update; the module\n"
	"                             then accepts (public) or refuses (refusing) the update\n"
	"  --no-deadline              let LPs wait for each other for ever\n"
	"  --seed N                   seed of the random schedulers (default 1)\n"
	"  --replay S                 run one execution, by the schedule that a failure printed\n"
	"  --minutes M                stop after M minutes\n"
	"  --json                     print one JSON document\n";

static bool json_wanted;	/* --json is somewhere on the command line */

__attribute__((format(printf, 1, 2)))
static int usage_error(const char *fmt, ...)
{
	va_list args;
	json_t *doc;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		abort();
	va_end(args);
	fprintf(stderr, "seamstep explore: %s\nTry 'seamstep explore --help'.\n", text);
	if (json_wanted) {
		doc = json_pack("{s:s, s:s, s:{s:i, s:s}}", "schema", "seamstep.explore/1", "error",
				text, "exit", "code", USAGE, "name", "usage");
		json_dumpf(doc, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
		putchar('\n');
		json_decref(doc);
	}
	free(text);
	return USAGE;
}

/* What was printed must have been written. */
static int written(int rc)
{
	if (!fflush(stdout) && !ferror(stdout))
		return rc;
	fputs("seamstep explore: standard output cannot be written; the output is not complete\n",
	      stderr);
	return rc ? rc : FOUND;
}

static bool pick(const char *value, const char *const *names, int *out)
{
	int i;

	for (i = 0; names[i]; i++) {
		if (!strcmp(value, names[i])) {
			*out = i;
			return true;
		}
	}
	return false;
}

static bool number(const char *value, uint32_t *out)
{
	char *end;
	unsigned long v = strtoul(value, &end, 10);

	*out = (uint32_t)v;
	return *value >= '0' && *value <= '9' && !*end && v >= 1 && v <= 64;
}

static bool set_option(struct explore_request *q, int option, const char *value)
{
	static const char *const programs[] = { "lockstep", "update", NULL };
	static const char *const models[] = { "sc", "tso", NULL };
	static const char *const tds[] = { "none", "public", "refusing", NULL };
	static const char *const faults[] = { "none", "single", "pairs", NULL };
#define SCHEDULER_NAME(name, text) text,
	static const char *const schedulers[] = { EXPLORE_SCHEDULERS(SCHEDULER_NAME) NULL };
#undef SCHEDULER_NAME
	int i = 0;
	char *end;
	bool ok = true;

	switch (option) {
	case 'p':
		ok = pick(value, programs, &i);
		q->update = i;
		break;
	case 's':
		ok = pick(value, schedulers, &i);
		q->options.scheduler = (enum explore_scheduler)i;
		break;
	case 'm':
		ok = pick(value, models, &i);
		q->options.memory = (enum virtual_memory)i;
		break;
	case 'f':
		ok = pick(value, faults, &i);
		q->faults = (enum explore_faults)i;
		break;
	case 't':
		ok = pick(value, tds, &i);
		q->tds = (enum check_update_tds)i;
		break;
	case 'l':
		return number(value, &q->lps);
	case 'n':
		return number(value, &q->steps);
	case 'o':
		return number(value, &q->outcomes);
	case 'r':
		return number(value, &q->runs);
	case 'a':
		return number(value, &q->arity);
	case 'S':
		q->options.seed = strtoull(value, &end, 0);
		return *value && !*end;
	case 'M':
		q->minutes = strtod(value, &end);
		return *value && !*end && q->minutes > 0;
	}
	return ok;
}

static const struct option long_options[] = {
	{ "program", required_argument, NULL, 'p' }, { "lps", required_argument, NULL, 'l' },
	{ "scheduler", required_argument, NULL, 's' }, { "model", required_argument, NULL, 'm' },
	{ "faults", required_argument, NULL, 'f' }, { "steps", required_argument, NULL, 'n' },
	{ "outcomes", required_argument, NULL, 'o' }, { "runs", required_argument, NULL, 'r' },
	{ "arity", required_argument, NULL, 'a' }, { "modes", required_argument, NULL, 'O' },
	{ "fault", required_argument, NULL, 'F' }, { "rehearse", no_argument, NULL, 'R' },
	{ "tds", required_argument, NULL, 't' },
	{ "no-deadline", no_argument, NULL, 'D' }, { "seed", required_argument, NULL, 'S' },
	{ "replay", required_argument, NULL, 'P' }, { "minutes", required_argument, NULL, 'M' },
	{ "json", no_argument, NULL, 'j' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 }
};

/* Returns -1 to go on, else an exit status. */
static int parse(struct explore_request *q, int argc, char **argv)
{
	int c, index = 0;

	while ((c = getopt_long(argc, argv, ":", long_options, &index)) != -1) {
		if (c == 'h')
			return fputs(usage_text, stdout) < 0;
		else if (c == 'j')
			q->json = true;
		else if (c == 'R')
			q->rehearse = true;
		else if (c == 'D')
			q->deadline = false;
		else if (c == 'O')
			q->modes = optarg;
		else if (c == 'F')
			q->fault = optarg;
		else if (c == 'P')
			q->options.replay = optarg;
		else if (c == ':')
			return usage_error("%s needs a value", argv[optind - 1]);
		else if (c == '?')
			return usage_error("there is no option %s, or it takes no value",
					   argv[optind - 1]);
		else if (!set_option(q, c, optarg))
			return usage_error("--%s: expected a value that --help names, found '%s'",
					   long_options[index].name, optarg);
	}
	return optind < argc ? usage_error("expected no argument, found '%s'", argv[optind]) : -1;
}

static bool check_replay(const struct explore_request *q)
{
	uint32_t nr, *decisions = q->options.replay ?
		virtual_schedule_parse(q->options.replay, &nr) : NULL;
	bool ok = !q->options.replay || decisions;

	free(decisions);
	return ok;
}

static const char *scheduler_name(const struct explore_request *q)
{
#define SCHEDULER_NAME(name, text) text,
	static const char *const names[] = { EXPLORE_SCHEDULERS(SCHEDULER_NAME) };
#undef SCHEDULER_NAME

	return q->options.replay ? "replay" : names[q->options.scheduler];
}

static const char *faults_name(const struct explore_request *q)
{
	static const char *const names[] = { "none", "single", "pairs" };

	return q->fault ? q->fault : names[q->faults];
}

static const char *model_name(const struct explore_request *q)
{
	return q->options.memory == VIRTUAL_TSO ? "tso" : "sc";
}

static bool complete(const struct explore_result *r)
{
	return !r->report.incomplete && !r->report.failed && !r->report.nondeterministic;
}

static void print_failure(const struct explore_request *q, const struct explore_result *r)
{
	const struct explore_report *p = &r->report;

	printf("\nFOUND with %s, %u events: %s\n\n%s\nagain with: seamstep explore %s --model %s "
	       "--replay %s\n",
	       r->what, p->failed_events, p->failure, p->table, r->arguments, model_name(q),
	       p->schedule);
	if (p->failed_seed)
		printf("(%s, seed %llu)\n", scheduler_name(q), (unsigned long long)p->failed_seed);
}

static void print_text(const struct explore_request *q, const struct explore_result *r)
{
	const struct explore_report *p = &r->report;
	uint32_t i;

	printf("%s, %u LPs", q->update ? "update" : "lockstep", q->lps);
	if (q->update)
		printf(", faults: %s%s", faults_name(q), q->tds ? ", TDs" : "");
	else
		printf(", %u steps, %u outcomes, %u run%s", q->steps, q->outcomes, q->runs,
		       q->runs > 1 ? "s" : "");
	printf(", deadline %s, model %s, %s\n", q->deadline ? "yes" : "no", model_name(q),
	       scheduler_name(q));
	printf("%u programs, %llu executions, %llu more given up as known, longest %u events, %.1f "
	       "s\n",
	       r->programs, (unsigned long long)(p->executions - p->pruned),
	       (unsigned long long)p->pruned, p->longest, r->seconds);
	for (i = 0; q->update && i < SS_VERDICT_NR; i++)
		printf("%s%s %u%s", i ? ", " : "", ss_verdict_name((enum ss_verdict)i),
		       r->verdicts[i], i + 1 == SS_VERDICT_NR ? "\n" : "");
	if (p->nondeterministic)
		printf("a repeated execution differs, so the search proves nothing\n");
	else if (p->failed)
		print_failure(q, r);
	else if (complete(r))
		printf("complete: no execution goes wrong (%llu repeated and compared)\n",
		       (unsigned long long)p->checked);
	else
		printf("no execution went wrong; this is a sample\n");
}

static json_t *failure_json(const struct explore_request *q, const struct explore_result *r)
{
	const struct explore_report *p = &r->report;

	if (!p->failed)
		return json_null();
	return json_pack("{s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:I}", "with", r->what, "text",
			 p->failure, "events", (int)p->failed_events, "options", r->arguments,
			 "model", model_name(q), "replay", p->schedule, "table", p->table, "seed",
			 (json_int_t)p->failed_seed);
}

static void print_json(const struct explore_request *q, const struct explore_result *r)
{
	const struct explore_report *p = &r->report;
	bool rc;
	json_t *doc = json_pack(
		"{s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:b, s:i, s:I, s:I, s:i, s:I, s:b, s:b, s:f, "
		"s:o}",
		"schema", "seamstep.explore/1", "program", q->update ? "update" : "lockstep",
		"participants", (int)q->lps, "steps",
		q->update ? (int)SS_STEP_NR : (int)q->steps, "faults",
		q->update ? faults_name(q) : "none", "model", model_name(q), "scheduler",
		scheduler_name(q), "deadline", q->deadline, "programs", (int)r->programs,
		"executions", (json_int_t)(p->executions - p->pruned), "pruned",
		(json_int_t)p->pruned, "longest", (int)p->longest, "repeated",
		(json_int_t)p->checked, "deterministic", !p->nondeterministic, "complete",
		complete(r), "seconds", r->seconds, "failure", failure_json(q, r));

	rc = p->failed || p->nondeterministic;
	json_object_set_new(doc, "exit", json_pack("{s:i, s:s}", "code", rc ? FOUND : 0, "name",
						   rc ? "error" : "ok"));
	json_dumpf(doc, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(doc);
}

int main(int argc, char **argv)
{
	struct explore_request q = {
		.options = { .scheduler = EXPLORE_EXHAUSTIVE, .seed = 1 }, .lps = 2, .steps = 3,
		.outcomes = 2, .runs = 1, .arity = 2, .deadline = true, .faults = FAULTS_SINGLE
	};
	struct explore_result r = { .programs = 0 };
	int rc;

	argv[0] = "seamstep explore";	/* for messages of getopt */
	for (rc = 1; rc < argc; rc++)
		json_wanted |= !strcmp(argv[rc], "--json");
	rc = parse(&q, argc, argv);

	if (rc >= 0)
		return written(rc);
	if (!check_replay(&q))
		return usage_error("--replay: expected the schedule of a failure, found '%s'",
				   q.options.replay);
	if (q.options.scheduler == EXPLORE_EXHAUSTIVE && !q.options.replay && q.lps > 16)
		return usage_error("--lps: expected at most 16 with --scheduler exhaustive (4 end "
				   "in minutes), found %u", q.lps);
	if (!(q.update ? explore_update(&q, &r) : explore_lockstep(&q, &r)))
		return USAGE;
	if (q.json)
		print_json(&q, &r);
	else
		print_text(&q, &r);
	rc = r.report.failed || r.report.nondeterministic ? FOUND : 0;
	explore_release(&r.report);
	return written(rc);
}
