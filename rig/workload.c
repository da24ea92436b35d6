// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The workload of a host: the tasks of LPs, and the work of an interrupt.
 *
 * - a task per vCPU: TDH.VP.ENTER over and over; now and then it moves to another LP;
 * - a task per long-lived TD: add a page to the TD and take the page away again;
 * - a task per builder: build a short-lived TD, run it, tear it down, over and over;
 * - a task per LP: read a field or a page's metadata now and then;
 * - an interrupt: read too.
 */
#include "internal.h"

#include <stdlib.h>

#define GUEST_POLLS		64u	/* in a time slice */
#define MOVE_ONE_IN		64u	/* rounds of a vCPU */
#define PREEMPT_OFF_ONE_IN	4u	/* rounds of a builder */
#define STEPS_A_ROUND		8u
#define SHORT_LIFE		8u	/* entries of a short-lived TD */
#define PAUSE_ROUNDS		8u
#define READ_ONE_IN		4u	/* rounds */
#define EXTRA_GPA		(256ull * SS_PAGE)	/* above the build's pages */

/* ---- vCPUs ----------------------------------------------------------------------------------- */

/*
 * Runs a vCPU for one time slice on this LP. A refused entry can still have associated the vCPU
 * with this LP. Flushing a vCPU that no LP has does no harm.
 */
static enum sim_host_answer enter(struct rig_lp *lp, struct rig_td *td, struct sim_host_vcpu *vcpu)
{
	enum sim_host_answer answer;
	uint64_t status;

	lp->guest_budget = GUEST_POLLS;
	status = rig_td_call(lp, SS_LEAF_TDH_VP_ENTER, vcpu->tdvpr, 0);
	answer = rig_td_judge(td, lp, SS_LEAF_TDH_VP_ENTER, status);
	if (!ss_status_eq(status, SS_TDX_VCPU_ASSOCIATED))
		ss_store(&vcpu->lp, lp->id);
	if (answer == SIM_HOST_OK)
		count_add(&td->entries, 1);
	return answer;
}

/* A vCPU must be flushed on its LP before it can run on another LP. */
static uint32_t move_vcpu(struct rig_lp *lp, struct rig_td *td, struct sim_host_vcpu *vcpu)
{
	uint64_t status = rig_td_call(lp, SS_LEAF_TDH_VP_FLUSH, vcpu->tdvpr, 0);

	if (rig_td_judge(td, lp, SS_LEAF_TDH_VP_FLUSH, status) != SIM_HOST_OK)
		return lp->id;
	ss_store(&vcpu->lp, NO_LP);
	count_add(&lp->migrations, 1);
	return rig_random_lp(lp->host, &lp->random);
}

