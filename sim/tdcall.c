// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDCALL: the leaves that need no more than the module. */
#include "guest_cpu.h"
#include "sept.h"

enum tdg {
	TDG_VP_INFO = 1,
	TDG_MR_RTMR_EXTEND = 2,
	TDG_MR_REPORT = 4,
	TDG_MEM_PAGE_ACCEPT = 6,
	TDG_VM_RD = 7,
	TDG_VM_WR = 8,
	TDG_VP_RD = 9,
	TDG_SYS_RD = 11,
};

static uint64_t invalid(enum sim_operand operand)
{
	return sim_status(SS_TDX_OPERAND_INVALID, operand);
}

static uint64_t vp_info(struct sim_call *c, const struct sim_vcpu *v)
{
	const struct sim_tdcs *tdcs = v->td.tdcs;

	c->r->rcx = tdcs->gpa_bits + 1;
	c->r->rdx = tdcs->attributes;
	c->r->r8 = ss_load(&tdcs->nr_vcpus) | (uint64_t)tdcs->max_vcpus << 32;
	c->r->r9 = v->vps->index;
	c->r->r10 = 1;		/* TDG.SYS.RD is there */
	c->r->r11 = 0;
	return SS_TDX_SUCCESS;
}

/* ---- memory ---------------------------------------------------------------------------------- */

#define ACCEPT_MAX_LEVEL	1u

/* The module writes zeros. So what the host did to the page before does not matter. */
static void clear_pending(struct sim_call *c, uint32_t frame)
{
	uint64_t pa = sim_frame_pa(c->s, frame);

	if (!c->s->config.is_damaged || !c->s->config.is_damaged(c->s->config.ctx, pa))
		return;
	c->s->config.taken(c->s->config.ctx, pa, SS_PAGE, SIM_USE_GUEST);
	memset(sim_frame_place(c->s, frame), 0, SS_PAGE);
}

static uint64_t accept_entry(struct sim_call *c, const struct sim_vcpu *v, struct sim_walk *walk)
{
	switch (sim_sept_state(walk->word)) {
	case SIM_SEPT_PENDING:
		clear_pending(c, sim_sept_frame(walk->word));
		ss_add(&v->td.tdcs->accepted, 1);
		sim_sept_change(walk, SIM_SEPT_MAPPED, sim_sept_frame(walk->word));
		return SS_TDX_SUCCESS;
	case SIM_SEPT_MAPPED:
		sim_sept_unlock(walk);
		return SS_TDX_PAGE_ALREADY_ACCEPTED;
	case SIM_SEPT_NL_MAPPED:
		/* The host chose smaller pages. */
		sim_sept_unlock(walk);
		return sim_status(SS_TDX_PAGE_SIZE_MISMATCH, SIM_OP_RCX);
	default:
		sim_sept_unlock(walk);
		return SIM_GUEST_VIOLATION;
	}
}

/* A host's call can hold the entry. The guest's instruction waits by being repeated. */
static uint64_t page_accept(struct sim_call *c, const struct sim_vcpu *v)
{
	struct sim_walk walk;
	uint64_t status;

	status = sim_sept_operand(v->td.tdcs, c->r->rcx, 0, ACCEPT_MAX_LEVEL, &walk);
	if (status)
		return status;
	if (!sim_sept_walk(c->s, v->td.tdcs, &walk))
		return SIM_GUEST_VIOLATION;
	return sim_sept_lock(&walk) ? accept_entry(c, v, &walk) : SIM_GUEST_AGAIN;
}

/* ---- fields ---------------------------------------------------------------------------------- */

#define FIELD_KEY		0x3f00000000ffffffULL	/* class and code */
#define FIELD_TD_CTLS		0x1100000000000017ULL
#define FIELD_NOTIFY_ENABLES	0x1100000000000010ULL
#define FLEXIBLE_PENDING_VE	2ULL	/* in CONFIG_FLAGS */

/* A field of the TD that the guest can write, and the bits of it. NULL: none. */
static uint64_t *own_field(struct sim_call *c, struct sim_tdcs *tdcs, uint64_t *writable)
{
	switch (c->r->rdx & FIELD_KEY) {
	case FIELD_TD_CTLS:
		*writable = tdcs->config_flags & FLEXIBLE_PENDING_VE ? SIM_PENDING_VE_DISABLE : 0;
		if (sim_has(c->s, SIM_TOPOLOGY_ENUM) && ss_load(&tdcs->topology))
			*writable |= SIM_ENUM_TOPOLOGY;
		return &tdcs->td_ctls;
	case FIELD_NOTIFY_ENABLES:
		*writable = 1;
		return &tdcs->notify_enables;
	default:
		return NULL;
	}
}

static uint64_t vm_rd(struct sim_call *c, const struct sim_vcpu *v)
{
	uint64_t writable, *field = own_field(c, v->td.tdcs, &writable);

	if (!field)
		return sim_td_field_read(c, &v->td, c->r->rdx);
	c->r->r8 = *field;
	return SS_TDX_SUCCESS;
}

static uint64_t vm_wr(struct sim_call *c, const struct sim_vcpu *v)
{
	uint64_t writable, *field = own_field(c, v->td.tdcs, &writable), before;

	if (!field)
		return SS_TDX_METADATA_FIELD_NOT_WRITABLE;
	if (c->r->r8 & c->r->r9 & ~writable)
		return SS_TDX_METADATA_FIELD_VALUE_NOT_VALID;
	before = *field;
	*field = (before & ~c->r->r9) | (c->r->r8 & c->r->r9);
	c->r->r8 = before;
	return SS_TDX_SUCCESS;
}

static uint64_t vp_rd(struct sim_call *c, const struct sim_vcpu *v)
{
	return sim_vcpu_field_read(c, v, c->r->rdx);
}

static uint64_t sys_rd(struct sim_call *c, const struct sim_vcpu *v)
{
	(void)v;
	return sim_sys_rd(c);
}

/* ---- the dispatcher -------------------------------------------------------------------------- */

static uint64_t (*const leaves[])(struct sim_call *c, const struct sim_vcpu *v) = {
	[TDG_VP_INFO] = vp_info,
	[TDG_MR_RTMR_EXTEND] = sim_rtmr_extend,
	[TDG_MR_REPORT] = sim_mr_report,
	[TDG_MEM_PAGE_ACCEPT] = page_accept,
	[TDG_VM_RD] = vm_rd,
	[TDG_VM_WR] = vm_wr,
	[TDG_VP_RD] = vp_rd,
	[TDG_SYS_RD] = sys_rd,
};

uint64_t sim_tdcall(struct sim *s, uint32_t lp, struct ss_regs *r)
{
	struct sim_call c = { .s = s, .m = s->module, .lp = lp, .r = r };
	uint64_t leaf = r->rax & 0xffff;

	c.leaf = (uint16_t)leaf;
	c.version = r->rax >> 16 & 0xff;
	if (r->rax >> 24 || leaf >= SS_ARRAY_SIZE(leaves) || !leaves[leaf])
		return invalid(SIM_OP_RAX);
	return leaves[leaf](&c, sim_guest_vcpu(s, lp));
}
