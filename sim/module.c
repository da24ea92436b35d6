// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The software TDX Module: what its leaves share; its life from power-on to the next INSTALL. */
#include "module.h"
#include "pamt.h"

/* ---- what leaves share ----------------------------------------------------------------------- */

bool sim_entropy(struct sim_call *c)
{
	struct sim_lp_state *lp = &c->s->lps[c->lp].platform;

	if (!lp->entropy_failures)
		return true;
	lp->entropy_failures--;
	return false;
}

uint32_t sim_package(const struct sim *s, uint32_t lp)
{
	uint32_t claimed = s->lps[lp].platform.package;

	/* LP.INIT refuses an LP whose package number is too large. */
	if (claimed && claimed < SIM_MAX_PACKAGES)
		return claimed;
	return (uint32_t)((uint64_t)lp * s->config.sockets / s->config.nr_lps);
}

uint64_t sim_pconfig(struct sim_call *c)
{
	struct sim_lp_state *lp = &c->s->lps[c->lp].platform;
	struct ss_word *ket = &c->m->pconfig[sim_package(c->s, c->lp)];
	uint64_t status = SS_TDX_SUCCESS;

	if (!sim_try_exclusive(ket))
		return sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_KET);
	if (lp->pconfig_busy) {
		lp->pconfig_busy--;
		status = sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_KET);
	} else if (!sim_entropy(c)) {
		status = SS_TDX_KEY_GENERATION_FAILED;
	}
	sim_unlock_exclusive(ket);
	return status;
}

uint64_t sim_fatal(struct sim *s)
{
	ss_store(&s->fatal, 1);
	return SS_TDX_SEAMCALL_VMFAILINVALID;
}

/* ---- from power-on to the next INSTALL ------------------------------------------------------- */

#define LINE	64u

static size_t to_line(size_t bytes)
{
	return (bytes + LINE - 1) & ~(size_t)(LINE - 1);
}

size_t sim_module_bytes(const struct sim_config *config)
{
	return to_line(sizeof(struct sim_module)) + sim_memory_bytes(config);
}

void sim_module_init(struct sim *s, void *mem)
{
	static const struct sim_cmr cmrs[] = {
		{ 1u << 20, SIM_SMRR_BASE - (1u << 20) },
		{ SIM_SMRR_BASE + SIM_SMRR_BYTES,
		  SIM_SEAMRR_BASE - SIM_SMRR_BASE - SIM_SMRR_BYTES },
	};

	s->module = mem;
	sim_memory_init(s, (uint8_t *)mem + to_line(sizeof(struct sim_module)));
	sim_set_cmrs(s, cmrs, SS_ARRAY_SIZE(cmrs));
}

/*
 * An LP that came in before the gate closed can still be in the dispatcher. The dispatcher of a
 * module that was shut down reads only the state. So words are stored with ss_store(). For an LP
 * that is in a leaf see run_leaf() in dispatch.c.
 */
void sim_module_reset(struct sim *s)
{
	struct sim_module *m = s->module;
	uint32_t i;

	ss_store(&m->state, SIM_SYSINIT_PENDING);
	ss_store(&m->lock, 0);
	ss_store(&m->lps_initialised, 0);
	ss_store(&m->kot_lock, 0);
	for (i = 0; i < SIM_MAX_PACKAGES; i++)
		ss_store(&m->pconfig[i], 0);
	ss_store(&m->td_builds, 0);
	ss_store(&m->disabling, 0);
	memset(&m->t, 0, sizeof(m->t));
	for (i = 0; i < s->config.nr_lps; i++)
		ss_store(&s->lps[i].initialised, 0);
}

void sim_module_erase(struct sim *s, bool keep_tds)
{
	sim_module_reset(s);
	ss_add(&s->memory->incarnation, 1);
	if (!keep_tds)
		sim_memory_lose_keys(s);
}

enum sim_state sim_module_state(const struct sim *s)
{
	return ss_load(&s->module->state);
}

uint32_t sim_module_tds(const struct sim *s)
{
	return ss_load(&s->memory->tds);
}

void sim_set_lp(struct sim *s, uint32_t lp, const struct sim_lp_state *state)
{
	s->lps[lp].platform = *state;
}

void sim_get_lp(const struct sim *s, uint32_t lp, struct sim_lp_state *state)
{
	*state = s->lps[lp].platform;
}

void sim_set_cmrs(struct sim *s, const struct sim_cmr *cmrs, uint32_t nr)
{
	s->nr_cmrs = nr < SIM_MAX_CMRS ? nr : SIM_MAX_CMRS;
	memset(s->cmrs, 0, sizeof(s->cmrs));
	memcpy(s->cmrs, cmrs, s->nr_cmrs * sizeof(*cmrs));
}
