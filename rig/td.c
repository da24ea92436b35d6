// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The life of a TD, one SEAMCALL at a time: built, measured, live, torn down (specification 8.4).
 *
 * Each phase is a function that makes the next call. If the call succeeded, the function notes what
 * the call has changed. If the call found something busy, the next step makes it again. So the LP
 * may be preempted, interrupted or stopped between any two calls of a TD's life.
 */
#include "internal.h"

#include <stdlib.h>

#define CONTROL_PAGES		6u	/* specification 7, TDCS_BASE_SIZE */
#define VCPU_PAGES		6u	/* TDVPS_BASE_SIZE */
#define SEPT_LEVELS		3u	/* below the root, which is in the TDCS */
#define EXTEND_BYTES		256u
#define ENTROPY_TRIES		10u	/* as Linux: specification 2.3 */

/* TD_PARAMS: specification 8.4. */
#define PARAMS_XFAM		8
#define PARAMS_MAX_VCPUS	16
#define PARAMS_EPTP_CONTROLS	24
#define PARAMS_TSC_FREQUENCY	40
#define XFAM_X87_SSE		3u
#define EPTP_WB_4_LEVELS	(6u | 3u << 3)
#define TSC_2500_MHZ		100u	/* in units of 25 MHz */

/* ---- judging statuses ------------------------------------------------------------------------ */

/* Statuses that KVM handles. After any other status KVM marks the VM bugged. */
static bool retried(uint64_t status)
{
	static const uint64_t statuses[] = {
		SS_TDX_INTERRUPTED_RESUMABLE, SS_TDX_INTERRUPTED_RESTARTABLE, SS_TDX_OPERAND_BUSY,
		SS_TDX_PREVIOUS_TLB_EPOCH_BUSY, SS_TDX_SYS_BUSY, SS_TDX_RND_NO_ENTROPY,
		SS_TDX_KEY_GENERATION_FAILED, SS_TDX_VCPU_ASSOCIATED, SS_TDX_WBCACHE_NOT_COMPLETE,
		SS_TDX_FLUSHVP_NOT_DONE, SS_TDX_TLB_TRACKING_NOT_DONE,
	};
	uint32_t i;

	for (i = 0; i < SS_ARRAY_SIZE(statuses); i++) {
		if (ss_status_eq(status, statuses[i]))
			return true;
	}
	return false;
}

static bool succeeded(uint64_t status)
{
	return !(status >> 32) || ss_status_eq(status, SS_TDX_VCPU_NOT_ASSOCIATED) ||
	       ss_status_eq(status, SS_TDX_KEY_CONFIGURED) ||
	       ss_status_eq(status, SS_TDX_NO_HKID_READY_TO_WBCACHE) ||
	       ss_status_eq(status, SS_TDX_GPA_RANGE_ALREADY_BLOCKED);
}

bool rig_td_is_dead(const struct rig_td *td)
{
	return ss_load(&td->dead);
}

/* The first failure sets the reason. Pairs with the acquire in rig_audit_td(). */
static void give_up(struct rig_td *td, struct rig_lp *lp, uint64_t leaf, uint64_t status)
{
	if (!ss_cas(&td->dead, 0, 1))
		return;
	td->dead_lp = lp->id;
	td->dead_leaf = leaf;
	td->dead_status = status;
	ss_publish(&td->dead, 2);
}

enum td_answer rig_td_judge(struct rig_td *td, struct rig_lp *lp, uint64_t leaf, uint64_t status)
{
	if (succeeded(status))
		return TD_OK;
	if (retried(status)) {
		count_add(&lp->retries, 1);
		return TD_RETRY;
	}
	count_add(&lp->unexpected, 1);
	give_up(td, lp, leaf, status);
	return TD_KILL;
}

/* ---- calls ----------------------------------------------------------------------------------- */

uint64_t rig_td_call(struct rig_lp *lp, uint64_t leaf, uint64_t rcx, uint64_t rdx)
{
	struct ss_regs regs;
	uint32_t tries = ENTROPY_TRIES;
	uint64_t status;

	do {
		regs = (struct ss_regs){ .rax = leaf, .rcx = rcx, .rdx = rdx };
		status = rig_lp_seamcall(lp, &regs, 0);
	} while (ss_status_eq(status, SS_TDX_RND_NO_ENTROPY) && --tries);
	return status;
}

