// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The life of a TD, one SEAMCALL at a time (specification 8.4).
 *
 * Each phase is a function that makes the next call. If the call succeeded, the function notes what
 * the call has changed.
 */
#include "host_td.h"

#include "../core/bytes.h"
#include "random.h"

#define CONTROL_PAGES		6u	/* specification 7, TDCS_BASE_SIZE */
#define VCPU_PAGES		6u	/* TDVPS_BASE_SIZE */
#define SEPT_LEVELS		3u	/* below the root, which is in the TDCS */
#define EXTEND_BYTES		256u

/* TD_PARAMS: specification 8.4. */
#define PARAMS_XFAM		8
#define PARAMS_MAX_VCPUS	16
#define PARAMS_EPTP_CONTROLS	24
#define PARAMS_TSC_FREQUENCY	40
#define XFAM_X87_SSE		3u
#define EPTP_WB_4_LEVELS	(6u | 3u << 3)
#define TSC_2500_MHZ		100u	/* in units of 25 MHz */

/* ---- judging statuses ------------------------------------------------------------------------ */

static bool one_of(uint64_t status, const uint64_t *list, size_t nr)
{
	while (nr--)
		if (ss_status_eq(status, list[nr]))
			return true;
	return false;
}

/* Statuses that KVM handles. After any other status KVM marks the VM bugged. */
static bool retried(uint64_t status)
{
	static const uint64_t list[] = {
		SS_TDX_INTERRUPTED_RESUMABLE, SS_TDX_INTERRUPTED_RESTARTABLE, SS_TDX_OPERAND_BUSY,
		SS_TDX_PREVIOUS_TLB_EPOCH_BUSY, SS_TDX_SYS_BUSY, SS_TDX_RND_NO_ENTROPY,
		SS_TDX_KEY_GENERATION_FAILED, SS_TDX_VCPU_ASSOCIATED, SS_TDX_WBCACHE_NOT_COMPLETE,
		SS_TDX_FLUSHVP_NOT_DONE, SS_TDX_TLB_TRACKING_NOT_DONE,
	};

	return one_of(status, list, SS_ARRAY_SIZE(list));
}

bool sim_host_succeeded(uint64_t status)
{
	static const uint64_t list[] = {
		SS_TDX_VCPU_NOT_ASSOCIATED, SS_TDX_KEY_CONFIGURED, SS_TDX_NO_HKID_READY_TO_WBCACHE,
		SS_TDX_GPA_RANGE_ALREADY_BLOCKED,
	};

	return !(status >> 32) || one_of(status, list, SS_ARRAY_SIZE(list));
}

bool sim_host_is_dead(const struct sim_host_td *td)
{
	return ss_load(&td->dead);
}

/* The first failure sets the reason. Readers of the reason pair with ss_publish(). */
static void give_up(struct sim_host_td *td, uint32_t lp, uint64_t leaf, uint64_t status)
{
	if (!ss_cas(&td->dead, 0, 1))
		return;
	td->dead_lp = lp;
	td->dead_leaf = leaf;
	td->dead_status = status;
	ss_publish(&td->dead, 2);
}

enum sim_host_answer sim_host_judge(struct sim_host_td *td, uint32_t lp, uint64_t leaf,
				    uint64_t status)
{
	if (sim_host_succeeded(status))
		return SIM_HOST_OK;
	if (retried(status))
		return SIM_HOST_RETRY;
	give_up(td, lp, leaf, status);
	return SIM_HOST_KILL;
}

/* ---- calls ----------------------------------------------------------------------------------- */

static uint64_t call(struct sim_host_td *td, uint32_t lp, uint64_t leaf, uint64_t rcx, uint64_t rdx)
{
	struct ss_regs regs = { .rax = leaf, .rcx = rcx, .rdx = rdx };

	return td->ops->seamcall(td, lp, &regs);
}

