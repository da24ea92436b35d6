// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A TD's memory comes and goes: TDH.MEM.SEPT.* and TDH.MEM.PAGE.* (8.4). */
#include "sept.h"

#define ALLOW_EXISTING	1u	/* in RDX of SEPT.ADD version 1 */

/* The guest looks for its pages below this. Pages from 16 TiB on it does not know of. */
static void raise_limit(struct sim_tdcs *tdcs, uint64_t gpa)
{
	uint64_t limit = gpa / SS_PAGE + 1;
	uint32_t now = ss_load(&tdcs->gpa_limit);

	while (limit <= UINT32_MAX && now < limit &&
	       !ss_cas(&tdcs->gpa_limit, now, (uint32_t)limit))
		now = ss_load(&tdcs->gpa_limit);
}

/* ---- adding -------------------------------------------------------------------------------- */

/* Gives @page to the TD and lets the entry point at it. The tree is locked. */
static uint64_t link_page(struct sim_call *c, struct sim_td *td, struct sim_walk *walk,
			  struct sim_page *page, bool existing)
{
	bool table = walk->level > 0;
	uint64_t status;

	status = sim_sept_find(c, td->tdcs, walk);
	if (status)
		return status;
	if (existing && sim_sept_state(walk->word) == SIM_SEPT_NL_MAPPED) {
		sim_sept_unlock(walk);
		return SS_TDX_SUCCESS;
	}
	if (sim_sept_state(walk->word) != SIM_SEPT_FREE)
		return sim_sept_refuse(c, walk, SS_TDX_EPT_ENTRY_STATE_INCORRECT);
	sim_td_give_page(td, page, table ? SIM_PAGE_EPT : SIM_PAGE_REG);
	if (!table)
		raise_limit(td->tdcs, walk->gpa);
	sim_sept_change(walk, table ? SIM_SEPT_NL_MAPPED : SIM_SEPT_PENDING, page->frame);
	return SS_TDX_SUCCESS;
}

/* SEPT.ADD and PAGE.AUG: the TD shared, a page, the tree shared. */
static uint64_t add_to_tree(struct sim_call *c, struct sim_td *td, struct sim_walk *walk,
			    uint64_t pa, bool existing)
{
	struct sim_page page;
	uint64_t status;

	status = sim_page_lock(c, pa, SIM_OP_R8, true, SIM_PAGE_NDA, &page);
	if (status)
		return status;
	if (sim_try_shared(&td->tdcs->sept_lock)) {
		status = link_page(c, td, walk, &page, existing);
		sim_unlock_shared(&td->tdcs->sept_lock);
	} else {
		status = sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_SEPT_TREE);
	}
	sim_page_unlock(&page);
	return status;
}

uint64_t sim_mem_sept_add(struct sim_call *c)
{
	uint64_t where = c->r->rcx, tdr_pa = c->r->rdx, status;
	bool existing = false;
	struct sim_walk walk;
	struct sim_td td;

	c->r->rcx = 0;
	c->r->rdx = 0;
	if (c->version > 1)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RAX);
	if (c->version == 1) {
		existing = tdr_pa & ALLOW_EXISTING;
		tdr_pa &= ~(uint64_t)ALLOW_EXISTING;
	}
	status = sim_td_open(c, tdr_pa, SIM_OP_RDX, false, &td);
	if (status)
		return status;
	status = sim_sept_operand(td.tdcs, where, 1, td.tdcs->root_level, &walk);
	if (!status)
		status = add_to_tree(c, &td, &walk, c->r->r8, existing);
	sim_td_unlock(&td);
	return status;
}

/* The model has no large pages, so of the levels that hardware takes only 0 is valid. */
uint64_t sim_mem_page_aug(struct sim_call *c)
{
	uint64_t where = c->r->rcx, tdr_pa = c->r->rdx, status;
	struct sim_walk walk;
	struct sim_td td;

	c->r->rcx = 0;
	c->r->rdx = 0;
	status = sim_td_open(c, tdr_pa, SIM_OP_RDX, false, &td);
	if (status)
		return status;
	status = sim_sept_operand(td.tdcs, where, 0, 0, &walk);
	if (!status)
		status = add_to_tree(c, &td, &walk, c->r->r8, false);
	sim_td_unlock(&td);
	return status;
}

/* The entry is locked and free. On success it is unlocked too. */
static uint64_t copy_page(struct sim_call *c, struct sim_td *td, struct sim_walk *walk)
{
	const void *source = NULL;
	struct sim_page page;
	uint64_t status;

	if (sim_shared_pa(c->r->r9, SS_PAGE))
		source = sim_map(c, c->r->r9, SS_PAGE);
	if (!source)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_R9);
	status = sim_page_lock(c, c->r->r8, SIM_OP_R8, true, SIM_PAGE_NDA, &page);
	if (status)
		return status;
	status = sim_mrtd_check(c, td->tdcs);
	if (!status) {
		sim_td_give_page(td, &page, SIM_PAGE_REG);
		memcpy(page.va, source, SS_PAGE);
		sim_mrtd_page_add(c, td->tdcs, walk->gpa);
		raise_limit(td->tdcs, walk->gpa);
		sim_sept_change(walk, SIM_SEPT_MAPPED, page.frame);
	}
	sim_page_unlock(&page);
	return status;
}

