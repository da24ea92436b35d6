// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The software TDX Module: the dispatcher of its leaves (6.2). */
#include "module.h"
#include "pamt.h"

#define V1_ALWAYS	64u	/* in place of a feature bit */

struct leaf {
	uint64_t (*fn)(struct sim_call *c);
	/* the leaf takes version 1: 0 never, V1_ALWAYS, or with this bit of TDX_FEATURES0 */
	uint8_t v1;
	uint8_t needs;		/* bit of TDX_FEATURES0 that the leaf needs; 0: none */
};

/*
 * Indexed by leaf number. The model lacks these leaves of the specification and answers them like
 * unknown leaves: relocation, large pages, debug access, migration, TDX Connect.
 */
static const struct leaf leaves[] = {
	[SS_LEAF_TDH_VP_ENTER] = { sim_vp_enter },
	[SS_LEAF_TDH_MNG_ADDCX] = { sim_mng_addcx },
	[SS_LEAF_TDH_MEM_PAGE_ADD] = { sim_mem_page_add },
	[SS_LEAF_TDH_MEM_SEPT_ADD] = { sim_mem_sept_add, V1_ALWAYS },
	[SS_LEAF_TDH_VP_ADDCX] = { sim_vp_addcx },
	[SS_LEAF_TDH_MEM_PAGE_AUG] = { sim_mem_page_aug },
	[SS_LEAF_TDH_MEM_RANGE_BLOCK] = { sim_mem_range_block },
	[SS_LEAF_TDH_MNG_KEY_CONFIG] = { sim_mng_key_config },
	[SS_LEAF_TDH_MNG_CREATE] = { sim_mng_create },
	[SS_LEAF_TDH_VP_CREATE] = { sim_vp_create },
	[SS_LEAF_TDH_MNG_RD] = { sim_mng_rd, V1_ALWAYS },
	[SS_LEAF_TDH_MR_EXTEND] = { sim_mr_extend },
	[SS_LEAF_TDH_MR_FINALIZE] = { sim_mr_finalize },
	[SS_LEAF_TDH_VP_FLUSH] = { sim_vp_flush },
	[SS_LEAF_TDH_MNG_VPFLUSHDONE] = { sim_mng_vpflushdone },
	[SS_LEAF_TDH_MNG_KEY_FREEID] = { sim_mng_key_freeid },
	[SS_LEAF_TDH_MNG_INIT] = { sim_mng_init },
	[SS_LEAF_TDH_VP_INIT] = { sim_vp_init, SIM_TOPOLOGY_ENUM },
	[SS_LEAF_TDH_MEM_PAGE_PROMOTE] = { NULL, V1_ALWAYS },
	[SS_LEAF_TDH_PHYMEM_PAGE_RDMD] = { sim_phymem_page_rdmd },
	[SS_LEAF_TDH_VP_RD] = { sim_vp_rd, V1_ALWAYS },
	[SS_LEAF_TDH_MNG_KEY_RECLAIMID] = { sim_mng_key_reclaimid },
	[SS_LEAF_TDH_PHYMEM_PAGE_RECLAIM] = { sim_phymem_page_reclaim },
	[SS_LEAF_TDH_MEM_PAGE_REMOVE] = { sim_mem_page_remove },
	[SS_LEAF_TDH_MEM_SEPT_REMOVE] = { sim_mem_sept_remove, V1_ALWAYS },
	[SS_LEAF_TDH_SYS_KEY_CONFIG] = { sim_sys_key_config },
	[SS_LEAF_TDH_SYS_INFO] = { sim_sys_info },
	[SS_LEAF_TDH_SYS_INIT] = { sim_sys_init, SIM_FATAL_DIAGNOSTICS },
	[SS_LEAF_TDH_SYS_RD] = { sim_sys_rd },
	[SS_LEAF_TDH_SYS_LP_INIT] = { sim_sys_lp_init },
	[SS_LEAF_TDH_SYS_TDMR_INIT] = { sim_sys_tdmr_init },
	[SS_LEAF_TDH_SYS_RDALL] = { sim_sys_rdall },
	[SS_LEAF_TDH_MEM_TRACK] = { sim_mem_track },
	[SS_LEAF_TDH_MEM_RANGE_UNBLOCK] = { sim_mem_range_unblock },
	[SS_LEAF_TDH_PHYMEM_CACHE_WB] = { sim_phymem_cache_wb },
	[SS_LEAF_TDH_PHYMEM_PAGE_WBINVD] = { sim_phymem_page_wbinvd },
	[SS_LEAF_TDH_VP_WR] = { sim_vp_wr },
	[SS_LEAF_TDH_SYS_LP_SHUTDOWN] = { sim_sys_lp_shutdown },
	[SS_LEAF_TDH_SYS_CONFIG] = { sim_sys_config, SIM_UPDATE_COMPATIBILITY },
	[SS_LEAF_TDH_SYS_SHUTDOWN] = { sim_sys_shutdown },
	[SS_LEAF_TDH_SYS_UPDATE] = { sim_sys_update, SIM_UPDATE_COMPATIBILITY },
	[SS_LEAF_TDH_SYS_DISABLE] = { sim_sys_disable, 0, SIM_SYS_DISABLE },
};