uint64_t sim_host_give_page(struct sim_host_td *td, uint32_t lp, struct ss_regs *regs,
			    uint64_t *where, uint64_t *page)
{
	uint64_t status = td->ops->take_page(td, page);

	if (status)
		return status;
	*where = *page;
	status = td->ops->seamcall(td, lp, regs);
	if (!sim_host_succeeded(status))
		td->ops->give_page(td, *page);
	return status;
}

/* The same for pages that stay with the TD until its teardown. */
static uint64_t give_for_good(struct sim_host_td *td, uint32_t lp, struct ss_regs *regs,
			      uint64_t *where)
{
	uint64_t page, status;

	if (!ss_sound(td->nr_pages < td->max_pages))
		return SS_TDX_OPERAND_ADDR_RANGE_ERROR;
	status = sim_host_give_page(td, lp, regs, where, &page);
	if (sim_host_succeeded(status))
		td->pages[td->nr_pages++] = page;
	return status;
}

static uint64_t associate(struct sim_host_td *td, uint32_t lp, uint64_t leaf,
			  struct sim_host_vcpu *vcpu)
{
	uint64_t status;

	if (td->ops->associate)
		return td->ops->associate(td, lp, leaf, vcpu);
	status = call(td, lp, leaf, vcpu->tdvpr, 0);
	if (sim_host_succeeded(status))
		ss_store(&vcpu->lp, leaf == SS_LEAF_TDH_VP_INIT ? lp : SIM_HOST_NO_LP);
	return status;
}

/* Goes on with the next phase after @times successes in this one. */
static void count_done(struct sim_host_td *td, uint32_t times)
{
	if (++td->done < times)
		return;
	td->done = 0;
	td->phase++;
}

static void next_phase(struct sim_host_td *td, enum sim_host_phase phase)
{
	td->done = 0;
	td->phase = phase;
}

/* ---- build ----------------------------------------------------------------------------------- */

static uint64_t step_create(struct sim_host_td *td, uint32_t lp)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_MNG_CREATE };
	uint64_t status;
	uint32_t key;

	status = td->ops->take_key(td, &key);
	if (status)
		return status;
	regs.rdx = SIM_FIRST_PRIVATE_HKID + key;
	status = sim_host_give_page(td, lp, &regs, &regs.rcx, &td->tdr);
	if (!sim_host_succeeded(status)) {
		td->ops->give_key(td, key);
		return status;
	}
	td->key = key;
	next_phase(td, SIM_HOST_KEYS);
	return status;
}

static uint64_t step_keys(struct sim_host_td *td, uint32_t lp)
{
	uint64_t status = call(td, lp, SS_LEAF_TDH_MNG_KEY_CONFIG, td->tdr, 0);

	if (sim_host_succeeded(status))
		count_done(td, td->nr_packages);
	return status;
}

static uint64_t step_control_pages(struct sim_host_td *td, uint32_t lp)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_MNG_ADDCX, .rdx = td->tdr };
	uint64_t status = give_for_good(td, lp, &regs, &regs.rcx);

	if (sim_host_succeeded(status))
		count_done(td, CONTROL_PAGES);
	return status;
}

static void write_params(const struct sim_host_td *td, uint8_t *params)
{
	memset(params, 0, SS_PAGE);
	params[PARAMS_XFAM] = XFAM_X87_SSE;
	ss_put16(params + PARAMS_MAX_VCPUS, (uint16_t)td->nr_vcpus);
	params[PARAMS_EPTP_CONTROLS] = EPTP_WB_4_LEVELS;
	ss_put16(params + PARAMS_TSC_FREQUENCY, TSC_2500_MHZ);
}

static void no_longer_building(struct sim_host_td *td)
{
	if (td->building && td->ops->build_ends)
		td->ops->build_ends(td);
	td->building = false;
}

