// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDs from creation to teardown: TDH.MNG.*, and the checks of a TD in every leaf (8.2 to 8.4). */
#include "td.h"

#define RANDOM_WORDS	4u	/* of 64 bits, for a TD's identifier or its TDCS */
#define RANDOM_TRIES	6u

/* The op states that allow a leaf, 8.3. */
#define OPS(a, b, c, d, e, f, g, h, i, j, k) \
	((a) | (b) << 1 | (c) << 2 | (d) << 3 | (e) << 4 | (f) << 5 | (g) << 6 | (h) << 7 | \
	 (i) << 8 | (j) << 9 | (k) << 10)

static const uint16_t op_states[] = {
	[SS_LEAF_TDH_VP_ENTER] = OPS(0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0),
	[SS_LEAF_TDH_MNG_ADDCX] = OPS(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
	[SS_LEAF_TDH_MEM_PAGE_ADD] = OPS(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
	[SS_LEAF_TDH_MR_EXTEND] = OPS(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
	[SS_LEAF_TDH_MR_FINALIZE] = OPS(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
	[SS_LEAF_TDH_VP_INIT] = OPS(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
	[SS_LEAF_TDH_MEM_SEPT_ADD] = OPS(0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0),
	[SS_LEAF_TDH_VP_CREATE] = OPS(0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0),
	[SS_LEAF_TDH_VP_ADDCX] = OPS(0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0),
	[SS_LEAF_TDH_MEM_PAGE_AUG] = OPS(0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 0),
	[SS_LEAF_TDH_MEM_RANGE_BLOCK] = OPS(0, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0),
	[SS_LEAF_TDH_MEM_RANGE_UNBLOCK] = OPS(0, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0),
	[SS_LEAF_TDH_MNG_INIT] = OPS(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
	[SS_LEAF_TDH_MEM_PAGE_REMOVE] = OPS(0, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1),
	[SS_LEAF_TDH_MEM_SEPT_REMOVE] = OPS(0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
	[SS_LEAF_TDH_MEM_TRACK] = OPS(0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0),
	[SS_LEAF_TDH_VP_WR] = OPS(0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1),
	[SS_LEAF_TDH_VP_RD] = OPS(0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
	[SS_LEAF_TDH_MNG_RD] = OPS(0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
};

/* ---- a TD as an operand ---------------------------------------------------------------------- */

void sim_td_of_frame(const struct sim *s, uint32_t frame, struct sim_td *td)
{
	td->tdr = sim_frame_va(s, frame);
	td->tdcs = NULL;
	if (td->tdr->nr_tdcx >= SIM_TDCS_PAGES)
		td->tdcs = sim_frame_va(s, td->tdr->tdcx[0]);
}

uint64_t sim_td_lock(struct sim_call *c, uint64_t pa, enum sim_operand operand, bool exclusive,
		     struct sim_td *td)
{
	uint64_t status;

	status = sim_page_lock(c, pa, operand, exclusive, SIM_PAGE_TDR, &td->page);
	if (!status)
		sim_td_of_frame(c->s, td->page.frame, td);
	return status;
}

void sim_td_unlock(struct sim_td *td)
{
	sim_page_unlock(&td->page);
}

uint64_t sim_td_check_keys(const struct sim_td *td)
{
	if (ss_load(&td->tdr->fatal))
		return SS_TDX_TD_FATAL;
	if (td->tdr->lifecycle != SIM_KEYS_CONFIGURED)
		return SS_TDX_TD_KEYS_NOT_CONFIGURED;
	return SS_TDX_SUCCESS;
}

uint64_t sim_td_check(struct sim_call *c, const struct sim_td *td)
{
	uint64_t status;

	status = sim_td_check_keys(td);
	if (status)
		return status;
	if (!td->tdcs)
		return SS_TDX_TDCS_NOT_ALLOCATED;
	if (!(op_states[c->leaf] >> td->tdcs->op_state & 1))
		return SS_TDX_OP_STATE_INCORRECT;
	return SS_TDX_SUCCESS;
}

bool sim_td_may_run(const struct sim_td *td)
{
	return op_states[SS_LEAF_TDH_VP_ENTER] >> td->tdcs->op_state & 1;
}

uint64_t sim_td_open(struct sim_call *c, uint64_t pa, enum sim_operand operand, bool exclusive,
		     struct sim_td *td)
{
	uint64_t status;

	status = sim_td_lock(c, pa, operand, exclusive, td);
	if (status)
		return status;
	status = sim_td_check(c, td);
	if (status)
		sim_td_unlock(td);
	return status;
}

uint64_t sim_td_at(struct sim_call *c, bool exclusive,
		   uint64_t (*body)(struct sim_call *c, struct sim_td *td, uint64_t where))
{
	uint64_t where = c->r->rcx, tdr_pa = c->r->rdx, status;
	struct sim_td td;

	c->r->rcx = 0;
	c->r->rdx = 0;
	status = sim_td_open(c, tdr_pa, SIM_OP_RDX, exclusive, &td);
	if (status)
		return status;
	status = body(c, &td, where);
	sim_td_unlock(&td);
	return status;
}

void sim_td_give_page(struct sim *s, struct sim_td *td, struct sim_page *page,
		      enum sim_page_type type)
{
	sim_page_assign(s, page, type, td->page.frame);
	ss_add(&td->tdr->children, 1);
}

void sim_td_take_page(struct sim *s, struct sim_td *td, struct sim_page *page)
{
	sim_page_free(s, page);
	ss_add(&td->tdr->children, -1u);
}

/* ---- birth ----------------------------------------------------------------------------------- */

static bool private_hkid(const struct sim *s, uint64_t hkid)
{
	return hkid >= SIM_FIRST_PRIVATE_HKID &&
	       hkid < SIM_FIRST_PRIVATE_HKID + s->config.private_hkids;
}

/* The generator may fail a few times. */
static bool draw_words(struct sim_call *c)
{
	uint32_t words = 0, i;

	for (i = 0; i < RANDOM_TRIES && words < RANDOM_WORDS; i++)
		words += sim_entropy(c);
	return words == RANDOM_WORDS;
}

/* TD_UUID. Hardware uses random numbers; here two TDs only need different UUIDs. */
static void name_td(struct sim_tdr *tdr, uint32_t frame)
{
	uint64_t seed = ss_now_ns() ^ (uint64_t)frame << 40;
	uint32_t i;

	for (i = 0; i < SS_ARRAY_SIZE(tdr->uuid); i++)
		tdr->uuid[i] = (seed + i) * 0x9e3779b97f4a7c15ULL;
}

/* The caller holds the KOT's lock. */
static uint64_t mng_create(struct sim_call *c, struct sim_page *page, uint16_t hkid)
{
	struct sim_tdr *tdr;

	if (c->m->t.kot[hkid].state != SIM_KOT_FREE)
		return SS_TDX_HKID_NOT_FREE;
	if (!draw_words(c))
		return SS_TDX_RND_NO_ENTROPY;
	sim_page_assign(c->s, page, SIM_PAGE_TDR, page->frame);
	tdr = page->va;
	name_td(tdr, page->frame);
	tdr->hkid = hkid;
	tdr->key_generation = ss_load(&c->s->memory->key_generation);
	tdr->seamdb_index = c->m->t.seamdb_index;
	tdr->seamdb_nonce = c->m->t.seamdb_nonce;
	tdr->module_hv = c->s->installed.module_hv;
	tdr->svn_minor = c->s->seamextend.svn_minor;
	tdr->svn_major = c->s->seamextend.svn_major;
	c->m->t.kot[hkid].state = SIM_KOT_ASSIGNED;
	ss_add(&c->s->memory->tds, 1);
	return SS_TDX_SUCCESS;
}

uint64_t sim_mng_create(struct sim_call *c)
{
	uint64_t hkid = c->r->rdx, status;
	struct sim_page page;

	if (!private_hkid(c->s, hkid))
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RDX);
	status = sim_page_lock(c, c->r->rcx, SIM_OP_RCX, true, SIM_PAGE_NDA, &page);
	if (status)
		return status;
	if (sim_try_exclusive(&c->m->kot_lock)) {
		status = mng_create(c, &page, (uint16_t)hkid);
		sim_unlock_exclusive(&c->m->kot_lock);
	} else {
		status = sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_KOT);
	}
	sim_page_unlock(&page);
	return status;
}

static uint64_t mng_key_config(struct sim_call *c, struct sim_tdr *tdr)
{
	uint32_t bit = 1u << sim_package(c->s, c->lp);
	uint64_t status;

	if (ss_load(&tdr->fatal))
		return SS_TDX_TD_FATAL;
	if (tdr->lifecycle != SIM_HKID_ASSIGNED)
		return SS_TDX_LIFECYCLE_STATE_INCORRECT;
	if (tdr->keyed_packages & bit)
		return SS_TDX_KEY_CONFIGURED;
	status = sim_pconfig(c);
	if (status)
		return status;
	tdr->keyed_packages |= bit;
	if (tdr->keyed_packages == (1u << c->s->config.sockets) - 1)
		tdr->lifecycle = SIM_KEYS_CONFIGURED;
	return SS_TDX_SUCCESS;
}

uint64_t sim_mng_key_config(struct sim_call *c)
{
	struct sim_td td;
	uint64_t status;

	status = sim_td_lock(c, c->r->rcx, SIM_OP_RCX, true, &td);
	if (status)
		return status;
	status = mng_key_config(c, td.tdr);
	sim_td_unlock(&td);
	return status;
}

/* The caller holds both pages' locks. A TD without TDCS has no op state. */
static uint64_t add_control_page(struct sim_call *c, struct sim_td *td, struct sim_page *page)
{
	if (td->tdcs && td->tdcs->op_state != SIM_UNINITIALIZED)
		return SS_TDX_OP_STATE_INCORRECT;
	if (td->tdr->nr_tdcx == SIM_TDCS_PAGES - 1 && !draw_words(c))
		return SS_TDX_RND_NO_ENTROPY;
	sim_td_give_page(c->s, td, page, SIM_PAGE_TDCX);
	td->tdr->tdcx[td->tdr->nr_tdcx++] = page->frame;
	return SS_TDX_SUCCESS;
}

static uint64_t mng_addcx(struct sim_call *c, struct sim_td *td, uint64_t pa)
{
	struct sim_page page;
	uint64_t status;

	status = sim_td_check_keys(td);
	if (status)
		return status;
	if (td->tdr->nr_tdcx == SIM_TDCS_MAX_PAGES)
		return SS_TDX_TDCX_NUM_INCORRECT;
	status = sim_page_lock(c, pa, SIM_OP_RCX, true, SIM_PAGE_NDA, &page);
	if (status)
		return status;
	status = add_control_page(c, td, &page);
	sim_page_unlock(&page);
	return status;
}

uint64_t sim_mng_addcx(struct sim_call *c)
{
	struct sim_td td;
	uint64_t status;

	status = sim_td_lock(c, c->r->rdx, SIM_OP_RDX, true, &td);
	if (status)
		return status;
	status = mng_addcx(c, &td, c->r->rcx);
	sim_td_unlock(&td);
	return status;
}

uint64_t sim_mng_rd(struct sim_call *c)
{
	uint64_t id = c->r->rdx, status;
	struct sim_td td;

	/* Version 0 reports no next field. */
	if (c->version)
		c->r->rdx = UINT64_MAX;
	c->r->r8 = 0;
	if (c->version > 1)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RAX);
	status = sim_td_open(c, c->r->rcx, SIM_OP_RCX, false, &td);
	if (status)
		return status;
	status = sim_td_field_read(c, &td, id);
	sim_td_unlock(&td);
	return status;
}

/* ---- death ----------------------------------------------------------------------------------- */

void sim_build_ends(struct sim_call *c, struct sim_tdcs *tdcs)
{
	uint32_t n = ss_load(&c->m->td_builds);

	if (!tdcs->mrtd_context.counted)
		return;
	tdcs->mrtd_context.counted = false;
	/* The handoff data of a module before may have lacked the count of this build. */
	while (n && !ss_cas(&c->m->td_builds, n, n - 1))
		n = ss_load(&c->m->td_builds);
}

static uint64_t mng_vpflushdone(struct sim_call *c, struct sim_td *td)
{
	struct sim_tdr *tdr = td->tdr;

	if (tdr->lifecycle > SIM_KEYS_CONFIGURED)
		return SS_TDX_LIFECYCLE_STATE_INCORRECT;
	if (ss_load(&tdr->associated))
		return SS_TDX_FLUSHVP_NOT_DONE;
	/* An abandoned build no longer holds updates off. The sources leave this case open. */
	if (td->tdcs)
		sim_build_ends(c, td->tdcs);
	tdr->lifecycle = SIM_TD_BLOCKED;
	c->m->t.kot[tdr->hkid].state = SIM_KOT_FLUSHED;
	ss_store(&c->m->t.kot[tdr->hkid].to_write_back, (1u << c->s->config.sockets) - 1);
	return SS_TDX_SUCCESS;
}

/* The caller holds the KOT's lock. */
static uint64_t free_key(struct sim_call *c, struct sim_td *td)
{
	struct sim_kot_entry *kot = &c->m->t.kot[td->tdr->hkid];

	if (ss_load_acquire(&kot->to_write_back))
		return SS_TDX_WBCACHE_NOT_COMPLETE;
	kot->state = SIM_KOT_FREE;
	td->tdr->lifecycle = SIM_TEARDOWN;
	ss_add(&c->s->memory->tds, -1u);
	return SS_TDX_SUCCESS;
}

static uint64_t with_kot(struct sim_call *c, struct sim_td *td,
			 uint64_t (*fn)(struct sim_call *c, struct sim_td *td))
{
	uint64_t status;

	if (!sim_try_exclusive(&c->m->kot_lock))
		return sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_KOT);
	status = fn(c, td);
	sim_unlock_exclusive(&c->m->kot_lock);
	return status;
}

uint64_t sim_mng_vpflushdone(struct sim_call *c)
{
	struct sim_td td;
	uint64_t status;

	status = sim_td_lock(c, c->r->rcx, SIM_OP_RCX, true, &td);
	if (status)
		return status;
	status = with_kot(c, &td, mng_vpflushdone);
	sim_td_unlock(&td);
	return status;
}

uint64_t sim_mng_key_freeid(struct sim_call *c)
{
	struct sim_td td;
	uint64_t status;

	status = sim_td_lock(c, c->r->rcx, SIM_OP_RCX, true, &td);
	if (status)
		return status;
	if (td.tdr->lifecycle == SIM_TD_BLOCKED)
		status = with_kot(c, &td, free_key);
	else
		status = SS_TDX_LIFECYCLE_STATE_INCORRECT;
	sim_td_unlock(&td);
	return status;
}

uint64_t sim_mng_key_reclaimid(struct sim_call *c)
{
	(void)c;
	return SS_TDX_SUCCESS;
}