/* Makes a call that hands over a private page in RCX or R8. The TD keeps the page on success. */
uint64_t rig_td_give_page(struct rig_td *td, struct rig_lp *lp, struct ss_regs *regs,
			  uint64_t *where, uint64_t *page)
{
	uint64_t status;

	*page = rig_arena_private_alloc(&td->host->arena);
	if (*page == RIG_NO_PA)
		return SS_TDX_OPERAND_BUSY;	/* another TD's end will free one */
	*where = *page;
	status = rig_lp_seamcall(lp, regs, 0);
	if (!succeeded(status))
		rig_arena_private_free(&td->host->arena, *page);
	return status;
}

/* The same for pages that stay with the TD until its teardown. */
static uint64_t give_for_good(struct rig_td *td, struct rig_lp *lp, struct ss_regs *regs,
			      uint64_t *where)
{
	uint64_t page, status = rig_td_give_page(td, lp, regs, where, &page);

	if (succeeded(status))
		td->pages[td->nr_pages++] = page;
	return status;
}

/* Goes on with the next phase after @times successes in this one. */
static void count_done(struct rig_td *td, uint32_t times)
{
	if (++td->done < times)
		return;
	td->done = 0;
	td->phase++;
}

static void next_phase(struct rig_td *td, enum td_phase phase)
{
	td->done = 0;
	td->phase = phase;
}

/* ---- build ----------------------------------------------------------------------------------- */

static uint64_t step_create(struct rig_td *td, struct rig_lp *lp)
{
	uint64_t status = SS_TDX_OPERAND_BUSY;
	uint32_t key = rig_bitmap_take(&td->host->hkids, 1);
	struct ss_regs regs = {
		.rax = SS_LEAF_TDH_MNG_CREATE, .rdx = SIM_FIRST_PRIVATE_HKID + key,
	};

	if (key == RIG_BITMAP_FULL)
		return status;
	status = rig_td_give_page(td, lp, &regs, &regs.rcx, &td->tdr);
	if (!succeeded(status)) {
		rig_bitmap_give(&td->host->hkids, key, 1);
		return status;
	}
	td->key = key;
	next_phase(td, TD_KEYS);
	return status;
}

static uint64_t step_keys(struct rig_td *td, struct rig_lp *lp)
{
	uint64_t status = rig_td_call(lp, SS_LEAF_TDH_MNG_KEY_CONFIG, td->tdr, 0);

	if (succeeded(status))
		count_done(td, td->host->config.sockets);
	return status;
}

static uint64_t step_control_pages(struct rig_td *td, struct rig_lp *lp)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_MNG_ADDCX, .rdx = td->tdr };
	uint64_t status = give_for_good(td, lp, &regs, &regs.rcx);

	if (succeeded(status))
		count_done(td, CONTROL_PAGES);
	return status;
}

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static void write_params(struct rig_td *td, uint8_t *params)
{
	memset(params, 0, SS_PAGE);
	params[PARAMS_XFAM] = XFAM_X87_SSE;
	put16(params + PARAMS_MAX_VCPUS, td->nr_vcpus);
	params[PARAMS_EPTP_CONTROLS] = EPTP_WB_4_LEVELS;
	put16(params + PARAMS_TSC_FREQUENCY, TSC_2500_MHZ);
}

/*
 * From here to TDH.MR.FINALIZE an update may spoil the measurement (specification 8.5). So a build
 * waits here while builds are held. The build adds itself to @builds and then reads @hold_builds.
 * rig_hold_builds() sets @hold_builds, and its caller reads @builds afterwards. So at least
 * one side sees the other. The fence pairs with the one in rig_hold_builds().
 */
static bool may_build(struct rig *h)
{
	if (ss_load(&h->hold_builds))
		return false;
	ss_add(&h->builds, 1);
	ss_fence();
	if (!ss_load(&h->hold_builds))
		return true;
	ss_add(&h->builds, -1u);
	return false;
}

static void no_longer_building(struct rig_td *td)
{
	if (td->building)
		ss_add(&td->host->builds, -1u);
	td->building = false;
}

