// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDs that may be in the middle of their build, and what the module says about these TDs
 * (specification 8.5).
 *
 * Between TDH.MNG.INIT and TDH.MR.FINALIZE the control pages of a TD hold its measurement, in the
 * format of the running module's crypto library. The next module may expect another format. Probes
 * note each TD that takes a step of its build. The notes only select the TDs to ask about. The TD's
 * OP_STATE decides. OP_STATE is read with the machine stopped, when no host can take the next step.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "seamstep.h"

#include "../common/insn.h"
#include "step_trace.h"

#include <linux/preempt.h>
#include <linux/spinlock.h>

#define MAX_TDS			1024u	/* in the middle of their build at one time */
#define READ_TRIES		10u
#define FIELD_OP_STATE		0x9010000200000004ULL	/* specification 8.1, 8.3 */

/*
 * INITIALIZED, and the states of a migration under way. A migration is in danger while one of its
 * flows is interrupted, which only the module can tell.
 */
#define OP_STATES_IN_DANGER \
	(1u << 1 | 1u << 3 | 1u << 4 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 9)
#define OP_STATES		32u

struct slot {
	u64 tdr;	/* physical address of the TDR page; 0: free */
	bool fresh;	/* noted since the module was last asked about the TD */
};

/* The probes take this lock in every context in which the kernel calls the module. */
static DEFINE_RAW_SPINLOCK(lock);	/* protects the variables below */
static struct slot slots[MAX_TDS];
static u32 nr_slots;			/* slots behind these have never been used */
static u32 nr_missed;

static struct slot *find(u64 tdr)
{
	u32 i;

	for (i = 0; i < nr_slots; i++)
		if (slots[i].tdr == tdr)
			return &slots[i];
	return NULL;
}

static struct slot *find_free(void)
{
	struct slot *slot = find(0);

	if (!slot && nr_slots < MAX_TDS)
		slot = &slots[nr_slots++];
	return slot;
}

void step_tds_note(u64 tdr)
{
	struct slot *slot;
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	slot = find(tdr) ?: find_free();
	if (slot)
		*slot = (struct slot){ tdr, true };
	else
		nr_missed++;
	raw_spin_unlock_irqrestore(&lock, flags);
}

void step_tds_miss(void)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	nr_missed++;
	raw_spin_unlock_irqrestore(&lock, flags);
}

void step_tds_forget(u64 tdr)
{
	struct slot *slot;
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	slot = find(tdr);
	if (slot)
		slot->tdr = 0;
	raw_spin_unlock_irqrestore(&lock, flags);
}

void step_tds_count(struct step_tds *out)
{
	unsigned long flags;
	u32 i;

	*out = (struct step_tds){ };
	raw_spin_lock_irqsave(&lock, flags);
	for (i = 0; i < nr_slots; i++)
		out->noted += slots[i].tdr != 0;
	out->missed = nr_missed;
	raw_spin_unlock_irqrestore(&lock, flags);
}

void step_tds_forget_missed(void)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	nr_missed = 0;
	raw_spin_unlock_irqrestore(&lock, flags);
}

/* ---- asking ---------------------------------------------------------------------------------- */

enum answer { NOT_YET, IN_BUILD, OVER };

static u64 read_op_state(u64 tdr, bool in_window, u64 *state)
{
	struct ss_regs regs;
	u32 tries = READ_TRIES;
	u64 status;

	do {
		regs = (struct ss_regs){
			.rax = SS_LEAF_TDH_MNG_RD, .rcx = tdr, .rdx = FIELD_OP_STATE,
		};
		if (in_window)
			trace_seamstep_seamcall_begin(0, regs.rax);
		status = insn_seamcall(&regs);
		if (in_window)
			trace_seamstep_seamcall_end(0, regs.rax, status, regs.rdx);
	} while (ss_status_class(SS_LEAF_TDH_MNG_RD, status) == SS_CLASS_NOW && --tries);
	*state = regs.r8;
	return status;
}

/*
 * A TD in teardown and a page that is no longer a TDR have nothing left to lose: OVER. Any other
 * status says nothing about the build, so the worse case is assumed: IN_BUILD.
 */
static enum answer judge(u64 status, u64 state)
{
	if (ss_status_eq(status, SS_TDX_OP_STATE_INCORRECT) ||
	    ss_status_eq(status, SS_TDX_TDCS_NOT_ALLOCATED))
		return NOT_YET;
	if (ss_status_eq(status, SS_TDX_TD_FATAL) ||
	    ss_status_eq(status, SS_TDX_TD_KEYS_NOT_CONFIGURED) ||
	    ss_status_eq(status, SS_TDX_LIFECYCLE_STATE_INCORRECT) ||
	    ss_status_eq(status, SS_TDX_PAGE_METADATA_INCORRECT))
		return OVER;
	if (status || state >= OP_STATES)
		return IN_BUILD;
	if (!state)
		return NOT_YET;
	return OP_STATES_IN_DANGER >> state & 1 ? IN_BUILD : OVER;
}

/* Returns the TDR of the slot, 0 if the slot is free. */
static u64 begin_asking(u32 i)
{
	unsigned long flags;
	u64 tdr = 0;

	raw_spin_lock_irqsave(&lock, flags);
	if (i < nr_slots) {
		tdr = slots[i].tdr;
		slots[i].fresh = false;
	}
	raw_spin_unlock_irqrestore(&lock, flags);
	return tdr;
}

/* Free the slot of a finished build. If @tdr was noted meanwhile, another TD may own the page. */
static void drop(u32 i, u64 tdr)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	if (slots[i].tdr == tdr && !slots[i].fresh)
		slots[i].tdr = 0;
	raw_spin_unlock_irqrestore(&lock, flags);
}

u32 step_tds_building(bool in_window)
{
	u64 tdr, state, status;
	u32 i, nr = 0;

	for (i = 0; i < MAX_TDS; i++) {
		tdr = begin_asking(i);
		if (!tdr)
			continue;
		preempt_disable();
		status = read_op_state(tdr, in_window, &state);
		preempt_enable();
		switch (judge(status, state)) {
		case IN_BUILD:
			nr++;
			break;
		case OVER:
			drop(i, tdr);
			break;
		case NOT_YET:
			break;
		}
	}
	return nr;
}
