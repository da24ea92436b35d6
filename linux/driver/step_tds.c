// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDs that may be in the middle of their build, and what the module says about these TDs
 * (specification 8.5).
 *
 * Between TDH.MNG.INIT and TDH.MR.FINALIZE the control pages of a TD hold its measurement, in the
 * format of the running module's crypto library. The next module may expect another format. Probes
 * note each TD that takes a step of its build. The notes only select the TDs to ask about. The TD's
 * OP_STATE decides. OP_STATE is read with the machine stopped, when no host can take the next step,
 * and only then: TDH.MNG.RD shares the TDR, which KVM's calls of a build need for themselves. KVM
 * takes "busy" there for a fault of its own and gives the TD up.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "seamstep.h"

#include "../common/insn.h"
#include "step_trace.h"

#include <linux/atomic.h>
#include <linux/bits.h>

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

/*
 * The probes run in every context in which the kernel calls the module, and a probe that is a
 * breakpoint counts as an NMI. So there is no lock. A slot is one word: the physical address of a
 * TDR page, and whether it was noted since the module was last asked about the TD; 0: free. All
 * changes are compare-and-swaps of one slot. They are fully ordered, and no slot says anything
 * about another. Two CPUs that note one TD at the same time may take two slots: both are asked
 * about, and both are forgotten.
 */
#define FRESH	BIT_ULL(0)

static atomic64_t slots[MAX_TDS];
static atomic_t nr_slots;	/* slots behind these have never been used */
static atomic_t nr_missed;
static atomic_t nr_forgotten;

static u64 tdr_in(u64 slot)
{
	return slot & ~FRESH;
}

/* nr_slots covers a slot before the slot is taken: who reads nr_slots first misses no note. */
static bool take(u32 i, u64 tdr)
{
	int nr = atomic_read(&nr_slots);

	while (i >= nr && !atomic_try_cmpxchg(&nr_slots, &nr, i + 1))
		;
	return !atomic64_cmpxchg(&slots[i], 0, tdr | FRESH);
}

static bool refresh(u64 tdr)
{
	u32 i, nr = atomic_read(&nr_slots);
	s64 slot;

	for (i = 0; i < nr; i++) {
		slot = atomic64_read(&slots[i]);
		while (tdr_in(slot) == tdr)
			if (atomic64_try_cmpxchg(&slots[i], &slot, tdr | FRESH))
				return true;
	}
	return false;
}

void step_tds_note(u64 tdr)
{
	u32 i;

	if (refresh(tdr))
		return;
	for (i = 0; i < MAX_TDS; i++)
		if (!atomic64_read(&slots[i]) && take(i, tdr))
			return;
	atomic_inc(&nr_missed);
}

void step_tds_miss(void)
{
	atomic_inc(&nr_missed);
}

void step_tds_forget(u64 tdr)
{
	u32 i, nr = atomic_read(&nr_slots);
	s64 slot;

	for (i = 0; tdr && i < nr; i++) {
		slot = atomic64_read(&slots[i]);
		while (tdr_in(slot) == tdr)
			if (atomic64_try_cmpxchg(&slots[i], &slot, 0)) {
				atomic_inc(&nr_forgotten);
				break;
			}
	}
}

void step_tds_count(struct step_tds *out)
{
	u32 i, nr = atomic_read(&nr_slots);

	*out = (struct step_tds){
		.missed = atomic_read(&nr_missed), .forgotten = atomic_read(&nr_forgotten),
	};
	for (i = 0; i < nr; i++)
		out->noted += atomic64_read(&slots[i]) != 0;
}

void step_tds_forget_missed(void)
{
	atomic_set(&nr_missed, 0);
}

/* ---- asking ---------------------------------------------------------------------------------- */

enum answer { NOT_YET, IN_BUILD, OVER };

static u64 read_op_state(u64 tdr, u64 *state)
{
	struct ss_regs regs;
	u32 tries = READ_TRIES;
	u64 status;

	do {
		regs = (struct ss_regs){
			.rax = SS_LEAF_TDH_MNG_RD, .rcx = tdr, .rdx = FIELD_OP_STATE,
		};
		trace_seamstep_seamcall_begin(0, regs.rax);
		status = insn_seamcall(&regs);
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
	return tdr_in(atomic64_fetch_andnot(FRESH, &slots[i]));
}

/* Free the slot of a finished build. If @tdr was noted meanwhile, another TD may own the page. */
static void drop(u32 i, u64 tdr)
{
	atomic64_cmpxchg(&slots[i], tdr, 0);
}

u32 step_tds_building(void)
{
	u32 i, used = atomic_read(&nr_slots), nr = 0;
	u64 tdr, state, status;

	for (i = 0; i < used; i++) {
		tdr = begin_asking(i);
		if (!tdr)
			continue;
		status = read_op_state(tdr, &state);
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