static uint64_t step_init(struct rig_td *td, struct rig_lp *lp)
{
	uint64_t status;

	if (!may_build(td->host))
		return SS_TDX_OPERAND_BUSY;
	write_params(td, td->scratch.va + SS_PAGE);
	status = rig_td_call(lp, SS_LEAF_TDH_MNG_INIT, td->tdr, td->scratch.pa + SS_PAGE);
	td->building = true;
	if (!succeeded(status)) {
		no_longer_building(td);
		return status;
	}
	td->vcpu = 0;
	next_phase(td, td->nr_vcpus ? TD_VCPU_CREATE : TD_SEPT);
	return status;
}

static uint64_t step_vcpu_create(struct rig_td *td, struct rig_lp *lp)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_VP_CREATE, .rdx = td->tdr };
	uint64_t status = give_for_good(td, lp, &regs, &regs.rcx);

	if (succeeded(status)) {
		td->vcpus[td->vcpu].tdvpr = td->pages[td->nr_pages - 1];
		next_phase(td, TD_VCPU_PAGES);
	}
	return status;
}

static uint64_t step_vcpu_pages(struct rig_td *td, struct rig_lp *lp)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_VP_ADDCX, .rdx = td->vcpus[td->vcpu].tdvpr };
	uint64_t status = give_for_good(td, lp, &regs, &regs.rcx);

	if (succeeded(status))
		count_done(td, VCPU_PAGES - 1);
	return status;
}

static uint64_t step_vcpu_init(struct rig_td *td, struct rig_lp *lp)
{
	struct rig_vcpu *vcpu = &td->vcpus[td->vcpu];
	uint64_t status = rig_td_call(lp, SS_LEAF_TDH_VP_INIT, vcpu->tdvpr, 0);

	if (succeeded(status)) {
		ss_store(&vcpu->lp, lp->id);
		td->vcpu++;
		next_phase(td, td->vcpu < td->nr_vcpus ? TD_VCPU_CREATE : TD_SEPT);
	}
	return status;
}

/* From the root downwards, all for the 2 MiB from guest address 0 on. */
static uint64_t step_sept(struct rig_td *td, struct rig_lp *lp)
{
	struct ss_regs regs = {
		.rax = SS_LEAF_TDH_MEM_SEPT_ADD, .rcx = SEPT_LEVELS - td->done, .rdx = td->tdr,
	};
	uint64_t status = give_for_good(td, lp, &regs, &regs.r8);

	if (succeeded(status)) {
		td->page = 0;
		count_done(td, SEPT_LEVELS);
	}
	return status;
}

static void write_source(struct rig_td *td)
{
	uint64_t state = td->host->config.seed ^ ((uint64_t)td->number << 32 | td->page);
	uint64_t *words = (uint64_t *)(void *)td->scratch.va;
	uint32_t i;

	for (i = 0; i < SS_PAGE / sizeof(*words); i++)
		words[i] = random_next(&state);
}

static uint64_t step_page(struct rig_td *td, struct rig_lp *lp)
{
	struct ss_regs regs = {
		.rax = SS_LEAF_TDH_MEM_PAGE_ADD, .rcx = (uint64_t)td->page * SS_PAGE,
		.rdx = td->tdr, .r9 = td->scratch.pa,
	};
	uint64_t status;

	write_source(td);
	status = give_for_good(td, lp, &regs, &regs.r8);
	if (succeeded(status))
		next_phase(td, TD_EXTEND);
	return status;
}

static uint64_t step_extend(struct rig_td *td, struct rig_lp *lp)
{
	uint64_t gpa = (uint64_t)td->page * SS_PAGE + td->done * EXTEND_BYTES;
	uint64_t status = rig_td_call(lp, SS_LEAF_TDH_MR_EXTEND, gpa, td->tdr);

	if (!succeeded(status) || ++td->done < SS_PAGE / EXTEND_BYTES)
		return status;
	td->page++;
	next_phase(td, td->page < td->host->config.td_pages ? TD_PAGE : TD_FINALIZE);
	return status;
}

static uint64_t step_finalize(struct rig_td *td, struct rig_lp *lp)
{
	uint64_t status = rig_td_call(lp, SS_LEAF_TDH_MR_FINALIZE, td->tdr, 0);

	if (succeeded(status)) {
		no_longer_building(td);
		next_phase(td, TD_LIVE);
	}
	return status;
}

/* ---- teardown -------------------------------------------------------------------------------- */

