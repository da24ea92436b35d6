// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Predicts the whole stopped window of an update for a machine of a given shape.
 *
 * The update itself runs in virtual time. Its SEAMCALLs do nothing but cost what the table in
 * place/virtual/costs.h says. So the result has two parts: the cost of the SEAMCALLs one after the
 * other, which no implementation can avoid, and the cost of walking the LPs through the steps.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "virtual_bench.h"

#include "../core/update.h"
#include "../place/virtual/virtual_time.h"

struct window {
	struct virtual_costs costs;
	uint32_t nr_lps;
	uint32_t installs;		/* in the current session */
	struct ss_machine machine;
	struct ss_update_plan plan;
	struct ss_update update;
	struct ss_lockstep lockstep;
	struct ss_lockstep_lp *lockstep_lps;
	struct ss_update_lp *lps;
	uint32_t *core, *socket;
	uint8_t info[256];
	uint64_t end_ns;
};

/* Initialisations on different LPs run in parallel, everything else one after the other. */
static bool commutes(uint64_t leaf)
{
	return leaf == SS_LEAF_TDH_SYS_LP_INIT;
}

/* SEAMLDR_INFO of a machine in good order (specification 4.2, 4.3). */
static void fill_info(uint8_t *info)
{
	info[8] = SS_SEAMLDR_VENDOR & 0xff;
	info[9] = SS_SEAMLDR_VENDOR >> 8;
	info[28] = 10;		/* updates left */
	info[160] = 1;		/* SEAM_READY */
}

static uint64_t seamcall(void *ctx, uint32_t lp, struct ss_regs *regs)
{
	struct window *w = ctx;
	uint64_t leaf = regs->rax;

	(void)lp;
	virtual_seam_begin(ss_leaf_name(leaf), commutes(leaf));
	if (leaf == SS_LEAF_SEAMLDR_INSTALL)
		w->installs++;
	if (leaf == SS_LEAF_SEAMLDR_INFO)
		fill_info(w->info);
	regs->rdx = 0;
	regs->rax = 0;
	virtual_seam_end();
	return 0;
}

static uint64_t work_ns(void *ctx, const char *name, uint32_t lp)
{
	const struct window *w = ctx;
	const struct virtual_costs *c = &w->costs;

	(void)lp;
	if (!strcmp(name, "SEAMLDR.INSTALL"))
		return w->installs < w->nr_lps ? c->install_ns :
		       c->install_last_ns + w->nr_lps * c->install_last_lp_ns;
	if (!strcmp(name, "TDH.SYS.SHUTDOWN"))
		return c->shutdown_ns;
	if (!strcmp(name, "TDH.SYS.INIT"))
		return c->sys_init_ns;
	if (!strcmp(name, "TDH.SYS.LP.INIT"))
		return c->lp_init_ns;
	if (!strcmp(name, "TDH.SYS.UPDATE"))
		return c->update_ns;
	return 0;
}

static void reset(void *arg)
{
	struct window *w = arg;

	w->installs = 0;
	w->end_ns = 0;
	if (!ss_lockstep_init_topology(&w->lockstep, w->lockstep_lps, w->nr_lps, 4, w->core,
				       w->socket) ||
	    !ss_update_init(&w->update, &w->plan, &w->lockstep, w->lps))
		abort();
}

static void body(void *arg, uint32_t lp)
{
	struct window *w = arg;
	uint64_t now;

	ss_update_run(&w->update, lp);
	now = ss_now_ns();
	if (now > w->end_ns)
		w->end_ns = now;
}

static void *zeroed(size_t bytes)
{
	void *p = aligned_alloc(64, (bytes + 63) / 64 * 64);

	if (!p)
		abort();
	return memset(p, 0, bytes);
}

