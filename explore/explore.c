/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Exploring one program: the loop around the schedulers. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "dpor.h"
#include "explore.h"

double explore_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void note_failure(struct explore_report *r, const struct virtual_machine *m, uint64_t seed)
{
	r->failed = true;
	r->end = m->end;
	snprintf(r->failure, sizeof(r->failure), "%s", m->end == VIRTUAL_END_FAILED ?
		 m->failure : virtual_end_text(m->end));
	r->failed_events = m->nr_events;
	r->failed_seed = seed;
	r->schedule = virtual_schedule(m);
	r->table = virtual_table(m);
}

/* Returns true if the exploration should go on. */
static bool note_execution(struct explore_report *r, const struct explore_options *o,
			   const struct virtual_machine *m, uint64_t seed, uint64_t executions)
{
	r->executions++;
	r->events += m->nr_events;
	if (m->nr_events > r->longest)
		r->longest = m->nr_events;
	if (m->end == VIRTUAL_END_STOPPED)
		r->pruned++;
	else if (m->end != VIRTUAL_END_DONE)
		note_failure(r, m, seed);
	if (r->failed)
		return false;
	if ((o->max_executions && executions >= o->max_executions) ||
	    (o->until != 0 && !(executions % 16) && explore_clock() >= o->until)) {
		r->incomplete = true;
		return false;
	}
	return true;
}

static void exhaustive(struct virtual_machine *m, const struct explore_options *o,
		       struct explore_report *r)
{
	struct explore_dpor d;
	bool more;

	explore_dpor_init(&d);
	d.foresight = !o->no_foresight;
	do {
		virtual_execute(m, &d.sched);
		more = note_execution(r, o, m, 0, d.executions);
	} while (explore_dpor_next(&d) && more && !d.nondeterministic);
	r->checked += d.checked;
	r->foreseen += d.foreseen;
	r->nondeterministic |= d.nondeterministic;
	explore_dpor_fini(&d);
}

static void sample(struct virtual_machine *m, const struct explore_options *o,
		   struct explore_report *r)
{
	struct virtual_random random;
	uint64_t n = 0;
	bool more;

	if (o->scheduler == EXPLORE_PCT)
		virtual_pct_init(&random, 3, 64 * m->nr_lps);
	else
		virtual_random_init(&random);
	random.seed = o->seed;
	do {
		virtual_execute(m, &random.sched);
		more = note_execution(r, o, m, random.seed, ++n);
		random.seed++;
	} while (more);
	r->incomplete = true;
	virtual_random_fini(&random);
}

static void replay(struct virtual_machine *m, const struct explore_options *o,
		   struct explore_report *r)
{
	struct virtual_replay sched;
	uint32_t nr, *decisions = virtual_schedule_parse(o->replay, &nr);

	r->incomplete = true;
	virtual_replay_init(&sched, decisions, nr);
	virtual_execute(m, &sched.sched);
	note_execution(r, o, m, 0, 1);
	if (!r->failed && sched.diverged)
		snprintf(r->failure, sizeof(r->failure), "the schedule is not one of this program");
	free(decisions);
}

bool explore_program(const struct virtual_program *program, const struct explore_options *options,
		     struct explore_report *report)
{
	struct virtual_machine *m = virtual_create(program, options->memory, true);

	if (!m) {
		fprintf(stderr, "explorer: no memory for a machine of %u LPs\n", program->nr_lps);
		abort();
	}
	if (options->max_events)
		m->max_events = options->max_events;
	if (options->replay)
		replay(m, options, report);
	else if (options->scheduler == EXPLORE_EXHAUSTIVE)
		exhaustive(m, options, report);
	else
		sample(m, options, report);
	virtual_destroy(m);
	return !report->failed && !report->nondeterministic;
}

void explore_release(struct explore_report *report)
{
	free(report->schedule);
	free(report->table);
	memset(report, 0, sizeof(*report));
}
