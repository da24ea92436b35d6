// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Walks and entries of a secure EPT. */
#include "sept.h"

#define LEVEL_MASK	7u

static uint32_t shift_of(uint32_t level)
{
	return 12 + 9 * level;
}

uint64_t sim_sept_operand(const struct sim_tdcs *tdcs, uint64_t rcx, uint32_t min, uint32_t max,
			  struct sim_walk *walk)
{
	walk->level = rcx & LEVEL_MASK;
	walk->gpa = rcx & ~(uint64_t)LEVEL_MASK;
	if (walk->level < min || walk->level > max || walk->gpa >> tdcs->gpa_bits ||
	    walk->gpa & ((1ULL << shift_of(walk->level)) - 1))
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RCX);
	return SS_TDX_SUCCESS;
}

/* The acquire pairs with the unlock by the LP that put the next table there. */
bool sim_sept_walk(const struct sim *s, const struct sim_tdcs *tdcs, struct sim_walk *walk)
{
	struct sim_sept *table = sim_frame_va(s, tdcs->root);
	uint32_t level = tdcs->root_level, target = walk->level;

	for (;; level--) {
		walk->entry = &table[walk->gpa >> shift_of(level) & (SIM_SEPT_ENTRIES - 1)];
		walk->word = ss_load_acquire(&walk->entry->word);
		walk->level = level;
		if (level == target)
			return true;
		if (sim_sept_state(walk->word) != SIM_SEPT_NL_MAPPED)
			return false;
		table = sim_frame_va(s, sim_sept_frame(walk->word));
	}
}

/* What hardware finds in an entry. */
#define ARCH_RWX		7ULL
#define ARCH_LEAF		(6ULL << 3 | 1ULL << 6 | 1ULL << 7)	/* WB, ignore PAT, page */
#define ARCH_SUPPRESS_VE	(1ULL << 63)

static uint64_t arch_entry(const struct sim *s, uint32_t word)
{
	switch (sim_sept_state(word)) {
	case SIM_SEPT_FREE:
		return ARCH_SUPPRESS_VE;
	case SIM_SEPT_NL_MAPPED:
		return ARCH_RWX;
	case SIM_SEPT_NL_BLOCKED:
		return 0;
	case SIM_SEPT_MAPPED:
		return ARCH_SUPPRESS_VE | sim_frame_pa(s, sim_sept_frame(word)) | ARCH_LEAF |
		       ARCH_RWX;
	default:
		return ARCH_SUPPRESS_VE | sim_frame_pa(s, sim_sept_frame(word)) | ARCH_LEAF;
	}
}

/* Sets RCX to the entry, RDX to its level and to its state by the numbers that hosts see. */
void sim_sept_describe(struct sim_call *c, const struct sim_walk *walk)
{
	static const uint8_t states[] = {
		[SIM_SEPT_FREE] = 0, [SIM_SEPT_NL_MAPPED] = 0x84, [SIM_SEPT_NL_BLOCKED] = 0x81,
		[SIM_SEPT_MAPPED] = 4, [SIM_SEPT_BLOCKED] = 1, [SIM_SEPT_PENDING] = 2,
		[SIM_SEPT_PENDING_BLOCKED] = 3,
	};

	c->r->rcx = arch_entry(c->s, walk->word);
	c->r->rdx = walk->level | (uint64_t)states[sim_sept_state(walk->word)] << 8;
}

bool sim_sept_lock(struct sim_walk *walk)
{
	uint32_t word = ss_load_acquire(&walk->entry->word);

	if (word & SIM_SEPT_LOCK || !ss_cas(&walk->entry->word, word, word | SIM_SEPT_LOCK))
		return false;
	walk->word = word;
	return true;
}

void sim_sept_unlock(struct sim_walk *walk)
{
	ss_publish(&walk->entry->word, walk->word);
}

void sim_sept_change(struct sim_walk *walk, enum sim_sept_state state, uint32_t frame)
{
	ss_publish(&walk->entry->word, sim_sept_word(state, frame));
}

uint64_t sim_sept_find(struct sim_call *c, const struct sim_tdcs *tdcs, struct sim_walk *walk)
{
	if (!sim_sept_walk(c->s, tdcs, walk)) {
		sim_sept_describe(c, walk);
		return sim_status(SS_TDX_EPT_WALK_FAILED, SIM_OP_RCX);
	}
	if (!sim_sept_lock(walk)) {
		sim_sept_describe(c, walk);
		return sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_RCX);
	}
	return SS_TDX_SUCCESS;
}

uint64_t sim_sept_refuse(struct sim_call *c, struct sim_walk *walk, uint64_t status)
{
	sim_sept_describe(c, walk);
	sim_sept_unlock(walk);
	return sim_status(status, SIM_OP_RCX);
}
