// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDH.SYS.CONFIG, KEY.CONFIG, TDMR.INIT (6.7): memory and keys of a module that starts afresh. */
#include "formats.h"
#include "module.h"
#include "pamt.h"

#define DYNAMIC_PAMT		(1u << 16)	/* in R8 */

/* Adds to the status which TDMR and which PAMT level or area it is about: info bytes 0 and 1. */
static uint64_t about(uint64_t status, uint32_t tdmr, uint32_t area)
{
	return sim_status(status, tdmr | area << 8);
}

/* Do two areas have a byte in common? An empty area has none. */
static bool overlap(const struct sim_area *a, const struct sim_area *b)
{
	return a->bytes && b->bytes && a->base < b->base + b->bytes &&
	       b->base < a->base + a->bytes;
}

/* CMRs are in order and do not overlap; they may touch. */
bool sim_cmrs_cover(const struct sim *s, uint64_t base, uint64_t bytes)
{
	uint64_t end = base + bytes;
	uint32_t i;

	for (i = 0; i < s->nr_cmrs && base < end; i++)
		if (base - s->cmrs[i].base < s->cmrs[i].bytes)
			base = s->cmrs[i].base + s->cmrs[i].bytes;
	return base >= end;
}

/* ---- one TDMR: its ranges -------------------------------------------------------------------- */

static void parse_tdmr(const uint8_t *info, struct sim_tdmr *tdmr)
{
	uint32_t i;

	memset(tdmr, 0, sizeof(*tdmr));
	tdmr->base = ss_get64(info + TDMR_INFO_BASE);
	tdmr->bytes = ss_get64(info + TDMR_INFO_SIZE);
	for (i = 0; i < 3; i++) {
		tdmr->pamt[2 - i].base = ss_get64(info + TDMR_INFO_PAMT_1G + 16 * i);
		tdmr->pamt[2 - i].bytes = ss_get64(info + TDMR_INFO_PAMT_1G + 16 * i + 8);
	}
	for (i = 0; i < SIM_MAX_RESERVED; i++) {
		tdmr->reserved[i].base = ss_get64(info + TDMR_INFO_RESERVED + 16 * i);
		tdmr->reserved[i].bytes = ss_get64(info + TDMR_INFO_RESERVED + 16 * i + 8);
	}
	/* The first area of size 0 ends the list. */
	while (tdmr->nr_reserved < SIM_MAX_RESERVED && tdmr->reserved[tdmr->nr_reserved].bytes)
		tdmr->nr_reserved++;
}

static uint64_t check_range(const struct sim_module *m, uint32_t i)
{
	const struct sim_tdmr *tdmr = &m->t.tdmr[i], *before = tdmr - 1;
	uint64_t limit = 1ULL << SIM_HKID_SHIFT;

	if (tdmr->base > UINT64_MAX - tdmr->bytes)
		return about(SS_TDX_INVALID_TDMR, i, 0);
	if (i && tdmr->base < before->base + before->bytes)
		return about(SS_TDX_NON_ORDERED_TDMR, i, 0);
	if (!tdmr->bytes || (tdmr->base | tdmr->bytes) & (SIM_GIB - 1) || tdmr->bytes > limit ||
	    tdmr->base > limit - tdmr->bytes)
		return about(SS_TDX_INVALID_TDMR, i, 0);
	return SS_TDX_SUCCESS;
}

/* Checks a reserved area that is not empty. @end: the end of the area before it. */
static uint64_t check_area(const struct sim_module *m, uint32_t i, uint32_t j, uint64_t end)
{
	const struct sim_tdmr *tdmr = &m->t.tdmr[i];
	const struct sim_area *area = &tdmr->reserved[j];

	if (area->base > UINT64_MAX - area->bytes)
		return about(SS_TDX_INVALID_RESERVED_IN_TDMR, i, j);
	if (area->base < end)
		return about(SS_TDX_NON_ORDERED_RESERVED_IN_TDMR, i, j);
	if ((area->base | area->bytes) & (SS_PAGE - 1) || area->bytes > tdmr->bytes ||
	    area->base > tdmr->bytes - area->bytes)
		return about(SS_TDX_INVALID_RESERVED_IN_TDMR, i, j);
	return SS_TDX_SUCCESS;
}

