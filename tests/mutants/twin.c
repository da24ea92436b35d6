// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The explorer on one core, sound or a mutant, in small bounds: which kind of failure shows?
 *
 *	twin lockstep|update|update-once KIND
 *
 * update-once: no fault in full, and one execution of each single fault.
 * KIND is one of the table below, or "none". The exit status is 0 if that is what the explorer finds,
 * 1 if the explorer finds something else, 3 if all that happened is that executions reached the
 * limit of events. That limit is no failure: the search goes on with the next program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore/check_lockstep.h"
#include "explore/check_update.h"
#include "explore/explore.h"
#include "explore/fault_list.h"
#include "explore/signer.h"

/* The kind of a failure, by what its report begins with or contains. */
static const struct kind {
	const char *name, *begins, *contains;
} kinds[] = {
	{ "race", "race: ", NULL },
	{ "argument", NULL, "the argument is broken" },
	{ "L1", "L1: ", NULL },
	{ "L2", "L2: ", NULL },
	{ "L3", "L3: ", NULL },
	{ "L4", "L4: ", NULL },
	{ "L5", "L5: ", NULL },
	{ "L6", "L6: ", NULL },
	{ "forbidden", NULL, "installs an image that the rules forbid" },
	{ "not-ready", NULL, "but no module is ready" },
	{ "needless-loss", "lost, but ", NULL },
	{ "verdict", NULL, ", the result " },
	{ "verdict", NULL, ", but the model runs " },
	{ "verdict", NULL, ", but image " },
	{ "handoff", NULL, "handoff data was left behind" },
	{ "session", NULL, "session was left incomplete" },
	{ "foreign", NULL, "a foreign SEAMCALL" },
	{ "chaos", "executions are not deterministic", NULL },
};

static const char *kind_of(const struct explore_report *r)
{
	const struct kind *k;
	size_t i;

	if (r->end == VIRTUAL_END_DEADLOCK)
		return "deadlock";
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		k = &kinds[i];
		if (k->begins ? !strncmp(r->failure, k->begins, strlen(k->begins)) :
				strstr(r->failure, k->contains) != NULL)
			return k->name;
	}
	return "unknown";
}

static bool limit_reached;

/* The schedule that the report names shows the same failure again. */
static bool replays(const struct virtual_program *program, const struct explore_options *options,
		    const struct explore_report *found)
{
	struct explore_options again = { .replay = found->schedule, .memory = options->memory,
					 .max_events = options->max_events };
	struct explore_report r = { 0 };
	bool same = !explore_program(program, &again, &r) && !strcmp(r.failure, found->failure) &&
		    !strcmp(r.table, found->table);

	if (!same)
		printf("the schedule does not replay: %s\n", r.failure);
	explore_release(&r);
	return same;
}

/* Returns true if an execution of @program fails and its schedule replays. */
static bool fails(const struct virtual_program *program, const struct explore_options *options,
		  struct explore_report *r)
{
	if (explore_program(program, options, r))
		return false;
	if (!r->failed) {
		snprintf(r->failure, sizeof(r->failure), "executions are not deterministic");
		return true;
	}
	if (r->end == VIRTUAL_END_LIVELOCK) {
		limit_reached = true;
		explore_release(r);
		return false;
	}
	if (!replays(program, options, r))
		exit(1);
	return true;
}

static void describe(const char *what, const struct explore_report *r)
{
	printf("found %s: %s, after %llu executions, %u events: %s\n", kind_of(r), what,
	       (unsigned long long)r->executions, r->failed_events, r->failure);
}

/* ---- the step machine alone: all programs of two steps --------------------------------------- */

static bool search_size(struct check_lockstep_config *config, struct explore_report *r)
{
	struct explore_options options = { .scheduler = EXPLORE_EXHAUSTIVE,
					   .memory = VIRTUAL_SC, .max_events = 2000 };
	static struct check_lockstep check;
	struct virtual_program program;
	char name[32], what[64];
	uint32_t i;

	for (i = 0; i < 9; i++) {
		config->modes[0] = (enum ss_mode)(i % 3);
		config->modes[1] = (enum ss_mode)(i / 3);
		if (!check_lockstep_init(&check, config, &program) || !fails(&program, &options, r))
			continue;
		check_lockstep_name(config, name, sizeof(name));
		snprintf(what, sizeof(what), "%u LPs, program %s, %u runs", config->nr_lps, name,
			 config->runs);
		describe(what, r);
		return true;
	}
	return false;
}

