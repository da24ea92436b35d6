/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* seamstep-explore: runs the programs of a request one after the other. */
#include "request.h"

#include "signer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES	100u	/* executions of each program in a round, by a random scheduler */

/* Random schedulers run a few executions of each program, then more, until the time is up. */
struct round {
	struct explore_request *q;
	struct explore_result *r;
	bool out_of_time;
};

static bool is_random(const struct explore_request *q)
{
	return q->options.scheduler != EXPLORE_EXHAUSTIVE && !q->options.replay;
}

/* Returns false if exploration must stop: after a failure, or at the end of the time. */
static bool explore_one(struct round *round, const struct virtual_program *program)
{
	struct explore_options *o = &round->q->options;

	round->r->programs++;
	if (!explore_program(program, o, &round->r->report))
		return false;
	round->out_of_time = o->until != 0 && explore_clock() >= o->until;
	return !round->out_of_time;
}

static void run_rounds(struct round *round, bool (*all)(struct round *round))
{
	struct explore_options *o = &round->q->options;
	double start = explore_clock();
	uint32_t programs;

	if (round->q->minutes > 0)
		o->until = start + 60 * round->q->minutes;
	if (is_random(round->q))
		o->max_executions = SAMPLES;
	do {
		programs = round->r->programs;
		if (!all(round))
			break;
		o->seed += SAMPLES;
	} while (is_random(round->q) && round->q->minutes > 0);
	if (round->r->programs > programs && programs)
		round->r->programs = programs;
	if (round->out_of_time)
		round->r->report.incomplete = true;
	round->r->seconds = explore_clock() - start;
}

/* ---- the step machine ------------------------------------------------------------------------ */

static struct check_lockstep lockstep;

static bool one_lockstep(struct round *round, struct check_lockstep_config *config)
{
	struct explore_request *q = round->q;
	struct virtual_program program;
	char name[16];

	if (!check_lockstep_init(&lockstep, config, &program)) {
		fprintf(stderr,
			"seamstep explore: expected at most %u LPs, %u steps, %u outcomes and %u "
			"runs\n",
			CHECK_MAX_LPS, CHECK_MAX_STEPS, CHECK_OUTCOMES, CHECK_MAX_RUNS);
		exit(2);
	}
	if (explore_one(round, &program))
		return true;
	if (!round->r->report.failed)
		return false;
	check_lockstep_name(config, name, sizeof(name));
	name[config->nr_steps] = '\0';
	snprintf(round->r->what, sizeof(round->r->what), "program %s", name);
	snprintf(round->r->arguments, sizeof(round->r->arguments),
		 "--program lockstep --lps %u --arity %u --modes %s --outcomes %u --runs %u%s",
		 q->lps, q->arity, name, q->outcomes, q->runs, q->deadline ? "" : " --no-deadline");
	return false;
}

static bool parse_modes(const char *modes, struct check_lockstep_config *config)
{
	const char *letter;

	config->nr_steps = 0;
	for (; *modes; modes++) {
		letter = strchr("OEA", *modes);
		if (!letter || config->nr_steps == CHECK_MAX_STEPS)
			return false;
		config->modes[config->nr_steps++] = (enum ss_mode)(letter - "OEA");
	}
	return config->nr_steps;
}

static bool all_lockstep(struct round *round)
{
	const struct explore_request *q = round->q;
	struct check_lockstep_config config = {
		.nr_lps = q->lps, .arity = q->arity, .nr_steps = q->steps, .outcomes = q->outcomes,
		.deadline = q->deadline, .runs = q->runs
	};
	uint32_t i, j, n = 1, program;

	if (q->modes)
		return parse_modes(q->modes, &config) && one_lockstep(round, &config);
	for (i = 0; i < q->steps; i++)
		n *= 3;
	for (i = 0; i < n; i++) {
		program = i;
		for (j = 0; j < q->steps; j++, program /= 3)
			config.modes[j] = (enum ss_mode)(program % 3);
		if (!one_lockstep(round, &config))
			return false;
	}
	return true;
}

bool explore_lockstep(struct explore_request *q, struct explore_result *r)
{
	struct round round = { .q = q, .r = r };
	struct check_lockstep_config config;

	if (q->modes && !parse_modes(q->modes, &config)) {
		fprintf(stderr,
			"seamstep explore: --modes: expected 1 to %u letters O (one), E (each) or "
			"A (all), found '%s'\n",
			CHECK_MAX_STEPS, q->modes);
		return false;
	}
	if (q->steps > CHECK_MAX_STEPS) {
		fprintf(stderr, "seamstep explore: --steps: expected at most %u, found %u\n",
			CHECK_MAX_STEPS, q->steps);
		return false;
	}
	run_rounds(&round, all_lockstep);
	return true;
}

