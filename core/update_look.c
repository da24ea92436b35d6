// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The look: which module runs, and does it serve TDs?
 *
 * A status says only what the call reports about itself. Other calls show whether a module is
 * READY:
 *
 *   SEAMLDR.INFO            SEAM_READY: a module can be reached at all. It is set for a module that
 *                           was shut down, and for one that waits for its initialisation
 *   TDH.SYS.RD              answers from TDH.SYS.INIT on, and not after TDH.SYS.SHUTDOWN
 *   TDH.PHYMEM.PAGE.RDMD    reads the metadata of a page and changes nothing. The module's
 *                           dispatcher lets it through in state READY only
 *
 * No single call is believed. The path of the update, its calls so far, is a witness too. READY
 * needs RDMD's word and no witness against it; if the path is against it, READY needs a second
 * witness. "Not ready" needs RDMD's word and a second witness. SEAM_READY is a second witness for
 * "not ready". TDH.SYS.TDMR.INIT, with an operand that no module accepts, is one for both: the
 * dispatcher lets it through in the same state as RDMD. If the witnesses contradict each other or
 * do not answer, nothing is known. Specification 6.1, 6.2, 4.3.
 */
#include "update_internal.h"

#define FIELD_MINOR_VERSION	0x0800000100000003ULL	/* 7 */
#define FIELD_MAJOR_VERSION	0x0800000100000004ULL
#define FIELD_UPDATE_VERSION	0x0800000100000005ULL

#define OPERAND_RCX		1u			/* 2.4 */
#define PAGE_OFFSET_MASK	4095ULL
#define NO_TDMR			1ULL			/* a TDMR's base is a multiple of 1 GiB */

/* Does only a module in state READY give this answer to a harmless operand in RCX? */
static bool passed_dispatcher(uint64_t status)
{
	return !status || ((uint32_t)status == OPERAND_RCX &&
			   (ss_status_eq(status, SS_TDX_OPERAND_INVALID) ||
			    ss_status_eq(status, SS_TDX_OPERAND_ADDR_RANGE_ERROR) ||
			    ss_status_eq(status, SS_TDX_OPERAND_BUSY)));
}

/* The module, or the processor in its place, says that this leaf is not allowed now. */
static bool turned_away(uint64_t status)
{
	return ss_status_eq(status, SS_TDX_SYS_NOT_READY) ||
	       ss_status_eq(status, SS_TDX_SYS_SHUTDOWN) ||
	       ss_status_eq(status, SS_TDX_SYS_LP_INIT_NOT_DONE) ||
	       status == SS_TDX_SEAMCALL_VMFAILINVALID;
}

static enum ss_update_sight ask(struct ss_update *u, uint32_t step, uint64_t leaf, uint64_t rcx,
				struct ss_update_call *told)
{
	struct ss_regs in = { .rax = leaf, .rcx = rcx }, out;
	bool done = ss_update_call(u, 0, step, &in, &out);

	*told = u->lps[0].call;
	if (done || passed_dispatcher(told->status))
		return SS_SEEN_READY;
	return turned_away(told->status) ? SS_SEEN_NOT_READY : SS_SEEN_UNKNOWN;
}

static enum ss_update_sight read_field(struct ss_update *u, uint32_t step, uint64_t field,
				       uint16_t *value)
{
	struct ss_regs in = { .rax = SS_LEAF_TDH_SYS_RD, .rdx = field }, out;

	if (ss_update_call(u, 0, step, &in, &out)) {
		*value = (uint16_t)out.r8;
		return SS_SEEN_READY;
	}
	u->unread = u->lps[0].call;
	return turned_away(u->unread.status) ? SS_SEEN_NOT_READY : SS_SEEN_UNKNOWN;
}

/* Returns what TDH.SYS.RD says. READY means only "answers" here. */
static enum ss_update_sight read_version(struct ss_update *u, uint32_t step)
{
	struct ss_update_result *r = &u->result;
	enum ss_update_sight reads = read_field(u, step, FIELD_MAJOR_VERSION, &r->major);

	r->has_version = reads == SS_SEEN_READY &&
			 read_field(u, step, FIELD_MINOR_VERSION, &r->minor) == SS_SEEN_READY &&
			 read_field(u, step, FIELD_UPDATE_VERSION, &r->update) == SS_SEEN_READY;
	return reads;
}

