/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Two TDs beside the explored update.
 *
 * One TD is finished. Its vCPU enters guest mode on the last LP: before the LP joins the update, as
 * the stopped machine forces the vCPU out, and after the LP has left. The other TD is being built
 * on LP 0: one measuring step before the update, and one after the update. Or, if the environment
 * chooses so, the build ends before the update.
 *
 * What must be true: in no order of events is a SEAMCALL for a TD beside a SEAMCALL of the update
 * or between two of them. (The TDs' calls read the plain word that the update's calls write.)
 * Afterwards both TDs are alive if and only if the verdict says so. The measurement of the build is
 * the same as without an update, or the module refuses to continue the build.
 */
#include <stdlib.h>

#include "check_update.h"

#define CHUNK_BYTES	256u	/* that one TDH.MR.EXTEND measures */
#define EXIT_INTERRUPT	1u	/* details_l1 of a TD exit: external interrupt */
#define FIELD_UPDATE_VERSION	0x0800000100000005ULL	/* 7 */

/* ---- building -------------------------------------------------------------------------------- */

static uint64_t tdh(struct check_update *c, uint32_t lp, uint64_t leaf, uint64_t rcx, uint64_t rdx)
{
	struct ss_regs r = { .rax = leaf, .rcx = rcx, .rdx = rdx };

	return sim_seamcall(c->sim, lp, &r, 0);
}

static uint64_t host_seamcall(struct sim_host_td *td, uint32_t lp, struct ss_regs *regs)
{
	struct check_update *c = td->ctx;

	return sim_seamcall(c->sim, lp, regs, 0);
}

static uint64_t take_page(struct sim_host_td *td, uint64_t *pa)
{
	struct check_update *c = td->ctx;

	*pa = c->tds.next_pa;
	c->tds.next_pa += SS_PAGE;
	return SS_TDX_SUCCESS;
}

static uint64_t take_key(struct sim_host_td *td, uint32_t *key)
{
	struct check_update *c = td->ctx;

	*key = c->tds.next_key++;
	return SS_TDX_SUCCESS;
}

/* Pages and keys of a failed build are lost, and so is the explored machine. */
static void give_page(struct sim_host_td *td, uint64_t pa)
{
	(void)td;
	(void)pa;
}

static void give_key(struct sim_host_td *td, uint32_t key)
{
	(void)td;
	(void)key;
}

/* A TD of one vCPU and one page, built up to @until. Returns its TDR; 0: failed. */
static uint64_t build_td(struct check_update *c, enum sim_host_phase until, uint64_t *vcpu)
{
	static const struct sim_host_ops ops = {
		.seamcall = host_seamcall, .take_page = take_page, .give_page = give_page,
		.take_key = take_key, .give_key = give_key,
	};
	struct sim_host_vcpu vcpus[1];
	uint64_t pages[CHECK_TDS_PAGES];
	struct sim_host_td td = {
		.ops = &ops, .ctx = c, .seed = c->tds.next_key, .vcpus = vcpus, .pages = pages,
		.nr_vcpus = 1, .max_pages = CHECK_TDS_PAGES, .nr_data = 1, .nr_packages = 1,
		.scratch = c->tds.scratch,
	};

	sim_host_begin_build(&td);
	while (td.phase != until)
		if (sim_host_step(&td, 0) != SIM_HOST_OK)
			return 0;
	*vcpu = vcpus[0].tdvpr;
	return td.tdr;
}

bool check_tds_build(struct check_update *c)
{
	struct check_tds *t = &c->tds;
	uint64_t unused, last = c->machine.nr_lps - 1;
	struct sim_td_audit audit;

	t->next_pa = SIM_TDMR_BASE;
	t->next_key = 1;	/* 0 is the global one */
	t->running = build_td(c, SIM_HOST_LIVE, &t->vcpu);
	t->built = t->running ? build_td(c, SIM_HOST_EXTEND, &unused) : 0;
	if (!t->built || tdh(c, 0, SS_LEAF_TDH_VP_FLUSH, t->vcpu, 0) ||
	    tdh(c, (uint32_t)last, SS_LEAF_TDH_VP_ENTER, t->vcpu, 0) >> 32 ||
	    !sim_td_audit(c->sim, t->running, &audit))
		return false;
	t->progress = audit.progress;
	return true;
}

static uint64_t build_step(struct check_update *c, uint32_t lp)
{
	return tdh(c, lp, SS_LEAF_TDH_MR_EXTEND, CHUNK_BYTES * c->tds.steps++, c->tds.built);
}

static uint64_t finalize(struct check_update *c, uint32_t lp)
{
	c->tds.finalized = true;
	return tdh(c, lp, SS_LEAF_TDH_MR_FINALIZE, c->tds.built, 0);
}

void check_tds_begin(struct check_tds *t)
{
	t->steps = 0;
	t->finalized = false;
	t->window = false;
}

