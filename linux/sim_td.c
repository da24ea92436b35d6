// SPDX-License-Identifier: GPL-2.0-only
/* A TD in the model, built with the SEAMCALLs that KVM would make (specification 8.4). */
#include "sim_td.h"

#include "insn.h"
#include "sim_calls.h"

#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/preempt.h>
#include <linux/smp.h>

#define CONTROL_PAGES		6u	/* specification 7, TDCS_BASE_SIZE */
#define VCPU_PAGES		6u	/* TDVPS_BASE_SIZE */
#define SEPT_LEVELS		3u	/* below the root, which is a control page */
#define EXTEND_BYTES		256u

/* TD_PARAMS. */
#define PARAMS_BYTES		1024u
#define PARAMS_XFAM		8
#define PARAMS_MAX_VCPUS	16
#define PARAMS_EPTP_CONTROLS	24
#define PARAMS_TSC_FREQUENCY	40
#define XFAM_X87_SSE		3u
#define EPTP_WB_4_LEVELS	(6u | 3u << 3)
#define TSC_2500_MHZ		100u	/* in units of 25 MHz */

/* ---- pages and keys -------------------------------------------------------------------------- */

static DEFINE_MUTEX(pool_lock);		/* protects both bitmaps */
static unsigned long *used_pages, *used_keys;

int td_pool_init(void)
{
	used_pages = bitmap_zalloc(seamsim_nr_pages, GFP_KERNEL);
	used_keys = bitmap_zalloc(seamsim_nr_keys, GFP_KERNEL);
	if (!used_pages || !used_keys) {
		td_pool_exit();
		return -ENOMEM;
	}
	set_bit(0, used_keys);		/* the global key ID */
	return 0;
}

void td_pool_exit(void)
{
	bitmap_free(used_pages);
	bitmap_free(used_keys);
	used_pages = NULL;
	used_keys = NULL;
}

static u32 take(unsigned long *used, u32 nr)
{
	u32 i;

	mutex_lock(&pool_lock);
	i = find_first_zero_bit(used, nr);
	if (i < nr)
		__set_bit(i, used);
	mutex_unlock(&pool_lock);
	return i;
}

static void give(unsigned long *used, u32 i)
{
	mutex_lock(&pool_lock);
	__clear_bit(i, used);
	mutex_unlock(&pool_lock);
}

/* A machine without simulated pages takes pages for TDs from the kernel. */
static u64 page_take(void)
{
	struct page *page;
	u32 i;

	if (!seamsim_nr_pages) {
		page = alloc_page(GFP_KERNEL);
		return page ? page_to_phys(page) : TD_NO_PAGE;
	}
	i = take(used_pages, seamsim_nr_pages);
	return i < seamsim_nr_pages ? SIM_TDMR_BASE + (u64)i * SS_PAGE : TD_NO_PAGE;
}

