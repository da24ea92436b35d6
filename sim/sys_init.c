// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDH.SYS.INIT, TDH.SYS.LP.INIT (6.3, 6.5): what the module requires of the platform. */
#include "module.h"

/* MSRs that have a place of their own in the order of checks, or a status of their own. */
enum {
	TSC_ADJUST		= 0x3b,
	KEYID_PARTITIONING	= 0x87,
	WBINVDP			= 0x98,
	WBNOINVDP		= 0x99,	/* must be equal to WBINVDP */
	MTRRCAP			= 0xfe,	/* has SMRR, can lock it */
	SMRR_BASE		= 0x1f2,
	SMRR_MASK		= 0x1f3,	/* also says whether it is locked */
	VMX_BASIC		= 0x480,	/* the first of the VMX MSRs */
	VMX_CR0_FIXED0		= 0x486,
	VMX_CR0_FIXED1		= 0x487,
	VMX_LAST		= 0x493,
	TME_CAPABILITY		= 0x981,
	TME_ACTIVATE		= 0x982,
};

enum msr_group {	/* in the order of the checks of TDH.SYS.LP.INIT */
	PLAIN_MSR,
	TSC_MSR,
	SMRR_MSR,
	VMX_MSR,
	KEY_MSR,
};

/* Description of a CPUID mismatch: a leaf without subleaf, all bits of all four registers. */
#define NO_SUBLEAF	(0xffffffffULL << 32)
#define ALL_BITS	UINT64_MAX

static enum msr_group group_of(uint32_t msr)
{
	switch (msr) {
	case TSC_ADJUST:
		return TSC_MSR;
	case MTRRCAP:
	case SMRR_BASE:
	case SMRR_MASK:
		return SMRR_MSR;
	case KEYID_PARTITIONING:
	case WBINVDP:
	case WBNOINVDP:
	case TME_CAPABILITY:
	case TME_ACTIVATE:
		return KEY_MSR;
	}
	return msr >= VMX_BASIC && msr <= VMX_LAST ? VMX_MSR : PLAIN_MSR;
}

/* Does an MSR of this group have a wrong value on the LP? */
static bool is_odd(const struct sim_lp_state *lp, enum msr_group group)
{
	return lp->odd_msr && group_of(lp->odd_msr) == group;
}

/* Describes a wrong CPUID value: RCX names the leaf; RDX and R8 say that all bits may differ. */
static uint64_t describe_cpuid(struct sim_call *c, uint64_t status)
{
	c->r->rcx = c->s->lps[c->lp].platform.odd_cpuid | NO_SUBLEAF;
	c->r->rdx = ALL_BITS;
	c->r->r8 = ALL_BITS;
	return status;
}

/* ---- TDH.SYS.INIT ---------------------------------------------------------------------------- */

/* A CMR of size 0 does not count, wherever it stands in the list. An empty list is valid. */
static bool cmrs_valid(const struct sim *s)
{
	uint64_t end = 0;
	uint32_t i;

	for (i = 0; i < s->nr_cmrs; i++) {
		const struct sim_cmr *cmr = &s->cmrs[i];

		if (!cmr->bytes)
			continue;
		if ((cmr->base | cmr->bytes) & (SS_PAGE - 1) || cmr->base < end ||
		    cmr->bytes > (1ULL << SIM_HKID_SHIFT) ||
		    cmr->base > (1ULL << SIM_HKID_SHIFT) - cmr->bytes)
			return false;
		end = cmr->base + cmr->bytes;
	}
	return true;
}

/* Byte 1 names the CMR. Byte 0 would tell SMRR from SMRR2, which no machine here has. */
static uint64_t check_smram(const struct sim *s)
{
	uint32_t i;

	for (i = 0; i < s->nr_cmrs; i++)
		if (s->cmrs[i].bytes && s->cmrs[i].base < SIM_SMRR_BASE + SIM_SMRR_BYTES &&
		    s->cmrs[i].base + s->cmrs[i].bytes > SIM_SMRR_BASE)
			return sim_status(SS_TDX_SMRR_OVERLAPS_CMR, i << 8);
	return SS_TDX_SUCCESS;
}

/* The fault of SMRR, given as an MSR's index or as a state. */
static enum sim_smrr smrr_of(const struct sim_lp_state *lp)
{
	switch (lp->odd_msr) {
	case MTRRCAP:
		return SIM_SMRR_NONE;
	case SMRR_BASE:
		return SIM_SMRR_MISALIGNED;
	case SMRR_MASK:
		return SIM_SMRR_UNLOCKED;
	}
	return lp->smrr;
}

