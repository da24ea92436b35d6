// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDH.MEM.SEPT.* and TDH.MEM.PAGE.*: add memory to a TD and remove it (8.4). */
#include "sept.h"

#define ALLOW_EXISTING	1u	/* in RDX of SEPT.ADD */

/* The guest looks for its pages below this limit. It does not know pages from 16 TiB on. */
static void raise_limit(struct sim_tdcs *tdcs, uint64_t gpa)
{
	uint64_t limit = gpa / SS_PAGE + 1;
	uint32_t now = ss_load(&tdcs->gpa_limit);

	while (limit <= UINT32_MAX && now < limit &&
	       !ss_cas(&tdcs->gpa_limit, now, (uint32_t)limit))
		now = ss_load(&tdcs->gpa_limit);
}

/* ---- adding ---------------------------------------------------------------------------------- */

/* The inputs of SEPT.ADD and PAGE.AUG. */
struct addition {
	uint64_t page[4];	/* for the TD; in version 1 also for each of its L2 VMs */
	bool existing;		/* an existing table will do */
};

/* Gives the page to the TD and points the locked entry at the page. */
static void link_page(struct sim_call *c, struct sim_td *td, struct sim_walk *walk,
		      struct sim_page *page)
{
	bool table = walk->level > 0;

	sim_td_give_page(c->s, td, page, table ? SIM_PAGE_EPT : SIM_PAGE_REG);
	if (!table)
		raise_limit(td->tdcs, walk->gpa);
	sim_sept_change(walk, table ? SIM_SEPT_NL_MAPPED : SIM_SEPT_PENDING, page->frame);
}

/*
 * SEPT.ADD and PAGE.AUG hold the tree shared, find and lock the entry, and then look at the page.
 * On success @fn unlocks the entry.
 */
static uint64_t with_entry(struct sim_call *c, struct sim_td *td, struct sim_walk *walk,
			   struct addition *add,
			   uint64_t (*fn)(struct sim_call *c, struct sim_td *td,
					  struct sim_walk *walk, struct addition *add))
{
	uint64_t status;

	if (!sim_try_shared(&td->tdcs->sept_lock))
		return sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_SEPT_TREE);
	status = sim_sept_find(c, td->tdcs, walk);
	if (!status) {
		status = fn(c, td, walk, add);
		if (status)
			sim_sept_unlock(walk);
	}
	sim_unlock_shared(&td->tdcs->sept_lock);
	return status;
}

static uint64_t wrong_state(struct sim_call *c, const struct sim_walk *walk)
{
	sim_sept_describe(c, walk);
	return sim_status(SS_TDX_EPT_ENTRY_STATE_INCORRECT, SIM_OP_RCX);
}

/* ---- tables ---------------------------------------------------------------------------------- */

#define NO_PAGE		UINT64_MAX	/* in R8 to R11 of version 1 */
#define NOT_USED	(1ULL << 63)	/* returned there: the page is still free */

/* The model has no L2 VMs, so none can need a table. */
static uint64_t check_l2_pages(const struct sim_call *c, const struct addition *add)
{
	uint32_t i;

	for (i = 1; c->version == 1 && i < SS_ARRAY_SIZE(add->page); i++)
		if (add->page[i] != NO_PAGE)
			return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_R8 + i);
	return SS_TDX_SUCCESS;
}

/* The entry has a table already, which may be what the host wants. */
static uint64_t keep_table(struct sim_call *c, struct sim_walk *walk, struct addition *add)
{
	uint64_t status;

	if (!add->existing && add->page[0] != NO_PAGE)
		return wrong_state(c, walk);
	add->page[0] |= NOT_USED;
	status = check_l2_pages(c, add);
	if (!status)
		sim_sept_unlock(walk);
	return status;
}

static uint64_t new_table(struct sim_call *c, struct sim_td *td, struct sim_walk *walk,
			  struct addition *add)
{
	struct sim_page page;
	uint64_t status;

	status = sim_page_lock(c, add->page[0], SIM_OP_R8, true, SIM_PAGE_NDA, &page);
	if (status)
		return status;
	status = check_l2_pages(c, add);
	if (!status) {
		link_page(c, td, walk, &page);
		add->page[0] = NO_PAGE;
	}
	sim_page_unlock(&page);
	return status;
}