/* From here to TDH.MR.FINALIZE an update may spoil the measurement (specification 8.5). */
static uint64_t step_init(struct sim_host_td *td, uint32_t lp)
{
	uint64_t status;

	if (td->ops->build_begins && !td->ops->build_begins(td))
		return SS_TDX_OPERAND_BUSY;
	td->building = true;
	write_params(td, td->scratch.va);
	status = call(td, lp, SS_LEAF_TDH_MNG_INIT, td->tdr, td->scratch.pa);
	if (!sim_host_succeeded(status)) {
		no_longer_building(td);
		return status;
	}
	td->vcpu = 0;
	next_phase(td, td->nr_vcpus ? SIM_HOST_VCPU_CREATE : SIM_HOST_SEPT);
	return status;
}

static uint64_t step_vcpu_create(struct sim_host_td *td, uint32_t lp)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_VP_CREATE, .rdx = td->tdr };
	uint64_t status = give_for_good(td, lp, &regs, &regs.rcx);

	if (sim_host_succeeded(status)) {
		td->vcpus[td->vcpu].tdvpr = td->pages[td->nr_pages - 1];
		next_phase(td, SIM_HOST_VCPU_PAGES);
	}
	return status;
}

static uint64_t step_vcpu_pages(struct sim_host_td *td, uint32_t lp)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_VP_ADDCX, .rdx = td->vcpus[td->vcpu].tdvpr };
	uint64_t status = give_for_good(td, lp, &regs, &regs.rcx);

	if (sim_host_succeeded(status))
		count_done(td, VCPU_PAGES - 1);
	return status;
}

static uint64_t step_vcpu_init(struct sim_host_td *td, uint32_t lp)
{
	uint64_t status = associate(td, lp, SS_LEAF_TDH_VP_INIT, &td->vcpus[td->vcpu]);

	if (sim_host_succeeded(status)) {
		td->vcpu++;
		next_phase(td, td->vcpu < td->nr_vcpus ? SIM_HOST_VCPU_CREATE : SIM_HOST_SEPT);
	}
	return status;
}

/* From the root downwards, all for the 2 MiB from guest address 0 on. */
static uint64_t step_sept(struct sim_host_td *td, uint32_t lp)
{
	struct ss_regs regs = {
		.rax = SS_LEAF_TDH_MEM_SEPT_ADD, .rcx = SEPT_LEVELS - td->done, .rdx = td->tdr,
	};
	uint64_t status = give_for_good(td, lp, &regs, &regs.r8);

	if (sim_host_succeeded(status)) {
		td->page = 0;
		count_done(td, SEPT_LEVELS);
	}
	return status;
}

static void write_source(const struct sim_host_td *td)
{
	uint64_t state = td->seed ^ td->page;
	uint64_t *words = (uint64_t *)(void *)td->scratch.va;
	uint32_t i;

	for (i = 0; i < SS_PAGE / sizeof(*words); i++)
		words[i] = sim_random(&state);
}

static uint64_t step_page(struct sim_host_td *td, uint32_t lp)
{
	struct ss_regs regs = {
		.rax = SS_LEAF_TDH_MEM_PAGE_ADD, .rcx = (uint64_t)td->page * SS_PAGE,
		.rdx = td->tdr, .r9 = td->scratch.pa,
	};
	uint64_t status;

	write_source(td);
	status = give_for_good(td, lp, &regs, &regs.r8);
	if (sim_host_succeeded(status))
		next_phase(td, SIM_HOST_EXTEND);
	return status;
}

static uint64_t step_extend(struct sim_host_td *td, uint32_t lp)
{
	uint64_t gpa = (uint64_t)td->page * SS_PAGE + td->done * EXTEND_BYTES;
	uint64_t status = call(td, lp, SS_LEAF_TDH_MR_EXTEND, gpa, td->tdr);

	if (!sim_host_succeeded(status) || ++td->done < SS_PAGE / EXTEND_BYTES)
		return status;
	td->page++;
	next_phase(td, td->page < td->nr_data ? SIM_HOST_PAGE : SIM_HOST_FINALIZE);
	return status;
}

static uint64_t step_finalize(struct sim_host_td *td, uint32_t lp)
{
	uint64_t status = call(td, lp, SS_LEAF_TDH_MR_FINALIZE, td->tdr, 0);

	if (sim_host_succeeded(status)) {
		no_longer_building(td);
		next_phase(td, SIM_HOST_LIVE);
	}
	return status;
}

