// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Fault injection: which call of which leaf on which LP returns what, executed or not. */
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
}

uint32_t sim_fault_hits(const struct sim *s)
{
	uint32_t i, hits = 0;

	for (i = 0; i < s->nr_faults; i++)
		hits += sim_fault_struck(s, i);
	return hits;
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
	/* For leaves that have a version: any version. */
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

const struct sim_fault *sim_fault_strike(struct sim *s, uint32_t lp, uint64_t leaf)
{
	const struct sim_fault *strikes = NULL;
	uint32_t i, n;

	for (i = 0; i < s->nr_faults; i++) {
		const struct sim_fault *f = &s->faults[i];

		if (!counts(s, f, lp, leaf))
			continue;
		n = ss_add(&s->fault_calls[i], 1) + 1;
		if (strikes || n < f->nth || (n > f->nth && !f->sticky))
			continue;
		ss_add(&s->fault_struck[i], 1);
		strikes = f;
	}
	return strikes;
}