static void page_give(u64 pa)
{
	if (!seamsim_nr_pages)
		__free_page(pfn_to_page(PHYS_PFN(pa)));
	else
		give(used_pages, (pa - SIM_TDMR_BASE) / SS_PAGE);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static bool one_of(u64 status, const u64 *list, u32 nr)
{
	while (nr--)
		if (ss_status_eq(status, list[nr]))
			return true;
	return false;
}

/* Statuses after which KVM retries. After any other failure KVM marks the VM as bugged. */
static bool is_retried(u64 status)
{
	static const u64 list[] = {
		SS_TDX_INTERRUPTED_RESUMABLE, SS_TDX_INTERRUPTED_RESTARTABLE, SS_TDX_OPERAND_BUSY,
		SS_TDX_PREVIOUS_TLB_EPOCH_BUSY, SS_TDX_SYS_BUSY, SS_TDX_RND_NO_ENTROPY,
		SS_TDX_KEY_GENERATION_FAILED, SS_TDX_VCPU_ASSOCIATED, SS_TDX_WBCACHE_NOT_COMPLETE,
		SS_TDX_FLUSHVP_NOT_DONE,
	};

	return one_of(status, list, SS_ARRAY_SIZE(list));
}

static bool is_success(u64 status)
{
	static const u64 list[] = {
		SS_TDX_VCPU_NOT_ASSOCIATED, SS_TDX_KEY_CONFIGURED, SS_TDX_NO_HKID_READY_TO_WBCACHE,
	};

	return !(status >> 32) || one_of(status, list, SS_ARRAY_SIZE(list));
}

static bool give_up(struct td *td, u64 leaf, u64 status)
{
	if (!td->dead) {
		td->dead_leaf = leaf;
		td->dead_status = status;
		WRITE_ONCE(td->dead, true);
	}
	return false;
}

static void pause_before_retry(struct td *td)
{
	td->retries++;
	usleep_range(20, 200);
}

static struct ss_word creates_refused;

u32 td_creates_refused(void)
{
	return ss_load(&creates_refused);
}

static u64 create_call(struct stand_in_td *td, u16 hkid)
{
	u64 status = calls_mng_create(td, hkid);

	if (ss_status_eq(status, SS_TDX_RND_NO_ENTROPY))
		ss_add(&creates_refused, 1);
	return status;
}

/* Preemption off. Output registers other than the status are not used. */
static u64 host_call(const struct td *td, struct ss_regs *regs)
{
	struct stand_in_td handle = { pfn_to_page(PHYS_PFN(td->tdr)) };

	switch (regs->rax) {
	case SS_LEAF_TDH_MNG_CREATE:
		return create_call(&handle, (u16)regs->rdx);
	case SS_LEAF_TDH_MNG_INIT:
		return calls_mng_init(&handle, regs->rdx);
	case SS_LEAF_TDH_VP_CREATE:
		return calls_vp_create(&handle, regs->rcx);
	case SS_LEAF_TDH_MEM_PAGE_ADD:
		return calls_mem_page_add(&handle, regs->rcx, regs->r8, regs->r9);
	case SS_LEAF_TDH_MR_FINALIZE:
		return calls_mr_finalize(&handle);
	case SS_LEAF_TDH_MNG_KEY_FREEID:
		return calls_mng_key_freeid(&handle);
	default:
		return insn_seamcall(regs);
	}
}

/* Make a call, again while its status asks for a retry. @in is not changed. */
static bool td_call(struct td *td, const struct ss_regs *in)
{
	struct ss_regs regs;
	u64 status;

	while (!kthread_should_stop()) {
		regs = *in;
		preempt_disable();
		status = host_call(td, &regs);
		preempt_enable();
		cond_resched();
		if (is_success(status))
			return true;
		if (!is_retried(status))
			return give_up(td, in->rax, status);
		pause_before_retry(td);
	}
	return false;
}

static bool call(struct td *td, u64 leaf, u64 rcx, u64 rdx)
{
	struct ss_regs regs = { .rax = leaf, .rcx = rcx, .rdx = rdx };

	return td_call(td, &regs);
}

/* A call that gives the TD a page, in the register @where. The TD keeps the page until teardown. */
static bool call_with_page(struct td *td, struct ss_regs *regs, u64 *where)
{
	*where = td->nr_pages < TD_MAX_PAGES ? page_take() : TD_NO_PAGE;
	if (*where == TD_NO_PAGE)
		return give_up(td, regs->rax, SS_TDX_OPERAND_ADDR_RANGE_ERROR);
	td->pages[td->nr_pages++] = *where;
	return td_call(td, regs);
}

/* ---- build ----------------------------------------------------------------------------------- */

static bool create(struct td *td)
{
	u32 i;

	td->key = take(used_keys, seamsim_nr_keys);
	if (td->key >= seamsim_nr_keys)
		return give_up(td, SS_LEAF_TDH_MNG_CREATE, SS_TDX_HKID_NOT_FREE);
	td->tdr = page_take();
	if (td->tdr == TD_NO_PAGE)
		return give_up(td, SS_LEAF_TDH_MNG_CREATE, SS_TDX_OPERAND_ADDR_RANGE_ERROR);
	if (!call(td, SS_LEAF_TDH_MNG_CREATE, td->tdr, SIM_FIRST_PRIVATE_HKID + td->key) ||
	    !call(td, SS_LEAF_TDH_MNG_KEY_CONFIG, td->tdr, 0))
		return false;
	for (i = 0; i < CONTROL_PAGES; i++) {
		struct ss_regs regs = { .rax = SS_LEAF_TDH_MNG_ADDCX, .rdx = td->tdr };

		if (!call_with_page(td, &regs, &regs.rcx))
			return false;
	}
	return true;
}

static bool init(struct td *td)
{
	u8 *params = td->scratch;

	memset(params, 0, PARAMS_BYTES);
	params[PARAMS_XFAM] = XFAM_X87_SSE;
	params[PARAMS_MAX_VCPUS] = (u8)td->nr_vcpus;
	params[PARAMS_EPTP_CONTROLS] = EPTP_WB_4_LEVELS;
	params[PARAMS_TSC_FREQUENCY] = TSC_2500_MHZ;
	return call(td, SS_LEAF_TDH_MNG_INIT, td->tdr, virt_to_phys(params));
}

static bool init_vcpu(struct td *td, struct td_vcpu *vcpu)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_VP_CREATE, .rdx = td->tdr };
	u32 i;

	vcpu->cpu = TD_NO_CPU;
	if (!call_with_page(td, &regs, &regs.rcx))
		return false;
	vcpu->tdvpr = regs.rcx;
	for (i = 1; i < VCPU_PAGES; i++) {
		regs = (struct ss_regs){ .rax = SS_LEAF_TDH_VP_ADDCX, .rdx = vcpu->tdvpr };
		if (!call_with_page(td, &regs, &regs.rcx))
			return false;
	}
	return true;
}