static uint64_t step_flush(struct rig_td *td, struct rig_lp *lp)
{
	struct rig_vcpu *vcpu = &td->vcpus[td->vcpu];
	uint64_t status = SS_TDX_SUCCESS;

	if (ss_load(&vcpu->lp) != NO_LP)
		status = rig_td_call(lp, SS_LEAF_TDH_VP_FLUSH, vcpu->tdvpr, 0);
	if (succeeded(status)) {
		ss_store(&vcpu->lp, NO_LP);
		if (++td->vcpu >= td->nr_vcpus)
			next_phase(td, TD_FLUSH_DONE);
	}
	return status;
}

static uint64_t step_flush_done(struct rig_td *td, struct rig_lp *lp)
{
	uint64_t status = rig_td_call(lp, SS_LEAF_TDH_MNG_VPFLUSHDONE, td->tdr, 0);

	if (succeeded(status))
		next_phase(td, TD_WRITE_BACK);
	return status;
}

static uint64_t step_write_back(struct rig_td *td, struct rig_lp *lp)
{
	/* @page is 1 if the last attempt was interrupted and must be resumed. */
	uint64_t status = rig_td_call(lp, SS_LEAF_TDH_PHYMEM_CACHE_WB, td->page, 0);

	td->page = ss_status_eq(status, SS_TDX_INTERRUPTED_RESUMABLE);
	/* Another TD's teardown has completed the write-back: start afresh for this TD. */
	if (ss_status_eq(status, SS_TDX_WBCACHE_RESUME_ERROR))
		return SS_TDX_OPERAND_BUSY;
	if (succeeded(status))
		count_done(td, td->host->config.sockets);
	return status;
}

static uint64_t step_free_key(struct rig_td *td, struct rig_lp *lp)
{
	uint64_t status = rig_td_call(lp, SS_LEAF_TDH_MNG_KEY_FREEID, td->tdr, 0);

	if (ss_status_eq(status, SS_TDX_WBCACHE_NOT_COMPLETE))
		next_phase(td, TD_WRITE_BACK);
	if (succeeded(status)) {
		rig_bitmap_give(&td->host->hkids, td->key, 1);
		next_phase(td, TD_RECLAIM);
	}
	return status;
}

static uint64_t step_reclaim(struct rig_td *td, struct rig_lp *lp)
{
	uint64_t page, status;

	if (!td->nr_pages) {
		next_phase(td, TD_RECLAIM_ROOT);
		return SS_TDX_SUCCESS;
	}
	page = td->pages[td->nr_pages - 1];
	status = rig_td_call(lp, SS_LEAF_TDH_PHYMEM_PAGE_RECLAIM, page, 0);
	if (succeeded(status)) {
		rig_arena_private_free(&td->host->arena, page);
		td->nr_pages--;
	}
	return status;
}

static uint64_t step_reclaim_root(struct rig_td *td, struct rig_lp *lp)
{
	uint64_t status = rig_td_call(lp, SS_LEAF_TDH_PHYMEM_PAGE_RECLAIM, td->tdr, 0);

	if (succeeded(status))
		next_phase(td, TD_CLEAN);
	return status;
}

/* The TDR was written with the global key, so the flush of its cache lines names that key. */
static uint64_t step_clean(struct rig_td *td, struct rig_lp *lp)
{
	uint64_t key = (uint64_t)SIM_FIRST_PRIVATE_HKID << SIM_HKID_SHIFT;
	uint64_t status = rig_td_call(lp, SS_LEAF_TDH_PHYMEM_PAGE_WBINVD, td->tdr | key, 0);

	if (succeeded(status)) {
		rig_arena_private_free(&td->host->arena, td->tdr);
		next_phase(td, TD_NONE);
	}
	return status;
}

/* ---- steps ----------------------------------------------------------------------------------- */

