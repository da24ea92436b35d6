/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What must be true of the step machine, checked from inside the step functions.
 *
 * An observer follows the table. The observer knows which step is next once all LPs have finished
 * the step before, and compares each call of a step function with that step (L1, L2, L5). The
 * observer relies on the order in which operations ran. A reduced search runs only one of many
 * equivalent orders. So each LP also leaves marks in plain memory and reads the other LPs' marks.
 * The race detector then tells whether release and acquire order writer and reader in all
 * equivalent orders (L1, L2 for EACH, L3).
 */
#include <stdio.h>
#include <stdlib.h>

#include "check_lockstep.h"

#define ARRIVAL_NS	1000000u
#define UNDECIDED	INT8_MIN
#define NO_VERDICT	UINT32_MAX

static uint32_t mark(uint32_t instance, uint32_t lp)
{
	return (instance + 1) << 16 | (lp + 1);
}

static bool takes_part(const struct check_lockstep *c, int8_t step, uint32_t lp)
{
	return lp == 0 || c->config.modes[step] != SS_ONE;
}

static uint32_t participants(const struct check_lockstep *c, int8_t step)
{
	return c->config.modes[step] == SS_ONE ? 1 : c->config.nr_lps;
}

/* Reads the marks of step @instance, of all LPs that took part. */
static void look_at_marks(struct check_lockstep *c, struct check_run *run, uint32_t instance,
			  uint32_t lp)
{
	uint32_t i;

	for (i = 0; i < participants(c, run->path[instance]); i++) {
		virtual_plain_read(&run->marks[instance][i], sizeof(uint32_t));
		if (run->marks[instance][i] != mark(instance, i))
			virtual_fail("L3: LP %u does not see what LP %u wrote in the step before",
				     lp, i);
	}
}

/* The first step has begun: no LP may be missing. */
static void look_for_missing(struct check_lockstep *c, struct check_run *run, uint32_t lp)
{
	uint32_t i;

	for (i = 0; i < c->config.nr_lps; i++) {
		if (!run->called[i])
			virtual_fail("L6: LP %u starts the first step, but LP %u has not arrived",
				     lp, i);
		virtual_plain_read(&run->called[i], sizeof(uint32_t));
	}
}

/* LP @lp calls the function of @step. Returns the instance of a step that this must be. */
static uint32_t enter(struct check_lockstep *c, struct check_run *run, int8_t step, uint32_t lp)
{
	uint32_t i = c->instance[lp];

	while (i < run->known && run->path[i] >= 0 && !takes_part(c, run->path[i], lp))
		i++;
	if (i >= run->known)
		virtual_fail("L1: LP %u starts step %d before all have finished the one before it",
			     lp, step);
	if (run->path[i] < 0)
		virtual_fail("L5: LP %u runs step %d, but the table has ended the program", lp,
			     step);
	if (run->path[i] != step)
		virtual_fail("L5: LP %u runs step %d, but the table leads to %d", lp, step,
			     run->path[i]);
	if (run->done[i] + run->active[i] == participants(c, step))
		virtual_fail("L2: LP %u runs step %d, which all have run already", lp, step);
	if (c->config.modes[step] == SS_ONE && lp)
		virtual_fail("L2: LP %u runs step %d, which is for the lead alone", lp, step);
	if (c->config.modes[step] == SS_EACH && (run->active[i] || run->done[i] != lp))
		virtual_fail("L2: LP %u runs step %d out of its turn", lp, step);
	c->instance[lp] = i;
	run->active[i]++;
	if (i)
		look_at_marks(c, run, i - 1, lp);
	else
		look_for_missing(c, run, lp);
	return i;
}

