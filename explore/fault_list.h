/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * All single faults that an update can meet: every status of the table and some unknown statuses,
 * at every SEAMCALL of the update. The matrix, the explorer and the sweep use this list.
 */
#ifndef SS_EXPLORE_FAULT_LIST_H
#define SS_EXPLORE_FAULT_LIST_H

#include "sim/sim.h"

#define FAULT_LIST_RANDOM	8u	/* random statuses */
#define FAULT_LIST_NAME_BYTES	96u

/* Which LP makes a call. A call of the lead has SIM_LP_ANY, since the update chooses that LP. */
enum fault_place { FAULT_AT_LEAD, FAULT_AT_FIRST, FAULT_AT_MIDDLE, FAULT_AT_LAST };

/* A call of an update: the @nth call of @leaf at @place. */
struct fault_call {
	uint64_t leaf;
	enum fault_place place;
	uint32_t nth;
};

/* Every call of an update, in the order of the update. Returns how many. */
uint32_t fault_list_calls(const struct fault_call **calls);

/* The place as the names of faults show it: "last". NULL for the lead. */
const char *fault_place_name(enum fault_place place);

struct fault_list {
	struct sim_fault *faults;
	uint8_t *calls;			/* for each fault the number of its call */
	uint32_t nr;
};

/**
 * fault_list_make - every call x every status x once and always x executed or not x RDX
 * @list:   filled in; the caller frees the list
 * @nr_lps: of the machine. With few LPs first, middle and last are the same, and listed once
 * @seed:   of the random statuses
 * Context: user space. Returns false if there is no memory.
 */
bool fault_list_make(struct fault_list *list, uint32_t nr_lps, uint64_t seed);
void fault_list_free(struct fault_list *list);

/* Is the fault a lie: the call is done and says no, or says done and is not done? */
bool fault_list_lies(const struct sim_fault *fault);
/* As "seamstep simulate --fault" reads it. */
void fault_list_name(const struct sim_fault *fault, char out[FAULT_LIST_NAME_BYTES]);

#endif