/* TDH.VP.INIT associates the vCPU with the CPU that makes the call. */
static bool start_vcpu(struct td *td, struct td_vcpu *vcpu)
{
	struct ss_regs regs;
	u64 status;

	while (!kthread_should_stop()) {
		regs = (struct ss_regs){ .rax = SS_LEAF_TDH_VP_INIT, .rcx = vcpu->tdvpr };
		preempt_disable();
		status = insn_seamcall(&regs);
		if (is_success(status))
			WRITE_ONCE(vcpu->cpu, smp_processor_id());
		preempt_enable();
		if (is_success(status))
			return true;
		if (!is_retried(status))
			return give_up(td, SS_LEAF_TDH_VP_INIT, status);
		pause_before_retry(td);
	}
	return false;
}

static void write_source(struct td *td, u32 page)
{
	u64 *word = (u64 *)td->scratch;
	u32 i;

	for (i = 0; i < SS_PAGE / sizeof(*word); i++)
		word[i] = ((u64)td->number << 32 | page) * 0x9e3779b97f4a7c15ULL + i;
}

static bool add_page(struct td *td, u32 page)
{
	u64 gpa = (u64)page * SS_PAGE;
	struct ss_regs regs = {
		.rax = SS_LEAF_TDH_MEM_PAGE_ADD, .rcx = gpa, .rdx = td->tdr,
		.r9 = virt_to_phys(td->scratch),
	};
	u32 at;

	write_source(td, page);
	if (!call_with_page(td, &regs, &regs.r8))
		return false;
	for (at = 0; at < SS_PAGE; at += EXTEND_BYTES)
		if (!call(td, SS_LEAF_TDH_MR_EXTEND, gpa + at, td->tdr))
			return false;
	return true;
}

static u32 stall;
static struct ss_word stalled;

void td_stall(u32 where)
{
	WRITE_ONCE(stall, where);
}

u32 td_stalled(void)
{
	return ss_load(&stalled);
}

/* Called between TDH.MNG.INIT and TDH.MR.FINALIZE: an update may spoil the measurement here. */
static void wait_in_build(struct td *td, u32 where)
{
	if (!td->stalls)
		return;
	ss_add(&stalled, 1);
	while (READ_ONCE(stall) == where && !kthread_should_stop())
		msleep(10);
	ss_add(&stalled, -1u);
}

static bool add_contents(struct td *td)
{
	u32 level, page;

	for (level = SEPT_LEVELS; level > 0; level--) {
		struct ss_regs regs = {
			.rax = SS_LEAF_TDH_MEM_SEPT_ADD, .rcx = level, .rdx = td->tdr,
		};

		if (!call_with_page(td, &regs, &regs.r8))
			return false;
	}
	for (page = 0; page < TD_DATA_PAGES; page++) {
		if (page == TD_DATA_PAGES / 2)
			wait_in_build(td, TD_STALL_IN_PAGES);
		if (!add_page(td, page))
			return false;
	}
	return true;
}

bool td_build(struct td *td)
{
	u32 i;

	td->scratch = (u8 *)get_zeroed_page(GFP_KERNEL);
	if (!td->scratch)
		return give_up(td, 0, 0);
	if (!create(td) || !init(td))
		return false;
	for (i = 0; i < td->nr_vcpus; i++)
		if (!init_vcpu(td, &td->vcpu[i]) || !start_vcpu(td, &td->vcpu[i]))
			return false;
	wait_in_build(td, TD_STALL_BEFORE_PAGES);
	if (!add_contents(td) || !call(td, SS_LEAF_TDH_MR_FINALIZE, td->tdr, 0))
		return false;
	WRITE_ONCE(td->built, true);
	return true;
}

/* ---- run ------------------------------------------------------------------------------------- */

struct flush {
	struct td_vcpu *vcpu;
	u64 status;
};

/* Runs on the CPU that the vCPU is associated with, also from an IPI. */
static void flush(void *arg)
{
	struct flush *f = arg;
	struct ss_regs regs = { .rax = SS_LEAF_TDH_VP_FLUSH, .rcx = f->vcpu->tdvpr };

	f->status = insn_seamcall(&regs);
	if (is_success(f->status))
		WRITE_ONCE(f->vcpu->cpu, TD_NO_CPU);
}

void td_flush_cpu(struct td *td, u32 cpu)
{
	u32 i, tries;

	for (i = 0; i < td->nr_vcpus; i++)
		for (tries = 0; READ_ONCE(td->vcpu[i].cpu) == cpu && tries < 1000; tries++) {
			struct flush f = { .vcpu = &td->vcpu[i] };

			preempt_disable();
			flush(&f);
			preempt_enable();
		}
}

