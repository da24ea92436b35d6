/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A program of the virtual machine that is the whole update over the software SEAM, and its checks.
 */
#ifndef SS_EXPLORE_CHECK_UPDATE_H
#define SS_EXPLORE_CHECK_UPDATE_H

#include "core/seamldr.h"
#include "core/update.h"
#include "check_tds.h"
#include "rewind.h"
#include "signer.h"
#include "sim/sim.h"
#include "place/virtual/virtual.h"

#define CHECK_UPDATE_LPS	64u
#define CHECK_UPDATE_FAULTS	2u
#define CHECK_UPDATE_IMAGES	4u	/* the three of the plan, and the one to boot with */

/* The TDs on the machine. They decide which modules follow each other. */
enum check_update_tds {
	CHECK_NO_TDS,
	CHECK_TDS,		/* the TDs of check_tds.c, on modules like the public ones */
	/*
	 * The same TDs, on modules that can refuse an update during a TD build and have to: the
	 * target and its predecessor keep the state of a measurement in different formats.
	 */
	CHECK_TDS_REFUSING,
};

struct check_update_config {
	uint32_t nr_lps;
	bool deadline;		/* the update may be called off while LPs arrive */
	bool rehearse;
	/* For tests of the checks, with TDs: */
	bool spoil_builds;	/* do not ask the module to refuse during TD builds */
	bool unstopped;		/* a vCPU enters guest mode before the update has ended */
	struct sim_fault faults[CHECK_UPDATE_FAULTS];
	uint32_t nr_faults;
};

struct check_update {
	struct check_update_config config;
	struct sim_config sim_config;
	struct sim *sim;
	struct rewind mem;	/* the machine's memory; marked right before the update */
	bool called;		/* a SEAMCALL was made after the last rewind */
	uint8_t *shared;
	size_t shared_used;

	struct ss_machine machine;
	struct ss_update_plan plan;
	struct ss_lockstep lockstep;
	struct ss_lockstep_lp lockstep_lps[CHECK_UPDATE_LPS];
	struct ss_update_lp lps[CHECK_UPDATE_LPS];
	struct ss_update update;
	const char *from;	/* the version that runs before the update */
	enum check_update_tds has_tds;
	struct check_tds tds;
	uint32_t verdicts[CHECK_UPDATE_LPS];
	/* Plain memory. A SEAMCALL that must be alone writes the word; the others read the word. */
	uint32_t turn;
	uint32_t seen[SS_VERDICT_NR];	/* number of executions by verdict */
};

/**
 * check_update_create - power a machine on and boot a module
 * Context: user space. The memory is line-aligned, and the caller destroys it. Returns NULL if
 *          signing or booting failed.
 */
struct check_update *check_update_create(uint32_t nr_lps, const struct check_signer *signer);
struct check_update *check_update_create_tds(uint32_t nr_lps, enum check_update_tds tds,
					     const struct check_signer *signer);
void check_update_destroy(struct check_update *c);

/* Chooses the configuration of the next executions of @program. */
void check_update_set(struct check_update *c, const struct check_update_config *config,
		      struct virtual_program *program);

/*
 * Fault @n of fault_list.h. The random statuses are the same in each run. Returns false if the list
 * has no fault @n.
 */
bool check_update_fault(uint32_t nr_lps, uint32_t n, struct sim_fault *fault);

/*
 * The numbers of the faults that stand for all others. Faults form a set if they differ only in
 * their status, and if under one schedule the update makes the same calls, takes the same decisions
 * and ends the same. The first fault of a set stands for the set. That such faults are alike under
 * other schedules too is an assumption. The caller calls check_update_set() afterwards. Returns how
 * many there are. *@numbers is valid until a call asks for another number of LPs.
 */
uint32_t check_update_representatives(struct check_update *c, const uint32_t **numbers);

#endif
