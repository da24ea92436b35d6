// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Fault injection: which call of which leaf on which LP returns what, instead of running. */
#include "internal.h"

bool sim_fault_add(struct sim *s, const struct sim_fault *fault)
{
	if (s->nr_faults == SIM_LP_FAULTS)
		return false;
	s->faults[s->nr_faults++] = *fault;
	return true;
}

void sim_fault_clear(struct sim *s)
{
	uint32_t i;

	s->nr_faults = 0;
	for (i = 0; i < SIM_LP_FAULTS; i++) {
		ss_store(&s->fault_calls[i], 0);
		ss_store(&s->fault_struck[i], 0);
	}
	ss_store(&s->fault_hits, 0);
}

uint32_t sim_fault_hits(const struct sim *s)
{
	return ss_load(&s->fault_hits);
}

uint32_t sim_fault_struck(const struct sim *s, uint32_t i)
{
	return i < s->nr_faults ? ss_load(&s->fault_struck[i]) : 0;
}

/* Does only the call that completes a session return this (specification 5.2)? */
static bool only_on_last_lp(const struct sim_fault *f)
{
	switch (f->status) {
	case SS_PSEAMLDR_EBADPARAM:
	case SS_PSEAMLDR_EBADHANDOFF:
	case SS_PSEAMLDR_ENOMEM:
	case SS_PSEAMLDR_EUNSUPCPU:
	case SS_PSEAMLDR_EBADSIG:
	case SS_PSEAMLDR_EBADHASH:
	case SS_PSEAMLDR_ENOENTROPY:
		return true;
	case SS_TDX_SEAMCALL_VMFAILINVALID:
	case SS_TDX_SEAMCALL_UD:
	case SS_TDX_SEAMCALL_GP:
		return false;
	}
	return f->rdx;
}

static bool same_leaf(uint64_t called, uint64_t leaf)
{
	/* Whatever the version, for leaves that have one. */
	if (!(called & SS_LEAF_SEAMLDR))
		called &= ~SS_LEAF_VERSION(0xff);
	return called == leaf;
}

static bool counts(const struct sim *s, const struct sim_fault *f, uint32_t lp, uint64_t leaf)
{
	if (!same_leaf(leaf, f->leaf))
		return false;
	if (f->lp != SIM_LP_ANY)
		return f->lp == lp;
	return f->leaf != SS_LEAF_SEAMLDR_INSTALL || !only_on_last_lp(f) ||
	       sim_seamldr_is_last(s, lp);
}

bool sim_fault_strikes(struct sim *s, uint32_t lp, uint64_t leaf, uint64_t *status, uint64_t *rdx)
{
	bool struck = false;
	uint32_t i, n;

	for (i = 0; i < s->nr_faults; i++) {
		const struct sim_fault *f = &s->faults[i];

		if (!counts(s, f, lp, leaf))
			continue;
		n = ss_add(&s->fault_calls[i], 1) + 1;
		if (struck || n < f->nth || (n > f->nth && !f->sticky))
			continue;
		*status = f->status;
		*rdx = f->rdx;
		struck = true;
		ss_add(&s->fault_struck[i], 1);
		ss_add(&s->fault_hits, 1);
	}
	return struck;
}