static uint64_t add_table(struct sim_call *c, struct sim_td *td, struct sim_walk *walk,
			  struct addition *add)
{
	enum sim_sept_state state = sim_sept_state(walk->word);

	if (state != SIM_SEPT_FREE && state != SIM_SEPT_NL_MAPPED)
		return wrong_state(c, walk);
	if (add->page[0] == NO_PAGE && !c->version)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_R8);
	if (state == SIM_SEPT_NL_MAPPED)
		return keep_table(c, walk, add);
	return add->page[0] == NO_PAGE ? wrong_state(c, walk) : new_table(c, td, walk, add);
}

/* Bit 63 of a page in version 1 comes from an earlier call. */
static void get_pages(const struct sim_call *c, struct addition *add)
{
	const uint64_t pages[] = { c->r->r8, c->r->r9, c->r->r10, c->r->r11 };
	uint32_t i;

	for (i = 0; i < SS_ARRAY_SIZE(pages); i++) {
		add->page[i] = pages[i];
		if (c->version == 1 && pages[i] != NO_PAGE)
			add->page[i] &= ~NOT_USED;
	}
}

static uint64_t sept_add(struct sim_call *c, uint64_t where, uint64_t tdr_pa, struct addition *add)
{
	struct sim_walk walk;
	struct sim_td td;
	uint64_t status;

	status = sim_td_open(c, tdr_pa, SIM_OP_RDX, false, &td);
	if (status)
		return status;
	status = sim_sept_operand(td.tdcs, where, 1, td.tdcs->root_level, &walk);
	if (!status)
		status = with_entry(c, &td, &walk, add, add_table);
	sim_td_unlock(&td);
	return status;
}

uint64_t sim_mem_sept_add(struct sim_call *c)
{
	uint64_t where = c->r->rcx, tdr_pa = c->r->rdx, status;
	struct addition add = { .existing = tdr_pa & ALLOW_EXISTING };

	c->r->rcx = 0;
	c->r->rdx = 0;
	if (c->version > 1)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RAX);
	get_pages(c, &add);
	status = sept_add(c, where, tdr_pa & ~(uint64_t)ALLOW_EXISTING, &add);
	if (c->version == 1) {
		c->r->r8 = add.page[0];
		c->r->r9 = add.page[1];
		c->r->r10 = add.page[2];
		c->r->r11 = add.page[3];
	}
	return status;
}

/* ---- pages ----------------------------------------------------------------------------------- */

static uint64_t add_pending(struct sim_call *c, struct sim_td *td, struct sim_walk *walk,
			    struct addition *add)
{
	struct sim_page page;
	uint64_t status;

	if (sim_sept_state(walk->word) != SIM_SEPT_FREE)
		return wrong_state(c, walk);
	status = sim_page_lock(c, add->page[0], SIM_OP_R8, true, SIM_PAGE_NDA, &page);
	if (status)
		return status;
	link_page(c, td, walk, &page);
	sim_page_unlock(&page);
	return SS_TDX_SUCCESS;
}

/* The model has no large pages: of the levels that hardware takes, only 0 is valid. */
static uint64_t page_aug(struct sim_call *c, struct sim_td *td, uint64_t where)
{
	struct addition add = { .page = { c->r->r8 } };
	struct sim_walk walk;
	uint64_t status;

	status = sim_sept_operand(td->tdcs, where, 0, 0, &walk);
	return status ? status : with_entry(c, td, &walk, &add, add_pending);
}

uint64_t sim_mem_page_aug(struct sim_call *c)
{
	return sim_td_at(c, false, page_aug);
}

/* The caller has locked the free entry. On success copy_page() unlocks it. */
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
		sim_td_give_page(c->s, td, &page, SIM_PAGE_REG);
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

/* The leaf holds the TD exclusively, so no other LP uses the tree. */
uint64_t sim_mem_page_add(struct sim_call *c)
{
	return sim_td_at(c, true, page_add);
}

/* ---- removing -------------------------------------------------------------------------------- */

