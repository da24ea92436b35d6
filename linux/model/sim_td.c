// SPDX-License-Identifier: GPL-2.0-only
/* A TD in the model, built with the SEAMCALLs that KVM would make (specification 8.4). */
#include "sim_td.h"

#include "../common/insn.h"
#include "sim_calls.h"

#include <linux/bitmap.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/preempt.h>
#include <linux/smp.h>

/* ---- pages and keys -------------------------------------------------------------------------- */

static DEFINE_MUTEX(pool_lock);		/* protects both bitmaps */
static unsigned long *used_pages, *used_keys;

int seamsim_td_pool_init(void)
{
	used_pages = bitmap_zalloc(seamsim_nr_pages, GFP_KERNEL);
	used_keys = bitmap_zalloc(seamsim_nr_keys, GFP_KERNEL);
	if (!used_pages || !used_keys) {
		seamsim_td_pool_exit();
		return -ENOMEM;
	}
	set_bit(0, used_keys);		/* the global key ID */
	return 0;
}

void seamsim_td_pool_exit(void)
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
static u64 page_take(struct sim_host_td *life, u64 *pa)
{
	struct page *page;
	u32 i;

	if (!seamsim_nr_pages) {
		page = alloc_page(GFP_KERNEL);
		if (!page)
			return SS_TDX_OPERAND_ADDR_RANGE_ERROR;
		*pa = page_to_phys(page);
		return SS_TDX_SUCCESS;
	}
	i = take(used_pages, seamsim_nr_pages);
	*pa = SIM_TDMR_BASE + (u64)i * SS_PAGE;
	return i < seamsim_nr_pages ? SS_TDX_SUCCESS : SS_TDX_OPERAND_ADDR_RANGE_ERROR;
}

static void page_give(struct sim_host_td *life, u64 pa)
{
	if (!seamsim_nr_pages)
		__free_page(pfn_to_page(PHYS_PFN(pa)));
	else
		give(used_pages, (pa - SIM_TDMR_BASE) / SS_PAGE);
}

static u64 key_take(struct sim_host_td *life, u32 *key)
{
	*key = take(used_keys, seamsim_nr_keys);
	return *key < seamsim_nr_keys ? SS_TDX_SUCCESS : SS_TDX_HKID_NOT_FREE;
}