static uint32_t vcpu_step(struct rig_lp *lp, struct rig_task *task)
{
	struct rig_td *td = task->td;
	struct sim_host_vcpu *vcpu = &td->life.vcpus[task->vcpu];
	bool moves = lp->host->config.migrate && ss_load(&vcpu->lp) == lp->id &&
		     !(sim_random(&lp->random) % MOVE_ONE_IN);

	if (sim_host_is_dead(&td->life))
		return RIG_TASK_GONE;
	if (moves)
		return move_vcpu(lp, td, vcpu);
	enter(lp, td, vcpu);
	return lp->id;
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void kick_vcpus(struct rig_td *td)
{
	uint32_t i, lp;

	for (i = 0; i < td->life.nr_vcpus; i++) {
		lp = ss_load(&td->life.vcpus[i].lp);
		if (lp != NO_LP)
			rig_lp_ring(&td->host->lps[lp]);
	}
}

static enum sim_host_answer memory_call(struct rig_lp *lp, struct rig_task *task, uint64_t leaf,
					uint64_t rcx, uint64_t rdx)
{
	return rig_td_judge(task->td, lp, leaf, rig_td_call(lp, leaf, rcx, rdx));
}

static enum sim_host_answer add_page(struct rig_lp *lp, struct rig_task *task)
{
	struct ss_regs regs = {
		.rax = SS_LEAF_TDH_MEM_PAGE_AUG, .rcx = EXTRA_GPA, .rdx = task->td->life.tdr,
	};
	uint64_t status = sim_host_give_page(&task->td->life, lp->id, &regs, &regs.r8, &task->page);

	return rig_td_judge(task->td, lp, SS_LEAF_TDH_MEM_PAGE_AUG, status);
}

static enum sim_host_answer block_page(struct rig_lp *lp, struct rig_task *task)
{
	return memory_call(lp, task, SS_LEAF_TDH_MEM_RANGE_BLOCK, EXTRA_GPA, task->td->life.tdr);
}

/* After this call only vCPUs in guest mode may still have the page in their TLB: kick them out. */
static enum sim_host_answer track(struct rig_lp *lp, struct rig_task *task)
{
	enum sim_host_answer answer = memory_call(lp, task, SS_LEAF_TDH_MEM_TRACK,
						  task->td->life.tdr, 0);

	if (answer == SIM_HOST_OK)
		kick_vcpus(task->td);
	return answer;
}

static enum sim_host_answer remove_page(struct rig_lp *lp, struct rig_task *task)
{
	return memory_call(lp, task, SS_LEAF_TDH_MEM_PAGE_REMOVE, EXTRA_GPA, task->td->life.tdr);
}

static enum sim_host_answer clean_page(struct rig_lp *lp, struct rig_task *task)
{
	uint64_t key = (uint64_t)(SIM_FIRST_PRIVATE_HKID + task->td->life.key) << SIM_HKID_SHIFT;
	enum sim_host_answer answer = memory_call(lp, task, SS_LEAF_TDH_PHYMEM_PAGE_WBINVD,
						  task->page | key, 0);

	if (answer == SIM_HOST_OK) {
		rig_arena_private_free(&lp->host->arena, task->page);
		count_add(&lp->memory_ops, 1);
	}
	return answer;
}

enum { STAGE_ADD, STAGE_BLOCK, STAGE_TRACK, STAGE_REMOVE, STAGE_CLEAN, STAGE_NR };

/* KVM does both under one lock, with preemption disabled. */
static enum sim_host_answer block_and_track(struct rig_lp *lp, struct rig_task *task)
{
	enum sim_host_answer answer;

	rig_lp_preempt_disable(lp);
	answer = block_page(lp, task);
	if (answer == SIM_HOST_OK) {
		task->stage = STAGE_TRACK;
		rig_lp_preempt_point(lp);	/* a stop must not get in here */
		answer = track(lp, task);
	}
	rig_lp_preempt_enable(lp);
	return answer;
}

static enum sim_host_answer (*const stages[STAGE_NR])(struct rig_lp *lp, struct rig_task *task) = {
	[STAGE_ADD]	= add_page,
	[STAGE_BLOCK]	= block_and_track,
	[STAGE_TRACK]	= track,	/* if TRACK was refused in STAGE_BLOCK */
	[STAGE_REMOVE]	= remove_page,
	[STAGE_CLEAN]	= clean_page,
};

/* A stop and an update may come between two stages. The guest has the page for PAUSE_ROUNDS. */
static uint32_t memory_step(struct rig_lp *lp, struct rig_task *task)
{
	if (sim_host_is_dead(&task->td->life))
		return RIG_TASK_GONE;
	if (task->wait) {
		task->wait--;
		return lp->id;
	}
	if (stages[task->stage](lp, task) != SIM_HOST_OK)
		return lp->id;
	task->stage = (task->stage + 1) % STAGE_NR;
	if (task->stage > STAGE_BLOCK)
		return lp->id;
	task->wait = PAUSE_ROUNDS;
	return rig_random_lp(lp->host, &lp->random);
}

/* LPs are at rest and the TDs will be removed: pages of memory operations go with them. */
void rig_workload_settle_pages(struct rig *h)
{
	struct sim_host_td *life;
	struct rig_task *task;
	uint32_t i;

	for (i = 0; i < h->nr_tasks; i++) {
		task = &h->tasks[i];
		if (task->step != memory_step || task->stage == STAGE_ADD)
			continue;
		life = &task->td->life;
		if (task->stage == STAGE_CLEAN)
			rig_arena_private_free(&h->arena, task->page);
		else
			life->pages[life->nr_pages++] = task->page;
		task->stage = STAGE_ADD;
	}
}

/* ---- builders -------------------------------------------------------------------------------- */

static void rest_before_next(struct rig_task *task)
{
	task->stage = 0;
	task->wait = PAUSE_ROUNDS;
}

/* The builder's TD cannot go on: tear it down if its build failed, forget it otherwise. */
static uint32_t builder_failed(struct rig_lp *lp, struct rig_task *task)
{
	struct rig_td *td = task->td;

	count_add(&lp->host->builds_failed, 1);
	if (td->life.phase > SIM_HOST_LIVE)
		return RIG_TASK_GONE;
	sim_host_begin_teardown(&td->life);
	return lp->id;
}

/* The TD lives: let its first vCPU run a few times, then tear it down. */
static uint32_t short_life(struct rig_lp *lp, struct rig_task *task)
{
	struct rig_td *td = task->td;
	uint32_t home = ss_load(&td->life.vcpus[0].lp);

	if (home != lp->id && home != NO_LP)
		return home;
	if (!task->stage)
		count_add(&lp->host->builds_done, 1);
	if (task->stage++ < SHORT_LIFE)
		enter(lp, td, &td->life.vcpus[0]);
	else
		sim_host_begin_teardown(&td->life);
	return lp->id;
}

/* Does a few steps of building or tearing down in a row, on this LP. */
static uint32_t life_steps(struct rig_lp *lp, struct rig_td *td, uint32_t steps)
{
	enum sim_host_answer answer = SIM_HOST_OK;
	const enum sim_host_phase *phase = &td->life.phase;

	while (steps-- && answer == SIM_HOST_OK && *phase != SIM_HOST_LIVE &&
	       *phase != SIM_HOST_NONE && rig_td_step_lp(td, lp->id) == lp->id) {
		answer = rig_td_step(td, lp);
		rig_lp_preempt_point(lp);
	}
	return rig_td_step_lp(td, lp->id);
}

static uint32_t builder_step(struct rig_lp *lp, struct rig_task *task)
{
	struct rig_td *td = task->td;
	bool section = !(sim_random(&lp->random) % PREEMPT_OFF_ONE_IN);
	uint32_t next;

	if (sim_host_is_dead(&td->life))
		return builder_failed(lp, task);
	if (td->life.phase == SIM_HOST_LIVE)
		return short_life(lp, task);
	if (td->life.phase == SIM_HOST_NONE) {
		if (task->wait) {
			task->wait--;
			return lp->id;
		}
		sim_host_begin_build(&td->life);
	}
	if (section)
		rig_lp_preempt_disable(lp);
	next = life_steps(lp, td, STEPS_A_ROUND);
	if (section)
		rig_lp_preempt_enable(lp);
	if (td->life.phase == SIM_HOST_NONE) {
		count_add(&lp->host->teardowns, 1);
		rest_before_next(task);
	}
	return next;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Fields that every module has: its own (TDH.SYS.RD, specification 7), and a TD's (TDH.MNG.RD). */
#define FIELD_MODULE_HV		0x8900000100000000ull
#define FIELD_TDX_FEATURES0	0x0a00000300000008ull
#define FIELD_TD_OP_STATE	0x9010000200000004ull

static void judge_sys(struct rig_lp *lp, uint64_t status)
{
	if (ss_status_eq(status, SS_TDX_SYS_BUSY))
		count_add(&lp->retries, 1);
	else if (status >> 32)
		count_add(&lp->unexpected, 1);
}

static void read_module(struct rig_lp *lp)
{
	judge_sys(lp, rig_td_call(lp, SS_LEAF_TDH_SYS_RD, 0, FIELD_MODULE_HV));
	judge_sys(lp, rig_td_call(lp, SS_LEAF_TDH_SYS_RD, 0, FIELD_TDX_FEATURES0));
}

static struct rig_td *random_td(struct rig *h, uint64_t *random)
{
	if (!h->config.nr_tds)
		return NULL;
	return &h->tds[sim_random(random) % h->config.nr_tds];
}

static void read_page(struct rig_lp *lp, struct rig_td *td)
{
	rig_td_judge(td, lp, SS_LEAF_TDH_PHYMEM_PAGE_RDMD,
		     rig_td_call(lp, SS_LEAF_TDH_PHYMEM_PAGE_RDMD, td->life.tdr, 0));
}

static void read_td(struct rig_lp *lp, struct rig_td *td)
{
	rig_td_judge(td, lp, SS_LEAF_TDH_MNG_RD,
		     rig_td_call(lp, SS_LEAF_TDH_MNG_RD, td->life.tdr, FIELD_TD_OP_STATE));
}

static uint32_t reader_step(struct rig_lp *lp, struct rig_task *task)
{
	struct rig_td *td = random_td(lp->host, &lp->random);
	uint32_t what = (uint32_t)(sim_random(&lp->random) % (3 * READ_ONE_IN));

	(void)task;
	if (what == 0 || (!td && what <= 2))
		read_module(lp);
	else if (what == 1 && !sim_host_is_dead(&td->life))
		read_page(lp, td);
	else if (what == 2 && !sim_host_is_dead(&td->life))
		read_td(lp, td);
	return lp->id;
}

static void interrupt(struct rig_lp *lp)
{
	struct rig_td *td = random_td(lp->host, &lp->irq_random);

	count_add(&lp->irq_seamcalls, 1);
	if (td && !sim_host_is_dead(&td->life) && sim_random(&lp->irq_random) % 2)
		read_page(lp, td);
	else
		judge_sys(lp, rig_td_call(lp, SS_LEAF_TDH_SYS_RD, 0, FIELD_MODULE_HV));
}

/* ---- distributing the tasks ------------------------------------------------------------------ */

static uint32_t call_step(struct rig_lp *lp, struct rig_task *task)
{
	task->fn(task->arg, lp->id);
	ss_publish(&lp->host->called, ss_load(&lp->host->called) + 1);
	return RIG_TASK_GONE;
}

bool rig_workload_create(struct rig *h)
{
	const struct rig_config *c = &h->config;

	/* vCPUs, memory, builders, readers, and the call. */
	h->nr_tasks = c->nr_tds * c->vcpus + c->nr_tds + c->builders + c->nr_lps + 1;
	h->tasks = calloc(h->nr_tasks, sizeof(*h->tasks));
	if (!h->tasks)
		return false;
	h->call = &h->tasks[0];
	h->call->step = call_step;
	h->interrupt = interrupt;
	return true;
}

/* Context: LPs at rest, so no other thread uses the inbox. */
static struct rig_task *deal(struct rig *h, uint32_t *number, uint32_t lp,
			     uint32_t (*step)(struct rig_lp *lp, struct rig_task *task),
			     struct rig_td *td)
{
	struct rig_task *task = &h->tasks[(*number)++];

	task->step = step;
	task->td = td;
	rig_lp_send(&h->lps[lp], task);
	return task;
}

static void deal_td(struct rig *h, uint32_t *number, struct rig_td *td, uint64_t *random)
{
	uint32_t i;

	for (i = 0; i < td->life.nr_vcpus; i++)
		deal(h, number, ss_load(&td->life.vcpus[i].lp), vcpu_step, td)->vcpu = i;
	if (h->config.memory_ops)
		deal(h, number, rig_random_lp(h, random), memory_step, td);
}

void rig_workload_start(struct rig *h)
{
	uint64_t random = h->config.seed;
	uint32_t number = 1, i;

	for (i = 0; i < h->nr_tds; i++) {
		if (i >= h->config.nr_tds)
			deal(h, &number, rig_random_lp(h, &random), builder_step, &h->tds[i]);
		else if (h->tds[i].life.phase == SIM_HOST_LIVE)
			deal_td(h, &number, &h->tds[i], &random);
	}
	for (i = 0; i < h->config.nr_lps; i++)
		deal(h, &number, i, reader_step, NULL);
}
