// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDH.SYS.INIT, TDH.SYS.LP.INIT (6.3, 6.5): what the module wants of the platform. */
#include "module.h"

#define IA32_TSC_ADJUST	0x3bu

/* Descriptions of a CPUID mismatch: leaf without subleaf, all bits of all four registers. */
#define NO_SUBLEAF	(0xffffffffULL << 32)
#define ALL_BITS	UINT64_MAX

static bool cmrs_valid(const struct sim *s)
{
	uint64_t end = 0;
	uint32_t i;

	for (i = 0; i < s->nr_cmrs; i++) {
		const struct sim_cmr *cmr = &s->cmrs[i];

		if ((cmr->base | cmr->bytes) & (SS_PAGE - 1) || !cmr->bytes || cmr->base < end ||
		    cmr->bytes > (1ULL << SIM_HKID_SHIFT) ||
		    cmr->base > (1ULL << SIM_HKID_SHIFT) - cmr->bytes)
			return false;
		end = cmr->base + cmr->bytes;
	}
	return s->nr_cmrs;
}

static bool smram_in_cmrs(const struct sim *s)
{
	uint32_t i;

	for (i = 0; i < s->nr_cmrs; i++)
		if (s->cmrs[i].base < SIM_SMRR_BASE + SIM_SMRR_BYTES &&
		    SIM_SMRR_BASE < s->cmrs[i].base + s->cmrs[i].bytes)
			return true;
	return false;
}

static uint64_t check_smrr(const struct sim *s, uint32_t lp)
{
	switch (s->lps[lp].platform.smrr) {
	case SIM_SMRR_NONE:
		return SS_TDX_SMRR_NOT_SUPPORTED;
	case SIM_SMRR_NO_LOCK:
		return SS_TDX_SMRR_LOCK_NOT_SUPPORTED;
	case SIM_SMRR_UNLOCKED:
		return SS_TDX_SMRR_NOT_LOCKED;
	case SIM_SMRR_MISALIGNED:
		return SS_TDX_INVALID_SMRR_CONFIGURATION;
	case SIM_SMRR_GOOD:
		break;
	}
	return smram_in_cmrs(s) ? SS_TDX_SMRR_OVERLAPS_CMR : SS_TDX_SUCCESS;
}

/* MSRs, CPUID, TME and key IDs, CMRs, SMRR. */
static uint64_t check_platform(struct sim_call *c)
{
	const struct sim_lp_state *lp = &c->s->lps[c->lp].platform;

	if (lp->odd_msr)
		return sim_status(SS_TDX_INCORRECT_MSR_VALUE, lp->odd_msr);
	if (lp->limit_cpuid)
		return SS_TDX_LIMIT_CPUID_MAXVAL_SET;
	if (lp->odd_cpuid) {
		c->r->rcx = lp->odd_cpuid | NO_SUBLEAF;
		c->r->rdx = ALL_BITS;
		c->r->r8 = ALL_BITS;
		return SS_TDX_INCORRECT_CPUID_VALUE;
	}
	if (SIM_FIRST_PRIVATE_HKID + c->s->config.private_hkids > SIM_MAX_HKIDS)
		return SS_TDX_NUM_ACTIVATED_HKIDS_NOT_SUPPORTED;
	if (!cmrs_valid(c->s))
		return SS_TDX_CMR_LIST_INVALID;
	return check_smrr(c->s, c->lp);
}

/* The sigstruct may be stricter than the binary, never promise more. */
static bool sigstruct_fits(const struct sim_installed *in)
{
	const struct sim_module_info *info = &in->info;

	return in->module_hv == info->built_hv && in->min_update_hv >= info->built_min_hv &&
	       (in->no_downgrade || !info->built_no_downgrade) &&
	       (uint64_t)in->handoff_pages * SS_PAGE >=
	       8ULL + sim_handoff_bytes(info, info->built_hv);
}

static void sample(struct sim_call *c)
{
	struct sim_tables *t = &c->m->t;

	t->seamdb_index = c->s->seamdb_count;
	t->seamdb_nonce = c->s->seamdb_nonce;
	t->sampled_tsc_adjust = c->s->lps[c->lp].platform.tsc_adjust;
	ss_store(&c->m->td_builds, 0);
	ss_store(&c->m->lps_initialised, 0);
}