bool check_tds_measure(struct check_update *c)
{
	struct check_tds *t = &c->tds;
	struct sim_td_audit audit;
	uint32_t i;

	for (i = 0; i <= CHECK_TDS_STEPS; i++) {
		check_tds_begin(t);
		rewind_back(&c->mem);
		while (t->steps < i)
			if (build_step(c, 0))
				return false;
		if (finalize(c, 0) || !sim_td_audit(c->sim, t->built, &audit))
			return false;
		memcpy(t->mrtd[i], audit.mrtd, sizeof(audit.mrtd));
	}
	check_tds_begin(t);
	return true;
}

/* ---- around the update ----------------------------------------------------------------------- */

/*
 * A SEAMCALL of the host that does not belong to the update. These calls concern different TDs, so
 * the explorer assumes that they commute with each other. check_tds_commute() tests that on the
 * model.
 */
static void call(struct check_update *c, uint32_t lp, const char *name,
		 uint64_t (*leaf)(struct check_update *c, uint32_t lp), uint64_t want)
{
	uint64_t status;
	bool window;

	virtual_plain_read(&c->turn, sizeof(c->turn));
	virtual_seam_begin(name, true);
	c->called = true;
	window = c->tds.window;
	status = leaf(c, lp);
	virtual_seam_end();
	if (window)
		virtual_fail("LP %u calls %s inside the window", lp, name);
	if (status != want)
		virtual_fail("LP %u: %s returns %s", lp, name, ss_status_name(0, status));
}

static uint64_t enter(struct check_update *c, uint32_t lp)
{
	return tdh(c, lp, SS_LEAF_TDH_VP_ENTER, c->tds.vcpu, 0);
}

void check_tds_before(struct check_update *c, uint32_t lp)
{
	bool ends;

	if (lp + 1 == c->machine.nr_lps)
		call(c, lp, "TDH.VP.ENTER", enter, EXIT_INTERRUPT);
	if (lp)
		return;
	ends = virtual_choose(2);
	call(c, lp, "TDH.MR.EXTEND", build_step, 0);
	if (ends)
		call(c, lp, "TDH.MR.FINALIZE", finalize, 0);
}

void check_tds_after(struct check_update *c, uint32_t lp)
{
	if (lp + 1 == c->machine.nr_lps)
		call(c, lp, "TDH.VP.ENTER", enter, EXIT_INTERRUPT);
	if (!lp && !c->tds.finalized) {
		call(c, lp, "TDH.MR.EXTEND", build_step, 0);
		call(c, lp, "TDH.MR.FINALIZE", finalize, 0);
	}
}

void check_tds_unstopped(struct check_update *c)
{
	call(c, c->machine.nr_lps - 1, "TDH.VP.ENTER", enter, EXIT_INTERRUPT);
}

/* The last LP looks and enters guest mode when the lead has made @at of its calls. */
static bool in_order(struct check_update *c, uint32_t at)
{
	uint32_t last = c->machine.nr_lps - 1, i;
	bool ok = true;

	check_tds_begin(&c->tds);
	rewind_back(&c->mem);
	for (i = 0; i <= CHECK_TDS_STEPS + 1; i++) {
		if (i == at)
			ok &= !tdh(c, last, SS_LEAF_TDH_SYS_RD, 0, FIELD_UPDATE_VERSION) &&
			      enter(c, last) == EXIT_INTERRUPT;
		if (i < CHECK_TDS_STEPS)
			ok &= !build_step(c, 0);
		else if (i == CHECK_TDS_STEPS)
			ok &= !finalize(c, 0);
	}
	return ok;
}

bool check_tds_commute(struct check_update *c)
{
	unsigned char *first = malloc(c->mem.bytes);
	bool ok = first && in_order(c, 0);
	uint32_t at;

	if (ok)
		memcpy(first, c->mem.mem, c->mem.bytes);
	for (at = 1; ok && at <= CHECK_TDS_STEPS + 1; at++)
		ok = in_order(c, at) && !memcmp(first, c->mem.mem, c->mem.bytes);
	check_tds_begin(&c->tds);
	c->called = true;
	free(first);
	return ok;
}

static void check_alive(struct check_update *c, const char *what, uint64_t tdr,
			struct sim_td_audit *audit)
{
	bool lost = c->update.result.verdict == SS_LOST;
	bool alive = sim_td_audit(c->sim, tdr, audit) && audit->alive;

	if (alive == lost)
		virtual_fail("%s, but the %s TD is %s", ss_verdict_name(c->update.result.verdict),
			     what, alive ? "alive" : "dead");
}

void check_tds_end(struct check_update *c)
{
	bool lost = c->update.result.verdict == SS_LOST;
	struct check_tds *t = &c->tds;
	struct sim_td_audit audit;

	check_alive(c, "running", t->running, &audit);
	if (!lost && (audit.guest_errors || audit.progress != t->progress + 2))
		virtual_fail("the running TD found %llu errors and ran %llu times",
			     (unsigned long long)audit.guest_errors,
			     (unsigned long long)(audit.progress - t->progress));
	check_alive(c, "built", t->built, &audit);
	if (!lost && memcmp(audit.mrtd, t->mrtd[t->steps], sizeof(audit.mrtd)))
		virtual_fail("the update has spoilt the measurement of the TD in its build");
}