static uint64_t page_add(struct sim_call *c, struct sim_td *td, uint64_t where)
{
	struct sim_walk walk;
	uint64_t status;

	status = sim_sept_operand(td->tdcs, where, 0, 0, &walk);
	if (!status)
		status = sim_sept_find(c, td->tdcs, &walk);
	if (status)
		return status;
	if (sim_sept_state(walk.word) != SIM_SEPT_FREE)
		return sim_sept_refuse(c, &walk, SS_TDX_EPT_ENTRY_STATE_INCORRECT);
	status = copy_page(c, td, &walk);
	if (status)
		sim_sept_unlock(&walk);
	return status;
}

uint64_t sim_mem_page_add(struct sim_call *c)
{
	uint64_t where = c->r->rcx, tdr_pa = c->r->rdx, status;
	struct sim_td td;

	c->r->rcx = 0;
	c->r->rdx = 0;
	/* The TD exclusively, so the tree is nobody else's. */
	status = sim_td_open(c, tdr_pa, SIM_OP_RDX, true, &td);
	if (status)
		return status;
	status = page_add(c, &td, where);
	sim_td_unlock(&td);
	return status;
}

/* ---- removing ------------------------------------------------------------------------------ */

static bool table_empty(const struct sim_sept *table)
{
	uint32_t i;

	for (i = 0; i < SIM_SEPT_ENTRIES; i++)
		if (sim_sept_state(ss_load(&table[i].word)) != SIM_SEPT_FREE)
			return false;
	return true;
}

static bool blocked(enum sim_sept_state state, bool table)
{
	if (table)
		return state == SIM_SEPT_NL_BLOCKED;
	return state == SIM_SEPT_BLOCKED || state == SIM_SEPT_PENDING_BLOCKED;
}

/* The entry is locked and blocked. On success it is unlocked too. */
static uint64_t unlink_page(struct sim_call *c, struct sim_td *td, struct sim_walk *walk)
{
	uint32_t frame = sim_sept_frame(walk->word);
	struct sim_page page;

	if (!sim_tracked(td->tdcs, sim_frame_pamt(c->s, frame)))
		return SS_TDX_TLB_TRACKING_NOT_DONE;
	if (walk->level && !table_empty(sim_frame_va(c->s, frame)))
		return SS_TDX_EPT_PAGE_NOT_FREE;
	/* Somebody can be reading the page's metadata. */
	if (!sim_frame_lock(c->s, frame, true, &page))
		return sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_PAGE);
	sim_td_take_page(td, &page);
	sim_page_unlock(&page);
	sim_sept_change(walk, SIM_SEPT_FREE, 0);
	return SS_TDX_SUCCESS;
}

static uint64_t remove_locked(struct sim_call *c, struct sim_td *td, struct sim_walk *walk)
{
	bool table = walk->level > 0;
	uint64_t status;

	status = sim_sept_find(c, td->tdcs, walk);
	if (status)
		return status;
	if (sim_sept_state(walk->word) == SIM_SEPT_FREE)
		return sim_sept_refuse(c, walk, SS_TDX_EPT_ENTRY_STATE_INCORRECT);
	if (!blocked(sim_sept_state(walk->word), table))
		return sim_sept_refuse(c, walk, SS_TDX_GPA_RANGE_NOT_BLOCKED);
	status = unlink_page(c, td, walk);
	if (status)
		sim_sept_unlock(walk);
	return status;
}

/* A table goes only while nobody walks the tree. */
static uint64_t remove_from_tree(struct sim_call *c, struct sim_td *td, struct sim_walk *walk)
{
	struct ss_word *tree = &td->tdcs->sept_lock;
	bool exclusive = walk->level > 0;
	uint64_t status;

	if (!(exclusive ? sim_try_exclusive(tree) : sim_try_shared(tree)))
		return sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_SEPT_TREE);
	status = remove_locked(c, td, walk);
	if (exclusive)
		sim_unlock_exclusive(tree);
	else
		sim_unlock_shared(tree);
	return status;
}

static uint64_t remove_operand(struct sim_call *c, bool table)
{
	uint64_t where = c->r->rcx, tdr_pa = c->r->rdx, status;
	struct sim_walk walk;
	struct sim_td td;

	c->r->rcx = 0;
	c->r->rdx = 0;
	if (c->version > 1)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RAX);
	status = sim_td_open(c, tdr_pa, SIM_OP_RDX, false, &td);
	if (status)
		return status;
	status = sim_sept_operand(td.tdcs, where, table, table ? td.tdcs->root_level : 0, &walk);
	if (!status)
		status = remove_from_tree(c, &td, &walk);
	sim_td_unlock(&td);
	return status;
}

uint64_t sim_mem_page_remove(struct sim_call *c)
{
	return remove_operand(c, false);
}

uint64_t sim_mem_sept_remove(struct sim_call *c)
{
	return remove_operand(c, true);
}
