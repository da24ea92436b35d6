// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* All single faults that an update can meet. */
#include "fault_list.h"

#include "sim/random.h"

#include <stdio.h>
#include <stdlib.h>

static const struct fault_call calls[] = {
	{ SS_LEAF_SEAMLDR_INFO, FAULT_AT_LEAD, 1 },
	{ SS_LEAF_TDH_SYS_SHUTDOWN, FAULT_AT_LEAD, 1 },
	{ SS_LEAF_SEAMLDR_INSTALL, FAULT_AT_FIRST, 1 },
	{ SS_LEAF_SEAMLDR_INSTALL, FAULT_AT_MIDDLE, 1 },
	{ SS_LEAF_SEAMLDR_INSTALL, FAULT_AT_LAST, 1 },
	{ SS_LEAF_SEAMLDR_INFO, FAULT_AT_LEAD, 2 },
	{ SS_LEAF_TDH_SYS_INIT, FAULT_AT_LEAD, 1 },
	{ SS_LEAF_TDH_SYS_LP_INIT, FAULT_AT_FIRST, 1 },
	{ SS_LEAF_TDH_SYS_LP_INIT, FAULT_AT_MIDDLE, 1 },
	{ SS_LEAF_TDH_SYS_LP_INIT, FAULT_AT_LAST, 1 },
	{ SS_LEAF_TDH_SYS_UPDATE, FAULT_AT_LEAD, 1 },
	/* The look. Its last call is made only if the other calls contradict each other. */
	{ SS_LEAF_SEAMLDR_INFO, FAULT_AT_LEAD, 3 },
	{ SS_LEAF_TDH_SYS_RD, FAULT_AT_LEAD, 1 },
	{ SS_LEAF_TDH_SYS_RD, FAULT_AT_LEAD, 2 },
	{ SS_LEAF_TDH_SYS_RD, FAULT_AT_LEAD, 3 },
	{ SS_LEAF_TDH_PHYMEM_PAGE_RDMD, FAULT_AT_LEAD, 1 },
	{ SS_LEAF_TDH_SYS_TDMR_INIT, FAULT_AT_LEAD, 1 },
};

#define STATUS_VALUE(name, value, class, text) (value),
static const uint64_t table[] = { SS_STATUSES(STATUS_VALUE) };
#undef STATUS_VALUE

#define NR_STATUSES	(SS_ARRAY_SIZE(table) + FAULT_LIST_RANDOM)

uint32_t fault_list_calls(const struct fault_call **out)
{
	*out = calls;
	return SS_ARRAY_SIZE(calls);
}

/* Half of the random statuses are any number, half come from the table with another detail. */
static void fill_statuses(uint64_t statuses[NR_STATUSES], uint64_t seed)
{
	uint64_t detail = 0xffffffff, v;
	uint32_t i;

	memcpy(statuses, table, sizeof(table));
	for (i = 0; i < FAULT_LIST_RANDOM; i++) {
		v = sim_random(&seed);
		if (i % 2)
			v = (table[v % SS_ARRAY_SIZE(table)] & ~detail) |
			    (sim_random(&seed) & detail);
		statuses[SS_ARRAY_SIZE(table) + i] = v;
	}
}

/* Two entries of the table are the same number: both firmwares call success 0. */
static bool is_repeated(const uint64_t *statuses, uint32_t i)
{
	uint32_t k;

	for (k = 0; k < i; k++)
		if (statuses[k] == statuses[i])
			return true;
	return false;
}

static uint32_t lp_of(enum fault_place place, uint32_t nr_lps)
{
	switch (place) {
	case FAULT_AT_FIRST:
		return 0;
	case FAULT_AT_MIDDLE:
		return nr_lps / 2;
	case FAULT_AT_LAST:
		return nr_lps - 1;
	default:
		return SIM_LP_ANY;
	}
}

/* With one or two LPs the middle LP is the last one; with one LP the first is the last, too. */
static bool place_exists(enum fault_place place, uint32_t nr_lps)
{
	if (place == FAULT_AT_MIDDLE)
		return nr_lps > 2;
	return place != FAULT_AT_FIRST || nr_lps > 1;
}