static uint64_t check_smrr(const struct sim *s, uint32_t lp)
{
	switch (smrr_of(&s->lps[lp].platform)) {
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
	return check_smram(s);
}

/* TME and the number of key IDs; the status names the maximum. */
static uint64_t check_keys(const struct sim *s, const struct sim_lp_state *lp)
{
	uint32_t in_use = SIM_FIRST_PRIVATE_HKID + s->config.private_hkids;

	if (lp->odd_msr == TME_CAPABILITY || lp->odd_msr == TME_ACTIVATE)
		return sim_status(SS_TDX_INCORRECT_MSR_VALUE, lp->odd_msr);
	if (lp->odd_msr == KEYID_PARTITIONING || in_use > SIM_MAX_HKIDS)
		return sim_status(SS_TDX_NUM_ACTIVATED_HKIDS_NOT_SUPPORTED, SIM_MAX_HKIDS);
	/* The module compares these two with each other and blames the second one. */
	if (lp->odd_msr == WBINVDP || lp->odd_msr == WBNOINVDP)
		return sim_status(SS_TDX_INCORRECT_MSR_VALUE, WBNOINVDP);
	return SS_TDX_SUCCESS;
}

/* The module samples IA32_TSC_ADJUST here and does not check it. */
static uint64_t check_platform(struct sim_call *c)
{
	const struct sim_lp_state *lp = &c->s->lps[c->lp].platform;
	uint64_t status;

	if (is_odd(lp, PLAIN_MSR))
		return sim_status(SS_TDX_INCORRECT_MSR_VALUE, lp->odd_msr);
	if (lp->limit_cpuid)
		return SS_TDX_LIMIT_CPUID_MAXVAL_SET;
	if (lp->odd_cpuid)
		return describe_cpuid(c, SS_TDX_INCORRECT_CPUID_VALUE);
	/* The status names CR0_FIXED0 for a wrong CR0_FIXED1. */
	if (is_odd(lp, VMX_MSR))
		return sim_status(SS_TDX_INCORRECT_MSR_VALUE,
				  lp->odd_msr == VMX_CR0_FIXED1 ? VMX_CR0_FIXED0 : lp->odd_msr);
	status = check_keys(c->s, lp);
	if (status)
		return status;
	if (!cmrs_valid(c->s))
		return SS_TDX_CMR_LIST_INVALID;
	return check_smrr(c->s, c->lp);
}

/* The sigstruct may be stricter than the binary; it must not promise more. */
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

/* ---- TDH.SYS.LP.INIT ------------------------------------------------------------------------- */

/* The MSR in which an LP's SMRR differs; 0: none. */
static uint32_t odd_smrr_msr(const struct sim_lp_state *lp)
{
	switch (smrr_of(lp)) {
	case SIM_SMRR_NONE:
	case SIM_SMRR_NO_LOCK:
		return MTRRCAP;
	case SIM_SMRR_MISALIGNED:
		return SMRR_BASE;
	case SIM_SMRR_UNLOCKED:
		return SMRR_MASK;
	case SIM_SMRR_GOOD:
		break;
	}
	return 0;
}

static uint64_t inconsistent(uint32_t msr)
{
	return sim_status(SS_TDX_INCONSISTENT_MSR, msr);
}

/* CPUID, and the package ID in it. */
static uint64_t check_same_cpuid(struct sim_call *c)
{
	const struct sim_lp_state *lp = &c->s->lps[c->lp].platform;

	if (lp->limit_cpuid)
		return SS_TDX_LIMIT_CPUID_MAXVAL_SET;
	if (lp->odd_cpuid)
		return describe_cpuid(c, SS_TDX_INCONSISTENT_CPUID_FIELD);
	if (lp->package >= SIM_MAX_PACKAGES)
		return sim_status(SS_TDX_INVALID_PKG_ID, lp->package);
	return SS_TDX_SUCCESS;
}

/* What TDH.SYS.INIT checked on its LP must be the same on this LP. */
static uint64_t check_same(struct sim_call *c)
{
	const struct sim_lp_state *lp = &c->s->lps[c->lp].platform;
	uint64_t status;

	if (is_odd(lp, PLAIN_MSR))
		return inconsistent(lp->odd_msr);
	status = check_same_cpuid(c);
	if (status)
		return status;
	if (is_odd(lp, TSC_MSR) || lp->tsc_adjust != c->m->t.sampled_tsc_adjust)
		return inconsistent(TSC_ADJUST);
	if (odd_smrr_msr(lp))
		return inconsistent(odd_smrr_msr(lp));
	if (lp->odd_msr && group_of(lp->odd_msr) >= VMX_MSR)
		return inconsistent(lp->odd_msr);
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
	/* TDH.SYS.INIT required the SEAMDB leaves, so an LP without them differs. */
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
