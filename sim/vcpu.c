// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* vCPUs: TDH.VP.* (8.4). */
#include "guest_cpu.h"
#include "td.h"

#define IA32_TSC_ADJUST		0x3bu
#define RECOVERABILITY_HINT	(1ULL << 52)	/* in RCX of VP.ENTER */
#define RESUME_L1		(1ULL << 53)
#define PA_BITS			((1ULL << SIM_MAXPA) - SS_PAGE)
#define TDVMCALL_HLT		12u
#define INTERRUPTION_VALID	(1ULL << 31)	/* with it: an external interrupt, and its vector */
#define DATA_READ		1u		/* exit qualification of an EPT violation */

/* ---- a vCPU as an operand -------------------------------------------------------------------- */

uint64_t sim_vcpu_lock(struct sim_call *c, uint64_t pa, enum sim_operand operand, bool exclusive,
		       struct sim_vcpu *v)
{
	uint64_t status;

	status = sim_page_lock(c, pa, operand, exclusive, SIM_PAGE_TDVPR, &v->page);
	if (status)
		return status;
	if (!sim_frame_lock(c->s, v->page.pamt->owner, false, &v->td.page)) {
		sim_page_unlock(&v->page);
		return sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_TDR);
	}
	sim_td_of_frame(c->s, v->td.page.frame, &v->td);
	v->vps = sim_frame_va(c->s, v->page.frame);
	return SS_TDX_SUCCESS;
}

void sim_vcpu_unlock(struct sim_vcpu *v)
{
	sim_td_unlock(&v->td);
	sim_page_unlock(&v->page);
}

/* Locks a vCPU and makes the TD state checks. On error the caller holds no lock. */
static uint64_t vcpu_open(struct sim_call *c, uint64_t pa, enum sim_operand operand, bool exclusive,
			  struct sim_vcpu *v)
{
	uint64_t status;

	status = sim_vcpu_lock(c, pa, operand, exclusive, v);
	if (status)
		return status;
	status = sim_td_check(c, &v->td);
	if (status)
		sim_vcpu_unlock(v);
	return status;
}

/* State and association share one word, because VP.ENTER changes both at once. */
static uint32_t life(enum sim_vcpu_state state, uint32_t owner)
{
	return state | owner << 8;
}

static enum sim_vcpu_state state_of(uint32_t word)
{
	return word & 0xff;
}

static uint32_t owner_of(uint32_t word)
{
	return word >> 8;
}

/* The host state of the VMCS belongs to one installation of a module, 6.8. */
static void rebuild_host_state(struct sim_call *c, struct sim_tdvps *vps)
{
	if (vps->seamdb_index == c->m->t.seamdb_index)
		return;
	vps->seamdb_index = c->m->t.seamdb_index;
	vps->rebuilds++;
}

/* ---- birth ----------------------------------------------------------------------------------- */

uint64_t sim_vp_create(struct sim_call *c)
{
	struct sim_page page;
	struct sim_td td;
	uint64_t status;

	status = sim_td_open(c, c->r->rdx, SIM_OP_RDX, false, &td);
	if (status)
		return status;
	status = sim_page_lock(c, c->r->rcx, SIM_OP_RCX, true, SIM_PAGE_NDA, &page);
	if (!status) {
		sim_td_give_page(c->s, &td, &page, SIM_PAGE_TDVPR);
		((struct sim_tdvps *)page.va)->nr_pages = 1;
		sim_page_unlock(&page);
	}
	sim_td_unlock(&td);
	return status;
}

static uint64_t vp_addcx(struct sim_call *c, struct sim_vcpu *v)
{
	struct sim_tdvps *vps = v->vps;
	struct sim_page page;
	uint64_t status;

	if (state_of(ss_load(&vps->life)) != SIM_VCPU_UNINITIALIZED)
		return SS_TDX_VCPU_STATE_INCORRECT;
	if (vps->nr_pages == SIM_TDVPS_MAX_PAGES)
		return SS_TDX_TDCX_NUM_INCORRECT;
	status = sim_page_lock(c, c->r->rcx, SIM_OP_RCX, true, SIM_PAGE_NDA, &page);
	if (status)
		return status;
	sim_td_give_page(c->s, &v->td, &page, SIM_PAGE_TDCX);
	vps->pages[vps->nr_pages++ - 1] = page.frame;
	sim_page_unlock(&page);
	return SS_TDX_SUCCESS;
}