static void leave(struct check_lockstep *c, struct check_run *run, uint32_t i, uint32_t lp,
		  uint32_t outcome)
{
	int8_t step = run->path[i], next;

	virtual_plain_write(&run->marks[i][lp], sizeof(uint32_t));
	run->marks[i][lp] = mark(i, lp);
	if (c->config.modes[step] == SS_EACH) {
		virtual_plain_write(&run->each[i], sizeof(uint32_t));
		run->each[i]++;
	}
	run->active[i]--;
	run->done[i]++;
	if (outcome > run->worst[i])
		run->worst[i] = outcome;
	c->instance[lp] = i + 1;
	if (run->done[i] < participants(c, step))
		return;
	next = c->program[step].next[run->worst[i]];
	run->path[i + 1] = (int8_t)(next > 0 ? next - 1 : next);
	run->known = i + 2;
}

static uint32_t outcome_of(struct check_lockstep *c, const struct check_run *run, uint32_t i)
{
	uint32_t n = c->config.outcomes;

	/* Only the first few steps may go back to the first step, so that each run ends. */
	if (n == CHECK_OUTCOMES && i > 1)
		n--;
	(void)run;
	return virtual_choose(n);
}

static uint32_t step_fn(struct check_lockstep *c, int8_t step, uint32_t lp)
{
	struct check_run *run = &c->runs[c->run[lp]];
	uint32_t i, outcome;

	virtual_effect();
	i = enter(c, run, step, lp);

	if (i >= CHECK_MAX_INSTANCES)
		virtual_fail("L5: the program does not end");
	outcome = outcome_of(c, run, i);
	leave(c, run, i, lp, outcome);
	return outcome;
}

static uint32_t step_0(void *ctx, uint32_t lp)
{
	return step_fn(ctx, 0, lp);
}

static uint32_t step_1(void *ctx, uint32_t lp)
{
	return step_fn(ctx, 1, lp);
}

static uint32_t step_2(void *ctx, uint32_t lp)
{
	return step_fn(ctx, 2, lp);
}

static uint32_t step_3(void *ctx, uint32_t lp)
{
	return step_fn(ctx, 3, lp);
}

/* What one LP may return from a run. */
static void check_return(struct check_lockstep *c, uint32_t lp, uint32_t verdict)
{
	struct check_run *run = &c->runs[c->run[lp]];

	virtual_effect();
	run->verdict[lp] = verdict;
	if (verdict == SS_NOT_ARRIVED) {
		if (!c->config.deadline)
			virtual_fail("L6: LP %u says \"not arrived\", but there is no deadline",
				     lp);
		if (run->active[0] || run->done[0])
			virtual_fail("L6: LP %u says \"not arrived\", but a step has begun", lp);
		return;
	}
	if (run->path[run->known - 1] >= 0)
		virtual_fail("L4: LP %u leaves with %u before the program has ended", lp, verdict);
	if ((uint32_t)SS_END(run->path[run->known - 1]) != verdict)
		virtual_fail("L5: LP %u leaves with %u, but the table says %u", lp, verdict,
			     (uint32_t)SS_END(run->path[run->known - 1]));
	look_at_marks(c, run, run->known - 2, lp);
}

static void body(void *arg, uint32_t lp)
{
	struct check_lockstep *c = arg;
	uint32_t run;

	for (run = 0; run < c->config.runs; run++) {
		c->run[lp] = run;
		c->instance[lp] = 0;
		virtual_plain_write(&c->runs[run].called[lp], sizeof(uint32_t));
		c->runs[run].called[lp] = 1;
		check_return(c, lp, ss_lockstep_run(&c->lockstep, lp));
	}
}

static void check(void *arg)
{
	struct check_lockstep *c = arg;
	const struct check_run *run;
	uint32_t r, lp;

	for (r = 0; r < c->config.runs; r++) {
		run = &c->runs[r];
		for (lp = 1; lp < c->config.nr_lps; lp++)
			if (run->verdict[lp] != run->verdict[0])
				virtual_fail("L4: LP %u left run %u with %u, LP 0 with %u", lp,
					     r + 1, run->verdict[lp], run->verdict[0]);
		if (run->verdict[0] == SS_NOT_ARRIVED && (run->active[0] || run->done[0]))
			virtual_fail("L6: run %u was called off, but a step has begun", r + 1);
	}
}

