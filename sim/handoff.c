// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDH.SYS.SHUTDOWN, TDH.SYS.UPDATE and the handoff data between them (6.4, 6.6, 6.8). */
#include "formats.h"
#include "module.h"

/* Offsets in the tables' entries. */
#define KOT_FIELDS(X) \
	X(KOT_TO_WRITE_BACK, 0, 4) \
	X(KOT_STATE, 4, 1) \
	X(KOT_PADDING, 5, 3)
SS_LAYOUT(KOT_FIELDS, KOT_BYTES, 8);

#define WBT_FIELDS(X) \
	X(WBT_RESUME, 0, 8) \
	X(WBT_HKIDS, 8, SIM_MAX_HKIDS) \
	X(WBT_LOCK, 2056, 8)
SS_LAYOUT(WBT_FIELDS, WBT_BYTES, 2064);

#define TDMR_FIELDS(X) \
	X(TDMR_BASE, 0, 8) \
	X(TDMR_SIZE, 8, 8) \
	X(TDMR_PROGRESS, 16, 8) /* the address that TDH.SYS.TDMR.INIT has reached */ \
	X(TDMR_PAMT, 24, 3 * 8) /* bases: 1 GiB, 2 MiB, 4 KiB */ \
	X(TDMR_NR_BLOCKS, 48, 4) /* of 1 GiB */ \
	X(TDMR_NR_RESERVED, 52, 4) \
	X(TDMR_RESERVED, 56, SIM_MAX_RESERVED * 16) \
	X(TDMR_LOCK, 312, 8)
SS_LAYOUT(TDMR_FIELDS, TDMR_BYTES, 320);

/* Offsets of the parts, counted from the header (6.8). */
#define HANDOFF_FIELDS(X) \
	X(HANDOFF_HEADER, 0, 8) \
	X(HANDOFF_KOT, 8, SIM_MAX_HKIDS * KOT_BYTES) /* 2048 entries */ \
	X(HANDOFF_WBT, 0x4008, SIM_MAX_PACKAGES * WBT_BYTES) /* 8 packages */ \
	X(HANDOFF_TDMRS, 0x8088, SIM_MAX_TDMRS * TDMR_BYTES) /* 64 entries */ \
	X(HANDOFF_NR_TDMRS, 0xd088, 4) \
	X(HANDOFF_GLOBAL_HKID, 0xd08c, 2) \
	X(HANDOFF_PACKAGES, 0xd08e, 4) \
	X(HANDOFF_DYNAMIC_PAMT, 0xd092, 1) /* from HV 1 on */ \
	X(HANDOFF_TD_BUILDS, 0xd093, 2) \
	X(HANDOFF_MIGRATIONS, 0xd095, 2) \
	X(HANDOFF_EXPORT, 0xd097, 2) /* from HV 2 on: two flags */ \
	X(HANDOFF_PADDING, 0xd099, 3943)
SS_LAYOUT(HANDOFF_FIELDS, HANDOFF_END, 0xe000);

#define HEADER_BYTES	((uint32_t)HANDOFF_KOT)
#define HV0_BYTES	((uint32_t)HANDOFF_DYNAMIC_PAMT - HEADER_BYTES)
#define PADDED_BYTES	((uint32_t)HANDOFF_END - HEADER_BYTES)	/* from HV 1 on */
#define CONNECT_BYTES	(25u * SS_PAGE - HEADER_BYTES)	/* 2.0.x adds tables of TDX Connect */

_Static_assert(CONNECT_BYTES + 8 <= SIM_HANDOFF_MAX, "every payload fits");

#define AVOID_COMPAT_SENSITIVE	(1ULL << 16)	/* in RCX of SHUTDOWN */

/*
 * One description of the payload serves both directions. Each field of an entry is written to, or
 * read from, the place where the field before it ended. All numbers are little-endian, byte by
 * byte.
 * A byte that no field writes is 0: padding, and locks. The locks are free because no LP is in the
 * module.
 */
struct stream {
	uint8_t *payload, *at;
	bool reading;
};

/* Goes to @offset, counted from the header. */
static void seek(struct stream *st, uint32_t offset)
{
	st->at = st->payload + offset - HEADER_BYTES;
}

static void number(struct stream *st, uint64_t *v, uint32_t bytes)
{
	uint64_t value = 0;
	uint32_t i;

	for (i = 0; i < bytes; i++) {
		if (st->reading)
			value |= (uint64_t)st->at[i] << 8 * i;
		else
			st->at[i] = (uint8_t)(*v >> 8 * i);
	}
	if (st->reading)
		*v = value;
	st->at += bytes;
}

