/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The whole update on a small simulated machine, and what must be true at its end.
 *
 * A SEAMCALL is one operation. The update must guarantee that no SEAMCALL is made while another one
 * runs (except TDH.SYS.LP.INIT, specification 10.3), so the race detector checks that: a SEAMCALL
 * that must be alone writes a word of plain memory, LP.INIT reads the word.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_update.h"
#include "fault_list.h"

#define SHARED_PA	(1ULL << 32)
#define SHARED_BYTES	(4u << 20)
#define ARRIVAL_NS	1000000u
#define MODULE_PAGES	8u	/* an INSTALL hashes these pages, which takes time */
#define FIELD_UPDATE_VERSION	0x0800000100000005ULL	/* 7 */

/* The version that runs, the target, and the version after the target: by enum check_update_tds. */
static const char *const versions[][3] = {
	[CHECK_NO_TDS] = { "1.5.09", "1.5.16", "1.5.17" },
	[CHECK_TDS] = { "1.5.09", "1.5.16", "1.5.17" },
	[CHECK_TDS_REFUSING] = { "1.5.24", "1.5.25", "1.5.25" },
};

/* ---- the machine ----------------------------------------------------------------------------- */

static void *map_shared(void *ctx, uint64_t pa, size_t bytes)
{
	struct check_update *c = ctx;

	if (pa < SHARED_PA || bytes > SHARED_BYTES || pa - SHARED_PA > SHARED_BYTES - bytes)
		return NULL;
	return c->shared + (pa - SHARED_PA);
}

static bool interrupted(void *ctx, uint32_t lp)
{
	(void)ctx;
	(void)lp;
	return true;
}

static uint8_t *shared_alloc(struct check_update *c, size_t bytes, uint64_t *pa)
{
	uint8_t *p = c->shared + c->shared_used;

	*pa = SHARED_PA + c->shared_used;
	c->shared_used += (bytes + SS_PAGE - 1) / SS_PAGE * SS_PAGE;
	if (c->shared_used > SHARED_BYTES)
		abort();
	return p;
}

/* An image of @version in shared memory. Returns the PA of its SEAMLDR_PARAMS; 0: not signed. */
static uint64_t make_image(struct check_update *c, const char *version, uint32_t scenario,
			   const struct check_signer *signer)
{
	struct sim_module_info small = *sim_ladder_find(version), *info = &small;
	uint64_t params_pa, sigstruct_pa, module_pa, pages[512];
	uint8_t *params, *sigstruct, *module, hash[SS_SHA384_BYTES];
	struct sim_sha384 sha;
	uint32_t i;

	small.module_pages = MODULE_PAGES;
	params = shared_alloc(c, SS_PAGE, &params_pa);
	sigstruct = shared_alloc(c, SS_PAGE, &sigstruct_pa);
	module = shared_alloc(c, (size_t)info->module_pages * SS_PAGE, &module_pa);
	sim_module_build(info, module);
	sim_sha384_init(&sha);
	sim_sha384_update(&sha, module, (size_t)info->module_pages * SS_PAGE);
	sim_sha384_final(&sha, hash);
	sim_sigstruct_build(info, hash, sigstruct);
	for (i = 0; i < info->module_pages; i++)
		pages[i] = module_pa + (uint64_t)i * SS_PAGE;
	if (!signer->sign(signer->ctx, sigstruct) ||
	    !ss_seamldr_params_build(params, scenario, sigstruct_pa, pages, info->module_pages))
		return 0;
	return params_pa;
}

static bool add_image(struct check_update *c, const char *version,
		      const struct check_signer *signer)
{
	const struct sim_module_info *info = sim_ladder_find(version);
	struct ss_update_image *out = &c->plan.images[c->plan.nr_images++];

	*out = (struct ss_update_image){
		.name = version, .params_pa = make_image(c, version, SS_SCENARIO_UPDATE, signer),
		.svn_minor = info->svn_minor, .svn_major = info->svn_major,
		.module_hv = info->module_hv, .min_update_hv = info->min_update_hv,
	};
	return out->params_pa;
}

