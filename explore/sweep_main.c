// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * seamstep-sweep: the program behind "seamstep simulate --sweep". The program has the core
 * compiled for virtual LPs, on which an update takes a millisecond.
 *
 *	seamstep-sweep LPS SEED text|json
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "signer.h"
#include "sweep.h"

enum { FOUND = 1, USAGE = 2 };	/* exit statuses, with seamstep's values */

#define MAX_SHOWN	20u	/* failures in text; JSON has all */
#define PROGRESS_STEP	256u

struct output {
	json_t *failures;
	bool json, progress;
	uint32_t shown;
};

static void print_failure(void *ctx, const struct sweep_failure *f)
{
	struct output *out = ctx;
	char name[FAULT_LIST_NAME_BYTES];

	fault_list_name(&f->fault, name);
	json_array_append_new(out->failures,
			      json_pack("{s:s, s:s, s:s}", "fault", name, "verdict",
					ss_verdict_name(f->verdict), "text", f->text));
	if (!out->json && out->shown++ < MAX_SHOWN)
		printf("WRONG  --fault %s: %s: %s\n", name, ss_verdict_name(f->verdict), f->text);
}

static void print_progress(void *ctx, uint32_t done, uint32_t all)
{
	struct output *out = ctx;

	if (!out->progress)
		return;
	if (done == all)
		fprintf(stderr, "\r%20s\r", "");
	else if (done % PROGRESS_STEP == 0)
		fprintf(stderr, "\r%u of %u ", done, all);
}

/* ---- text ------------------------------------------------------------------------------------ */

static void call_name(const struct fault_call *call, char out[64])
{
	const char *place = fault_place_name(call->place);
	char nth[16] = "";

	if (call->nth > 1)
		snprintf(nth, sizeof(nth), "#%u", call->nth);
	snprintf(out, 64, "%s%s%s%s", ss_leaf_name(call->leaf), place ? "@" : "",
		 place ? place : "", nth);
}

static void print_row(const char *name, const struct sweep_call *n)
{
	printf("%-24s %6u %7u %8u %9u %9u %6u %5u %6u %6u %6u\n", name, n->faults,
	       n->verdicts[SS_UPDATED], n->verdicts[SS_RECOVERED], n->verdicts[SS_UNCHANGED],
	       n->lost[SWEEP_BY_ONE], n->lost[SWEEP_BY_ERASURE], n->lost[SWEEP_BY_EACH],
	       n->not_confirmed, n->not_met, n->contradicted);
}

static void print_text(const struct sweep *s, const struct output *out)
{
	const struct fault_call *calls;
	uint32_t nr = fault_list_calls(&calls), i;
	char name[64];

	if (out->shown > MAX_SHOWN)
		printf("... and %u more; --json has them all\n", out->shown - MAX_SHOWN);
	printf("%-24s %6s %7s %8s %9s %9s %6s %5s %6s %6s %6s\n", "CALL", "FAULTS", "UPDATED",
	       "RECOVER.", "UNCHANGED", "LOST:ONCE", "ERASED", "EACH", "UNCONF", "UNMET", "FALSE");
	for (i = 0; i < nr; i++) {
		call_name(&calls[i], name);
		if (s->calls[i].faults)
			print_row(name, &s->calls[i]);
	}
	print_row("all", &s->all);
	printf("%s: %u updates of %u LPs, each with one fault; %u verdicts contradicted by the "
	       "model, %u lost by one fault with RDX = 0 that strikes once\n",
	       sweep_is_good(s) ? "good" : "WRONG", s->all.faults, s->nr_lps, s->all.contradicted,
	       s->all.lost[SWEEP_BY_ONE]);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *counts_json(const struct sweep_call *n)
{
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:{s:i, s:i, s:i}, s:i, s:i}", "faults",
			 (int)n->faults, "not_met", (int)n->not_met, "updated",
			 (int)n->verdicts[SS_UPDATED], "recovered", (int)n->verdicts[SS_RECOVERED],
			 "unchanged", (int)n->verdicts[SS_UNCHANGED], "lost", "once",
			 (int)n->lost[SWEEP_BY_ONE], "erased", (int)n->lost[SWEEP_BY_ERASURE],
			 "each", (int)n->lost[SWEEP_BY_EACH], "not_confirmed",
			 (int)n->not_confirmed, "contradicted", (int)n->contradicted);
}

static json_t *call_json(const struct fault_call *call, const struct sweep_call *n)
{
	json_t *o = counts_json(n);
	const char *place = fault_place_name(call->place);

	json_object_set_new(o, "leaf", json_string(ss_leaf_name(call->leaf)));
	json_object_set_new(o, "lp", place ? json_string(place) : json_null());
	json_object_set_new(o, "nth", json_integer(call->nth));
	return o;
}

static void print_json(const struct sweep *s, struct output *out)
{
	const struct fault_call *calls;
	uint32_t nr = fault_list_calls(&calls), i;
	bool good = sweep_is_good(s);
	json_t *list = json_array(), *doc;

	for (i = 0; i < nr; i++)
		if (s->calls[i].faults)
			json_array_append_new(list, call_json(&calls[i], &s->calls[i]));
	doc = json_pack("{s:s, s:i, s:I, s:b, s:o, s:o, s:O, s:{s:i, s:s}}", "schema",
			"seamstep.simulate.sweep/1", "lps", (int)s->nr_lps, "seed",
			(json_int_t)s->seed, "good", good, "all", counts_json(&s->all), "calls",
			list, "failures", out->failures, "exit", "code", good ? 0 : FOUND, "name",
			good ? "ok" : "error");
	json_dumpf(doc, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(doc);
}

int main(int argc, char **argv)
{
	struct output out = { .failures = json_array(), .progress = isatty(STDERR_FILENO) };
	struct sweep s = { .failed = print_failure, .progress = print_progress, .ctx = &out };
	struct check_signer signer;
	bool ran;

	if (argc != 4) {
		fprintf(stderr, "usage: seamstep-sweep LPS SEED text|json\n");
		return USAGE;
	}
	s.nr_lps = (uint32_t)strtoul(argv[1], NULL, 0);
	s.seed = strtoull(argv[2], NULL, 0);
	out.json = !strcmp(argv[3], "json");
	if (!signer_make(&signer)) {
		fprintf(stderr, "seamstep simulate: the crypto library cannot make an RSA-3072 key\n");
		return FOUND;
	}
	ran = sweep_run(&s, &signer);
	signer_free(&signer);
	if (ran && out.json)
		print_json(&s, &out);
	else if (ran)
		print_text(&s, &out);
	else
		fprintf(stderr, "seamstep simulate: a machine of %u LPs does not boot\n", s.nr_lps);
	json_decref(out.failures);
	if (fflush(stdout) || ferror(stdout)) {
		fputs("seamstep simulate: standard output cannot be written; the output is not "
		      "complete\n", stderr);
		return FOUND;
	}
	return sweep_is_good(&s) ? 0 : FOUND;
}