/* ---- the update ------------------------------------------------------------------------------ */

static struct check_update *machine;

/* @a, @b: the numbers of the configuration's faults. */
static bool one_update(struct round *round, const struct check_update_config *config, uint32_t a,
		       uint32_t b)
{
	struct explore_request *q = round->q;
	struct virtual_program program;
	static const char *const tds[] = { "", " --tds public", " --tds refusing" };
	char first[FAULT_LIST_NAME_BYTES] = "", second[FAULT_LIST_NAME_BYTES] = "", numbers[40] = "";
	bool ok;
	uint32_t i;

	check_update_set(machine, config, &program);
	ok = explore_one(round, &program);
	for (i = 0; i < SS_VERDICT_NR; i++)
		round->r->verdicts[i] += machine->seen[i];
	if (ok || !round->r->report.failed)
		return ok;
	if (config->nr_faults) {
		fault_list_name(&config->faults[0], first);
		snprintf(numbers, sizeof(numbers), " --fault %u", a);
	}
	if (config->nr_faults > 1) {
		fault_list_name(&config->faults[1], second);
		snprintf(numbers, sizeof(numbers), " --fault %u,%u", a, b);
	}
	snprintf(round->r->what, sizeof(round->r->what), "%s%s%s", *first ? first : "no fault",
		 *second ? " " : "", second);
	snprintf(round->r->arguments, sizeof(round->r->arguments),
		 "--program update --lps %u%s%s%s%s", q->lps, numbers, tds[q->tds],
		 q->deadline ? "" : " --no-deadline", q->rehearse ? " --rehearse" : "");
	return false;
}

static bool one_by_number(struct round *round, struct check_update_config *config)
{
	unsigned int a, b = 0;
	int n = sscanf(round->q->fault, "%u,%u", &a, &b);

	config->nr_faults = (uint32_t)n;
	if (n < 1 || !check_update_fault(round->q->lps, a, &config->faults[0]) ||
	    (n > 1 && !check_update_fault(round->q->lps, b, &config->faults[1]))) {
		fprintf(stderr, "seamstep explore: --fault: expected the number of a fault, or "
			"two numbers, found '%s'\n", round->q->fault);
		exit(2);
	}
	return one_update(round, config, a, b);
}

/* Pairs of faults that fail a call. Pairs with a fault that lies belong to the fault matrix. */
static bool all_pairs(struct round *round, struct check_update_config *config, uint32_t a,
		      const uint32_t *numbers, uint32_t nr)
{
	uint32_t b;

	config->nr_faults = 2;
	for (b = 0; b < nr && !fault_list_lies(&config->faults[0]); b++) {
		check_update_fault(round->q->lps, numbers[b], &config->faults[1]);
		if (!fault_list_lies(&config->faults[1]) &&
		    !one_update(round, config, a, numbers[b]))
			return false;
	}
	return true;
}

static bool all_faults(struct round *round, struct check_update_config *config)
{
	const uint32_t *numbers;
	uint32_t a, nr = check_update_representatives(machine, &numbers);

	for (a = 0; a < nr; a++) {
		config->nr_faults = 1;
		check_update_fault(round->q->lps, numbers[a], &config->faults[0]);
		if (!(round->q->faults == FAULTS_PAIRS ?
		      all_pairs(round, config, numbers[a], numbers, nr) :
		      one_update(round, config, numbers[a], 0)))
			return false;
	}
	return true;
}

static bool all_updates(struct round *round)
{
	struct explore_request *q = round->q;
	struct check_update_config config = { .deadline = q->deadline, .rehearse = q->rehearse };

	if (q->fault)
		return one_by_number(round, &config);
	return one_update(round, &config, 0, 0) && (!q->faults || all_faults(round, &config));
}

bool explore_update(struct explore_request *q, struct explore_result *r)
{
	struct round round = { .q = q, .r = r };
	struct check_signer signer;

	if (!signer_make(&signer)) {
		fprintf(stderr, "seamstep explore: the crypto library cannot make an RSA-3072 key\n");
		return false;
	}
	machine = check_update_create_tds(q->lps, q->tds, &signer);
	signer_free(&signer);
	if (!machine) {
		fprintf(stderr,
			"seamstep explore: --lps: expected at most %u, found %u, and no machine "
			"boots\n",
			CHECK_UPDATE_LPS, q->lps);
		return false;
	}
	run_rounds(&round, all_updates);
	check_update_destroy(machine);
	return true;
}