static bool boot(struct check_update *c, const struct check_signer *signer)
{
	struct ss_buffer scratch = { .bytes = 4 * SS_PAGE };
	uint64_t leaf, params_pa;

	scratch.va = shared_alloc(c, scratch.bytes, &scratch.pa);
	params_pa = make_image(c, c->from, SS_SCENARIO_LOAD, signer);
	return params_pa && !sim_boot(c->sim, params_pa, scratch, &leaf);
}

/* The P-SEAMLDR has checked the image and refused it. */
static bool is_verdict_on_image(uint64_t status)
{
	return status == SS_PSEAMLDR_EBADPARAM || status == SS_PSEAMLDR_EBADSIG ||
	       status == SS_PSEAMLDR_EBADHANDOFF || status == SS_PSEAMLDR_EUNSUPCPU ||
	       status == SS_PSEAMLDR_ENOMEM || status == SS_PSEAMLDR_EBADHASH;
}

/* After a lie the update knows less of the firmware's state than the rules require. */
static bool was_lied_to(const struct check_update *c)
{
	uint32_t i;

	for (i = 0; i < c->config.nr_faults; i++)
		if (fault_list_lies(&c->config.faults[i]) && sim_fault_struck(c->sim, i))
			return true;
	return false;
}

static uint64_t seamcall(void *ctx, uint32_t lp, struct ss_regs *regs)
{
	struct check_update *c = ctx;
	bool commutes = regs->rax == SS_LEAF_TDH_SYS_LP_INIT, refused;
	uint64_t status, leaf = regs->rax;
	uint32_t hits;

	if (commutes)
		virtual_plain_read(&c->turn, sizeof(c->turn));
	else
		virtual_plain_write(&c->turn, sizeof(c->turn));
	virtual_seam_begin(ss_leaf_name(leaf), commutes);
	c->called = true;
	if (!c->tds.window)
		sim_window_begin(c->sim);
	c->tds.window = true;
	hits = sim_fault_hits(c->sim);
	status = sim_seamcall(c->sim, lp, regs, SIM_FROM_UPDATE);
	refused = leaf == SS_LEAF_SEAMLDR_INSTALL && !c->config.rehearse && !was_lied_to(c) &&
		  hits == sim_fault_hits(c->sim) && is_verdict_on_image(status);
	virtual_seam_end();
	if (refused)
		virtual_fail("LP %u installs an image that the rules forbid: %s", lp,
			     ss_status_name(leaf, status));
	return status;
}

static bool power_on(struct check_update *c, const struct check_signer *signer)
{
	uint32_t i;

	c->sim_config = (struct sim_config){
		.nr_lps = c->machine.nr_lps, .sockets = 1, .updates = 10,
		.private_pages = CHECK_TDS_PAGES, .private_hkids = CHECK_TDS_HKIDS, .ctx = c,
		.map = map_shared, .interrupted = interrupted,
	};
	for (i = 0; i < SIM_MAX_SOCKETS; i++)
		c->sim_config.fms[i] = 0x806f8;
	memcpy(c->sim_config.signer, signer->signer, SS_SHA384_BYTES);
	c->shared = aligned_alloc(SS_PAGE, SHARED_BYTES);
	if (!rewind_init(&c->mem, sim_bytes(&c->sim_config)) || !c->shared)
		return false;
	memset(c->shared, 0, SHARED_BYTES);
	c->sim = sim_init(c->mem.mem, &c->sim_config);
	return c->sim && boot(c, signer);
}

static bool make_plan(struct check_update *c, const struct check_signer *signer)
{
	const struct sim_module_info *from = sim_ladder_find(c->from);

	c->plan.machine = &c->machine;
	c->plan.svn_minor = from->svn_minor;
	c->plan.svn_major = from->svn_major;
	c->plan.info.bytes = SS_PAGE;
	c->plan.info.va = shared_alloc(c, SS_PAGE, &c->plan.info.pa);
	return add_image(c, versions[c->has_tds][1], signer) && add_image(c, c->from, signer) &&
	       add_image(c, versions[c->has_tds][2], signer);
}

