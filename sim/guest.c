// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The guest in every TD: the guest writes to its memory and checks later what it wrote. */
#include "sept.h"

/*
 * A guest works in quanta. In each quantum a vCPU takes the next page of the TD, compares the page
 * with the last content that a vCPU of this TD wrote, and writes the next generation.
 *
 * The content is a function of TD, address and generation. The guest notes the generation outside
 * of the page: every S-EPT entry has room for the guest's notebook. So no page vouches for itself.
 *
 * The vCPUs of a TD meet on the same pages. The vCPU that holds the entry's lock works on the page;
 * the others skip it. The same lock keeps BLOCK and REMOVE away.
 */
#define QUANTA		256u	/* per VP.ENTER, if nothing interrupts the guest */
#define STEPS		16u	/* per quantum, in the search for the next page */
#define PLACES		4u
#define PLACE_WORDS	8u	/* u64 words per place */
#define PLACE_STRIDE	1344u	/* bytes; the last place ends with the page */

_Static_assert((PLACES - 1) * PLACE_STRIDE + PLACE_WORDS * 8 == SS_PAGE, "up to the last byte");

static uint64_t mix(uint64_t v)
{
	v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9ULL;
	v = (v ^ v >> 27) * 0x94d049bb133111ebULL;
	return v ^ v >> 31;
}

/* The seed of a page in @generation: word i is the seed times 2i + 1. */
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

/* Works on an accepted page under the entry's lock. Generation 0: the host wrote the content. */
static void work(struct sim_call *c, struct sim_vcpu *v, const struct sim_walk *walk)
{
	uint8_t *page = sim_frame_place(c->s, sim_sept_frame(walk->word));
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

/* The caller has locked the entry; visit() unlocks it. Returns 0 to go on. */
static uint32_t visit(struct sim_call *c, struct sim_vcpu *v, struct sim_walk *walk)
{
	uint32_t exit = 0;

	switch (sim_sept_state(walk->word)) {
	case SIM_SEPT_PENDING:
		if (owned(c, v, walk)) {
			/* The page is new to the guest and zero, whatever was here before. */
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
		/* The guest reports a lost page once and then does without it. */
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

/* The first page number after the range of an entry of this level. */
static uint64_t beyond(const struct sim_walk *walk)
{
	return ((walk->gpa / SS_PAGE) | ((1ULL << 9 * walk->level) - 1)) + 1;
}

static bool of_interest(const struct sim_walk *walk)
{
	return sim_sept_state(walk->word) != SIM_SEPT_FREE ||
	       (!walk->level && ss_load(&walk->entry->guest));
}

/* Finds the next entry in use within STEPS steps. The caller holds the tree's lock. */
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
