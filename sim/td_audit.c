// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The state of a TD, seen from outside: sim_td_audit(). */
#include "sept.h"

static void digest_page(const struct sim *s, const struct sim_walk *walk, struct sim_sha384 *sha)
{
	sim_sha384_update(sha, &walk->gpa, sizeof(walk->gpa));
	sim_sha384_update(sha, sim_frame_va(s, sim_sept_frame(walk->word)), SS_PAGE);
}

/*
 * Visits all leaf entries in the order of addresses, without recursion. An address is the whole
 * state of the visit; each step walks down from the root again. @sha: NULL only counts the pages.
 */
static void visit_pages(const struct sim *s, const struct sim_td *td, struct sim_sha384 *sha,
			struct sim_td_audit *out)
{
	struct sim_walk walk;
	uint64_t gpa = 0;
	uint32_t state;

	while (gpa >> td->tdcs->gpa_bits == 0) {
		walk.gpa = gpa;
		walk.level = 0;
		sim_sept_walk(s, td->tdcs, &walk);
		state = sim_sept_state(walk.word);
		if (state == SIM_SEPT_MAPPED || state == SIM_SEPT_BLOCKED) {
			if (sha)
				digest_page(s, &walk, sha);
			out->pages++;
		}
		gpa = (gpa | ((1ULL << (12 + 9 * walk.level)) - 1)) + 1;
	}
}

static void sum_up_vcpus(const struct sim *s, const struct sim_td *td, struct sim_td_audit *out)
{
	const struct sim_tdvps *vps;
	uint32_t i, n = ss_load_acquire(&td->tdcs->nr_vcpus);

	for (i = 0; i < n; i++) {
		if (td->tdcs->vcpu[i] == SIM_NO_VCPU)
			continue;
		vps = sim_frame_va(s, td->tdcs->vcpu[i]);
		out->progress += vps->progress;
		out->vcpus++;
	}
	out->guest_errors = ss_load(&td->tdcs->guest_errors);
}

/* The module is there, knows the TD's key, and would not refuse the TD. */
static bool alive(const struct sim *s, const struct sim_td *td)
{
	const struct sim_kot_entry *kot = &s->module->t.kot[td->tdr->hkid];

	return (ss_load_acquire(&s->gates) & SIM_GATE_MODULE) && !ss_load(&s->fatal) &&
	       sim_module_state(s) == SIM_SYS_READY && kot->state == SIM_KOT_ASSIGNED &&
	       td->tdr->lifecycle == SIM_KEYS_CONFIGURED && !ss_load(&td->tdr->fatal);
}

static bool look(const struct sim *s, uint64_t tdr_pa, struct sim_sha384 *sha,
		 struct sim_td_audit *out)
{
	struct sim_td td;
	uint32_t frame;

	memset(out, 0, sizeof(*out));
	if (tdr_pa % SS_PAGE || !sim_frame_at(s, tdr_pa, &frame) ||
	    sim_frame_pamt(s, frame)->type != SIM_PAGE_TDR)
		return false;
	sim_td_of_frame(s, frame, &td);
	/* The key that encrypts this page is gone, so the page's contents mean nothing. */
	if (td.tdr->key_generation != ss_load(&s->memory->key_generation))
		return false;
	out->alive = alive(s, &td);
	if (!td.tdcs || td.tdr->lifecycle != SIM_KEYS_CONFIGURED)
		return true;
	out->op_state = td.tdcs->op_state;
	memcpy(out->mrtd, td.tdcs->mrtd, sizeof(out->mrtd));
	sum_up_vcpus(s, &td, out);
	if (td.tdcs->op_state != SIM_UNINITIALIZED)
		visit_pages(s, &td, sha, out);
	return true;
}

bool sim_td_look(const struct sim *s, uint64_t tdr_pa, struct sim_td_audit *out)
{
	return look(s, tdr_pa, NULL, out);
}

bool sim_td_audit(const struct sim *s, uint64_t tdr_pa, struct sim_td_audit *out)
{
	struct sim_sha384 sha;

	sim_sha384_init(&sha);
	if (!look(s, tdr_pa, &sha, out))
		return false;
	if (out->pages)
		sim_sha384_final(&sha, out->digest);
	return true;
}