/* ---- teardown -------------------------------------------------------------------------------- */

static uint64_t step_flush(struct sim_host_td *td, uint32_t lp)
{
	struct sim_host_vcpu *vcpu = &td->vcpus[td->vcpu];
	uint64_t status = SS_TDX_SUCCESS;

	if (ss_load(&vcpu->lp) != SIM_HOST_NO_LP)
		status = associate(td, lp, SS_LEAF_TDH_VP_FLUSH, vcpu);
	if (sim_host_succeeded(status) && ++td->vcpu >= td->nr_vcpus)
		next_phase(td, SIM_HOST_FLUSH_DONE);
	return status;
}

static uint64_t step_flush_done(struct sim_host_td *td, uint32_t lp)
{
	uint64_t status = call(td, lp, SS_LEAF_TDH_MNG_VPFLUSHDONE, td->tdr, 0);

	if (sim_host_succeeded(status))
		next_phase(td, SIM_HOST_WRITE_BACK);
	return status;
}

static uint64_t step_write_back(struct sim_host_td *td, uint32_t lp)
{
	/* @page is 1 if the last attempt was interrupted and must be resumed. */
	uint64_t status = call(td, lp, SS_LEAF_TDH_PHYMEM_CACHE_WB, td->page, 0);

	td->page = ss_status_eq(status, SS_TDX_INTERRUPTED_RESUMABLE);
	/* Another TD's teardown has completed the write-back: start afresh for this TD. */
	if (ss_status_eq(status, SS_TDX_WBCACHE_RESUME_ERROR))
		return SS_TDX_OPERAND_BUSY;
	if (sim_host_succeeded(status))
		count_done(td, td->nr_packages);
	return status;
}

static uint64_t step_free_key(struct sim_host_td *td, uint32_t lp)
{
	uint64_t status = call(td, lp, SS_LEAF_TDH_MNG_KEY_FREEID, td->tdr, 0);

	if (ss_status_eq(status, SS_TDX_WBCACHE_NOT_COMPLETE))
		next_phase(td, SIM_HOST_WRITE_BACK);
	if (sim_host_succeeded(status)) {
		td->ops->give_key(td, td->key);
		next_phase(td, SIM_HOST_RECLAIM);
	}
	return status;
}

static uint64_t step_reclaim(struct sim_host_td *td, uint32_t lp)
{
	uint64_t page, status;

	if (!td->nr_pages) {
		next_phase(td, SIM_HOST_RECLAIM_ROOT);
		return SS_TDX_SUCCESS;
	}
	page = td->pages[td->nr_pages - 1];
	status = call(td, lp, SS_LEAF_TDH_PHYMEM_PAGE_RECLAIM, page, 0);
	if (sim_host_succeeded(status)) {
		td->ops->give_page(td, page);
		td->nr_pages--;
	}
	return status;
}

static uint64_t step_reclaim_root(struct sim_host_td *td, uint32_t lp)
{
	uint64_t status = call(td, lp, SS_LEAF_TDH_PHYMEM_PAGE_RECLAIM, td->tdr, 0);

	if (sim_host_succeeded(status))
		next_phase(td, SIM_HOST_CLEAN);
	return status;
}

/* The TDR was written with the global key, so the flush of its cache lines names that key. */
static uint64_t step_clean(struct sim_host_td *td, uint32_t lp)
{
	uint64_t key = (uint64_t)SIM_FIRST_PRIVATE_HKID << SIM_HKID_SHIFT;
	uint64_t status = call(td, lp, SS_LEAF_TDH_PHYMEM_PAGE_WBINVD, td->tdr | key, 0);

	if (sim_host_succeeded(status)) {
		td->ops->give_page(td, td->tdr);
		next_phase(td, SIM_HOST_NONE);
	}
	return status;
}

/* ---- steps ----------------------------------------------------------------------------------- */