static const struct {
	uint64_t leaf;		/* for reports */
	uint64_t (*fn)(struct rig_td *td, struct rig_lp *lp);
} phases[TD_PHASE_NR] = {
	[TD_CREATE]	   = { SS_LEAF_TDH_MNG_CREATE, step_create },
	[TD_KEYS]	   = { SS_LEAF_TDH_MNG_KEY_CONFIG, step_keys },
	[TD_CONTROL_PAGES] = { SS_LEAF_TDH_MNG_ADDCX, step_control_pages },
	[TD_INIT]	   = { SS_LEAF_TDH_MNG_INIT, step_init },
	[TD_VCPU_CREATE]   = { SS_LEAF_TDH_VP_CREATE, step_vcpu_create },
	[TD_VCPU_PAGES]	   = { SS_LEAF_TDH_VP_ADDCX, step_vcpu_pages },
	[TD_VCPU_INIT]	   = { SS_LEAF_TDH_VP_INIT, step_vcpu_init },
	[TD_SEPT]	   = { SS_LEAF_TDH_MEM_SEPT_ADD, step_sept },
	[TD_PAGE]	   = { SS_LEAF_TDH_MEM_PAGE_ADD, step_page },
	[TD_EXTEND]	   = { SS_LEAF_TDH_MR_EXTEND, step_extend },
	[TD_FINALIZE]	   = { SS_LEAF_TDH_MR_FINALIZE, step_finalize },
	[TD_FLUSH]	   = { SS_LEAF_TDH_VP_FLUSH, step_flush },
	[TD_FLUSH_DONE]	   = { SS_LEAF_TDH_MNG_VPFLUSHDONE, step_flush_done },
	[TD_WRITE_BACK]	   = { SS_LEAF_TDH_PHYMEM_CACHE_WB, step_write_back },
	[TD_FREE_KEY]	   = { SS_LEAF_TDH_MNG_KEY_FREEID, step_free_key },
	[TD_RECLAIM]	   = { SS_LEAF_TDH_PHYMEM_PAGE_RECLAIM, step_reclaim },
	[TD_RECLAIM_ROOT]  = { SS_LEAF_TDH_PHYMEM_PAGE_RECLAIM, step_reclaim_root },
	[TD_CLEAN]	   = { SS_LEAF_TDH_PHYMEM_PAGE_WBINVD, step_clean },
};

enum td_answer rig_td_step(struct rig_td *td, struct rig_lp *lp)
{
	uint64_t leaf = phases[td->phase].leaf;

	return rig_td_judge(td, lp, leaf, phases[td->phase].fn(td, lp));
}

/* The first LP of the package that comes next. */
static uint32_t package_lp(const struct rig_td *td)
{
	const struct rig_config *config = &td->host->config;
	uint32_t lp = (uint32_t)((uint64_t)td->done * config->nr_lps / config->sockets);

	while (td->host->sockets[lp] < td->done)
		lp++;
	return lp;
}

uint32_t rig_td_step_lp(const struct rig_td *td, uint32_t lp)
{
	if (td->phase == TD_KEYS || td->phase == TD_WRITE_BACK)
		return package_lp(td);
	if (td->phase == TD_FLUSH && ss_load(&td->vcpus[td->vcpu].lp) != NO_LP)
		return ss_load(&td->vcpus[td->vcpu].lp);
	return lp;
}

void rig_td_begin_build(struct rig_td *td)
{
	uint32_t i;

	td->nr_pages = 0;
	for (i = 0; i < td->nr_vcpus; i++)
		ss_store(&td->vcpus[i].lp, NO_LP);
	ss_store(&td->dead, 0);
	next_phase(td, TD_CREATE);
}

/* A half-built TD has vCPUs up to the one that was being created. */
void rig_td_begin_teardown(struct rig_td *td)
{
	no_longer_building(td);
	ss_store(&td->dead, 0);
	td->page = 0;
	if (td->phase <= TD_CREATE) {
		next_phase(td, TD_NONE);
		return;
	}
	if (td->phase > TD_LIVE)
		return;		/* the teardown has begun already */
	td->vcpu = 0;
	next_phase(td, TD_FLUSH);
}

bool rig_td_alloc(struct rig_td *td, struct rig *h, uint32_t number)
{
	td->host = h;
	td->number = number;
	td->nr_vcpus = h->config.vcpus;
	td->vcpus = calloc(td->nr_vcpus, sizeof(*td->vcpus));
	td->pages = calloc(rig_td_max_pages(&h->config), sizeof(*td->pages));
	td->scratch = rig_arena_alloc(&h->arena, 2);
	return td->vcpus && td->pages && td->scratch.va;
}

void rig_td_free(struct rig_td *td)
{
	free(td->vcpus);
	free(td->pages);
}

/* Includes the TDR, which is not in td->pages, and the one page that a memory operation adds. */
uint32_t rig_td_max_pages(const struct rig_config *config)
{
	return 1 + CONTROL_PAGES + config->vcpus * VCPU_PAGES + SEPT_LEVELS + config->td_pages + 1;
}