/*
 * After an area of size 0 all areas must have size 0. The status names the first one of size 0
 * whose successor is not empty.
 */
static uint64_t check_reserved(const struct sim_module *m, uint32_t i)
{
	const struct sim_tdmr *tdmr = &m->t.tdmr[i];
	uint64_t status, end = 0;
	uint32_t j;

	for (j = 0; j < tdmr->nr_reserved; j++) {
		status = check_area(m, i, j, end);
		if (status)
			return status;
		end = tdmr->reserved[j].base + tdmr->reserved[j].bytes;
	}
	for (; j + 1 < SIM_MAX_RESERVED; j++)
		if (tdmr->reserved[j + 1].bytes)
			return about(SS_TDX_NON_ORDERED_RESERVED_IN_TDMR, i, j);
	return SS_TDX_SUCCESS;
}

/* The @k-th part of a TDMR that is not reserved ends where the k-th reserved area begins. */
static struct sim_area usable(const struct sim_tdmr *tdmr, uint32_t k)
{
	uint64_t start = 0, end = tdmr->bytes;
	struct sim_area area;

	if (k)
		start = tdmr->reserved[k - 1].base + tdmr->reserved[k - 1].bytes;
	if (k < tdmr->nr_reserved)
		end = tdmr->reserved[k].base;
	area.base = tdmr->base + start;
	area.bytes = end - start;
	return area;
}

static uint64_t check_usable(struct sim_call *c, uint32_t i)
{
	const struct sim_tdmr *tdmr = &c->m->t.tdmr[i];
	struct sim_area area;
	uint32_t k;

	for (k = 0; k <= tdmr->nr_reserved; k++) {
		area = usable(tdmr, k);
		if (!sim_cmrs_cover(c->s, area.base, area.bytes))
			return about(SS_TDX_TDMR_OUTSIDE_CMRS, i, 0);
	}
	return SS_TDX_SUCCESS;
}

/* ---- one TDMR: its page metadata ------------------------------------------------------------- */

/* Levels 0 to 2: page metadata of 4 KiB, 2 MiB and 1 GiB pages. */
static bool pamt_is_valid(struct sim_call *c, uint32_t i, uint32_t level)
{
	const struct sim_tdmr *tdmr = &c->m->t.tdmr[i];
	const struct sim_area *pamt = &tdmr->pamt[level];
	uint64_t need = (tdmr->bytes >> (12 + 9 * level)) * SIM_PAMT_ENTRY_BYTES;

	/* With dynamic PAMT the 4 KiB level is a bitmap with one bit per page. */
	if (!level && c->m->t.dynamic_pamt)
		need = tdmr->bytes / SS_PAGE / 8;
	return !((pamt->base | pamt->bytes) & (SS_PAGE - 1)) && pamt->bytes >= need &&
	       !(pamt->bytes >> SIM_HKID_SHIFT) &&
	       pamt->base <= (1ULL << SIM_HKID_SHIFT) - pamt->bytes;
}

static uint64_t blame(uint32_t i, uint32_t level, uint32_t other)
{
	return about(SS_TDX_PAMT_OVERLAP, i, level | other << 8);
}

static bool overlaps_pamt(const struct sim_area *pamt, const struct sim_tdmr *tdmr, uint32_t from)
{
	for (; from < 3; from++)
		if (overlap(pamt, &tdmr->pamt[from]))
			return true;
	return false;
}

/* No PAMT area of TDMR @i may overlap a PAMT area of an earlier TDMR or of its own. */
static uint64_t check_pamt_apart(const struct sim_module *m, uint32_t i)
{
	const struct sim_tdmr *tdmr = &m->t.tdmr[i];
	uint32_t j, level;

	for (j = 0; j < i; j++)
		for (level = 0; level < 3; level++)
			if (overlaps_pamt(&tdmr->pamt[level], &m->t.tdmr[j], 0))
				return blame(i, level, j);
	for (level = 0; level < 3; level++)
		if (overlaps_pamt(&tdmr->pamt[level], tdmr, level + 1))
			return blame(i, level, i);
	return SS_TDX_SUCCESS;
}