/* Statuses of INSTALL that only the call that completes a session can return (5.2). */
static bool completes(uint64_t status)
{
	return status == SS_PSEAMLDR_EBADPARAM || status == SS_PSEAMLDR_EBADHANDOFF ||
	       status == SS_PSEAMLDR_ENOMEM || status == SS_PSEAMLDR_EUNSUPCPU ||
	       status == SS_PSEAMLDR_EBADSIG || status == SS_PSEAMLDR_EBADHASH ||
	       status == SS_PSEAMLDR_ENOENTROPY;
}

/* On the last LP such a status waits for the session's last call, whichever LP makes that call. */
static void place_fault(struct sim_fault *f, enum fault_place place, uint32_t nr_lps)
{
	f->lp = lp_of(place, nr_lps);
	if (f->leaf == SS_LEAF_SEAMLDR_INSTALL && place == FAULT_AT_LAST &&
	    (f->rdx || completes(f->status)))
		f->lp = SIM_LP_ANY;
}

/* Bits of @how: always, executed, RDX 1. */
static bool make_fault(const struct fault_call *call, uint64_t status, uint32_t how,
		       uint32_t nr_lps, struct sim_fault *f)
{
	*f = (struct sim_fault){
		.leaf = call->leaf, .nth = call->nth, .sticky = how & 1, .status = status,
		.rdx = how >> 2, .executed = how >> 1 & 1,
	};
	place_fault(f, call->place, nr_lps);
	if (f->rdx && call->leaf != SS_LEAF_SEAMLDR_INSTALL)
		return false;
	return f->status || f->rdx || !f->executed;	/* otherwise nothing is wrong */
}

static void add_call(struct fault_list *l, uint32_t call, const uint64_t *statuses, uint32_t nr_lps)
{
	uint32_t i, how;

	for (i = 0; place_exists(calls[call].place, nr_lps) && i < NR_STATUSES; i++) {
		for (how = 0; how < 8 && !is_repeated(statuses, i); how++) {
			l->calls[l->nr] = (uint8_t)call;
			l->nr += make_fault(&calls[call], statuses[i], how, nr_lps,
					    &l->faults[l->nr]);
		}
	}
}

bool fault_list_make(struct fault_list *l, uint32_t nr_lps, uint64_t seed)
{
	const size_t room = SS_ARRAY_SIZE(calls) * NR_STATUSES * 8 + 1;
	uint64_t statuses[NR_STATUSES];
	uint32_t i;

	l->nr = 0;
	l->faults = malloc(room * sizeof(*l->faults));
	l->calls = malloc(room * sizeof(*l->calls));
	if (!l->faults || !l->calls) {
		fault_list_free(l);
		return false;
	}
	fill_statuses(statuses, seed);
	for (i = 0; i < SS_ARRAY_SIZE(calls); i++)
		add_call(l, i, statuses, nr_lps);
	return true;
}

void fault_list_free(struct fault_list *l)
{
	free(l->faults);
	free(l->calls);
	*l = (struct fault_list){ .faults = NULL };
}

bool fault_list_lies(const struct sim_fault *fault)
{
	return fault->executed || !fault->status;
}

const char *fault_place_name(enum fault_place place)
{
	static const char *const names[] = {
		[FAULT_AT_FIRST] = "first", [FAULT_AT_MIDDLE] = "middle", [FAULT_AT_LAST] = "last",
	};

	return place == FAULT_AT_LEAD ? NULL : names[place];
}

void fault_list_name(const struct sim_fault *f, char out[FAULT_LIST_NAME_BYTES])
{
	const char *status = ss_status_name(f->leaf, f->status);
	char lp[16] = "", nth[16] = "", number[24];
	uint64_t value;

	if (f->lp != SIM_LP_ANY)
		snprintf(lp, sizeof(lp), "@%u", f->lp);
	if (f->nth != 1)
		snprintf(nth, sizeof(nth), "#%u", f->nth);
	snprintf(number, sizeof(number), "%#llx", (unsigned long long)f->status);
	if (!ss_status_by_name(f->leaf, status, &value) || value != f->status)
		status = number;
	snprintf(out, FAULT_LIST_NAME_BYTES, "%s%s%s%s%s=%s%s", ss_leaf_name(f->leaf), lp, nth,
		 f->sticky ? "+" : "", f->executed ? "!" : "", status, f->rdx ? "/1" : "");
}