uint64_t sim_vp_addcx(struct sim_call *c)
{
	struct sim_vcpu v;
	uint64_t status;

	status = vcpu_open(c, c->r->rdx, SIM_OP_RDX, true, &v);
	if (status)
		return status;
	status = vp_addcx(c, &v);
	sim_vcpu_unlock(&v);
	return status;
}

static uint64_t check_tsc_adjust(struct sim_call *c)
{
	if (c->s->lps[c->lp].platform.tsc_adjust != c->m->t.sampled_tsc_adjust)
		return sim_status(SS_TDX_INCONSISTENT_MSR, IA32_TSC_ADJUST);
	return SS_TDX_SUCCESS;
}

static bool x2apic_taken(const struct sim_tdcs *tdcs, uint32_t x2apic)
{
	uint32_t i, n = ss_load(&tdcs->nr_vcpus);

	for (i = 0; i < n; i++)
		if (tdcs->x2apic[i] == x2apic)
			return true;
	return false;
}

/* Takes the next index. */
static void count(struct sim_tdcs *tdcs, uint32_t vcpu, uint32_t x2apic)
{
	uint32_t index = ss_load(&tdcs->nr_vcpus);

	tdcs->vcpu[index] = vcpu;
	tdcs->x2apic[index] = x2apic;
	ss_publish(&tdcs->nr_vcpus, index + 1);
}

static uint64_t enlist_v1(struct sim_tdcs *tdcs, uint64_t x2apic, uint32_t vcpu)
{
	if (x2apic >> 32)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_R8);
	if (x2apic_taken(tdcs, (uint32_t)x2apic))
		return SS_TDX_X2APIC_ID_NOT_UNIQUE;
	count(tdcs, vcpu, (uint32_t)x2apic);
	return SS_TDX_SUCCESS;
}

/*
 * The caller holds the lock of the TD's list. A call that fails at check_tsc_adjust() takes an
 * index too.
 */
static uint64_t enlist(struct sim_call *c, struct sim_vcpu *v)
{
	struct sim_tdcs *tdcs = v->td.tdcs;
	uint32_t index = ss_load(&tdcs->nr_vcpus);
	uint64_t status;

	if (index >= tdcs->max_vcpus || index >= SIM_MAX_VCPUS)
		return SS_TDX_MAX_VCPUS_EXCEEDED;
	status = check_tsc_adjust(c);
	if (status) {
		count(tdcs, SIM_NO_VCPU, index);
		return status;
	}
	v->vps->index = index;
	if (c->version == 1)
		return enlist_v1(tdcs, c->r->r8, v->page.frame);
	ss_store(&tdcs->topology, 0);
	count(tdcs, v->page.frame, index);
	return SS_TDX_SUCCESS;
}

static uint64_t vp_init(struct sim_call *c, struct sim_vcpu *v)
{
	struct sim_tdvps *vps = v->vps;
	uint64_t status;

	if (vps->nr_pages < SIM_TDVPS_PAGES)
		return SS_TDX_TDCX_NUM_INCORRECT;
	if (state_of(ss_load(&vps->life)) != SIM_VCPU_UNINITIALIZED)
		return SS_TDX_VCPU_STATE_INCORRECT;
	if (!sim_try_exclusive(&v->td.tdcs->vcpu_lock))
		return sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_TDCS);
	status = enlist(c, v);
	sim_unlock_exclusive(&v->td.tdcs->vcpu_lock);
	if (status)
		return status;
	vps->initial = c->r->rdx;
	vps->seamdb_index = c->m->t.seamdb_index;
	vps->tsc = ss_now_ns() + c->s->lps[c->lp].platform.tsc_adjust;
	sim_vcpu_fields_begin(vps);
	ss_add(&v->td.tdr->associated, 1);
	ss_store(&vps->life, life(SIM_VCPU_READY, c->lp + 1));
	return SS_TDX_SUCCESS;
}