static void reset(void *arg)
{
	struct check_lockstep *c = arg;
	uint32_t r, lp;

	if (!ss_lockstep_init(&c->lockstep, c->lps, c->config.nr_lps, c->config.arity))
		abort();
	ss_lockstep_prepare(&c->lockstep, c->program, c, c->config.deadline ? ARRIVAL_NS : 0);
	memset(c->runs, 0, c->config.runs * sizeof(*c->runs));
	for (r = 0; r < c->config.runs; r++) {
		c->runs[r].known = 1;
		for (lp = 0; lp < c->config.nr_lps; lp++)
			c->runs[r].verdict[lp] = NO_VERDICT;
	}
	memset(c->run, 0, sizeof(c->run));
	memset(c->instance, 0, sizeof(c->instance));
}

static bool name_word(void *arg, const struct ss_word *w, char *out, size_t bytes)
{
	struct check_lockstep *c = arg;
	uint32_t lp;

	if (w == &c->lockstep.fate)
		return snprintf(out, bytes, "fate") > 0;
	for (lp = 0; lp < c->config.nr_lps; lp++) {
		if (w >= c->lps[lp].ack && w < c->lps[lp].ack + SS_MAX_CHILDREN)
			return snprintf(out, bytes, "ack[%u][%u]", lp,
					(unsigned int)(w - c->lps[lp].ack)) > 0;
		if (w >= c->lps[lp].meet && w < c->lps[lp].meet + 2)
			return snprintf(out, bytes, "meet[%u]", lp) > 0;
		if (w == &c->lps[lp].go)
			return snprintf(out, bytes, "go[%u]", lp) > 0;
		if (w == &c->lps[lp].turn)
			return snprintf(out, bytes, "turn[%u]", lp) > 0;
		if (w == &c->lps[lp].here)
			return snprintf(out, bytes, "here[%u]", lp) > 0;
	}
	return false;
}

static int8_t forward(const struct check_lockstep_config *config, uint32_t step)
{
	return (int8_t)(step < config->nr_steps ? SS_TO((int)step) : SS_END(0));
}

bool check_lockstep_init(struct check_lockstep *c, const struct check_lockstep_config *config,
			 struct virtual_program *program)
{
	static uint32_t (*const fns[])(void *ctx, uint32_t lp) = { step_0, step_1, step_2, step_3 };
	static const char *const names[] = { "0", "1", "2", "3" };
	uint32_t i;

	if (!config->nr_lps || config->nr_lps > CHECK_MAX_LPS || !config->arity ||
	    config->arity > SS_MAX_CHILDREN || !config->nr_steps ||
	    config->nr_steps > CHECK_MAX_STEPS || !config->outcomes ||
	    config->outcomes > CHECK_OUTCOMES || !config->runs || config->runs > CHECK_MAX_RUNS)
		return false;
	memset(c, 0, sizeof(*c));
	c->config = *config;
	for (i = 0; i < config->nr_steps; i++) {
		c->program[i] = (struct ss_step){
			.name = names[i], .mode = config->modes[i], .fn = fns[i],
			.next = { forward(config, i + 1), (int8_t)SS_END(10 + (int)i),
				  forward(config, i + 2), SS_TO(0) },
		};
	}
	*program = (struct virtual_program){
		.nr_lps = config->nr_lps, .announces = VIRTUAL_INSTRUMENTED, .arg = c,
		.reset = reset, .body = body, .check = check, .name = name_word,
	};
	return true;
}

void check_lockstep_name(const struct check_lockstep_config *config, char *out, size_t bytes)
{
	uint32_t i;
	int n = 0;

	for (i = 0; i < config->nr_steps; i++)
		n += snprintf(out + n, bytes - (size_t)n, "%c", "OEA"[config->modes[i]]);
	snprintf(out + n, bytes - (size_t)n, "/%u", config->outcomes);
}
