// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A machine of the fault matrix: updates of the machine, and the possible ends of its TD. */
#include "matrix_run.h"

#define UPDATES		60u	/* so many that no cell depends on their number */
#define PRIVATE_PAGES	64u
#define MODULE_PAGES	8u
#define TD_PAGES	2u
#define ARITY		2u

/* ---- making one ------------------------------------------------------------------------------ */

static uint64_t seamcall(void *ctx, uint32_t lp, struct ss_regs *regs)
{
	struct matrix *m = ctx;
	struct matrix_call *call;

	virtual_seam_begin(ss_leaf_name(regs->rax), false);	/* other LPs may go first */
	if (m->nr_calls == MATRIX_CALLS)
		abort();
	call = &m->calls[m->nr_calls++];
	call->lp = lp;
	call->in = *regs;
	call->status = sim_seamcall(m->world.f.sim, lp, regs, SIM_FROM_UPDATE);
	call->rdx = regs->rdx;
	virtual_seam_end();
	return call->status;
}

static void reset(void *arg)
{
	struct matrix *m = arg;
	uint32_t i;

	memcpy(m->world.f.mem, m->before, m->bytes);
	for (i = 0; i < m->nr_faults; i++)
		sim_fault_add(m->world.f.sim, &m->faults[i]);
	m->nr_calls = 0;
	if (!ss_lockstep_init(&m->lockstep, m->lockstep_lps, m->machine.nr_lps, ARITY) ||
	    !ss_update_init(&m->update, &m->plan, &m->lockstep, m->lps))
		abort();
	mainline_flow_init(&m->mainline, &m->machine, m->plan.images[0].params_pa);
}

static void body(void *arg, uint32_t lp)
{
	struct matrix *m = arg;

	if (m->flow == MATRIX_OURS)
		m->verdicts[lp] = ss_update_run(&m->update, lp);
	else
		mainline_flow_run(&m->mainline, lp);
}

/* A small module: an INSTALL hashes the module, which takes time. */
static struct sim_module_info small_module(const char *version)
{
	struct sim_module_info info = *sim_ladder_find(version);

	info.module_pages = MODULE_PAGES;
	return info;
}

static void boot(struct matrix *m, uint32_t nr_lps)
{
	struct sim_module_info info = small_module(MATRIX_FROM);
	struct world *w = &m->world;
	struct fixture_image image;

	world_config(w, nr_lps, nr_lps > 1 ? 2 : 1);
	w->f.config.private_pages = PRIVATE_PAGES;
	w->f.config.updates = UPDATES;
	w->end_pa = SIM_TDMR_BASE + (uint64_t)PRIVATE_PAGES * SS_PAGE;
	fixture_power_on(&w->f);
	fixture_image_of(&w->f, &info, FIXTURE_LOAD, &image);
	if (sim_boot(w->f.sim, image.params_pa, w->f.scratch, NULL))
		abort();
}

static void build_td(struct matrix *m)
{
	struct sim_td_audit audit;

	td_build(&m->world, &m->td, 1, TD_PAGES);
	td_audit(&m->world, &m->td, &audit);
	memcpy(m->td_digest, audit.digest, sizeof(m->td_digest));
	m->key_generation = ss_load(&m->world.f.sim->memory->key_generation);
}

static uint64_t add_image(struct matrix *m, const char *version)
{
	struct ss_update_image *out = &m->plan.images[m->plan.nr_images++];
	struct sim_module_info info = small_module(version);
	struct fixture_image image;

	fixture_image_of(&m->world.f, &info, FIXTURE_UPDATE, &image);
	*out = (struct ss_update_image){
		.name = version, .params_pa = image.params_pa, .svn_minor = info.svn_minor,
		.svn_major = info.svn_major, .module_hv = info.module_hv,
		.min_update_hv = info.min_update_hv,
	};
	return out->params_pa;
}

static void make_plan(struct matrix *m)
{
	const struct sim_module_info *from = sim_ladder_find(MATRIX_FROM);
	uint64_t params[3];

	params[0] = add_image(m, MATRIX_TO);
	params[1] = add_image(m, MATRIX_FROM);
	params[2] = add_image(m, MATRIX_SIBLING);
	m->plan.machine = &m->machine;
	m->plan.svn_minor = from->svn_minor;
	m->plan.svn_major = from->svn_major;
	m->plan.info.va = fixture_alloc(&m->world.f, 256, 256, &m->plan.info.pa);
	m->plan.info.bytes = 256;
	m->solver = solver_create(params, SS_ARRAY_SIZE(params));
}