static void prepare(struct window *w, const struct virtual_topology *t)
{
	struct ss_update_image *image = &w->plan.images[0];
	uint32_t lp;

	w->nr_lps = t->sockets * t->cores * t->threads;
	w->machine.ctx = w;
	w->machine.nr_lps = w->nr_lps;
	w->machine.seamcall = seamcall;
	w->lockstep_lps = zeroed(w->nr_lps * sizeof(*w->lockstep_lps));
	w->lps = zeroed(w->nr_lps * sizeof(*w->lps));
	w->core = zeroed(w->nr_lps * sizeof(*w->core));
	w->socket = zeroed(w->nr_lps * sizeof(*w->socket));
	for (lp = 0; lp < w->nr_lps; lp++) {
		w->core[lp] = lp / t->threads;
		w->socket[lp] = lp / (t->threads * t->cores);
	}
	w->plan.machine = &w->machine;
	w->plan.nr_images = 1;
	image->name = "target";
	w->plan.info.va = w->info;
	w->plan.info.bytes = sizeof(w->info);
}

/* SEAMLDR.INFO before the shutdown and after INSTALL, and the five calls of the final look. */
#define LOOKS	7u

/* The time of the SEAMCALLs one after the other, in parallel where the interface allows it. */
static uint64_t unavoidable_ns(const struct window *w)
{
	const struct virtual_costs *c = &w->costs;
	uint64_t call = c->seamcall_ns, n = w->nr_lps;

	return (call + c->shutdown_ns) + (n - 1) * (call + c->install_ns) +
	       (call + c->install_last_ns + n * c->install_last_lp_ns) + (call + c->sys_init_ns) +
	       (call + c->lp_init_ns) + (call + c->update_ns) + LOOKS * call;
}

static json_t *step_rows(const struct window *w)
{
	const struct ss_update_result *r = &w->update.result;
	json_t *rows = json_array();
	uint64_t first, last;
	uint32_t v, lp;

	for (v = 0; v < r->nr_visits; v++) {
		first = UINT64_MAX;
		last = 0;
		for (lp = 0; lp < w->nr_lps; lp++) {
			const struct ss_update_span *s = &w->lps[lp].spans[v];

			if (!s->start_ns)
				continue;
			first = s->start_ns < first ? s->start_ns : first;
			last = s->end_ns > last ? s->end_ns : last;
		}
		json_array_append_new(rows, json_pack("{s:s, s:I}", "step",
			ss_update_step_name(r->visits[v].step), "ns", (json_int_t)(last - first)));
	}
	return rows;
}

json_t *bench_virtual_window(const struct virtual_costs *costs,
			     const struct virtual_topology *topology)
{
	struct window *w = zeroed(sizeof(*w));
	struct virtual_program program = { .arg = w, .reset = reset, .body = body };
	struct virtual_machine *m;
	struct virtual_time t;
	uint64_t floor;
	json_t *o;

	w->costs = *costs;
	prepare(w, topology);
	program.nr_lps = w->nr_lps;
	m = virtual_create(&program, VIRTUAL_SC, false);
	if (!m)
		abort();
	m->keep_events = false;
	m->max_events = UINT32_MAX;
	virtual_time_init(&t, topology);
	t.costs = *costs;
	t.seam_work_ns = work_ns;
	t.ctx = w;
	if (virtual_execute(m, &t.sched) != VIRTUAL_END_DONE ||
	    w->update.result.verdict != SS_UPDATED) {
		fprintf(stderr, "the update did not end: %s\n", virtual_end_text(m->end));
		exit(1);
	}
	floor = unavoidable_ns(w);
	o = json_pack("{s:i, s:i, s:i, s:i, s:I, s:I, s:I, s:o}", "lps", (int)w->nr_lps,
		      "sockets", (int)topology->sockets, "cores", (int)topology->cores,
		      "threads", (int)topology->threads, "window_ns", (json_int_t)w->end_ns,
		      "seamcalls_ns", (json_int_t)floor, "lockstep_ns",
		      (json_int_t)(w->end_ns - floor), "steps", step_rows(w));
	virtual_time_fini(&t);
	virtual_destroy(m);
	free(w->lockstep_lps);
	free(w->lps);
	free(w->core);
	free(w->socket);
	free(w);
	return o;
}
