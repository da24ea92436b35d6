// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* MRTD: the measurement of a TD's build, and what an update during the build does (8.4, 8.5). */
#include "sept.h"

#define BLOCK_BYTES	128u
#define CHUNK_BYTES	256u	/* bytes of data that an MR.EXTEND measures */

/*
 * The TD's control page holds the hash in the form of the current module's crypto library.
 * Libraries of different generations use different forms: in the model each has its own mask over
 * the chaining value. A module that reads another library's form takes it for its own and goes on
 * from a wrong state.
 */
static void recode(const struct sim *s, struct sim_sha384 *sha)
{
	uint64_t mask = s->installed.info.crypto_generation * 0x9e3779b97f4a7c15ULL;
	uint32_t i;

	for (i = 0; i < SS_ARRAY_SIZE(sha->h); i++)
		sha->h[i] ^= mask;
}

/* Modules that record the version record one that is never 0. */
static uint32_t context_version(const struct sim *s)
{
	return sim_has(s, SIM_UPDATE_COMPATIBILITY) ? s->installed.info.crypto_generation + 1 : 0;
}

void sim_mrtd_begin(struct sim_call *c, struct sim_tdcs *tdcs)
{
	struct sim_mrtd_context *context = &tdcs->mrtd_context;

	sim_sha384_init(&context->sha);
	recode(c->s, &context->sha);
	context->version = context_version(c->s);
	context->counted = context->version != 0;
	if (context->counted)
		ss_add(&c->m->td_builds, 1);
}

uint64_t sim_mrtd_check(struct sim_call *c, const struct sim_tdcs *tdcs)
{
	if (c->m->t.enabled >> SIM_UPDATE_COMPATIBILITY & 1 &&
	    tdcs->mrtd_context.version != context_version(c->s))
		return SS_TDX_INCOMPATIBLE_MRTD_CONTEXT;
	return SS_TDX_SUCCESS;
}

static void extend(struct sim_call *c, struct sim_tdcs *tdcs, const char *what, uint64_t gpa,
		   const uint8_t *data)
{
	struct sim_sha384 *sha = &tdcs->mrtd_context.sha;
	uint8_t block[BLOCK_BYTES];
	uint32_t i;

	memset(block, 0, sizeof(block));
	for (i = 0; what[i]; i++)
		block[i] = (uint8_t)what[i];
	for (i = 0; i < 8; i++)
		block[16 + i] = (uint8_t)(gpa >> 8 * i);
	recode(c->s, sha);
	sim_sha384_update(sha, block, sizeof(block));
	if (data)
		sim_sha384_update(sha, data, CHUNK_BYTES);
	recode(c->s, sha);
}

void sim_mrtd_page_add(struct sim_call *c, struct sim_tdcs *tdcs, uint64_t gpa)
{
	extend(c, tdcs, "MEM.PAGE.ADD", gpa, NULL);
}

static uint64_t mr_extend(struct sim_call *c, struct sim_td *td, uint64_t gpa)
{
	struct sim_walk walk;
	uint64_t status;

	if (gpa & (CHUNK_BYTES - 1))
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RCX);
	status = sim_sept_operand(td->tdcs, gpa & ~(SS_PAGE - 1ULL), 0, 0, &walk);
	if (status)
		return status;
	status = sim_sept_find(c, td->tdcs, &walk);
	/* An entry that the walk does not reach has no page, like an entry that maps none. */
	if (ss_status_eq(status, SS_TDX_EPT_WALK_FAILED))
		return sim_status(SS_TDX_EPT_ENTRY_NOT_PRESENT, SIM_OP_RCX);
	if (status)
		return status;
	if (sim_sept_state(walk.word) != SIM_SEPT_MAPPED)
		return sim_sept_refuse(c, &walk, SS_TDX_EPT_ENTRY_NOT_PRESENT);
	status = sim_mrtd_check(c, td->tdcs);
	if (!status)
		extend(c, td->tdcs, "MR.EXTEND", gpa,
		       (const uint8_t *)sim_frame_va(c->s, sim_sept_frame(walk.word)) +
		       (gpa & (SS_PAGE - 1)));
	sim_sept_unlock(&walk);
	return status;
}

uint64_t sim_mr_extend(struct sim_call *c)
{
	return sim_td_at(c, true, mr_extend);
}

static uint64_t mr_finalize(struct sim_call *c, struct sim_tdcs *tdcs)
{
	struct sim_sha384 *sha = &tdcs->mrtd_context.sha;
	uint64_t status;

	if (!ss_load(&tdcs->nr_vcpus))
		return SS_TDX_NO_VCPUS;
	status = sim_mrtd_check(c, tdcs);
	if (status)
		return status;
	recode(c->s, sha);
	sim_sha384_final(sha, tdcs->mrtd);
	sim_build_ends(c, tdcs);
	tdcs->op_state = SIM_RUNNABLE;
	return SS_TDX_SUCCESS;
}

uint64_t sim_mr_finalize(struct sim_call *c)
{
	struct sim_td td;
	uint64_t status;

	status = sim_td_open(c, c->r->rcx, SIM_OP_RCX, true, &td);
	if (status)
		return status;
	status = mr_finalize(c, td.tdcs);
	sim_td_unlock(&td);
	return status;
}