static bool make_tds(struct check_update *c)
{
	if (!c->has_tds)
		return true;
	c->tds.scratch.va = shared_alloc(c, SS_PAGE, &c->tds.scratch.pa);
	return check_tds_build(c);
}

static bool set_up(struct check_update *c, const struct check_signer *signer)
{
	return power_on(c, signer) && make_plan(c, signer) && make_tds(c) &&
	       rewind_mark(&c->mem) && (!c->has_tds || check_tds_measure(c));
}

struct check_update *check_update_create(uint32_t nr_lps, const struct check_signer *signer)
{
	return check_update_create_tds(nr_lps, CHECK_NO_TDS, signer);
}

struct check_update *check_update_create_tds(uint32_t nr_lps, enum check_update_tds tds,
					     const struct check_signer *signer)
{
	struct check_update *c;

	if (!nr_lps || nr_lps > CHECK_UPDATE_LPS)
		return NULL;
	c = aligned_alloc(64, (sizeof(*c) + 63) / 64 * 64);
	if (!c)
		return NULL;
	memset(c, 0, sizeof(*c));
	c->machine = (struct ss_machine){ .ctx = c, .nr_lps = nr_lps, .seamcall = seamcall };
	c->has_tds = tds;
	c->from = versions[tds][0];
	c->called = true;
	if (!set_up(c, signer)) {
		check_update_destroy(c);
		return NULL;
	}
	return c;
}

void check_update_destroy(struct check_update *c)
{
	rewind_fini(&c->mem);
	free(c->shared);
	free(c);
}

/* ---- the program ----------------------------------------------------------------------------- */

static void reset(void *arg)
{
	struct check_update *c = arg;
	uint32_t i;

	/* Most executions are given up. The code below sets faults and window again. */
	if (c->called)
		rewind_back(&c->mem);
	c->called = false;
	sim_fault_clear(c->sim);
	for (i = 0; i < c->config.nr_faults; i++)
		sim_fault_add(c->sim, &c->config.faults[i]);
	c->plan.arrival_ns = c->config.deadline ? ARRIVAL_NS : 0;
	c->plan.rehearse = c->config.rehearse;
	c->plan.avoid_td_build = c->has_tds == CHECK_TDS_REFUSING && !c->config.spoil_builds;
	check_tds_begin(&c->tds);
	if (!ss_lockstep_init(&c->lockstep, c->lockstep_lps, c->machine.nr_lps, 2) ||
	    !ss_update_init(&c->update, &c->plan, &c->lockstep, c->lps))
		abort();
}

/* The LP may let its TDs run again: does a module answer? */
static void resume_tds(struct check_update *c, uint32_t lp)
{
	struct ss_regs r = { .rax = SS_LEAF_TDH_SYS_RD, .rdx = FIELD_UPDATE_VERSION };
	struct sim_audit audit;
	uint64_t status;

	virtual_plain_read(&c->turn, sizeof(c->turn));
	virtual_seam_begin("resume TDs", true);
	c->called = true;
	/* An LP has left, so all SEAMCALLs of the update are done. */
	c->tds.window = false;
	sim_window_end(c->sim);
	sim_fault_clear(c->sim);	/* the faults are for the update only */
	status = sim_seamcall(c->sim, lp, &r, SIM_FROM_UPDATE);
	sim_audit(c->sim, &audit);
	virtual_seam_end();
	if (status || audit.state != 3)
		virtual_fail("LP %u resumes TDs, but no module is ready: %s", lp,
			     ss_status_name(r.rax, status));
}

static void body(void *arg, uint32_t lp)
{
	struct check_update *c = arg;
	enum ss_verdict verdict;

	if (lp == c->machine.nr_lps) {
		check_tds_unstopped(c);
		return;
	}
	if (c->has_tds)
		check_tds_before(c, lp);
	verdict = ss_update_run(&c->update, lp);
	virtual_effect();
	c->verdicts[lp] = verdict;
	if (verdict == SS_LOST)
		return;
	resume_tds(c, lp);
	if (c->has_tds)
		check_tds_after(c, lp);
}

