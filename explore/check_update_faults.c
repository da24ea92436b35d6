/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The faults under which the update is explored: those of the list, and the ones that stand for
 * all.
 */
#include <stdlib.h>
#include <string.h>

#include "check_update.h"
#include "fault_list.h"

#define LIST_SEED	1u	/* numbers of faults are the same in each run */
#define SCHEDULE_SEED	1u

/* The list for the number of LPs of the last call. */
static const struct fault_list *list_for(uint32_t nr_lps)
{
	static struct fault_list list;
	static uint32_t made_for;

	if (made_for == nr_lps)
		return &list;
	fault_list_free(&list);
	made_for = fault_list_make(&list, nr_lps, LIST_SEED) ? nr_lps : 0;
	return &list;
}

bool check_update_fault(uint32_t nr_lps, uint32_t n, struct sim_fault *fault)
{
	const struct fault_list *list = list_for(nr_lps);

	if (n >= list->nr)
		return false;
	*fault = list->faults[n];
	return true;
}

/* ---- which faults stand for others ----------------------------------------------------------- */

/* What an update did, as a number. */
struct course {
	struct ss_machine machine;	/* the machine that makes the calls */
	uint64_t hash;
};

static void mix(struct course *w, uint64_t value)
{
	w->hash = (w->hash ^ value) * 0x100000001b3ULL;
	w->hash ^= w->hash >> 29;
}

static uint64_t record(void *ctx, uint32_t lp, struct ss_regs *regs)
{
	struct course *w = ctx;
	uint64_t leaf = regs->rax, rcx = regs->rcx;
	uint64_t status = w->machine.seamcall(w->machine.ctx, lp, regs);

	mix(w, lp);
	mix(w, leaf);
	mix(w, rcx);
	return status;
}

static void mix_result(struct course *w, const struct ss_update_result *r)
{
	uint32_t i;

	mix(w, r->verdict);
	mix(w, r->confirmed);
	mix(w, r->reason);
	for (i = 0; i < r->nr_events; i++) {
		mix(w, r->events[i].step);
		mix(w, r->events[i].action);
		mix(w, r->events[i].image);
		mix(w, r->events[i].lp);
	}
}

/* Runs one update under this fault and one schedule. */
static uint64_t take_course(struct check_update *c, struct virtual_machine *vm,
			    const struct sim_fault *fault)
{
	struct course w = { .machine = c->machine };
	struct virtual_random r = { .seed = SCHEDULE_SEED };

	c->config.faults[0] = *fault;
	c->config.nr_faults = 1;
	c->machine.ctx = &w;
	c->machine.seamcall = record;
	virtual_random_init(&r);
	mix(&w, virtual_execute(vm, &r.sched));
	virtual_random_fini(&r);
	c->machine = w.machine;
	mix_result(&w, &c->update.result);
	return w.hash;
}

/* Compares all fields but the status: faults that are alike may differ in their status only. */
static bool same_but_status(const struct sim_fault *a, const struct sim_fault *b)
{
	return a->leaf == b->leaf && a->lp == b->lp && a->nth == b->nth && a->sticky == b->sticky &&
	       a->rdx == b->rdx && a->executed == b->executed;
}

static bool is_represented(const struct fault_list *list, const uint64_t *courses,
			   const uint32_t *chosen, uint32_t nr, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < nr; i++)
		if (courses[chosen[i]] == courses[n] &&
		    same_but_status(&list->faults[chosen[i]], &list->faults[n]))
			return true;
	return false;
}

static uint32_t choose(struct check_update *c, const struct fault_list *list, uint32_t *chosen)
{
	const struct check_update_config plain = { .nr_faults = 1 };
	uint64_t *courses = malloc((list->nr + 1) * sizeof(*courses));
	struct virtual_program program;
	struct virtual_machine *vm;
	uint32_t n, nr = 0;

	check_update_set(c, &plain, &program);
	vm = virtual_create(&program, VIRTUAL_SC, false);
	if (!courses || !vm)
		abort();
	for (n = 0; n < list->nr; n++) {
		courses[n] = take_course(c, vm, &list->faults[n]);
		if (!is_represented(list, courses, chosen, nr, n))
			chosen[nr++] = n;
	}
	virtual_destroy(vm);
	free(courses);
	return nr;
}

uint32_t check_update_representatives(struct check_update *c, const uint32_t **numbers)
{
	const struct fault_list *list = list_for(c->machine.nr_lps);
	static uint32_t *chosen, nr, made_for;

	if (made_for != c->machine.nr_lps) {
		made_for = c->machine.nr_lps;
		free(chosen);
		chosen = malloc((list->nr + 1) * sizeof(*chosen));
		if (!chosen)
			abort();
		nr = choose(c, list, chosen);
	}
	*numbers = chosen;
	return nr;
}