static void carry64(struct stream *st, uint64_t *v)
{
	number(st, v, 8);
}

static void carry32(struct stream *st, uint32_t *v)
{
	uint64_t value = *v;

	number(st, &value, 4);
	*v = (uint32_t)value;
}

static void carry16(struct stream *st, uint16_t *v)
{
	uint64_t value = *v;

	number(st, &value, 2);
	*v = (uint16_t)value;
}

static void carry8(struct stream *st, uint8_t *v)
{
	uint64_t value = *v;

	number(st, &value, 1);
	*v = (uint8_t)value;
}

/* A word that no other LP accesses while a module is shut down or not yet ready. */
static void word(struct stream *st, struct ss_word *w)
{
	uint32_t value = ss_load(w);

	carry32(st, &value);
	if (st->reading)
		ss_store(w, value);
}

static void kot_entry(struct stream *st, struct sim_kot_entry *entry)
{
	word(st, &entry->to_write_back);
	carry8(st, &entry->state);
}

static void wbt_entry(struct stream *st, struct sim_wbt_entry *entry)
{
	uint32_t i;

	carry64(st, &entry->resume);
	for (i = 0; i < SIM_MAX_HKIDS; i++)
		carry8(st, &entry->hkid[i]);
}

static void area(struct stream *st, struct sim_area *a)
{
	carry64(st, &a->base);
	carry64(st, &a->bytes);
}

static void tdmr_entry(struct stream *st, struct sim_tdmr *tdmr)
{
	uint64_t reached = tdmr->base + ss_load(&tdmr->initialised) * SIM_TDMR_INIT_BYTES;
	uint32_t blocks = (uint32_t)(tdmr->bytes / SIM_GIB), i;

	carry64(st, &tdmr->base);
	carry64(st, &tdmr->bytes);
	carry64(st, &reached);
	ss_store(&tdmr->initialised, (uint32_t)((reached - tdmr->base) / SIM_TDMR_INIT_BYTES));
	for (i = 3; i-- > 0;)
		carry64(st, &tdmr->pamt[i].base);
	carry32(st, &blocks);
	carry32(st, &tdmr->nr_reserved);
	for (i = 0; i < SIM_MAX_RESERVED; i++)
		area(st, &tdmr->reserved[i]);
}

static void hv1(struct stream *st, struct sim_module *m)
{
	uint32_t builds = ss_load(&m->td_builds);
	uint16_t count = (uint16_t)(builds < 0xffff ? builds : 0xffff);

	seek(st, HANDOFF_DYNAMIC_PAMT);
	carry8(st, &m->t.dynamic_pamt);
	carry16(st, &count);
	if (st->reading)
		ss_store(&m->td_builds, count);
}

/*
 * The payload of version @hv, which has HV0_BYTES or more. The model has no migration. So the count
 * of interrupted migrations (HV 1) and the flags that migrations used (HV 2) are 0.
 */
static void payload(struct stream *st, struct sim_module *m, uint16_t hv)
{
	uint32_t i;

	for (i = 0; i < SIM_MAX_HKIDS; i++) {
		seek(st, HANDOFF_KOT + i * KOT_BYTES);
		kot_entry(st, &m->t.kot[i]);
	}
	for (i = 0; i < SIM_MAX_PACKAGES; i++) {
		seek(st, HANDOFF_WBT + i * WBT_BYTES);
		wbt_entry(st, &m->t.wbt[i]);
	}
	for (i = 0; i < SIM_MAX_TDMRS; i++) {
		seek(st, HANDOFF_TDMRS + i * TDMR_BYTES);
		tdmr_entry(st, &m->t.tdmr[i]);
	}
	seek(st, HANDOFF_NR_TDMRS);
	carry32(st, &m->t.nr_tdmrs);
	carry16(st, &m->t.global_hkid);
	carry32(st, &m->t.keyed_packages);
	if (hv >= 1)
		hv1(st, m);
}

uint32_t sim_handoff_bytes(const struct sim_module_info *info, uint16_t hv)
{
	if (info->version[0] == '2')
		return CONNECT_BYTES;
	return hv ? PADDED_BYTES : HV0_BYTES;
}

/* ---- TDH.SYS.SHUTDOWN ------------------------------------------------------------------------ */

static bool hv_allowed(const struct sim_installed *in, uint64_t hv)
{
	return hv >= in->min_update_hv && hv <= in->module_hv &&
	       !(in->no_downgrade && hv != in->module_hv);
}

