// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What the rig does for its TDs: memory, key IDs, SEAMCALLs, and builds that must wait. */
#include "internal.h"

#include <stdlib.h>

#define ENTROPY_TRIES	10u	/* as Linux: specification 2.3 */

/* ---- calls ----------------------------------------------------------------------------------- */

static uint64_t seamcall(struct rig_lp *lp, struct ss_regs *regs)
{
	const struct ss_regs in = *regs;
	uint32_t tries = ENTROPY_TRIES;
	uint64_t status;

	do {
		*regs = in;
		status = rig_lp_seamcall(lp, regs, 0);
	} while (ss_status_eq(status, SS_TDX_RND_NO_ENTROPY) && --tries);
	return status;
}

uint64_t rig_td_call(struct rig_lp *lp, uint64_t leaf, uint64_t rcx, uint64_t rdx)
{
	struct ss_regs regs = { .rax = leaf, .rcx = rcx, .rdx = rdx };

	return seamcall(lp, &regs);
}

static enum sim_host_answer count(struct rig_lp *lp, enum sim_host_answer answer)
{
	if (answer == SIM_HOST_RETRY)
		count_add(&lp->retries, 1);
	else if (answer == SIM_HOST_KILL)
		count_add(&lp->unexpected, 1);
	return answer;
}

enum sim_host_answer rig_td_judge(struct rig_td *td, struct rig_lp *lp, uint64_t leaf,
				  uint64_t status)
{
	return count(lp, sim_host_judge(&td->life, lp->id, leaf, status));
}

enum sim_host_answer rig_td_step(struct rig_td *td, struct rig_lp *lp)
{
	return count(lp, sim_host_step(&td->life, lp->id));
}

/* ---- what sim_host_step() asks of the rig ---------------------------------------------------- */

static uint64_t td_seamcall(struct sim_host_td *td, uint32_t lp, struct ss_regs *regs)
{
	struct rig *h = td->ctx;

	return seamcall(&h->lps[lp], regs);
}

/* Another TD's end will free a page, and a key ID. */
static uint64_t take_page(struct sim_host_td *td, uint64_t *pa)
{
	struct rig *h = td->ctx;

	*pa = rig_arena_private_alloc(&h->arena);
	return *pa == RIG_NO_PA ? SS_TDX_OPERAND_BUSY : SS_TDX_SUCCESS;
}

static void give_page(struct sim_host_td *td, uint64_t pa)
{
	struct rig *h = td->ctx;

	rig_arena_private_free(&h->arena, pa);
}

static uint64_t take_key(struct sim_host_td *td, uint32_t *key)
{
	struct rig *h = td->ctx;

	*key = rig_bitmap_take(&h->hkids, 1);
	return *key == RIG_BITMAP_FULL ? SS_TDX_OPERAND_BUSY : SS_TDX_SUCCESS;
}

static void give_key(struct sim_host_td *td, uint32_t key)
{
	struct rig *h = td->ctx;

	rig_bitmap_give(&h->hkids, key, 1);
}

/*
 * A build waits here while builds are held. The build adds itself to @builds and then reads
 * @hold_builds. rig_hold_builds() sets @hold_builds, and its caller reads @builds afterwards. So at
 * least one side sees the other. The fence pairs with the one in rig_hold_builds().
 */
static bool build_begins(struct sim_host_td *td)
{
	struct rig *h = td->ctx;

	if (ss_load(&h->hold_builds))
		return false;
	ss_add(&h->builds, 1);
	ss_fence();
	if (!ss_load(&h->hold_builds))
		return true;
	ss_add(&h->builds, -1u);
	return false;
}

static void build_ends(struct sim_host_td *td)
{
	struct rig *h = td->ctx;

	ss_add(&h->builds, -1u);
}

static const struct sim_host_ops td_ops = {
	.seamcall = td_seamcall,
	.take_page = take_page, .give_page = give_page,
	.take_key = take_key, .give_key = give_key,
	.build_begins = build_begins, .build_ends = build_ends,
};

/* ---- where the next step must run ------------------------------------------------------------ */

/* The first LP of the package that comes next. */
static uint32_t package_lp(const struct rig_td *td)
{
	const struct rig_config *config = &td->host->config;
	uint32_t package = td->life.done;
	uint32_t lp = (uint32_t)((uint64_t)package * config->nr_lps / config->sockets);

	while (td->host->sockets[lp] < package)
		lp++;
	return lp;
}

uint32_t rig_td_step_lp(const struct rig_td *td, uint32_t lp)
{
	const struct sim_host_td *life = &td->life;
	uint32_t of_vcpu;

	if (life->phase == SIM_HOST_KEYS || life->phase == SIM_HOST_WRITE_BACK)
		return package_lp(td);
	if (life->phase != SIM_HOST_FLUSH)
		return lp;
	of_vcpu = ss_load(&life->vcpus[life->vcpu].lp);
	return of_vcpu == SIM_HOST_NO_LP ? lp : of_vcpu;
}

/* ---- memory ---------------------------------------------------------------------------------- */

/* One page more than the build's: a memory operation may have one. */
static uint32_t max_pages(const struct rig_config *config)
{
	return sim_host_max_pages(config->vcpus, config->td_pages) + 1;
}

uint32_t rig_td_max_pages(const struct rig_config *config)
{
	return 1 + max_pages(config);
}

bool rig_td_alloc(struct rig_td *td, struct rig *h, uint32_t number)
{
	const struct rig_config *c = &h->config;

	td->host = h;
	td->number = number;
	td->life = (struct sim_host_td){
		.ops = &td_ops, .ctx = h, .seed = c->seed ^ (uint64_t)number << 32,
		.nr_vcpus = c->vcpus, .max_pages = max_pages(c), .nr_data = c->td_pages,
		.nr_packages = c->sockets,
	};
	td->life.vcpus = calloc(c->vcpus, sizeof(*td->life.vcpus));
	td->life.pages = calloc(td->life.max_pages, sizeof(*td->life.pages));
	td->life.scratch = rig_arena_alloc(&h->arena, 1);
	return td->life.vcpus && td->life.pages && td->life.scratch.va;
}

void rig_td_free(struct rig_td *td)
{
	free(td->life.vcpus);
	free(td->life.pages);
}