/* Is there a reason why the TDs could be lost? Sticky faults may leave no way to save them. */
static bool may_be_lost(const struct check_update *c)
{
	uint32_t i;

	for (i = 0; i < c->config.nr_faults; i++)
		if (c->config.faults[i].sticky || c->config.faults[i].rdx)
			return true;
	return c->config.nr_faults > 1;
}

static void check_model(struct check_update *c, const struct sim_audit *a)
{
	const struct ss_update_result *r = &c->update.result;
	const char *want = r->verdict == SS_UNCHANGED ? c->from : c->plan.images[r->image].name;

	if (!a->seam_ready || a->state != 3)
		virtual_fail("%s, but no module is ready", ss_verdict_name(r->verdict));
	else if (strcmp(a->version, want))
		virtual_fail("%s with %s, but the model runs %s", ss_verdict_name(r->verdict), want,
			     a->version);
	else if (a->handoff_valid)
		virtual_fail("%s, but handoff data was left behind", ss_verdict_name(r->verdict));
	else if ((r->verdict == SS_UPDATED && r->image) ||
		 (r->verdict == SS_RECOVERED && !r->image))
		virtual_fail("%s, but image %u runs", ss_verdict_name(r->verdict), r->image);
}

static void check(void *arg)
{
	struct check_update *c = arg;
	const struct ss_update_result *r = &c->update.result;
	struct sim_audit a;
	uint32_t lp;

	sim_window_end(c->sim);
	sim_audit(c->sim, &a);
	c->seen[r->verdict]++;
	for (lp = 0; lp < c->machine.nr_lps; lp++)
		if (c->verdicts[lp] != (uint32_t)r->verdict)
			virtual_fail("LP %u says %s, the result %s", lp,
				     ss_verdict_name((enum ss_verdict)c->verdicts[lp]),
				     ss_verdict_name(r->verdict));
	if (a.foreign)
		virtual_fail("a foreign SEAMCALL in the window");
	if (a.session_open && !may_be_lost(c))
		virtual_fail("an INSTALL session was left incomplete");
	if (r->verdict != SS_LOST)
		check_model(c, &a);
	else if (!may_be_lost(c))
		virtual_fail("lost, but one fault that strikes once need not cost the TDs");
	else if (a.seam_ready && a.state == 3)
		virtual_fail("lost, but a module is ready");
	if (c->has_tds)
		check_tds_end(c);
}

/* Names the words of the step machine, and the counter of events. */
static bool name_word(void *arg, const struct ss_word *w, char *out, size_t bytes)
{
	struct check_update *c = arg;
	uint32_t lp;

	if (w == &c->lockstep.fate)
		return snprintf(out, bytes, "fate") > 0;
	if (w == &c->update.nr_events)
		return snprintf(out, bytes, "nr_events") > 0;
	for (lp = 0; lp < c->machine.nr_lps; lp++) {
		if (w >= c->lockstep_lps[lp].ack && w < c->lockstep_lps[lp].ack + SS_MAX_CHILDREN)
			return snprintf(out, bytes, "ack[%u][%u]", lp,
					(unsigned int)(w - c->lockstep_lps[lp].ack)) > 0;
		if (w >= c->lockstep_lps[lp].meet && w < c->lockstep_lps[lp].meet + 2)
			return snprintf(out, bytes, "meet[%u]", lp) > 0;
		if (w == &c->lockstep_lps[lp].go)
			return snprintf(out, bytes, "go[%u]", lp) > 0;
		if (w == &c->lockstep_lps[lp].turn)
			return snprintf(out, bytes, "turn[%u]", lp) > 0;
		if (w == &c->lockstep_lps[lp].here)
			return snprintf(out, bytes, "here[%u]", lp) > 0;
	}
	return false;
}

void check_update_set(struct check_update *c, const struct check_update_config *config,
		      struct virtual_program *program)
{
	c->config = *config;
	c->config.nr_lps = c->machine.nr_lps;
	memset(c->seen, 0, sizeof(c->seen));
	*program = (struct virtual_program){
		.nr_lps = c->machine.nr_lps + c->config.unstopped,
		.announces = VIRTUAL_INSTRUMENTED, .arg = c, .reset = reset, .body = body,
		.check = check, .name = name_word,
	};
}
