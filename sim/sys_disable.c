// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * TDH.SYS.DISABLE (6.7): the host takes back all that it gave to the module.
 *
 * No source shows its body; what is known is what hosts are told of it: it needs
 * TDX_FEATURES0.SYS_DISABLE, answers SYS_BUSY or INTERRUPTED_RESUMABLE until it is done, keeps new
 * calls out meanwhile, and afterwards only a full initialisation helps. The model decides the rest:
 *
 * - It runs in every state but SYS_SHUTDOWN, which refuses it like everything else (6.2, 3).
 * - From its first call on the other leaves, TDH.SYS.LP.SHUTDOWN apart, answer SYS_BUSY. It says
 *   SYS_BUSY itself as long as another LP is inside the module or runs a guest.
 * - A piece of page metadata is wiped at a time; in between it can be interrupted.
 * - At the end the state is SYSINIT_PENDING, as after an INSTALL, and handoff data is void.
 *
 * RCX is not looked at.
 */
#include "pamt.h"

/* Other LPs inside. Fence: a call that is not counted here reads @disabling as set. */
static bool others_inside(const struct sim_call *c)
{
	uint32_t i;

	ss_fence();
	for (i = 0; i < c->s->config.nr_lps; i++)
		if (i != c->lp && ss_load_acquire(&c->s->lps[i].busy))
			return true;
	return false;
}

/* Returns false once there is nothing left. */
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
	c->s->handoff->valid = 0;
	c->s->handoff->size = 0;
	sim_memory_lose_keys(c->s);
	sim_module_reset(c->s);
	return SS_TDX_SUCCESS;
}

/* Two LPs that get here at the same time find each other inside; both have to try again. */
uint64_t sim_sys_disable(struct sim_call *c)
{
	ss_store(&c->m->disabling, 1);
	return sys_disable(c);
}