uint64_t sim_vp_init(struct sim_call *c)
{
	struct sim_vcpu v;
	uint64_t status;

	if (c->version > 1)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RAX);
	status = vcpu_open(c, c->r->rcx, SIM_OP_RCX, true, &v);
	if (status)
		return status;
	status = vp_init(c, &v);
	sim_vcpu_unlock(&v);
	return status;
}

/* ---- running --------------------------------------------------------------------------------- */

/*
 * A READY vCPU that belongs to no other LP becomes this LP's and goes on in @state. From then on
 * only this LP may change its plain members.
 */
static uint64_t associate(struct sim_call *c, struct sim_vcpu *v, enum sim_vcpu_state state)
{
	uint32_t word;

	do {
		word = ss_load_acquire(&v->vps->life);
		if (state_of(word) != SIM_VCPU_READY)
			return SS_TDX_VCPU_STATE_INCORRECT;
		if (owner_of(word) && owner_of(word) != c->lp + 1)
			return SS_TDX_VCPU_ASSOCIATED;
	} while (!ss_cas(&v->vps->life, word, life(state, c->lp + 1)));
	if (!owner_of(word))
		ss_add(&v->td.tdr->associated, 1);
	return SS_TDX_SUCCESS;
}

void sim_vcpu_deactivate(struct sim_vcpu *v, uint32_t lp)
{
	/* Pairs with the acquire in associate(). */
	ss_publish(&v->vps->life, life(SIM_VCPU_READY, lp + 1));
}

static uint64_t check_tsc(struct sim_call *c, struct sim_tdvps *vps)
{
	uint64_t tsc = ss_now_ns() + c->s->lps[c->lp].platform.tsc_adjust;
	uint64_t status;

	status = check_tsc_adjust(c);
	if (status)
		return status;
	if ((int64_t)(tsc - vps->tsc) < 0)
		return SS_TDX_TSC_ROLLBACK;
	vps->tsc = tsc;
	return SS_TDX_SUCCESS;
}

/* TLB tracking: this vCPU runs in the current epoch from here on. */
static uint64_t join_epoch(struct sim_vcpu *v)
{
	struct sim_tdcs *tdcs = v->td.tdcs;

	if (!sim_try_shared(&tdcs->epoch_lock))
		return sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_TD_EPOCH);
	v->vps->epoch = ss_load_acquire(&tdcs->epoch);
	ss_add(&tdcs->running[v->vps->epoch & 1], 1);
	sim_unlock_shared(&tdcs->epoch_lock);
	return SS_TDX_SUCCESS;
}

/* The registers after an exit that the guest did not ask for. */
static void leave_asynchronously(struct ss_regs *r, uint64_t qualification, uint64_t gpa,
				 uint64_t interruption)
{
	uint64_t rax = r->rax;

	memset(r, 0, sizeof(*r));
	r->rax = rax;
	r->rcx = qualification;
	r->r8 = gpa;
	r->r9 = interruption;
}

static uint64_t leave(struct sim_call *c, struct sim_vcpu *v, enum sim_exit exit, uint64_t gpa)
{
	struct ss_regs *r = c->r;

	switch (exit) {
	case SIM_EXIT_CORRUPTED:
		ss_store(&v->td.tdr->fatal, 1);
		leave_asynchronously(r, 0, 0, 0);
		return SS_TDX_NON_RECOVERABLE_TD_CORRUPTED_MD;
	case SIM_EXIT_EPT_VIOLATION:
		/* The guest reads a page before it writes to the page. */
		leave_asynchronously(r, DATA_READ, gpa, 0);
		break;
	case SIM_EXIT_TDVMCALL:
		r->rcx = 0;
		r->rdx = 0;
		r->r8 = 0;
		r->r10 = 0;
		r->r11 = TDVMCALL_HLT;
		break;
	case SIM_EXIT_INTERRUPT:
		leave_asynchronously(r, 0, 0, INTERRUPTION_VALID | SIM_INTERRUPT_VECTOR);
		break;
	}
	return exit;
}

static uint64_t run(struct sim_call *c, struct sim_vcpu *v)
{
	uint64_t gpa = 0;
	enum sim_exit exit;

	if (c->s->config.cpu_guests)
		return sim_guest_start(c, v);
	exit = sim_guest_run(c, v, &gpa);
	ss_add(&v->td.tdcs->running[v->vps->epoch & 1], -1u);
	return leave(c, v, exit, gpa);
}