/* Finds the smallest of a few sizes at which the explorer sees a failure. */
static bool search_lockstep(struct explore_report *r)
{
	struct check_lockstep_config sizes[] = {
		{ .nr_lps = 2, .arity = 1, .nr_steps = 2, .outcomes = 2, .runs = 1 },
		{ .nr_lps = 2, .arity = 1, .nr_steps = 2, .outcomes = 1, .runs = 2,
		  .deadline = true },
		{ .nr_lps = 3, .arity = 1, .nr_steps = 2, .outcomes = 2, .runs = 1 },
	};
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (search_size(&sizes[i], r))
			return true;
	return false;
}

/* ---- the whole update on two LPs, every single fault ----------------------------------------- */

static bool search_no_fault(struct check_update *c, struct explore_report *r)
{
	struct explore_options options = { .scheduler = EXPLORE_EXHAUSTIVE,
					   .memory = VIRTUAL_SC, .max_events = 20000 };
	struct check_update_config config = { .deadline = true };
	struct virtual_program program;

	check_update_set(c, &config, &program);
	if (!fails(&program, &options, r))
		return false;
	describe("2 LPs, no fault", r);
	return true;
}

/* @executions: limit for this fault; 0: all. */
static bool search_fault(struct check_update *c, const struct sim_fault *fault,
			 uint64_t executions, struct explore_report *r)
{
	struct explore_options options = { .scheduler = EXPLORE_EXHAUSTIVE,
					   .memory = VIRTUAL_SC, .max_events = 20000,
					   .max_executions = executions };
	struct check_update_config config = { .nr_faults = 1, .faults = { *fault } };
	char what[16 + FAULT_LIST_NAME_BYTES] = "2 LPs, ";
	struct virtual_program program;

	check_update_set(c, &config, &program);
	if (!fails(&program, &options, r))
		return false;
	fault_list_name(fault, what + strlen(what));
	describe(what, r);
	return true;
}

static bool search_once(struct check_update *c, struct explore_report *r)
{
	struct sim_fault fault;
	uint32_t n;

	for (n = 0; check_update_fault(c->machine.nr_lps, n, &fault); n++)
		if (search_fault(c, &fault, 1, r))
			return true;
	return false;
}

/* Searches the faults that stand for all others in full. */
static bool search_faults(struct check_update *c, struct explore_report *r)
{
	const uint32_t *numbers;
	uint32_t i, n = check_update_representatives(c, &numbers);
	struct sim_fault fault;

	for (i = 0; i < n; i++)
		if (check_update_fault(c->machine.nr_lps, numbers[i], &fault) &&
		    search_fault(c, &fault, 0, r))
			return true;
	return false;
}

static bool search_update(bool once, struct explore_report *r)
{
	struct check_signer signer;
	struct check_update *c;
	bool found;

	c = signer_make(&signer) ? check_update_create(2, &signer) : NULL;
	if (!c) {
		printf("found no-boot: the machine does not boot\n");
		exit(1);
	}
	found = search_no_fault(c, r) || search_once(c, r) || (!once && search_faults(c, r));
	check_update_destroy(c);
	signer_free(&signer);
	return found;
}

int main(int argc, char **argv)
{
	struct explore_report r = { 0 };
	const char *kind;
	bool found, as_said;

	if (argc != 3)
		return 2;
	if (!strcmp(argv[1], "lockstep"))
		found = search_lockstep(&r);
	else
		found = search_update(!strcmp(argv[1], "update-once"), &r);
	kind = found ? kind_of(&r) : limit_reached ? "nothing but the limit of events" : "none";
	as_said = !strcmp(kind, argv[2]);
	if (!as_said)
		printf("the explorer finds %s, not %s\n%s", kind, argv[2], found && r.table ? r.table : "");
	explore_release(&r);
	return as_said ? 0 : !found && limit_reached ? 3 : 1;
}
