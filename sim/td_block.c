// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDH.MEM.RANGE.BLOCK, UNBLOCK, TRACK: take memory from running vCPUs (8.4). */
#include "sept.h"

/*
 * A blocked page can still be in the TLB of a vCPU that entered in the epoch of the blocking or
 * earlier. TRACK starts a new epoch. It refuses while vCPUs of the epoch before the current one
 * run. So the page is out of all TLBs two epochs later, or one epoch later when no vCPU runs in the
 * old one.
 */
bool sim_tracked(const struct sim_tdcs *tdcs, const struct sim_pamt_entry *pamt)
{
	uint32_t epoch = ss_load_acquire(&tdcs->epoch);
	uint32_t blocked = ss_load(&pamt->blocked_epoch);

	if (epoch == blocked)
		return false;
	return epoch - blocked > 1 || !ss_load_acquire(&tdcs->running[blocked & 1]);
}

static enum sim_sept_state blocked_state(enum sim_sept_state state)
{
	switch (state) {
	case SIM_SEPT_NL_MAPPED:
		return SIM_SEPT_NL_BLOCKED;
	case SIM_SEPT_MAPPED:
		return SIM_SEPT_BLOCKED;
	case SIM_SEPT_PENDING:
		return SIM_SEPT_PENDING_BLOCKED;
	default:
		return state;
	}
}

static enum sim_sept_state unblocked_state(enum sim_sept_state state)
{
	switch (state) {
	case SIM_SEPT_NL_BLOCKED:
		return SIM_SEPT_NL_MAPPED;
	case SIM_SEPT_BLOCKED:
		return SIM_SEPT_MAPPED;
	case SIM_SEPT_PENDING_BLOCKED:
		return SIM_SEPT_PENDING;
	default:
		return state;
	}
}

/* block() and unblock() get the entry locked, and unlock it. */
static uint64_t block(struct sim_call *c, struct sim_td *td, struct sim_walk *walk)
{
	enum sim_sept_state state = sim_sept_state(walk->word), next = blocked_state(state);
	uint32_t frame = sim_sept_frame(walk->word);

	if (state == SIM_SEPT_FREE)
		return sim_sept_refuse(c, walk, SS_TDX_EPT_ENTRY_STATE_INCORRECT);
	if (next == state) {
		sim_sept_unlock(walk);
		return sim_status(SS_TDX_GPA_RANGE_ALREADY_BLOCKED, SIM_OP_RCX);
	}
	ss_store(&sim_frame_pamt(c->s, frame)->blocked_epoch, ss_load(&td->tdcs->epoch));
	sim_sept_change(walk, next, frame);
	return SS_TDX_SUCCESS;
}

static uint64_t unblock(struct sim_call *c, struct sim_td *td, struct sim_walk *walk)
{
	enum sim_sept_state state = sim_sept_state(walk->word), next = unblocked_state(state);
	uint32_t frame = sim_sept_frame(walk->word);

	if (next == state)
		return sim_sept_refuse(c, walk, SS_TDX_EPT_ENTRY_STATE_INCORRECT);
	if (sim_td_may_run(td) && !sim_tracked(td->tdcs, sim_frame_pamt(c->s, frame))) {
		sim_sept_unlock(walk);
		return sim_status(SS_TDX_TLB_TRACKING_NOT_DONE, SIM_OP_SEPT_TREE);
	}
	sim_sept_change(walk, next, frame);
	return SS_TDX_SUCCESS;
}

/* Holds the tree exclusively for block() and unblock(). */
static uint64_t in_tree(struct sim_call *c, struct sim_td *td, struct sim_walk *walk)
{
	uint64_t status;

	if (!sim_try_exclusive(&td->tdcs->sept_lock))
		return sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_SEPT_TREE);
	status = sim_sept_find(c, td->tdcs, walk);
	if (!status && c->leaf == SS_LEAF_TDH_MEM_RANGE_BLOCK)
		status = block(c, td, walk);
	else if (!status)
		status = unblock(c, td, walk);
	sim_unlock_exclusive(&td->tdcs->sept_lock);
	return status;
}

static uint64_t range(struct sim_call *c, struct sim_td *td, uint64_t where)
{
	struct sim_walk walk;
	uint64_t status;

	status = sim_sept_operand(td->tdcs, where, 0, td->tdcs->root_level, &walk);
	return status ? status : in_tree(c, td, &walk);
}

uint64_t sim_mem_range_block(struct sim_call *c)
{
	return sim_td_at(c, false, range);
}

uint64_t sim_mem_range_unblock(struct sim_call *c)
{
	return sim_td_at(c, false, range);
}

static uint64_t track(struct sim_tdcs *tdcs)
{
	uint32_t epoch;

	if (!sim_try_exclusive(&tdcs->epoch_lock))
		return sim_status(SS_TDX_OPERAND_BUSY, SIM_OP_TD_EPOCH);
	epoch = ss_load(&tdcs->epoch);
	if (ss_load_acquire(&tdcs->running[(epoch - 1) & 1])) {
		sim_unlock_exclusive(&tdcs->epoch_lock);
		return SS_TDX_PREVIOUS_TLB_EPOCH_BUSY;
	}
	/* Pairs with the acquire in sim_tracked(). */
	ss_publish(&tdcs->epoch, epoch + 1);
	sim_unlock_exclusive(&tdcs->epoch_lock);
	return SS_TDX_SUCCESS;
}

uint64_t sim_mem_track(struct sim_call *c)
{
	struct sim_td td;
	uint64_t status;

	status = sim_td_open(c, c->r->rcx, SIM_OP_RCX, false, &td);
	if (status)
		return status;
	status = track(td.tdcs);
	sim_td_unlock(&td);
	return status;
}
