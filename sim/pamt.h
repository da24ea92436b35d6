/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* TDMR memory: frames, their metadata (PAMT), page operands of leaves. Private to sim/. */
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

/* All pages of the model are of 4 KiB, so the size that the metadata leaves report is always 0. */
struct sim_pamt_entry {
	struct ss_word lock;		/* protects @type and @owner */
	struct ss_word blocked_epoch;	/* TD epoch in which its mapping was blocked */
	uint8_t type;
	uint32_t owner;			/* frame of the TD's TDR */
};

_Static_assert(sizeof(struct sim_pamt_entry) == SIM_PAMT_ENTRY_BYTES, "it fits a host's PAMT");

/* Frames with their metadata, which is the host's PAMT of 4 KiB pages or, in its place, ours. */
struct sim_region {
	uint32_t first, nr;
	struct sim_pamt_entry *pamt;
};

/*
 * TDMR memory as it lies outside SEAMRR: an INSTALL does not touch it. TDs are cut off from the
 * module by losing the keys, which the generation stands for, and the tables. A frame is a number
 * that fits a secure EPT's entry, counted from @base. Regions change in TDH.SYS.CONFIG only.
 */
struct sim_memory {
	uint64_t base;
	struct sim_region region[SIM_MAX_TDMRS];
	uint32_t nr_regions;
	uint8_t *frames;		/* their contents; NULL: in the host's memory */
	struct sim_pamt_entry nowhere;	/* of a frame that is in no region */
	struct ss_word key_generation;	/* of the global private key */
	struct ss_word incarnation;	/* of the module: counts how often it was erased */
	struct ss_word tds;		/* from TDH.MNG.CREATE to TDH.MNG.KEY.FREEID */
};

/* A frame whose metadata the caller has locked. */
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

/* NULL for a reserved page where the host has no memory. */
static inline void *sim_frame_va(const struct sim *s, uint32_t frame)
{
	if (s->memory->frames)
		return s->memory->frames + (size_t)frame * SS_PAGE;
	return s->config.map(s->config.ctx, sim_frame_pa(s, frame), SS_PAGE);
}

/* True if there is metadata for the page at @pa, whether or not the module knows its TDMR. */
bool sim_frame_at(const struct sim *s, uint64_t pa, uint32_t *frame);
/* A frame's metadata; never NULL. */
struct sim_pamt_entry *sim_frame_pamt(const struct sim *s, uint32_t frame);

/**
 * sim_page_lock - take a page operand: the checks of 8.2, in their order
 * @operand:   for the status
 * @exclusive: or shared
 * @type:      that the page must have
 * @page:      set on success only
 *
 * Returns: 0, OPERAND_INVALID, OPERAND_ADDR_RANGE_ERROR, OPERAND_BUSY or PAGE_METADATA_INCORRECT.
 */
uint64_t sim_page_lock(struct sim_call *c, uint64_t pa, enum sim_operand operand, bool exclusive,
		       enum sim_page_type type, struct sim_page *page);
/* As above, whatever the type. */
uint64_t sim_page_lock_any(struct sim_call *c, uint64_t pa, enum sim_operand operand,
			   bool exclusive, struct sim_page *page);
/* The frame that some metadata refers to: no operand, so only the lock can fail. */
bool sim_frame_lock(struct sim *s, uint32_t frame, bool exclusive, struct sim_page *page);
void sim_page_unlock(struct sim_page *page);

/* Give a free page a use, zeroed; and take it back. Both under the exclusive lock. */
void sim_page_assign(struct sim_page *page, enum sim_page_type type, uint32_t owner);
void sim_page_free(struct sim_page *page);

/* TDH.SYS.TDMR.INIT: metadata for @bytes from @base on, which is inside the TDMR. */
void sim_pamt_init(struct sim *s, const struct sim_tdmr *tdmr, uint64_t base, uint64_t bytes);

/* TDH.SYS.DISABLE: no metadata any more, what belongs to nobody is the host's. */
void sim_pamt_wipe(struct sim *s, uint64_t base, uint64_t bytes);

/**
 * sim_memory_config - TDMRs that lie in the host's memory: find their metadata
 * Returns: 0, or PAMT_OUTSIDE_CMRS if there is no memory where it should be.
 */
uint64_t sim_memory_config(struct sim *s, const struct sim_tdmr *tdmrs, uint32_t nr);

/* The keys are gone: no TD can be reached any more, though their pages lie where they lay. */
void sim_memory_lose_keys(struct sim *s);

size_t sim_memory_bytes(const struct sim_config *config);
void sim_memory_init(struct sim *s, void *mem);

#endif