static const struct {
	uint64_t leaf;		/* for reports */
	uint64_t (*fn)(struct sim_host_td *td, uint32_t lp);
} phases[SIM_HOST_PHASE_NR] = {
	[SIM_HOST_CREATE]	 = { SS_LEAF_TDH_MNG_CREATE, step_create },
	[SIM_HOST_KEYS]		 = { SS_LEAF_TDH_MNG_KEY_CONFIG, step_keys },
	[SIM_HOST_CONTROL_PAGES] = { SS_LEAF_TDH_MNG_ADDCX, step_control_pages },
	[SIM_HOST_INIT]		 = { SS_LEAF_TDH_MNG_INIT, step_init },
	[SIM_HOST_VCPU_CREATE]	 = { SS_LEAF_TDH_VP_CREATE, step_vcpu_create },
	[SIM_HOST_VCPU_PAGES]	 = { SS_LEAF_TDH_VP_ADDCX, step_vcpu_pages },
	[SIM_HOST_VCPU_INIT]	 = { SS_LEAF_TDH_VP_INIT, step_vcpu_init },
	[SIM_HOST_SEPT]		 = { SS_LEAF_TDH_MEM_SEPT_ADD, step_sept },
	[SIM_HOST_PAGE]		 = { SS_LEAF_TDH_MEM_PAGE_ADD, step_page },
	[SIM_HOST_EXTEND]	 = { SS_LEAF_TDH_MR_EXTEND, step_extend },
	[SIM_HOST_FINALIZE]	 = { SS_LEAF_TDH_MR_FINALIZE, step_finalize },
	[SIM_HOST_FLUSH]	 = { SS_LEAF_TDH_VP_FLUSH, step_flush },
	[SIM_HOST_FLUSH_DONE]	 = { SS_LEAF_TDH_MNG_VPFLUSHDONE, step_flush_done },
	[SIM_HOST_WRITE_BACK]	 = { SS_LEAF_TDH_PHYMEM_CACHE_WB, step_write_back },
	[SIM_HOST_FREE_KEY]	 = { SS_LEAF_TDH_MNG_KEY_FREEID, step_free_key },
	[SIM_HOST_RECLAIM]	 = { SS_LEAF_TDH_PHYMEM_PAGE_RECLAIM, step_reclaim },
	[SIM_HOST_RECLAIM_ROOT]	 = { SS_LEAF_TDH_PHYMEM_PAGE_RECLAIM, step_reclaim_root },
	[SIM_HOST_CLEAN]	 = { SS_LEAF_TDH_PHYMEM_PAGE_WBINVD, step_clean },
};

enum sim_host_answer sim_host_step(struct sim_host_td *td, uint32_t lp)
{
	uint64_t leaf = phases[td->phase].leaf;

	return sim_host_judge(td, lp, leaf, phases[td->phase].fn(td, lp));
}

void sim_host_begin_build(struct sim_host_td *td)
{
	uint32_t i;

	td->nr_pages = 0;
	for (i = 0; i < td->nr_vcpus; i++)
		ss_store(&td->vcpus[i].lp, SIM_HOST_NO_LP);
	ss_store(&td->dead, 0);
	next_phase(td, SIM_HOST_CREATE);
}

/* A half-built TD has vCPUs up to the one that was being created. */
void sim_host_begin_teardown(struct sim_host_td *td)
{
	no_longer_building(td);
	ss_store(&td->dead, 0);
	td->page = 0;
	if (td->phase <= SIM_HOST_CREATE) {
		next_phase(td, SIM_HOST_NONE);
		return;
	}
	if (td->phase > SIM_HOST_LIVE)
		return;		/* the teardown has begun already */
	td->vcpu = 0;
	next_phase(td, SIM_HOST_FLUSH);
}

uint32_t sim_host_max_pages(uint32_t nr_vcpus, uint32_t nr_data)
{
	return CONTROL_PAGES + nr_vcpus * VCPU_PAGES + SEPT_LEVELS + nr_data;
}