/* Does a PAMT area of TDMR @i lie in memory for TDs of TDMR @j? */
static uint64_t check_pamt_outside(const struct sim_module *m, uint32_t i, uint32_t j)
{
	const struct sim_tdmr *tdmr = &m->t.tdmr[j];
	struct sim_area area;
	uint32_t level, k;

	for (level = 0; level < 3; level++) {
		for (k = 0; k <= tdmr->nr_reserved; k++) {
			area = usable(tdmr, k);
			if (overlap(&m->t.tdmr[i].pamt[level], &area))
				return blame(i, level, j);
		}
	}
	return SS_TDX_SUCCESS;
}

/* No PAMT area of TDMR @i and earlier TDMRs may lie in memory for TDs of one of them. */
static uint64_t check_pamt_reserved(const struct sim_module *m, uint32_t i)
{
	uint64_t status;
	uint32_t j;

	for (j = 0; j <= i; j++) {
		status = check_pamt_outside(m, i, j);
		if (!status && j < i)
			status = check_pamt_outside(m, j, i);
		if (status)
			return status;
	}
	return SS_TDX_SUCCESS;
}

/* The largest pages' metadata come first, as in TDMR_INFO. */
static uint64_t check_pamt(struct sim_call *c, uint32_t i)
{
	const struct sim_area *pamt = c->m->t.tdmr[i].pamt;
	uint64_t status;
	uint32_t level;

	for (level = 3; level-- > 0;)
		if (!pamt_is_valid(c, i, level))
			return about(SS_TDX_INVALID_PAMT, i, level);
	status = check_pamt_apart(c->m, i);
	if (!status)
		status = check_pamt_reserved(c->m, i);
	if (status)
		return status;
	for (level = 3; level-- > 0;)
		if (!sim_cmrs_cover(c->s, pamt[level].base, pamt[level].bytes))
			return about(SS_TDX_PAMT_OUTSIDE_CMRS, i, level);
	return SS_TDX_SUCCESS;
}

/* ---- all TDMRs ------------------------------------------------------------------------------- */

/* A TDMR is checked completely, against those before it, before the next one is read. */
static uint64_t check_tdmr(struct sim_call *c, uint32_t i)
{
	uint64_t status;

	status = check_range(c->m, i);
	if (!status)
		status = check_reserved(c->m, i);
	if (!status)
		status = check_pamt(c, i);
	if (!status)
		status = check_usable(c, i);
	return status;
}

static uint64_t read_tdmrs(struct sim_call *c, uint64_t list_pa, uint32_t nr)
{
	const uint8_t *list = sim_map(c, list_pa, 8 * (size_t)nr), *info;
	uint64_t status, pa;
	uint32_t i;

	if (!list)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RCX);
	for (i = 0; i < nr; i++) {
		pa = ss_get64(list + 8 * (size_t)i);
		info = sim_shared_pa(pa, TDMR_INFO_ALIGN) ? sim_map(c, pa, TDMR_INFO_BYTES) : NULL;
		if (!info)
			return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RCX);
		parse_tdmr(info, &c->m->t.tdmr[i]);
		status = check_tdmr(c, i);
		if (status)
			return status;
	}
	return SS_TDX_SUCCESS;
}

static bool private_hkid(const struct sim *s, uint64_t hkid)
{
	return hkid >= SIM_FIRST_PRIVATE_HKID &&
	       hkid < SIM_FIRST_PRIVATE_HKID + s->config.private_hkids;
}

static uint64_t check_operands(struct sim_call *c)
{
	const struct ss_regs *r = c->r;
	uint64_t flags = 0;

	/* In host memory dynamic PAMT needs TDH.PHYMEM.PAMT.ADD, which the model lacks. */
	if (sim_has(c->s, SIM_DYNAMIC_PAMT) && !c->s->config.tds_in_ram)
		flags = DYNAMIC_PAMT;
	if (!sim_shared_pa(r->rcx, TDMR_INFO_ALIGN))
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RCX);
	if (!r->rdx || r->rdx > SIM_MAX_TDMRS)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RDX);
	if (r->r8 & ~(flags | 0xffff) || !private_hkid(c->s, r->r8 & 0xffff))
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_R8);
	if (c->version > 1)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RAX);
	if (c->version == 1 && r->r9 & ~c->s->installed.info.features0)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_R9);
	if (c->version == 1 && r->r10)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_R10);
	return SS_TDX_SUCCESS;
}

