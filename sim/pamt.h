/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* TDMR memory: frames, their metadata (PAMT) and page operands of leaves. Private to sim/. */
#ifndef SS_SIM_PAMT_H
#define SS_SIM_PAMT_H

#include "module.h"

enum sim_page_type {	/* specification 8.1 */
	SIM_PAGE_NDA = 0,
	SIM_PAGE_RSVD = 1,
	SIM_PAGE_REG = 3,
	SIM_PAGE_TDR = 4,
	SIM_PAGE_TDCX = 5,
	SIM_PAGE_TDVPR = 6,
	SIM_PAGE_EPT = 8,
};

/* All pages of the model have 4 KiB, so the metadata leaves always report size 0. */
struct sim_pamt_entry {
	struct ss_word lock;		/* protects @type and @owner */
	struct ss_word blocked_epoch;	/* TD epoch in which the page's mapping was blocked */
	uint8_t type;
	uint32_t owner;			/* frame of the TD's TDR */
};

_Static_assert(sizeof(struct sim_pamt_entry) == SIM_PAMT_ENTRY_BYTES, "it fits a host's PAMT");

/*
 * Frames with their metadata: the host's PAMT of 4 KiB pages at @pamt_pa, or the model's array in
 * its place (@pamt_pa is 0).
 */
struct sim_region {
	uint32_t first, nr;
	uint64_t pamt_pa;
	struct sim_pamt_entry *pamt;
};

/*
 * TDMR memory lies outside SEAMRR: an INSTALL does not touch it. The module loses TDs when it loses
 * their keys, which a generation number stands for, and the tables. A frame is a number counted
 * from @base that fits a secure EPT's entry. Only TDH.SYS.CONFIG changes regions.
 */
struct sim_memory {
	uint64_t base;
	struct sim_region region[SIM_MAX_TDMRS];
	uint32_t nr_regions;
	uint8_t *frames;		/* the frames' contents; NULL: in the host's memory */
	struct sim_pamt_entry nowhere;	/* metadata of a frame that is in no region */
	struct ss_word key_generation;	/* the global private key's */
	struct ss_word incarnation;	/* counts how often the module was erased */
	struct ss_word tds;		/* counts TDs from TDH.MNG.CREATE to TDH.MNG.KEY.FREEID */
	struct ss_word machine_check;	/* the module has touched what the host had written to */
};

/* A frame whose metadata the caller has locked. @va: its place, see sim_frame_place(). */
struct sim_page {
	struct sim_pamt_entry *pamt;
	void *va;
	uint32_t frame;
	bool exclusive;
};

#define SIM_MAX_FRAMES	(1u << 24)

static inline uint64_t sim_frame_pa(const struct sim *s, uint32_t frame)
{
	return s->memory->base + (uint64_t)frame * SS_PAGE;
}

/* The module reads memory of its own or of a TD at @pa. run_leaf() sees what comes of it. */
static inline void sim_touch(const struct sim *s, uint64_t pa)
{
	if (s->config.is_damaged && s->config.is_damaged(s->config.ctx, pa))
		ss_store(&s->memory->machine_check, 1);
}

static inline void *sim_own(const struct sim *s, uint64_t pa, size_t bytes)
{
	return s->config.own ? s->config.own(s->config.ctx, pa, bytes) :
			       s->config.map(s->config.ctx, pa, bytes);
}

/* Where a frame is, which the caller does not read. NULL: the host has no memory there. */
static inline void *sim_frame_place(const struct sim *s, uint32_t frame)
{
	if (s->memory->frames)
		return s->memory->frames + (size_t)frame * SS_PAGE;
	return sim_own(s, sim_frame_pa(s, frame), SS_PAGE);
}

static inline void *sim_frame_va(const struct sim *s, uint32_t frame)
{
	sim_touch(s, sim_frame_pa(s, frame));
	return sim_frame_place(s, frame);
}

/* True if the page at @pa has metadata, whether or not the module knows the page's TDMR. */
bool sim_frame_at(const struct sim *s, uint64_t pa, uint32_t *frame);
/* Returns a frame's metadata, never NULL. */
struct sim_pamt_entry *sim_frame_pamt(const struct sim *s, uint32_t frame);

/**
 * sim_page_lock - take a page operand: the checks of 8.2, in their order
 * @operand:   the operand that the status names
 * @exclusive: take the lock exclusively, else shared
 * @type:      the type that the page must have
 * @page:      set on success only
 *
 * Returns: 0, OPERAND_INVALID, OPERAND_ADDR_RANGE_ERROR, OPERAND_BUSY or PAGE_METADATA_INCORRECT.
 */
uint64_t sim_page_lock(struct sim_call *c, uint64_t pa, enum sim_operand operand, bool exclusive,
		       enum sim_page_type type, struct sim_page *page);
/* Like sim_page_lock(), for a page of any type. */
uint64_t sim_page_lock_any(struct sim_call *c, uint64_t pa, enum sim_operand operand,
			   bool exclusive, struct sim_page *page);
/* Locks a frame that other metadata names. The frame is no operand: only the lock can fail. */
bool sim_frame_lock(struct sim *s, uint32_t frame, bool exclusive, struct sim_page *page);
void sim_page_unlock(struct sim_page *page);

/* Give a free page a use, zeroed, and take the use back, under the exclusive lock. */
void sim_page_assign(struct sim *s, struct sim_page *page, enum sim_page_type type, uint32_t owner);
void sim_page_free(struct sim *s, struct sim_page *page);

/* TDH.SYS.TDMR.INIT: initialises the metadata of @bytes from @base, which lie inside the TDMR. */
void sim_pamt_init(struct sim *s, const struct sim_tdmr *tdmr, uint64_t base, uint64_t bytes);

/* TDH.SYS.DISABLE: wipes the metadata. Pages without an owner are the host's. */
void sim_pamt_wipe(struct sim *s, uint64_t base, uint64_t bytes);
/* All memory that the host gave to the module is the host's again, damaged or not. */
void sim_memory_give_back(struct sim *s);

/**
 * sim_memory_config - find the metadata of TDMRs that lie in the host's memory
 * Returns: 0, or PAMT_OUTSIDE_CMRS if there is no memory where the metadata should be.
 */
uint64_t sim_memory_config(struct sim *s, const struct sim_tdmr *tdmrs, uint32_t nr);

/* The keys are gone: no leaf can reach a TD any more, although the TDs' pages stay in place. */
void sim_memory_lose_keys(struct sim *s);

size_t sim_memory_bytes(const struct sim_config *config);
void sim_memory_init(struct sim *s, void *mem);

#endif