/* Both flags are for exits that the model lacks: trap-like exits, and exits from an L2 VM. */
static uint64_t check_flags(uint64_t rcx)
{
	if (rcx & (RECOVERABILITY_HINT | RESUME_L1))
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RCX);
	return SS_TDX_SUCCESS;
}

static uint64_t enter_active(struct sim_call *c, struct sim_vcpu *v, uint64_t rcx)
{
	uint64_t status;

	status = check_flags(rcx);
	if (!status)
		status = check_tsc(c, v->vps);
	if (!status)
		status = join_epoch(v);
	if (status)
		return status;
	rebuild_host_state(c, v->vps);
	return run(c, v);
}

uint64_t sim_vp_enter(struct sim_call *c)
{
	uint64_t rcx = c->r->rcx, status;
	struct sim_vcpu v;

	if (c->s->lps[c->lp].platform.limit_cpuid)
		return SS_TDX_LIMIT_CPUID_MAXVAL_SET;
	if (rcx & ~(PA_BITS | RECOVERABILITY_HINT | RESUME_L1))
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RCX);
	/* The LP holds both locks while the guest runs. */
	status = vcpu_open(c, rcx & PA_BITS, SIM_OP_RCX, false, &v);
	if (status)
		return status;
	status = associate(c, &v, SIM_VCPU_ACTIVE);
	if (!status) {
		status = enter_active(c, &v, rcx);
		if (status == SIM_RUN)
			return status;
		sim_vcpu_deactivate(&v, c->lp);
	}
	sim_vcpu_unlock(&v);
	return status;
}

/* ---- from one LP to another ------------------------------------------------------------------ */

static uint64_t vp_flush(struct sim_call *c, struct sim_vcpu *v)
{
	uint32_t word = ss_load_acquire(&v->vps->life);
	uint64_t status;

	status = sim_td_check_keys(&v->td);
	if (status)
		return status;
	if (v->vps->nr_pages < SIM_TDVPS_PAGES)
		return SS_TDX_TDCX_NUM_INCORRECT;
	if (owner_of(word) != c->lp + 1)
		return SS_TDX_VCPU_NOT_ASSOCIATED;
	ss_store(&v->vps->life, life(state_of(word), 0));
	ss_add(&v->td.tdr->associated, -1u);
	return SS_TDX_SUCCESS;
}

uint64_t sim_vp_flush(struct sim_call *c)
{
	struct sim_vcpu v;
	uint64_t status;

	status = sim_vcpu_lock(c, c->r->rcx, SIM_OP_RCX, true, &v);
	if (status)
		return status;
	status = vp_flush(c, &v);
	sim_vcpu_unlock(&v);
	return status;
}

/* ---- fields ---------------------------------------------------------------------------------- */

static uint64_t access_field(struct sim_call *c, struct sim_vcpu *v, uint64_t id, uint64_t value,
			     uint64_t mask)
{
	uint64_t status;

	if (v->vps->nr_pages < SIM_TDVPS_PAGES)
		return SS_TDX_TDCX_NUM_INCORRECT;
	status = associate(c, v, SIM_VCPU_READY);
	if (status)
		return status;
	rebuild_host_state(c, v->vps);
	if (c->leaf == SS_LEAF_TDH_VP_WR)
		return sim_vcpu_field_write(c, v, id, value, mask);
	return sim_vcpu_field_read(c, v, id);
}

/* From here on the vCPU is this LP's, even if the field is wrong. */
static uint64_t vp_field(struct sim_call *c)
{
	uint64_t id = c->r->rdx, value = c->r->r8, mask = c->r->r9, status;
	struct sim_vcpu v;

	/* Version 0 reports no next field. */
	if (c->version)
		c->r->rdx = UINT64_MAX;
	c->r->r8 = 0;
	if (c->version > 1)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RAX);
	status = vcpu_open(c, c->r->rcx, SIM_OP_RCX, false, &v);
	if (status)
		return status;
	status = access_field(c, &v, id, value, mask);
	sim_vcpu_unlock(&v);
	return status;
}

uint64_t sim_vp_rd(struct sim_call *c)
{
	return vp_field(c);
}

uint64_t sim_vp_wr(struct sim_call *c)
{
	return vp_field(c);
}