static uint64_t sys_config(struct sim_call *c)
{
	struct sim_tables *t = &c->m->t;
	uint64_t status;

	if (ss_load(&c->m->state) != SIM_SYSINIT_DONE ||
	    ss_load_acquire(&c->m->lps_initialised) < c->s->config.nr_lps)
		return SS_TDX_SYS_CONFIG_NOT_PENDING;
	status = check_operands(c);
	if (status)
		return status;
	/* Even if this call fails, no TD can get the key ID from here on. */
	t->global_hkid = c->r->r8 & 0xffff;
	t->kot[t->global_hkid].state = SIM_KOT_RESERVED;
	t->dynamic_pamt = (c->r->r8 & DYNAMIC_PAMT) != 0;
	status = read_tdmrs(c, c->r->rcx, (uint32_t)c->r->rdx);
	if (!status)
		status = sim_memory_config(c->s, t->tdmr, (uint32_t)c->r->rdx);
	if (status)
		return status;
	t->nr_tdmrs = (uint32_t)c->r->rdx;
	t->enabled = c->version == 1 ? c->r->r9 : 0;
	ss_publish(&c->m->state, SIM_SYSCONFIG_DONE);
	return SS_TDX_SUCCESS;
}

uint64_t sim_sys_config(struct sim_call *c)
{
	uint64_t status;

	if (!sim_try_exclusive(&c->m->lock))
		return SS_TDX_SYS_BUSY;
	status = sys_config(c);
	sim_unlock_exclusive(&c->m->lock);
	return status;
}

/* ---- keys and page metadata ------------------------------------------------------------------ */

static uint64_t sys_key_config(struct sim_call *c)
{
	struct sim_tables *t = &c->m->t;
	uint32_t bit = 1u << sim_package(c->s, c->lp);
	uint64_t status;

	if (ss_load(&c->m->state) != SIM_SYSCONFIG_DONE)
		return SS_TDX_SYS_KEY_CONFIG_NOT_PENDING;
	if (t->keyed_packages & bit)
		return SS_TDX_KEY_CONFIGURED;
	status = sim_pconfig(c);
	if (status)
		return status;
	/* A new global key: everything that was encrypted with the key before is lost. */
	if (!t->keyed_packages)
		sim_memory_lose_keys(c->s);
	t->keyed_packages |= bit;
	if (t->keyed_packages == (1u << c->s->config.sockets) - 1)
		ss_publish(&c->m->state, SIM_SYS_READY);
	return SS_TDX_SUCCESS;
}

uint64_t sim_sys_key_config(struct sim_call *c)
{
	uint64_t status;

	if (!sim_try_exclusive(&c->m->lock))
		return SS_TDX_SYS_BUSY;
	status = sys_key_config(c);
	sim_unlock_exclusive(&c->m->lock);
	return status;
}

static struct sim_tdmr *find_tdmr(struct sim_tables *t, uint64_t base)
{
	uint32_t i;

	for (i = 0; i < t->nr_tdmrs; i++)
		if (t->tdmr[i].base == base)
			return &t->tdmr[i];
	return NULL;
}

uint64_t sim_sys_tdmr_init(struct sim_call *c)
{
	struct sim_tdmr *tdmr;
	uint64_t next;
	uint32_t done;

	c->r->rdx = 0;
	tdmr = find_tdmr(&c->m->t, c->r->rcx);
	if (!tdmr)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RCX);
	if (!sim_try_exclusive(&tdmr->lock))
		return sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_RCX);
	done = ss_load(&tdmr->initialised);
	next = tdmr->base + done * SIM_TDMR_INIT_BYTES;
	if (next >= tdmr->base + tdmr->bytes) {
		sim_unlock_exclusive(&tdmr->lock);
		return SS_TDX_TDMR_ALREADY_INITIALIZED;
	}
	sim_pamt_init(c->s, tdmr, next, SIM_TDMR_INIT_BYTES);
	ss_publish(&tdmr->initialised, done + 1);
	c->r->rdx = (next + SIM_TDMR_INIT_BYTES) & ~(SIM_GIB - 1);
	sim_unlock_exclusive(&tdmr->lock);
	return SS_TDX_SUCCESS;
}
