/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The secure EPT of a TD: tables of 512 entries in pages of type EPT. Private to sim/. */
#ifndef SS_SIM_SEPT_H
#define SS_SIM_SEPT_H

#include "td.h"

enum sim_sept_state {
	SIM_SEPT_FREE,
	SIM_SEPT_NL_MAPPED,		/* a table */
	SIM_SEPT_NL_BLOCKED,
	SIM_SEPT_MAPPED,		/* a page */
	SIM_SEPT_BLOCKED,
	SIM_SEPT_PENDING,		/* a page that the guest has yet to accept */
	SIM_SEPT_PENDING_BLOCKED,
};

/*
 * An entry has eight bytes, as in hardware. @word: state in bits 3:0, lock in bit 4, frame in bits
 * 31:8. An LP that changes the state or uses the mapped page holds the lock. @guest is the guest's
 * own notebook, outside of the page: the generation that the guest last wrote there (0: none).
 */
struct sim_sept {
	struct ss_word word;
	struct ss_word guest;
};

#define SIM_SEPT_ENTRIES	512u
#define SIM_SEPT_LOCK		(1u << 4)
_Static_assert(sizeof(struct sim_sept) * SIM_SEPT_ENTRIES == SS_PAGE, "a table is one page");

static inline uint32_t sim_sept_word(enum sim_sept_state state, uint32_t frame)
{
	return state | frame << 8;
}

static inline enum sim_sept_state sim_sept_state(uint32_t word)
{
	return word & 0xf;
}

static inline uint32_t sim_sept_frame(uint32_t word)
{
	return word >> 8;
}

/* The end of a walk: the requested level, or the entry that leads no further. */
struct sim_walk {
	struct sim_sept *entry;
	uint32_t level;
	uint32_t word;			/* the entry, as the walk or the lock found it */
	uint64_t gpa;
};

/**
 * sim_sept_operand - split "GPA and level" (RCX of the memory leaves)
 * @min, @max: levels that the leaf takes
 * Returns: 0, or OPERAND_INVALID+RCX if reserved bits are set, or if the address is not private or
 *          not aligned to the level.
 */
uint64_t sim_sept_operand(const struct sim_tdcs *tdcs, uint64_t rcx, uint32_t min, uint32_t max,
			  struct sim_walk *walk);

/* Walks to walk->level and walk->gpa under the tree's lock. Returns false at an early end. */
bool sim_sept_walk(const struct sim *s, const struct sim_tdcs *tdcs, struct sim_walk *walk);

/**
 * sim_sept_find - walk, and lock the entry
 * Returns: 0, EPT_WALK_FAILED+RCX, or OPERAND_BUSY+RCX. On error RCX and RDX of the call describe
 *          the entry: what hardware finds in it, its level and its state.
 */
uint64_t sim_sept_find(struct sim_call *c, const struct sim_tdcs *tdcs, struct sim_walk *walk);

bool sim_sept_lock(struct sim_walk *walk);
/* Unlocks an entry unchanged, or with another state (and frame). Orders what the holder did. */
void sim_sept_unlock(struct sim_walk *walk);
void sim_sept_change(struct sim_walk *walk, enum sim_sept_state state, uint32_t frame);

/* Describes the entry in RCX and RDX of the call: see sim_sept_find(). */
void sim_sept_describe(struct sim_call *c, const struct sim_walk *walk);

/* Unlocks the entry, describes it in RCX and RDX, returns @status+RCX. */
uint64_t sim_sept_refuse(struct sim_call *c, struct sim_walk *walk, uint64_t status);

#endif