static void key_give(struct sim_host_td *life, u32 key)
{
	give(used_keys, key);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static void pause_before_retry(struct seamsim_td *td)
{
	td->retries++;
	usleep_range(20, 200);
}

static bool judge(struct seamsim_td *td, u64 leaf, u64 status)
{
	enum sim_host_answer answer = sim_host_judge(&td->life, 0, leaf, status);

	if (answer == SIM_HOST_RETRY)
		pause_before_retry(td);
	return answer != SIM_HOST_KILL;
}

static struct ss_word creates_refused;

u32 seamsim_td_creates_refused(void)
{
	return ss_load(&creates_refused);
}

static u64 create_call(struct stand_in_td *td, u16 hkid)
{
	u64 status = seamsim_mng_create(td, hkid);

	if (ss_status_eq(status, SS_TDX_RND_NO_ENTROPY))
		ss_add(&creates_refused, 1);
	return status;
}

/* Preemption off. Output registers other than the status are not used. */
static u64 host_call(const struct sim_host_td *life, struct ss_regs *regs)
{
	struct stand_in_td handle = { pfn_to_page(PHYS_PFN(life->tdr)) };

	switch (regs->rax) {
	case SS_LEAF_TDH_MNG_CREATE:
		return create_call(&handle, (u16)regs->rdx);
	case SS_LEAF_TDH_MNG_INIT:
		return seamsim_mng_init(&handle, regs->rdx);
	case SS_LEAF_TDH_VP_CREATE:
		return seamsim_vp_create(&handle, regs->rcx);
	case SS_LEAF_TDH_MEM_PAGE_ADD:
		return seamsim_mem_page_add(&handle, regs->rcx, regs->r8, regs->r9);
	case SS_LEAF_TDH_MR_FINALIZE:
		return seamsim_mr_finalize(&handle);
	case SS_LEAF_TDH_MNG_KEY_FREEID:
		return seamsim_mng_key_freeid(&handle);
	default:
		return insn_seamcall(regs);
	}
}

static u64 td_seamcall(struct sim_host_td *life, u32 lp, struct ss_regs *regs)
{
	u64 status;

	preempt_disable();
	status = host_call(life, regs);
	preempt_enable();
	return status;
}

/* ---- vCPUs and their CPUs -------------------------------------------------------------------- */

struct flush {
	struct sim_host_vcpu *vcpu;
	u64 status;
};

/* Runs on the CPU that the vCPU is associated with, also from an IPI. */
static void flush(void *arg)
{
	struct flush *f = arg;
	struct ss_regs regs = { .rax = SS_LEAF_TDH_VP_FLUSH, .rcx = f->vcpu->tdvpr };

	f->status = insn_seamcall(&regs);
	if (sim_host_succeeded(f->status))
		ss_store(&f->vcpu->lp, SIM_HOST_NO_LP);
}

void seamsim_td_flush_cpu(struct seamsim_td *td, u32 cpu)
{
	u32 i, tries;

	for (i = 0; i < td->nr_vcpus; i++)
		for (tries = 0; ss_load(&td->vcpu[i].lp) == cpu && tries < 1000; tries++) {
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
static u64 flush_on_its_cpu(struct sim_host_vcpu *vcpu)
{
	struct flush f = { .vcpu = vcpu, .status = SS_TDX_SUCCESS };
	u32 cpu = ss_load(&vcpu->lp);

	if (cpu != SIM_HOST_NO_LP && smp_call_function_single(cpu, flush, &f, true))
		return SS_TDX_OPERAND_BUSY;
	return f.status;
}

/* TDH.VP.INIT associates the vCPU with the CPU that makes the call. */
static u64 associate(struct sim_host_td *life, u32 lp, u64 leaf, struct sim_host_vcpu *vcpu)
{
	struct ss_regs regs = { .rax = leaf, .rcx = vcpu->tdvpr };
	u64 status;

	if (leaf == SS_LEAF_TDH_VP_FLUSH)
		return flush_on_its_cpu(vcpu);
	preempt_disable();
	status = insn_seamcall(&regs);
	if (sim_host_succeeded(status))
		ss_store(&vcpu->lp, smp_processor_id());
	preempt_enable();
	return status;
}

static const struct sim_host_ops td_ops = {
	.seamcall = td_seamcall, .associate = associate,
	.take_page = page_take, .give_page = page_give,
	.take_key = key_take, .give_key = key_give,
};

/* ---- build ----------------------------------------------------------------------------------- */

static u32 stall;
static struct ss_word stalled;

void seamsim_td_stall(u32 where)
{
	WRITE_ONCE(stall, where);
}

u32 seamsim_td_stalled(void)
{
	return ss_load(&stalled);
}

/* Called between TDH.MNG.INIT and TDH.MR.FINALIZE: an update may spoil the measurement here. */
static void wait_in_build(struct seamsim_td *td, u32 where)
{
	if (!td->stalls)
		return;
	ss_add(&stalled, 1);
	while (READ_ONCE(stall) == where && !kthread_should_stop())
		msleep(10);
	ss_add(&stalled, -1u);
}

/* Two places of a build where it may stall. */
static void stall_if_asked(struct seamsim_td *td)
{
	const struct sim_host_td *life = &td->life;

	if (life->phase == SIM_HOST_SEPT && !life->done)
		wait_in_build(td, TD_STALL_BEFORE_PAGES);
	if (life->phase == SIM_HOST_PAGE && life->page == TD_DATA_PAGES / 2)
		wait_in_build(td, TD_STALL_IN_PAGES);
}

/* Steps the TD up to @until. A step that found something busy is made again after a while. */
static bool drive(struct seamsim_td *td, enum sim_host_phase until)
{
	while (td->life.phase != until && !kthread_should_stop()) {
		stall_if_asked(td);
		switch (sim_host_step(&td->life, 0)) {
		case SIM_HOST_KILL:
			return false;
		case SIM_HOST_RETRY:
			pause_before_retry(td);
			break;
		default:
			cond_resched();
		}
	}
	return td->life.phase == until;
}

bool seamsim_td_build(struct seamsim_td *td)
{
	u8 *scratch = (u8 *)get_zeroed_page(GFP_KERNEL);

	/* A CPU that goes offline flushes the vCPUs of each TD. */
	cpus_read_lock();
	td->life = (struct sim_host_td){
		.ops = &td_ops, .seed = (u64)td->number << 32,
		.vcpus = td->vcpu, .pages = td->pages, .nr_vcpus = td->nr_vcpus,
		.max_pages = TD_MAX_PAGES, .nr_data = TD_DATA_PAGES, .nr_packages = 1,
	};
	cpus_read_unlock();
	if (!scratch)
		return judge(td, SS_LEAF_TDH_MNG_INIT, SS_TDX_OPERAND_ADDR_RANGE_ERROR);
	td->life.scratch = (struct ss_buffer){ scratch, virt_to_phys(scratch), SS_PAGE };
	sim_host_begin_build(&td->life);
	if (!drive(td, SIM_HOST_LIVE))
		return false;
	WRITE_ONCE(td->built, true);
	return true;
}

/* ---- run ------------------------------------------------------------------------------------- */

/*
 * Even a refused entry can associate the vCPU with this CPU. Flushing a vCPU without an association
 * does no harm.
 */
bool seamsim_td_enter(struct seamsim_td *td, u32 nr)
{
	struct sim_host_vcpu *vcpu = &td->vcpu[nr];
	struct ss_regs regs = { .rax = SS_LEAF_TDH_VP_ENTER, .rcx = vcpu->tdvpr };
	u32 cpu, was = ss_load(&vcpu->lp);
	u64 status;

	cpu = get_cpu();
	if (was != SIM_HOST_NO_LP && was != cpu) {
		put_cpu();
		return judge(td, SS_LEAF_TDH_VP_FLUSH, flush_on_its_cpu(vcpu));
	}
	status = insn_seamcall(&regs);
	if (!ss_status_eq(status, SS_TDX_VCPU_ASSOCIATED))
		ss_store(&vcpu->lp, cpu);
	put_cpu();
	if (sim_host_succeeded(status))
		WRITE_ONCE(td->entries, td->entries + 1);	/* show() reads it meanwhile */
	return judge(td, SS_LEAF_TDH_VP_ENTER, status);
}

bool seamsim_td_remove(struct seamsim_td *td)
{
	sim_host_begin_teardown(&td->life);
	return drive(td, SIM_HOST_NONE);
}

bool seamsim_td_is_dead(const struct seamsim_td *td)
{
	return sim_host_is_dead(&td->life);
}

void seamsim_td_free_scratch(struct seamsim_td *td)
{
	free_page((unsigned long)td->life.scratch.va);
	td->life.scratch.va = NULL;
}