/*
 * The scheduler has moved the thread: flush the vCPU on its old CPU. If that CPU goes offline or
 * flushes the vCPU by itself meanwhile, the next attempt finds the vCPU free.
 */
static bool follow(struct td *td, struct td_vcpu *vcpu)
{
	struct flush f = { .vcpu = vcpu, .status = SS_TDX_SUCCESS };
	u32 cpu = READ_ONCE(vcpu->cpu);
	bool gone = cpu != TD_NO_CPU && smp_call_function_single(cpu, flush, &f, true);

	if (!is_success(f.status) && !is_retried(f.status))
		return give_up(td, SS_LEAF_TDH_VP_FLUSH, f.status);
	if (gone || !is_success(f.status))
		pause_before_retry(td);
	return true;
}

/*
 * Even a refused entry can associate the vCPU with this CPU. Flushing a vCPU without an association
 * does no harm.
 */
bool td_enter(struct td *td, u32 nr)
{
	struct td_vcpu *vcpu = &td->vcpu[nr];
	struct ss_regs regs = { .rax = SS_LEAF_TDH_VP_ENTER, .rcx = vcpu->tdvpr };
	u32 cpu, was = READ_ONCE(vcpu->cpu);
	u64 status;

	cpu = get_cpu();
	if (was != TD_NO_CPU && was != cpu) {
		put_cpu();
		return follow(td, vcpu);
	}
	status = insn_seamcall(&regs);
	if (!ss_status_eq(status, SS_TDX_VCPU_ASSOCIATED))
		WRITE_ONCE(vcpu->cpu, cpu);
	put_cpu();
	if (is_success(status)) {
		td->entries++;
		return true;
	}
	if (!is_retried(status))
		return give_up(td, SS_LEAF_TDH_VP_ENTER, status);
	pause_before_retry(td);
	return true;
}

/* ---- teardown -------------------------------------------------------------------------------- */

static bool flush_vcpus(struct td *td)
{
	u32 i;

	for (i = 0; i < td->nr_vcpus; i++)
		while (READ_ONCE(td->vcpu[i].cpu) != TD_NO_CPU) {
			if (kthread_should_stop() || !follow(td, &td->vcpu[i]))
				return false;
		}
	return call(td, SS_LEAF_TDH_MNG_VPFLUSHDONE, td->tdr, 0);
}

/* An interrupted write-back is resumed. Another TD's teardown may have completed it. */
static bool write_back(struct td *td)
{
	struct ss_regs regs;
	u64 status, resume = 0;

	while (!kthread_should_stop()) {
		regs = (struct ss_regs){ .rax = SS_LEAF_TDH_PHYMEM_CACHE_WB, .rcx = resume };
		preempt_disable();
		status = insn_seamcall(&regs);
		preempt_enable();
		cond_resched();
		if (is_success(status))
			return true;
		resume = ss_status_eq(status, SS_TDX_INTERRUPTED_RESUMABLE);
		if (!is_retried(status) && !ss_status_eq(status, SS_TDX_WBCACHE_RESUME_ERROR))
			return give_up(td, SS_LEAF_TDH_PHYMEM_CACHE_WB, status);
	}
	return false;
}

static bool free_key(struct td *td)
{
	struct ss_regs regs;
	u64 status;

	do {
		if (!write_back(td))
			return false;
		regs = (struct ss_regs){ .rax = SS_LEAF_TDH_MNG_KEY_FREEID, .rcx = td->tdr };
		preempt_disable();
		status = host_call(td, &regs);
		preempt_enable();
	} while (is_retried(status) && !kthread_should_stop());
	if (!is_success(status))
		return give_up(td, SS_LEAF_TDH_MNG_KEY_FREEID, status);
	give(used_keys, td->key);
	return true;
}

static bool reclaim(struct td *td)
{
	while (td->nr_pages) {
		if (!call(td, SS_LEAF_TDH_PHYMEM_PAGE_RECLAIM, td->pages[td->nr_pages - 1], 0))
			return false;
		page_give(td->pages[--td->nr_pages]);
	}
	if (!call(td, SS_LEAF_TDH_PHYMEM_PAGE_RECLAIM, td->tdr, 0))
		return false;
	/* The TDR was written with the global key, so its cache lines are flushed with that key. */
	if (!call(td, SS_LEAF_TDH_PHYMEM_PAGE_WBINVD,
		  td->tdr | (u64)SIM_FIRST_PRIVATE_HKID << SIM_HKID_SHIFT, 0))
		return false;
	page_give(td->tdr);
	return true;
}

bool td_remove(struct td *td)
{
	if (!flush_vcpus(td) || !free_key(td) || !reclaim(td))
		return false;
	free_page((unsigned long)td->scratch);
	td->scratch = NULL;
	return true;
}
