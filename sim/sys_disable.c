// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * TDH.SYS.DISABLE (6.7): the host takes back all that it gave to the module.
 *
 * No source shows the leaf's body. Hosts are told only this: the leaf needs
 * TDX_FEATURES0.SYS_DISABLE. It answers SYS_BUSY or INTERRUPTED_RESUMABLE until it is done.
 * Meanwhile it keeps new calls out. Afterwards only a full initialisation helps. The model decides
 * the rest:
 *
 * - The leaf runs in every state except SYS_SHUTDOWN, which refuses it like other leaves (6.2, 3).
 * - From the leaf's first call on, the other leaves except TDH.SYS.LP.SHUTDOWN answer SYS_BUSY. The
 *   leaf itself answers SYS_BUSY while another LP is inside the module or runs a guest.
 * - The leaf wipes one piece of page metadata at a time. Between two pieces an interrupt can stop
 *   it.
 * - At the end the state is SYSINIT_PENDING, as after an INSTALL, and the handoff data is void.
 *   All memory is the host's again, also what the host had damaged: Linux counts on that.
 *
 * The leaf does not look at RCX.
 */
#include "pamt.h"

/* Are other LPs inside? Fence: a call that this check does not see reads @disabling as set. */
static bool others_inside(const struct sim_call *c)
{
	uint32_t i;

	ss_fence();
	for (i = 0; i < c->s->config.nr_lps; i++)
		if (i != c->lp && ss_load_acquire(&c->s->lps[i].busy))
			return true;
	return false;
}

/* Returns false when no piece is left. */
static bool wipe_piece(struct sim_call *c)
{
	struct sim_tables *t = &c->m->t;
	struct sim_tdmr *tdmr;
	uint32_t i, done;

	for (i = 0; i < t->nr_tdmrs; i++) {
		tdmr = &t->tdmr[i];
		done = ss_load(&tdmr->initialised);
		if (!done)
			continue;
		sim_pamt_wipe(c->s, tdmr->base + (done - 1) * SIM_TDMR_INIT_BYTES,
			      SIM_TDMR_INIT_BYTES);
		ss_store(&tdmr->initialised, done - 1);
		return true;
	}
	return false;
}

static uint64_t sys_disable(struct sim_call *c)
{
	if (others_inside(c))
		return SS_TDX_SYS_BUSY;
	while (wipe_piece(c))
		if (c->s->config.interrupted(c->s->config.ctx, c->lp))
			return SS_TDX_INTERRUPTED_RESUMABLE;
	sim_memory_give_back(c->s);
	c->s->handoff->valid = 0;
	c->s->handoff->size = 0;
	sim_memory_lose_keys(c->s);
	sim_module_reset(c->s);
	return SS_TDX_SUCCESS;
}

/* Two LPs that get here at the same time see each other inside; both have to try again. */
uint64_t sim_sys_disable(struct sim_call *c)
{
	ss_store(&c->m->disabling, 1);
	return sys_disable(c);
}