/* Returns what SEAM_READY says. */
static enum ss_update_sight read_loader(struct ss_update *u, uint32_t step)
{
	struct ss_update_result *r = &u->result;
	struct ss_seamldr_info info;

	r->has_remaining = ss_update_read_info(u, 0, step, &info);
	if (!r->has_remaining) {
		u->unread = u->lps[0].call;
		return SS_SEEN_UNKNOWN;
	}
	r->remaining_updates = info.num_remaining_updates;
	u->seen_minor = info.svn_minor;
	u->seen_major = info.svn_major;
	return info.seam_ready ? SS_SEEN_READY : SS_SEEN_NOT_READY;
}

static enum ss_update_sight ask_second(struct ss_update *u, uint32_t step)
{
	struct ss_update_call unused;

	return ask(u, step, SS_LEAF_TDH_SYS_TDMR_INIT, NO_TDMR, &unused);
}

static enum ss_update_sight weigh_ready(struct ss_update *u, uint32_t step,
					enum ss_update_sight loader, enum ss_update_sight reads,
					bool doubt)
{
	if (loader == SS_SEEN_NOT_READY || reads == SS_SEEN_NOT_READY)
		return SS_SEEN_UNKNOWN;
	if (doubt && ask_second(u, step) != SS_SEEN_READY)
		return SS_SEEN_UNKNOWN;
	return SS_SEEN_READY;
}

static enum ss_update_sight weigh(struct ss_update *u, uint32_t step, enum ss_update_sight loader,
				  enum ss_update_sight reads, enum ss_update_sight rdmd,
				  bool doubt)
{
	enum ss_update_sight second;

	if (rdmd == SS_SEEN_READY)
		return weigh_ready(u, step, loader, reads, doubt);
	if (loader == SS_SEEN_NOT_READY)
		return reads == SS_SEEN_READY ? SS_SEEN_UNKNOWN : SS_SEEN_NOT_READY;
	second = ask_second(u, step);
	if (rdmd == SS_SEEN_NOT_READY)
		return second == SS_SEEN_READY ? SS_SEEN_UNKNOWN : SS_SEEN_NOT_READY;
	if (second == SS_SEEN_READY && reads != SS_SEEN_READY)
		return SS_SEEN_UNKNOWN;
	return second;
}

enum ss_update_sight ss_update_look(struct ss_update *u, uint32_t step, bool doubt,
				    struct ss_update_call *told)
{
	const uint64_t page = u->plan->info.pa & ~PAGE_OFFSET_MASK;
	struct ss_update_call call = u->lps[0].call, rdmd_call;
	enum ss_update_sight loader, reads, rdmd, sight;
	bool failed = u->lps[0].failed;

	u->unread.leaf = 0;
	loader = read_loader(u, step);
	reads = read_version(u, step);
	rdmd = ask(u, step, SS_LEAF_TDH_PHYMEM_PAGE_RDMD, page, &rdmd_call);
	sight = weigh(u, step, loader, reads, rdmd, doubt);
	u->seen_all = sight == rdmd && loader != SS_SEEN_UNKNOWN &&
		      (u->result.has_version || sight == SS_SEEN_NOT_READY);
	u->lps[0].call = call;
	u->lps[0].failed = failed;
	if (told)
		*told = rdmd_call;
	return sight;
}

/* Does the P-SEAMLDR name the SVN of the module that should run? */
static bool svn_fits(const struct ss_update *u)
{
	const struct ss_update_image *image;

	if (u->installed == SS_NO_IMAGE)	/* STATE: there was another one from the start */
		return u->result.reason == SS_REASON_STATE ||
		       (u->seen_minor == u->plan->svn_minor && u->seen_major == u->plan->svn_major);
	image = &u->plan->images[u->installed];
	return u->seen_minor == image->svn_minor && u->seen_major == image->svn_major;
}

enum ss_update_sight ss_update_confirm(struct ss_update *u, uint32_t step,
				       enum ss_verdict verdict, struct ss_update_call *told)
{
	enum ss_update_sight sight = ss_update_look(u, step, verdict == SS_LOST, told);

	u->result.seen = sight;
	if (u->unread.leaf && sight == SS_SEEN_READY)
		ss_update_add_event(u, 0, step, &u->unread, SS_ACTION_IGNORE);
	if (verdict == SS_LOST)
		u->result.confirmed = u->seen_all && sight == SS_SEEN_NOT_READY;
	else
		u->result.confirmed = u->seen_all && sight == SS_SEEN_READY && svn_fits(u);
	return sight;
}