static uint64_t sys_init(struct sim_call *c, uint64_t attributes, uint64_t diagnostics)
{
	uint64_t status;

	if (attributes)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RCX);
	if (c->version > 1)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RAX);
	if (c->version == 1 && diagnostics)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_R8);
	if (ss_load(&c->m->state) != SIM_SYSINIT_PENDING)
		return SS_TDX_SYS_INIT_NOT_PENDING;
	status = check_platform(c);
	if (status)
		return status;
	if (c->s->lps[c->lp].platform.no_seamdb)
		return SS_TDX_INCOMPATIBLE_SEAM_CAPABILITIES;
	if (!sigstruct_fits(&c->s->installed))
		return SS_TDX_SYS_INCOMPATIBLE_SIGSTRUCT;
	if (!sim_entropy(c))
		return SS_TDX_RND_NO_ENTROPY;
	sample(c);
	ss_publish(&c->m->state, SIM_SYSINIT_DONE);
	return SS_TDX_SUCCESS;
}

uint64_t sim_sys_init(struct sim_call *c)
{
	uint64_t attributes = c->r->rcx, diagnostics = c->r->r8;
	uint64_t status;

	c->r->rcx = 0;
	c->r->rdx = 0;
	c->r->r8 = 0;
	c->r->r9 = 0;
	c->r->r10 = 0;
	if (!sim_try_exclusive(&c->m->lock))
		return SS_TDX_SYS_BUSY;
	status = sys_init(c, attributes, diagnostics);
	sim_unlock_exclusive(&c->m->lock);
	return status;
}

/* What TDH.SYS.INIT has found right on its LP must be the same here. */
static uint64_t check_same(struct sim_call *c)
{
	const struct sim_lp_state *lp = &c->s->lps[c->lp].platform;
	uint64_t status;

	if (lp->odd_msr)
		return sim_status(SS_TDX_INCONSISTENT_MSR, lp->odd_msr);
	if (lp->tsc_adjust != c->m->t.sampled_tsc_adjust)
		return sim_status(SS_TDX_INCONSISTENT_MSR, IA32_TSC_ADJUST);
	if (lp->limit_cpuid)
		return SS_TDX_LIMIT_CPUID_MAXVAL_SET;
	if (lp->odd_cpuid) {
		c->r->rcx = lp->odd_cpuid | NO_SUBLEAF;
		c->r->rdx = ALL_BITS;
		c->r->r8 = ALL_BITS;
		return SS_TDX_INCONSISTENT_CPUID_FIELD;
	}
	status = check_smrr(c->s, c->lp);
	if (status)
		return status;
	if (lp->package >= SIM_MAX_PACKAGES)
		return sim_status(SS_TDX_INVALID_PKG_ID, lp->package);
	return SS_TDX_SUCCESS;
}

static uint64_t sys_lp_init(struct sim_call *c)
{
	struct ss_word *done = &c->s->lps[c->lp].initialised;
	uint64_t status;

	if (ss_load(&c->m->state) != SIM_SYSINIT_DONE)
		return SS_TDX_SYS_LP_INIT_NOT_PENDING;
	if (ss_load(done))
		return SS_TDX_SYS_LP_INIT_DONE;
	if (!sim_entropy(c))
		return SS_TDX_RND_NO_ENTROPY;
	/* TDH.SYS.INIT insisted on them, so an LP without them differs. */
	if (c->s->lps[c->lp].platform.no_seamdb)
		return SS_TDX_INCOMPATIBLE_SEAM_CAPABILITIES;
	status = check_same(c);
	if (status)
		return status;
	ss_store(done, 1);
	ss_add(&c->m->lps_initialised, 1);
	return SS_TDX_SUCCESS;
}

uint64_t sim_sys_lp_init(struct sim_call *c)
{
	uint64_t status;

	c->r->rcx = 0;
	c->r->rdx = 0;
	c->r->r8 = 0;
	if (!sim_try_shared(&c->m->lock))
		return SS_TDX_SYS_BUSY;
	status = sys_lp_init(c);
	sim_unlock_shared(&c->m->lock);
	return status;
}

uint64_t sim_sys_lp_shutdown(struct sim_call *c)
{
	(void)c;
	return SS_TDX_SUCCESS;
}
