// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The guest in every TD: it writes to its memory and looks whether that is still there. */
#include "sept.h"

/*
 * Work comes in quanta. In each a vCPU takes the next page of the TD, compares it with what a
 * vCPU of this TD wrote last time, and writes the next generation. What was written is a
 * function of the TD, the address and the generation, and the generation is noted outside of
 * the page, in the notebook that every S-EPT entry has room for; so no page vouches for itself.
 * Vcpus of a TD meet on the same pages: whoever has the entry's lock works on the page, the
 * others pass by. The same lock keeps BLOCK and REMOVE off.
 */
#define QUANTA		256u	/* an entry, if nothing interrupts it */
#define STEPS		16u	/* of the search for the next page, a quantum */
#define PLACES		4u
#define PLACE_WORDS	8u	/* u64, a place */
#define PLACE_STRIDE	1344u	/* bytes; the last place ends with the page */

_Static_assert((PLACES - 1) * PLACE_STRIDE + PLACE_WORDS * 8 == SS_PAGE, "up to the last byte");

static uint64_t mix(uint64_t v)
{
	v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9ULL;
	v = (v ^ v >> 27) * 0x94d049bb133111ebULL;
	return v ^ v >> 31;
}

/* What a page says in generation @generation: word i is this times 2i + 1. */
static uint64_t content(const struct sim_vcpu *v, uint64_t gpa, uint32_t generation)
{
	return mix(mix(gpa + v->td.page.frame) + generation) | 1;
}

static void write_page(uint8_t *page, uint64_t seed)
{
	uint64_t *word;
	uint32_t i, j;

	for (i = 0; i < PLACES; i++) {
		word = (uint64_t *)(page + i * PLACE_STRIDE);
		for (j = 0; j < PLACE_WORDS; j++)
			word[j] = seed * (2 * (i * PLACE_WORDS + j) + 1);
	}
}

static bool page_says(const uint8_t *page, uint64_t seed)
{
	const uint64_t *word;
	uint32_t i, j;

	for (i = 0; i < PLACES; i++) {
		word = (const uint64_t *)(page + i * PLACE_STRIDE);
		for (j = 0; j < PLACE_WORDS; j++)
			if (word[j] != seed * (2 * (i * PLACE_WORDS + j) + 1))
				return false;
	}
	return true;
}

/* An accepted page, under the entry's lock. Generation 0 is whatever the host put there. */
static void work(struct sim_call *c, struct sim_vcpu *v, const struct sim_walk *walk)
{
	uint8_t *page = sim_frame_va(c->s, sim_sept_frame(walk->word));
	uint32_t generation = ss_load(&walk->entry->guest);

	if (generation && !page_says(page, content(v, walk->gpa, generation)))
		ss_add(&v->td.tdcs->guest_errors, 1);
	generation++;
	generation += !generation;
	write_page(page, content(v, walk->gpa, generation));
	ss_store(&walk->entry->guest, generation);
}

static bool owned(const struct sim_call *c, const struct sim_vcpu *v, const struct sim_walk *walk)
{
	const struct sim_pamt_entry *pamt = sim_frame_pamt(c->s, sim_sept_frame(walk->word));

	return pamt->type == SIM_PAGE_REG && pamt->owner == v->td.page.frame;
}

/* The entry is locked and unlocked here. Returns 0 to go on. */
static uint32_t visit(struct sim_call *c, struct sim_vcpu *v, struct sim_walk *walk)
{
	uint32_t exit = 0;

	switch (sim_sept_state(walk->word)) {
	case SIM_SEPT_PENDING:
		if (owned(c, v, walk)) {
			/* New to the guest, whatever was here before. The page is zero. */
			ss_store(&walk->entry->guest, 0);
			ss_add(&v->td.tdcs->accepted, 1);
			work(c, v, walk);
			sim_sept_change(walk, SIM_SEPT_MAPPED, sim_sept_frame(walk->word));
			return 0;
		}
		exit = SIM_EXIT_CORRUPTED;
		break;
	case SIM_SEPT_MAPPED:
		if (owned(c, v, walk))
			work(c, v, walk);
		else
			exit = SIM_EXIT_CORRUPTED;
		break;
	case SIM_SEPT_FREE:
		/* Reported once; then the guest does without. */
		if (ss_load(&walk->entry->guest)) {
			ss_store(&walk->entry->guest, 0);
			exit = SIM_EXIT_EPT_VIOLATION;
		}
		break;
	default:
		exit = SIM_EXIT_EPT_VIOLATION;
	}
	sim_sept_unlock(walk);
	return exit;
}

/* Past what an entry of this level covers. */
static uint64_t beyond(const struct sim_walk *walk)
{
	return ((walk->gpa / SS_PAGE) | ((1ULL << 9 * walk->level) - 1)) + 1;
}

static bool of_interest(const struct sim_walk *walk)
{
	return sim_sept_state(walk->word) != SIM_SEPT_FREE ||
	       (!walk->level && ss_load(&walk->entry->guest));
}

/* The next entry at which there is something, if it is found in a few steps. The tree is locked. */
static bool next_page(struct sim_call *c, struct sim_vcpu *v, struct sim_walk *walk)
{
	struct sim_tdvps *vps = v->vps;
	uint32_t i;

	for (i = 0; i < STEPS; i++) {
		if (vps->next_page >= ss_load(&v->td.tdcs->gpa_limit))
			vps->next_page = 0;
		walk->gpa = vps->next_page * SS_PAGE;
		walk->level = 0;
		sim_sept_walk(c->s, v->td.tdcs, walk);
		vps->next_page = beyond(walk);
		if (of_interest(walk))
			return true;
	}
	return false;
}

static uint32_t quantum(struct sim_call *c, struct sim_vcpu *v, struct sim_walk *walk)
{
	struct ss_word *tree = &v->td.tdcs->sept_lock;
	uint32_t exit = 0;

	v->vps->progress++;
	if (!sim_try_shared(tree))
		return 0;
	if (next_page(c, v, walk)) {
		if (walk->level)
			exit = SIM_EXIT_EPT_VIOLATION;
		else if (sim_sept_lock(walk))
			exit = visit(c, v, walk);
	}
	sim_unlock_shared(tree);
	return exit;
}

enum sim_exit sim_guest_run(struct sim_call *c, struct sim_vcpu *v, uint64_t *gpa)
{
	struct sim_walk walk;
	uint32_t i, exit;

	for (i = 0; i < QUANTA; i++) {
		exit = quantum(c, v, &walk);
		if (exit) {
			*gpa = walk.gpa;
			return exit;
		}
		if (c->s->config.interrupted(c->s->config.ctx, c->lp))
			return SIM_EXIT_INTERRUPT;
	}
	return SIM_EXIT_TDVMCALL;
}