static bool is_known(const struct sim *s, uint64_t leaf)
{
	return leaf < SS_ARRAY_SIZE(leaves) && leaves[leaf].fn &&
	       (!leaves[leaf].needs || sim_has(s, leaves[leaf].needs));
}

/* The leaves of check 4 in 6.2, and TDH.SYS.DISABLE where the module has it. */
static bool runs_before_ready(const struct sim *s, uint64_t leaf)
{
	switch (leaf) {
	case SS_LEAF_TDH_SYS_KEY_CONFIG:
	case SS_LEAF_TDH_SYS_INFO:
	case SS_LEAF_TDH_SYS_INIT:
	case SS_LEAF_TDH_SYS_RD:
	case SS_LEAF_TDH_SYS_LP_INIT:
	case SS_LEAF_TDH_SYS_RDALL:
	case SS_LEAF_TDH_SYS_LP_SHUTDOWN:
	case SS_LEAF_TDH_SYS_CONFIG:
	case SS_LEAF_TDH_SYS_UPDATE:
		return true;
	case SS_LEAF_TDH_SYS_DISABLE:
		return is_known(s, leaf);
	}
	return false;
}

/* TDH.SYS.DISABLE has begun: see sys_disable.c. */
static bool is_locked_out(const struct sim *s, uint64_t leaf)
{
	return ss_load(&s->module->disabling) && leaf != SS_LEAF_TDH_SYS_DISABLE &&
	       leaf != SS_LEAF_TDH_SYS_LP_SHUTDOWN;
}

static bool has_version_1(const struct sim *s, uint64_t leaf)
{
	uint8_t v1 = leaf < SS_ARRAY_SIZE(leaves) ? leaves[leaf].v1 : 0;

	return v1 == V1_ALWAYS || (v1 && sim_has(s, v1));
}

/*
 * The module read what the host had written to: a machine check inside SEAM. No public text says
 * what comes of it; in the model no SEAMCALL is entered any more. TDH.SYS.DISABLE only writes.
 */
static bool met_damage(const struct sim_call *c)
{
	return c->s->config.is_damaged && ss_load(&c->s->memory->machine_check) &&
	       c->leaf != SS_LEAF_TDH_SYS_DISABLE;
}

/*
 * If the module is erased while an LP runs a leaf or a guest, the LP returns to code that is gone
 * or that belongs to another module. The machine dies.
 */
static uint64_t run_leaf(struct sim_call *c)
{
	const struct ss_word *incarnation = &c->s->memory->incarnation;
	uint32_t mine = ss_load(incarnation);
	uint64_t status;

	status = leaves[c->leaf].fn(c);
	if (ss_load(incarnation) != mine || met_damage(c))
		return sim_fatal(c->s);
	return status;
}

uint64_t sim_module_call(struct sim *s, uint32_t lp, struct ss_regs *r)
{
	struct sim_call c = { .s = s, .m = s->module, .lp = lp, .r = r };
	uint64_t leaf = r->rax & 0xffff;
	uint32_t state = ss_load_acquire(&s->module->state);

	if (ss_load(&s->fatal))
		return SS_TDX_SEAMCALL_VMFAILINVALID;
	c.leaf = (uint16_t)leaf;
	c.version = r->rax >> 16 & 0xff;
	/* The front end does check 0, the busy mark. */
	/* 1. Reserved bits. */
	if (r->rax >> 24)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RAX);
	/* 2. A version of a leaf without versions. */
	if (c.version && !has_version_1(s, leaf))
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RAX);
	/* 3. */
	if (state == SIM_SYS_SHUTDOWN && leaf != SS_LEAF_TDH_SYS_LP_SHUTDOWN)
		return SS_TDX_SYS_SHUTDOWN;
	/* 4. */
	if (state != SIM_SYS_READY && !runs_before_ready(s, leaf))
		return SS_TDX_SYS_NOT_READY;
	/* 5. An unknown leaf. */
	if (!is_known(s, leaf))
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RAX);
	if (is_locked_out(s, leaf))
		return SS_TDX_SYS_BUSY;
	return run_leaf(&c);
}
