// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Page metadata and page operands (8.2). */
#include "pamt.h"

static bool in_reserved(const struct sim_tdmr *tdmr, uint64_t pa)
{
	uint32_t i;

	for (i = 0; i < tdmr->nr_reserved && i < SIM_MAX_RESERVED; i++)
		if (pa - tdmr->base - tdmr->reserved[i].base < tdmr->reserved[i].bytes)
			return true;
	return false;
}

/* Inside a TDMR, and past the point that TDH.SYS.TDMR.INIT has reached? */
static bool in_tdmr(const struct sim_module *m, uint64_t pa)
{
	const struct sim_tdmr *tdmr;
	uint32_t i;

	for (i = 0; i < m->t.nr_tdmrs && i < SIM_MAX_TDMRS; i++) {
		tdmr = &m->t.tdmr[i];
		if (pa - tdmr->base < tdmr->bytes)
			return (pa - tdmr->base) / SIM_TDMR_INIT_BYTES <
			       ss_load_acquire(&tdmr->initialised);
	}
	return false;
}

static uint64_t find(struct sim_call *c, uint64_t pa, enum sim_operand operand, uint32_t *frame)
{
	if (pa & (SS_PAGE - 1) || pa >> SIM_HKID_SHIFT)
		return sim_status(SS_TDX_OPERAND_INVALID, operand);
	/* Memory of which the model has no frames counts as outside every TDMR. */
	if (!in_tdmr(c->m, pa) || pa < SIM_TDMR_BASE ||
	    (pa - SIM_TDMR_BASE) / SS_PAGE >= c->s->memory->nr)
		return sim_status(SS_TDX_OPERAND_ADDR_RANGE_ERROR, operand);
	*frame = (uint32_t)((pa - SIM_TDMR_BASE) / SS_PAGE);
	return SS_TDX_SUCCESS;
}

bool sim_frame_lock(struct sim *s, uint32_t frame, bool exclusive, struct sim_page *page)
{
	struct sim_pamt_entry *pamt = &s->memory->pamt[frame];

	if (!(exclusive ? sim_try_exclusive(&pamt->lock) : sim_try_shared(&pamt->lock)))
		return false;
	page->pamt = pamt;
	page->va = sim_frame_va(s, frame);
	page->frame = frame;
	page->exclusive = exclusive;
	return true;
}

uint64_t sim_page_lock_any(struct sim_call *c, uint64_t pa, enum sim_operand operand,
			   bool exclusive, struct sim_page *page)
{
	uint64_t status;
	uint32_t frame;

	status = find(c, pa, operand, &frame);
	if (status)
		return status;
	if (!sim_frame_lock(c->s, frame, exclusive, page))
		return sim_status(SS_TDX_OPERAND_BUSY, operand);
	return SS_TDX_SUCCESS;
}

uint64_t sim_page_lock(struct sim_call *c, uint64_t pa, enum sim_operand operand, bool exclusive,
		       enum sim_page_type type, struct sim_page *page)
{
	uint64_t status;

	status = sim_page_lock_any(c, pa, operand, exclusive, page);
	if (status)
		return status;
	if (page->pamt->type == type)
		return SS_TDX_SUCCESS;
	sim_page_unlock(page);
	return sim_status(SS_TDX_PAGE_METADATA_INCORRECT, operand);
}

void sim_page_unlock(struct sim_page *page)
{
	if (page->exclusive)
		sim_unlock_exclusive(&page->pamt->lock);
	else
		sim_unlock_shared(&page->pamt->lock);
}

void sim_page_assign(struct sim_page *page, enum sim_page_type type, uint32_t owner)
{
	memset(page->va, 0, SS_PAGE);
	page->pamt->type = type;
	page->pamt->owner = owner;
	ss_store(&page->pamt->blocked_epoch, 0);
}

void sim_page_free(struct sim_page *page)
{
	page->pamt->type = SIM_PAGE_NDA;
	page->pamt->owner = 0;
}

void sim_pamt_init(struct sim *s, const struct sim_tdmr *tdmr, uint64_t base, uint64_t bytes)
{
	struct sim_pamt_entry *pamt;
	uint64_t pa, frame;

	for (pa = base; pa < base + bytes; pa += SS_PAGE) {
		frame = (pa - SIM_TDMR_BASE) / SS_PAGE;
		if (pa < SIM_TDMR_BASE || frame >= s->memory->nr)
			continue;
		pamt = &s->memory->pamt[frame];
		pamt->type = in_reserved(tdmr, pa) ? SIM_PAGE_RSVD : SIM_PAGE_NDA;
		pamt->owner = 0;
		ss_store(&pamt->lock, 0);
		ss_store(&pamt->blocked_epoch, 0);
	}
}

void sim_memory_lose_keys(struct sim *s)
{
	ss_add(&s->memory->key_generation, 1);
	ss_store(&s->memory->tds, 0);
}

/* ---- power-on ------------------------------------------------------------------------------ */

static size_t to_page(size_t bytes)
{
	return (bytes + SS_PAGE - 1) & ~(size_t)(SS_PAGE - 1);
}

/* Frames are aligned to pages inside a block that is aligned to lines only: one page of slack. */
size_t sim_memory_bytes(const struct sim_config *config)
{
	return to_page(sizeof(struct sim_memory)) +
	       to_page((size_t)config->private_pages * sizeof(struct sim_pamt_entry)) + SS_PAGE +
	       (size_t)config->private_pages * SS_PAGE;
}

void sim_memory_init(struct sim *s, void *mem)
{
	uint8_t *p = mem;

	s->memory = mem;
	s->memory->nr = s->config.private_pages;
	p += to_page(sizeof(struct sim_memory));
	s->memory->pamt = (struct sim_pamt_entry *)p;
	p += to_page((size_t)s->memory->nr * sizeof(struct sim_pamt_entry));
	s->memory->frames = (uint8_t *)(((uintptr_t)p + SS_PAGE - 1) & ~(uintptr_t)(SS_PAGE - 1));
}
