// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The model's state as the solver needs it: kept, brought back, and told apart from others. */
#include "solver_state.h"

#include "../sim/pamt.h"
#include "../sim/seamldr.h"

#define IMAGE_BYTES	((size_t)SS_MODULE_MAX_PAGES * SS_PAGE)

/* ---- snapshots ------------------------------------------------------------------------------- */

static size_t image_offset(const struct solver_machine *m)
{
	return (size_t)(m->sim->image - m->mem);
}

size_t solver_snapshot_bytes(const struct solver_machine *m)
{
	return m->bytes - IMAGE_BYTES;
}

void solver_keep(const struct solver_machine *m, uint8_t *snapshot)
{
	size_t head = image_offset(m);

	memcpy(snapshot, m->mem, head);
	memcpy(snapshot + head, m->mem + head + IMAGE_BYTES, m->bytes - head - IMAGE_BYTES);
}

void solver_bring_back(const struct solver_machine *m, const uint8_t *snapshot)
{
	size_t head = image_offset(m);

	memcpy(m->mem, snapshot, head);
	memcpy(m->mem + head + IMAGE_BYTES, snapshot + head, m->bytes - head - IMAGE_BYTES);
}

/* ---- LPs ------------------------------------------------------------------------------------- */

uint32_t solver_class(const struct solver_machine *m, uint32_t lp)
{
	uint32_t i;

	for (i = 0; i < m->nr_faults; i++)
		if (m->faults[i].lp == lp)
			return i;
	return SOLVER_FAULTS;
}

uint32_t solver_in_session(const struct solver_machine *m, uint32_t class, bool called)
{
	uint32_t lp;

	for (lp = 0; lp < m->nr_lps; lp++)
		if (m->sim->seamldr->in_update[lp] == called && solver_class(m, lp) == class)
			return lp;
	return SIM_LP_ANY;
}

uint32_t solver_initialised(const struct solver_machine *m, uint32_t class, bool done)
{
	uint32_t lp;

	for (lp = 0; lp < m->nr_lps; lp++)
		if (ss_load(&m->sim->lps[lp].initialised) == done && solver_class(m, lp) == class)
			return lp;
	return SIM_LP_ANY;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/*
 * Only INSTALL leaves another state behind for another status. Calls matter up to the one that is
 * struck last, or from which on all are.
 */
static void describe_fault(const struct solver_machine *m, uint32_t i, struct solver_fault *out)
{
	const struct sim_fault *f = &m->faults[i];
	bool install = f->leaf == SS_LEAF_SEAMLDR_INSTALL;

	out->leaf = f->leaf;
	out->status = install ? f->status : 0;
	out->rdx = install ? f->rdx : 0;
	out->lp = f->lp;
	out->nth = f->nth;
	out->sticky = f->sticky;
	out->executed = f->executed;
	out->struck_out = smaller(ss_load(&m->sim->fault_calls[i]), f->nth - f->sticky);
}

static void describe_lps(const struct solver_machine *m, struct solver_key *key)
{
	uint32_t lp, class;

	for (lp = 0; lp < m->nr_lps; lp++) {
		class = solver_class(m, lp);
		key->in_session[class] += m->sim->seamldr->in_update[lp];
		key->initialised[class] += ss_load(&m->sim->lps[lp].initialised);
	}
}

static void describe_firmware(const struct solver_machine *m, struct solver_key *key)
{
	const struct sim *s = m->sim;

	memcpy(key->version, s->installed.info.version, sizeof(key->version));
	key->module_state = sim_module_state(s);
	key->gates = ss_load(&s->gates);
	key->fatal = ss_load(&s->fatal);
	key->keys_kept = ss_load(&s->memory->key_generation) == m->key_generation;
	key->seam_ready = s->seamextend.seam_ready;
	key->snapshot_ready = s->seamldr->lps_in_update && s->seamldr->snapshot.seam_ready;
	key->svn = s->seamextend.svn_minor | (uint32_t)s->seamextend.svn_major << 8;
	key->handoff = s->handoff->valid | (uint32_t)s->handoff->hv << 8;
}

void solver_key(const struct solver_machine *m, struct solver_key *key)
{
	uint32_t i;

	memset(key, 0, sizeof(*key));
	key->nr_lps = m->nr_lps;
	describe_firmware(m, key);
	describe_lps(m, key);
	for (i = 0; i < m->nr_faults; i++)
		describe_fault(m, i, &key->faults[i]);
}

uint32_t solver_remaining(const struct solver_machine *m)
{
	return m->sim->seamldr->remaining;
}

bool solver_is_saved(const struct solver_machine *m)
{
	struct sim_td_audit td;
	struct sim_audit a;

	sim_audit(m->sim, &a);
	return a.seam_ready && a.state == SIM_SYS_READY && !a.session_open && !a.fatal &&
	       sim_td_audit(m->sim, m->tdr_pa, &td) && td.alive;
}