static bool table_empty(const struct sim_sept *table)
{
	uint32_t i;

	for (i = 0; i < SIM_SEPT_ENTRIES; i++)
		if (sim_sept_state(ss_load(&table[i].word)) != SIM_SEPT_FREE)
			return false;
	return true;
}

static bool is_blocked(enum sim_sept_state state)
{
	return state == SIM_SEPT_NL_BLOCKED || state == SIM_SEPT_BLOCKED ||
	       state == SIM_SEPT_PENDING_BLOCKED;
}

/* Where vCPUs can run, TLBs must forget the page first. A TD under construction has none. */
static uint64_t check_tlbs(struct sim_call *c, const struct sim_td *td, const struct sim_walk *walk,
			   const struct sim_page *page)
{
	if (!sim_td_may_run(td))
		return SS_TDX_SUCCESS;
	if (!is_blocked(sim_sept_state(walk->word))) {
		sim_sept_describe(c, walk);
		return sim_status(SS_TDX_GPA_RANGE_NOT_BLOCKED, SIM_OP_RCX);
	}
	if (!sim_tracked(td->tdcs, page->pamt))
		return sim_status(SS_TDX_TLB_TRACKING_NOT_DONE, SIM_OP_RCX);
	return SS_TDX_SUCCESS;
}

/* The caller has locked the entry. On success unlink_page() unlocks it. RCX: the freed page. */
static uint64_t unlink_page(struct sim_call *c, struct sim_td *td, struct sim_walk *walk)
{
	uint32_t frame = sim_sept_frame(walk->word);
	struct sim_page page;
	uint64_t status;

	/* Another LP can be reading the page's metadata. */
	if (!sim_frame_lock(c->s, frame, true, &page))
		return sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_RCX);
	status = check_tlbs(c, td, walk, &page);
	if (!status)
		sim_td_take_page(c->s, td, &page);
	sim_page_unlock(&page);
	if (status)
		return status;
	sim_sept_change(walk, SIM_SEPT_FREE, 0);
	c->r->rcx = sim_frame_pa(c->s, frame);
	return SS_TDX_SUCCESS;
}

static bool is_table(enum sim_sept_state state)
{
	return state == SIM_SEPT_NL_MAPPED || state == SIM_SEPT_NL_BLOCKED;
}

static uint64_t remove_locked(struct sim_call *c, struct sim_td *td, struct sim_walk *walk)
{
	bool table = walk->level > 0;
	enum sim_sept_state state;
	uint64_t status;

	status = sim_sept_find(c, td->tdcs, walk);
	if (status)
		return status;
	state = sim_sept_state(walk->word);
	if (state == SIM_SEPT_FREE || is_table(state) != table)
		return sim_sept_refuse(c, walk, SS_TDX_EPT_ENTRY_STATE_INCORRECT);
	if (table && !table_empty(sim_frame_va(c->s, sim_sept_frame(walk->word))))
		return sim_sept_refuse(c, walk, SS_TDX_EPT_PAGE_NOT_FREE);
	status = unlink_page(c, td, walk);
	if (status)
		sim_sept_unlock(walk);
	return status;
}

/* Removing a table needs the tree exclusively, so that no LP walks it. */
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

static uint64_t remove_page(struct sim_call *c, struct sim_td *td, uint64_t where)
{
	struct sim_walk walk;
	uint64_t status;

	status = sim_sept_operand(td->tdcs, where, 0, 0, &walk);
	return status ? status : remove_from_tree(c, td, &walk);
}

static uint64_t remove_table(struct sim_call *c, struct sim_td *td, uint64_t where)
{
	struct sim_walk walk;
	uint64_t status;

	status = sim_sept_operand(td->tdcs, where, 1, td->tdcs->root_level, &walk);
	return status ? status : remove_from_tree(c, td, &walk);
}

static uint64_t no_such_version(struct sim_call *c)
{
	c->r->rcx = 0;
	c->r->rdx = 0;
	return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RAX);
}

uint64_t sim_mem_page_remove(struct sim_call *c)
{
	return c->version > 1 ? no_such_version(c) : sim_td_at(c, false, remove_page);
}

uint64_t sim_mem_sept_remove(struct sim_call *c)
{
	return c->version > 1 ? no_such_version(c) : sim_td_at(c, false, remove_table);
}