/*
 * Counts LPs that are inside the module or run one of its guests; the caller is one of them.
 * Fence: a call that this count does not see as busy reads the new state.
 */
static uint32_t busy_lps(const struct sim *s)
{
	uint32_t i, n = 0;

	ss_fence();
	for (i = 0; i < s->config.nr_lps; i++)
		n += ss_load_acquire(&s->lps[i].busy) != 0;
	return n;
}

static void write_handoff(struct sim_call *c, uint16_t hv)
{
	struct sim_handoff *h = c->s->handoff;
	struct stream st = { .payload = h->payload };

	memset(h->payload, 0, sizeof(h->payload));
	payload(&st, c->m, hv);
	h->size = sim_handoff_bytes(&c->s->installed.info, hv);
	h->hv = hv;
	h->valid = ss_sound(h->size <= sizeof(h->payload));
}

static uint64_t sys_shutdown(struct sim_call *c, uint16_t hv, bool avoid)
{
	uint32_t builds = ss_load(&c->m->td_builds);

	/* 3. Other LPs can observe this state even if this call takes it back. */
	ss_store(&c->m->state, SIM_SYS_SHUTDOWN);
	if (busy_lps(c->s) > 1) {
		ss_publish(&c->m->state, SIM_SYS_READY);
		return SS_TDX_SYS_BUSY;
	}
	/* 4. Check 5 is about interrupted migrations, which the model does not have. */
	if (avoid && builds) {
		ss_publish(&c->m->state, SIM_SYS_READY);
		return sim_status(SS_TDX_UPDATE_COMPATIBILITY_SENSITIVE, builds << 16);
	}
	/* 6. */
	write_handoff(c, hv);
	return SS_TDX_SUCCESS;
}

uint64_t sim_sys_shutdown(struct sim_call *c)
{
	uint64_t hv = c->r->rcx, status;
	bool avoid = false;

	/* 1. To a module without the feature the flag is a bit of an impossible version. */
	if (sim_has(c->s, SIM_UPDATE_COMPATIBILITY)) {
		avoid = hv & AVOID_COMPAT_SENSITIVE;
		hv &= ~AVOID_COMPAT_SENSITIVE;
	}
	if (!hv_allowed(&c->s->installed, hv))
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RCX);
	/* 2. */
	if (!sim_try_exclusive(&c->m->lock))
		return SS_TDX_SYS_BUSY;
	status = sys_shutdown(c, (uint16_t)hv, avoid);
	sim_unlock_exclusive(&c->m->lock);
	return status;
}

/* ---- TDH.SYS.UPDATE -------------------------------------------------------------------------- */

static void read_handoff(struct sim_call *c)
{
	struct sim_handoff *h = c->s->handoff;
	struct stream st = { .payload = h->payload, .reading = true };

	payload(&st, c->m, h->hv);
}

static bool size_impossible(const struct sim *s)
{
	const struct sim_handoff *h = s->handoff;

	return h->size > s->installed.handoff_pages * SS_PAGE - HEADER_BYTES ||
	       h->size < sim_handoff_bytes(&s->installed.info, h->hv);
}

static uint64_t sys_update(struct sim_call *c)
{
	const struct sim_installed *in = &c->s->installed;
	struct sim_handoff *h = c->s->handoff;

	/* 2. */
	if (ss_load(&c->m->state) != SIM_SYSINIT_DONE ||
	    ss_load_acquire(&c->m->lps_initialised) < c->s->config.nr_lps)
		return SS_TDX_SYS_STATE_INCORRECT;
	/* 3. */
	if (!h->valid || h->hv < in->min_update_hv || h->hv > in->module_hv)
		return SS_TDX_SYS_INVALID_HANDOFF;
	/* 4. */
	if (size_impossible(c->s))
		return sim_fatal(c->s);
	/* 5. */
	read_handoff(c);
	/* 6. */
	if (c->version > 1)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RAX);
	if (c->version == 1 && c->r->r9 & ~in->info.features0)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_R9);
	if (c->version == 1 && c->r->r10)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_R10);
	c->m->t.enabled = c->version == 1 ? c->r->r9 : 0;
	/* 8. */
	h->valid = 0;
	h->size = 0;
	ss_publish(&c->m->state, SIM_SYS_READY);
	return SS_TDX_SUCCESS;
}

uint64_t sim_sys_update(struct sim_call *c)
{
	uint64_t status;

	/* 1. */
	if (!sim_try_exclusive(&c->m->lock))
		return SS_TDX_SYS_BUSY;
	status = sys_update(c);
	sim_unlock_exclusive(&c->m->lock);
	return status;
}