struct matrix *matrix_create(uint32_t nr_lps)
{
	struct matrix *m = aligned_alloc(64, (sizeof(*m) + 63) / 64 * 64);
	struct virtual_program program = {
		.nr_lps = nr_lps, .arg = m, .reset = reset, .body = body
	};

	if (!m)
		abort();
	memset(m, 0, sizeof(*m));
	m->machine = (struct ss_machine){ .ctx = m, .nr_lps = nr_lps, .seamcall = seamcall };
	boot(m, nr_lps);
	build_td(m);
	make_plan(m);
	m->bytes = sim_bytes(&m->world.f.config);
	m->before = malloc(m->bytes);
	m->vm = virtual_create(&program, VIRTUAL_SC, false);
	if (!m->before || !m->vm)
		abort();
	memcpy(m->before, m->world.f.mem, m->bytes);
	return m;
}

void matrix_destroy(struct matrix *m)
{
	virtual_destroy(m->vm);
	solver_destroy(m->solver);
	td_forget(&m->td);
	world_destroy(&m->world);
	free(m->before);
	free(m);
}

/* ---- an update ------------------------------------------------------------------------------- */

const char *matrix_execute(struct matrix *m, enum matrix_flow flow, const struct sim_fault *faults,
			   uint32_t nr_faults, uint64_t seed)
{
	struct virtual_random r = { .seed = seed };
	enum virtual_end end;
	uint32_t lp, i;

	m->flow = flow;
	m->nr_faults = nr_faults;
	for (i = 0; i < nr_faults; i++)
		m->faults[i] = faults[i];
	virtual_random_init(&r);
	end = virtual_execute(m->vm, &r.sched);
	virtual_random_fini(&r);
	for (i = 0; i < nr_faults; i++)
		m->struck[i] = sim_fault_struck(m->world.f.sim, i);
	if (end != VIRTUAL_END_DONE)
		return m->vm->failure[0] ? m->vm->failure : virtual_end_text(end);
	for (lp = 1; flow == MATRIX_OURS && lp < m->machine.nr_lps; lp++)
		if (m->verdicts[lp] != m->verdicts[0])
			return "LPs have different verdicts";
	return NULL;
}

struct solver_machine matrix_now(const struct matrix *m)
{
	struct solver_machine s = {
		.sim = m->world.f.sim, .mem = m->world.f.mem, .bytes = m->bytes,
		.tdr_pa = m->td.tdr, .key_generation = m->key_generation,
		.nr_lps = m->machine.nr_lps, .nr_faults = m->nr_faults,
	};

	memcpy(s.faults, m->faults, sizeof(s.faults));
	return s;
}

bool matrix_td_lives(struct matrix *m)
{
	struct solver_machine s = matrix_now(m);
	struct sim_td_audit audit;

	if (!solver_is_saved(&s))
		return false;
	td_audit(&m->world, &m->td, &audit);
	return !memcmp(audit.digest, m->td_digest, sizeof(m->td_digest));
}

/* ---- the same again, up to a point ----------------------------------------------------------- */

static void begin_again(struct matrix *m)
{
	uint32_t i;

	memcpy(m->world.f.mem, m->before, m->bytes);
	for (i = 0; i < m->nr_faults; i++)
		sim_fault_add(m->world.f.sim, &m->faults[i]);
}

static void repeat_call(struct matrix *m, uint32_t i)
{
	struct ss_regs r = m->calls[i].in;

	if (sim_seamcall(m->world.f.sim, m->calls[i].lp, &r, SIM_FROM_UPDATE) !=
	    m->calls[i].status)
		abort();
}

bool matrix_can_save(struct matrix *m, uint32_t call)
{
	struct solver_machine s = matrix_now(m);
	uint32_t i;

	begin_again(m);
	for (i = 0; i < call; i++)
		repeat_call(m, i);
	return solver_can_save(m->solver, &s);
}

uint32_t matrix_first_at_risk(struct matrix *m)
{
	struct solver_machine s = matrix_now(m);
	uint32_t i;

	begin_again(m);
	for (i = 0; i < m->nr_calls; i++) {
		repeat_call(m, i);
		if (!solver_is_saved(&s))
			return i + 1;
	}
	return m->nr_calls + 1;
}
