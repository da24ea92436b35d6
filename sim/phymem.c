// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDH.PHYMEM.*: physical pages and caches after a TD's end (8.4). */
#include "td.h"

#define WBINVD_PIECES	4u	/* of a package's cache; interruptible in between */

/* ---- cache write-back ------------------------------------------------------------------------ */

/*
 * Collects the key IDs that need a write-back. The module does not check whether this package has
 * written them back before.
 */
static uint32_t collect(struct sim_call *c, struct sim_wbt_entry *wbt)
{
	struct sim_kot_entry *kot = c->m->t.kot;
	uint32_t i, n = 0;

	for (i = SIM_FIRST_PRIVATE_HKID; i < SIM_MAX_HKIDS; i++) {
		wbt->hkid[i] = kot[i].state == SIM_KOT_FLUSHED;
		n += wbt->hkid[i];
	}
	return n;
}

/* Other packages can clear bits of the same word at the same time. */
static void clear_bit(struct ss_word *w, uint32_t bit)
{
	uint32_t v = ss_load(w);

	while (!ss_cas(w, v, v & ~bit))
		v = ss_load(w);
}

static uint64_t write_back(struct sim_call *c, struct sim_wbt_entry *wbt, uint32_t package)
{
	uint32_t i;

	while (++wbt->resume < WBINVD_PIECES)
		if (c->s->config.interrupted(c->s->config.ctx, c->lp))
			return SS_TDX_INTERRUPTED_RESUMABLE;
	for (i = SIM_FIRST_PRIVATE_HKID; i < SIM_MAX_HKIDS; i++)
		if (wbt->hkid[i])
			clear_bit(&c->m->t.kot[i].to_write_back, 1u << package);
	wbt->resume = 0;
	return SS_TDX_SUCCESS;
}

static uint64_t cache_wb(struct sim_call *c, struct sim_wbt_entry *wbt, uint32_t package)
{
	if (c->r->rcx) {
		if (!wbt->resume)
			return SS_TDX_WBCACHE_RESUME_ERROR;
	} else {
		wbt->resume = 0;
		if (!collect(c, wbt))
			return SS_TDX_NO_HKID_READY_TO_WBCACHE;
	}
	return write_back(c, wbt, package);
}

uint64_t sim_phymem_cache_wb(struct sim_call *c)
{
	uint32_t package = sim_package(c->s, c->lp);
	struct sim_wbt_entry *wbt = &c->m->t.wbt[package];
	uint64_t status;

	if (c->r->rcx > 1)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RCX);
	if (!sim_try_exclusive(&wbt->lock))
		return sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_WBCACHE);
	if (sim_try_shared(&c->m->kot_lock)) {
		status = cache_wb(c, wbt, package);
		sim_unlock_shared(&c->m->kot_lock);
	} else {
		status = sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_KOT);
	}
	sim_unlock_exclusive(&wbt->lock);
	return status;
}

/* ---- pages ----------------------------------------------------------------------------------- */

/* Reports type, owner and size, and for a page that can be blocked the epoch of the blocking. */
static void describe(struct sim_call *c, const struct sim_page *page)
{
	const struct sim_pamt_entry *pamt = page->pamt;
	bool owned = pamt->type != SIM_PAGE_NDA && pamt->type != SIM_PAGE_RSVD &&
		     pamt->type != SIM_PAGE_TDR;

	c->r->rcx = pamt->type;
	c->r->rdx = owned ? sim_frame_pa(c->s, pamt->owner) : 0;
	if (pamt->type == SIM_PAGE_REG || pamt->type == SIM_PAGE_EPT)
		c->r->r9 = ss_load(&pamt->blocked_epoch);
}

static void clear_outputs(struct ss_regs *r)
{
	r->rcx = 0;
	r->rdx = 0;
	r->r8 = 0;
	r->r9 = 0;
	r->r10 = 0;
	r->r11 = 0;
}

static uint64_t reclaim_tdr(struct sim_call *c, struct sim_page *page)
{
	struct sim_tdr *tdr = sim_frame_va(c->s, page->frame);

	if (tdr->lifecycle != SIM_TEARDOWN)
		return SS_TDX_LIFECYCLE_STATE_INCORRECT;
	if (ss_load_acquire(&tdr->children))
		return SS_TDX_TD_ASSOCIATED_PAGES_EXIST;
	sim_page_free(c->s, page);
	return SS_TDX_SUCCESS;
}

static uint64_t reclaim_child(struct sim_call *c, struct sim_page *page)
{
	uint64_t status = SS_TDX_SUCCESS;
	struct sim_td td;

	if (!sim_frame_lock(c->s, page->pamt->owner, false, &td.page))
		return sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_TDR);
	sim_td_of_frame(c->s, td.page.frame, &td);
	if (td.tdr->lifecycle == SIM_TEARDOWN)
		sim_td_take_page(c->s, &td, page);
	else
		status = SS_TDX_LIFECYCLE_STATE_INCORRECT;
	sim_td_unlock(&td);
	return status;
}

uint64_t sim_phymem_page_reclaim(struct sim_call *c)
{
	uint64_t pa = c->r->rcx, status;
	struct sim_page page;

	clear_outputs(c->r);
	status = sim_page_lock_any(c, pa, SIM_OP_RCX, true, &page);
	if (status)
		return status;
	describe(c, &page);
	switch (page.pamt->type) {
	case SIM_PAGE_NDA:
	case SIM_PAGE_RSVD:
		status = sim_status(SS_TDX_PAGE_METADATA_INCORRECT, SIM_OP_RCX);
		break;
	case SIM_PAGE_TDR:
		status = reclaim_tdr(c, &page);
		break;
	default:
		status = reclaim_child(c, &page);
	}
	sim_page_unlock(&page);
	return status;
}

/* The model has no caches to flush. */
uint64_t sim_phymem_page_wbinvd(struct sim_call *c)
{
	uint64_t pa = c->r->rcx & ((1ULL << SIM_HKID_SHIFT) - 1), status;
	struct sim_page page;

	/* Only here the operand names the key of the cached lines, and any key is valid. */
	if (c->r->rcx >> SIM_MAXPA)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RCX);
	status = sim_page_lock(c, pa, SIM_OP_RCX, false, SIM_PAGE_NDA, &page);
	if (!status)
		sim_page_unlock(&page);
	return status;
}

uint64_t sim_phymem_page_rdmd(struct sim_call *c)
{
	uint64_t pa = c->r->rcx, status;
	struct sim_page page;

	clear_outputs(c->r);
	status = sim_page_lock_any(c, pa, SIM_OP_RCX, false, &page);
	if (status)
		return status;
	describe(c, &page);
	sim_page_unlock(&page);
	return SS_TDX_SUCCESS;
}
