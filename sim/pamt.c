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

/*
 * Is @pa inside a TDMR, in a block of 1 GiB that TDH.SYS.TDMR.INIT has completed? The pages of a
 * block become usable together, although each call initialises only 4 MiB.
 */
static bool in_tdmr(const struct sim_module *m, uint64_t pa)
{
	const struct sim_tdmr *tdmr;
	uint64_t done;
	uint32_t i;

	for (i = 0; i < m->t.nr_tdmrs && i < SIM_MAX_TDMRS; i++) {
		tdmr = &m->t.tdmr[i];
		if (pa - tdmr->base >= tdmr->bytes)
			continue;
		done = ss_load_acquire(&tdmr->initialised) * SIM_TDMR_INIT_BYTES;
		return (pa - tdmr->base) / SIM_GIB < done / SIM_GIB;
	}
	return false;
}

static const struct sim_region *region_of(const struct sim *s, uint32_t frame)
{
	const struct sim_memory *memory = s->memory;
	uint32_t i;

	for (i = 0; i < memory->nr_regions && i < SIM_MAX_TDMRS; i++)
		if (frame - memory->region[i].first < memory->region[i].nr)
			return &memory->region[i];
	return NULL;
}

bool sim_frame_at(const struct sim *s, uint64_t pa, uint32_t *frame)
{
	uint64_t n = (pa - s->memory->base) / SS_PAGE;

	if (pa < s->memory->base || n >= SIM_MAX_FRAMES || !region_of(s, (uint32_t)n))
		return false;
	*frame = (uint32_t)n;
	return true;
}

/*
 * A guest that ran on while its module was replaced can follow a word that is no longer the table's
 * entry. Such a frame gets the metadata of @nowhere, so the guest meets no TD's page. run_leaf()
 * notices the guest when it leaves.
 */
struct sim_pamt_entry *sim_frame_pamt(const struct sim *s, uint32_t frame)
{
	const struct sim_region *region = region_of(s, frame);

	if (!region)
		return &s->memory->nowhere;
	if (region->pamt_pa)
		sim_touch(s, region->pamt_pa +
			     (uint64_t)(frame - region->first) * SIM_PAMT_ENTRY_BYTES);
	return &region->pamt[frame - region->first];
}

static uint64_t find(struct sim_call *c, uint64_t pa, enum sim_operand operand, uint32_t *frame)
{
	if (pa & (SS_PAGE - 1) || pa >> SIM_HKID_SHIFT)
		return sim_status(SS_TDX_OPERAND_INVALID, operand);
	/* Memory without a frame in the model counts as outside every TDMR. */
	if (!in_tdmr(c->m, pa) || !sim_frame_at(c->s, pa, frame))
		return sim_status(SS_TDX_OPERAND_ADDR_RANGE_ERROR, operand);
	return SS_TDX_SUCCESS;
}

