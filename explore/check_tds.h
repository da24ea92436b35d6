/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Two TDs beside the explored update: one that runs, one that is being built. */
#ifndef SS_EXPLORE_CHECK_TDS_H
#define SS_EXPLORE_CHECK_TDS_H

#include "sim/host_td.h"

struct check_update;

#define CHECK_TDS_PAGES		48u	/* TDMR memory of both TDs */
#define CHECK_TDS_HKIDS		3u	/* one for each TD, and the global one */
#define CHECK_TDS_STEPS		2u	/* of the build, around the update */

struct check_tds {
	uint64_t next_pa;
	uint32_t next_key;
	struct ss_buffer scratch;	/* a shared page of the host */
	uint64_t running, vcpu, built;	/* TDR, TDVPR, TDR */
	/* The MRTDs of an undisturbed build in the model, by the number of steps made. */
	uint8_t mrtd[CHECK_TDS_STEPS + 1][SS_SHA384_BYTES];
	/* The execution under way. */
	uint32_t steps;			/* of the build */
	bool finalized;
	uint64_t progress;		/* of the running TD, right before the update */
	bool window;	/* the update has made a SEAMCALL, and no LP has left it */
};

/* Prepares both TDs for the update. Context: before the machine's mark. Returns false: no room. */
bool check_tds_build(struct check_update *c);
/* Computes the expected MRTDs. Context: after the mark. Leaves the machine changed. */
bool check_tds_measure(struct check_update *c);

/* Prepares the next execution. */
void check_tds_begin(struct check_tds *t);
/* On an LP: what the LP does with its TD before it joins the update, and after it has left. */
void check_tds_before(struct check_update *c, uint32_t lp);
void check_tds_after(struct check_update *c, uint32_t lp);
/* Do the calls of the two LPs leave the same memory in every order? */
bool check_tds_commute(struct check_update *c);
/* A vCPU that no stop reaches: the checks must notice. */
void check_tds_unstopped(struct check_update *c);
/* Checks at the end, when all LPs have left. */
void check_tds_end(struct check_update *c);

#endif
