// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Every single fault of the list, one update each, and what the model's state says of the verdict.
 */
#include <string.h>

#include "sweep.h"

#define SYS_READY	3u	/* specification 6.1 */

static void body(void *arg, uint32_t lp)
{
	struct check_update *c = arg;

	c->verdicts[lp] = ss_update_run(&c->update, lp);
}

/* Returns NULL, or how the verdict and the model's state contradict each other. */
static const char *contradiction(const struct check_update *c, enum virtual_end end)
{
	const struct ss_update_result *r = &c->update.result;
	struct sim_audit a;
	uint32_t lp;
	bool ready;

	if (end != VIRTUAL_END_DONE)
		return virtual_end_text(end);
	for (lp = 1; lp < c->machine.nr_lps; lp++)
		if (c->verdicts[lp] != c->verdicts[0])
			return "LPs have different verdicts";
	sim_audit(c->sim, &a);
	ready = a.seam_ready && a.state == SYS_READY && !a.session_open && !a.fatal;
	if (r->verdict == SS_LOST)
		return ready && r->confirmed ? "a module is ready, so nothing is lost" : NULL;
	if (!ready)
		return "no module is ready";
	if (r->verdict == SS_UNCHANGED)
		return a.installs != 1 ? "another module was installed" : NULL;	/* boot's was one */
	return strcmp(a.version, c->plan.images[r->image].name) ? "another version runs" : NULL;
}

static enum sweep_loss lost_by(const struct sim_fault *fault)
{
	if (fault->rdx)
		return SWEEP_BY_ERASURE;
	return fault->sticky ? SWEEP_BY_EACH : SWEEP_BY_ONE;
}

static void count(struct sweep_call *n, const struct sim_fault *fault, const struct check_update *c,
		  bool contradicted)
{
	const struct ss_update_result *r = &c->update.result;

	n->faults++;
	n->verdicts[r->verdict]++;
	n->not_met += !sim_fault_struck(c->sim, 0);
	n->not_confirmed += !r->confirmed;
	n->contradicted += contradicted;
	if (r->verdict == SS_LOST)
		n->lost[lost_by(fault)]++;
}

static void judge(struct sweep *s, struct check_update *c, const struct sim_fault *fault,
		  uint32_t call, enum virtual_end end)
{
	struct sweep_failure failure = {
		.fault = *fault, .verdict = c->update.result.verdict, .text = contradiction(c, end)
	};

	count(&s->calls[call], fault, c, failure.text);
	count(&s->all, fault, c, failure.text);
	if (!failure.text && failure.verdict == SS_LOST && lost_by(fault) == SWEEP_BY_ONE)
		failure.text = "lost by one fault that strikes once";
	if (failure.text && s->failed)
		s->failed(s->ctx, &failure);
}

static void run_one(struct sweep *s, struct check_update *c, struct virtual_machine *vm,
		    const struct fault_list *list, uint32_t n)
{
	struct virtual_random r = { .seed = s->seed + n };
	enum virtual_end end;

	c->config.faults[0] = list->faults[n];
	virtual_random_init(&r);
	end = virtual_execute(vm, &r.sched);
	virtual_random_fini(&r);
	judge(s, c, &list->faults[n], list->calls[n], end);
	if (s->progress)
		s->progress(s->ctx, n + 1, list->nr);
}

static void run_all(struct sweep *s, struct check_update *c, const struct fault_list *list)
{
	const struct check_update_config config = { .nr_faults = 1 };
	struct virtual_program program;
	struct virtual_machine *vm;
	uint32_t n;

	check_update_set(c, &config, &program);
	program.body = body;
	program.check = NULL;
	vm = virtual_create(&program, VIRTUAL_SC, false);
	for (n = 0; vm && n < list->nr; n++)
		run_one(s, c, vm, list, n);
	if (vm)
		virtual_destroy(vm);
}

bool sweep_run(struct sweep *s, const struct check_signer *signer)
{
	struct check_update *c = check_update_create(s->nr_lps, signer);
	struct fault_list list = { .nr = 0 };

	if (c && fault_list_make(&list, s->nr_lps, s->seed))
		run_all(s, c, &list);
	fault_list_free(&list);
	if (c)
		check_update_destroy(c);
	return s->all.faults;
}

bool sweep_is_good(const struct sweep *s)
{
	return s->all.faults && !s->all.contradicted && !s->all.lost[SWEEP_BY_ONE];
}