bool sim_frame_lock(struct sim *s, uint32_t frame, bool exclusive, struct sim_page *page)
{
	struct sim_pamt_entry *pamt = sim_frame_pamt(s, frame);

	if (!(exclusive ? sim_try_exclusive(&pamt->lock) : sim_try_shared(&pamt->lock)))
		return false;
	page->pamt = pamt;
	page->va = sim_frame_place(s, frame);
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

static void set_use(struct sim *s, uint64_t pa, uint64_t bytes, enum sim_page_use use)
{
	if (s->config.taken)
		s->config.taken(s->config.ctx, pa, bytes, use);
}

void sim_page_assign(struct sim *s, struct sim_page *page, enum sim_page_type type, uint32_t owner)
{
	set_use(s, sim_frame_pa(s, page->frame), SS_PAGE,
		type == SIM_PAGE_REG ? SIM_USE_GUEST : SIM_USE_CONTROL);
	page->va = sim_frame_place(s, page->frame);
	memset(page->va, 0, SS_PAGE);
	page->pamt->type = type;
	page->pamt->owner = owner;
	ss_store(&page->pamt->blocked_epoch, 0);
}

void sim_page_free(struct sim *s, struct sim_page *page)
{
	set_use(s, sim_frame_pa(s, page->frame), SS_PAGE, SIM_USE_NONE);
	page->pamt->type = SIM_PAGE_NDA;
	page->pamt->owner = 0;
}

/* Pages that the host did not reserve lie in CMRs. They have memory unless the host lies. */
static bool is_usable(const struct sim *s, const struct sim_tdmr *tdmr, uint32_t frame)
{
	return !in_reserved(tdmr, sim_frame_pa(s, frame)) && sim_frame_place(s, frame);
}

void sim_pamt_init(struct sim *s, const struct sim_tdmr *tdmr, uint64_t base, uint64_t bytes)
{
	struct sim_pamt_entry *pamt;
	uint32_t frame;
	uint64_t pa;

	for (pa = base; pa < base + bytes; pa += SS_PAGE) {
		if (!sim_frame_at(s, pa, &frame))
			continue;
		pamt = sim_frame_pamt(s, frame);
		pamt->type = is_usable(s, tdmr, frame) ? SIM_PAGE_NDA : SIM_PAGE_RSVD;
		pamt->owner = 0;
		ss_store(&pamt->lock, 0);
		ss_store(&pamt->blocked_epoch, 0);
	}
}

void sim_pamt_wipe(struct sim *s, uint64_t base, uint64_t bytes)
{
	uint32_t frame;
	uint64_t pa;

	for (pa = base; pa < base + bytes; pa += SS_PAGE)
		if (sim_frame_at(s, pa, &frame))
			memset(sim_frame_pamt(s, frame), 0, sizeof(struct sim_pamt_entry));
}

/* Lends or gives back the metadata's memory, of all sizes of pages. */
static void set_use_of_metadata(struct sim *s, const struct sim_tdmr *tdmr, enum sim_page_use use)
{
	uint32_t i;

	for (i = 0; i < SS_ARRAY_SIZE(tdmr->pamt); i++)
		set_use(s, tdmr->pamt[i].base, tdmr->pamt[i].bytes, use);
}

static bool find_metadata(struct sim *s, const struct sim_tdmr *tdmr, struct sim_region *region)
{
	size_t bytes;

	region->first = (uint32_t)(tdmr->base / SS_PAGE);
	region->nr = (uint32_t)(tdmr->bytes / SS_PAGE);
	region->pamt_pa = tdmr->pamt[0].base;
	bytes = (size_t)region->nr * SIM_PAMT_ENTRY_BYTES;
	if (!s->config.map(s->config.ctx, region->pamt_pa, bytes))
		return false;
	set_use_of_metadata(s, tdmr, SIM_USE_CONTROL);
	region->pamt = sim_own(s, region->pamt_pa, bytes);
	return true;
}

uint64_t sim_memory_config(struct sim *s, const struct sim_tdmr *tdmrs, uint32_t nr)
{
	uint32_t i;

	if (s->memory->frames)
		return SS_TDX_SUCCESS;
	for (i = 0; i < nr; i++)
		if (!find_metadata(s, &tdmrs[i], &s->memory->region[i]))
			return sim_status(SS_TDX_PAMT_OUTSIDE_CMRS, i);
	s->memory->nr_regions = nr;
	return SS_TDX_SUCCESS;
}

void sim_memory_give_back(struct sim *s)
{
	const struct sim_tables *t = &s->module->t;
	uint32_t i;

	if (s->memory->frames)
		return;
	for (i = 0; i < t->nr_tdmrs && i < SIM_MAX_TDMRS; i++) {
		set_use(s, t->tdmr[i].base, t->tdmr[i].bytes, SIM_USE_NONE);
		set_use_of_metadata(s, &t->tdmr[i], SIM_USE_NONE);
	}
	s->memory->nr_regions = 0;
	ss_store(&s->memory->machine_check, 0);
}

void sim_memory_lose_keys(struct sim *s)
{
	ss_add(&s->memory->key_generation, 1);
	ss_store(&s->memory->tds, 0);
}

/* ---- power-on -------------------------------------------------------------------------------- */

static size_t to_page(size_t bytes)
{
	return (bytes + SS_PAGE - 1) & ~(size_t)(SS_PAGE - 1);
}

/* Frames are aligned to pages, the block around them only to lines: one page of slack. */
size_t sim_memory_bytes(const struct sim_config *config)
{
	size_t bytes = to_page(sizeof(struct sim_memory));

	if (config->tds_in_ram)
		return bytes;
	return bytes + to_page((size_t)config->private_pages * sizeof(struct sim_pamt_entry)) +
	       SS_PAGE + (size_t)config->private_pages * SS_PAGE;
}

void sim_memory_init(struct sim *s, void *mem)
{
	struct sim_region *region;
	uint8_t *p = mem;

	s->memory = mem;
	if (s->config.tds_in_ram)
		return;
	s->memory->base = SIM_TDMR_BASE;
	s->memory->nr_regions = 1;
	region = &s->memory->region[0];
	region->nr = s->config.private_pages;
	p += to_page(sizeof(struct sim_memory));
	region->pamt = (struct sim_pamt_entry *)p;
	p += to_page((size_t)region->nr * sizeof(struct sim_pamt_entry));
	s->memory->frames = (uint8_t *)(((uintptr_t)p + SS_PAGE - 1) & ~(uintptr_t)(SS_PAGE - 1));
}
