/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The whole update over the software SEAM as a program of the virtual machine, and what must be
 * true of it.
 */
#ifndef SS_VIRTUAL_CHECK_UPDATE_H
#define SS_VIRTUAL_CHECK_UPDATE_H

#include "core/seamldr.h"
#include "core/update.h"
#include "check_tds.h"
#include "rewind.h"
#include "sim/sim.h"
#include "virtual.h"

#define CHECK_UPDATE_LPS	64u
#define CHECK_UPDATE_FAULTS	2u
#define CHECK_UPDATE_IMAGES	4u	/* the three of the plan, and the one to boot with */

/* Who signs the images. @sign fills in modulus, exponent and signature. */
struct check_signer {
	uint8_t signer[SS_SHA384_BYTES];
	void *ctx;
	bool (*sign)(void *ctx, uint8_t sigstruct[SS_SIGSTRUCT_BYTES]);
};

/* TDs that the machine hosts, and so which modules follow each other. */
enum check_update_tds {
	CHECK_NO_TDS,
	CHECK_TDS,		/* of check_tds.c, on modules as the public ones */
	/*
	 * On modules that can refuse an update during a TD build, and need to: the target and its
	 * predecessor keep the state of a measurement in different ways.
	 */
	CHECK_TDS_REFUSING,
};

struct check_update_config {
	uint32_t nr_lps;
	bool deadline;		/* the update may be called off while LPs arrive */
	bool rehearse;
	/* For tests of the checks, with TDs: */
	bool spoil_builds;	/* do not ask the module to refuse during TD builds */
	bool unstopped;		/* a vCPU enters guest mode without waiting for the update's end */
	struct sim_fault faults[CHECK_UPDATE_FAULTS];
	uint32_t nr_faults;
};

struct check_update {
	struct check_update_config config;
	struct sim_config sim_config;
	struct sim *sim;
	struct rewind mem;	/* of the machine; marked right before the update */
	bool called;		/* a SEAMCALL was made since it was put back */
	uint8_t *shared;
	size_t shared_used;

	struct ss_machine machine;
	struct ss_update_plan plan;
	struct ss_lockstep lockstep;
	struct ss_lockstep_lp lockstep_lps[CHECK_UPDATE_LPS];
	struct ss_update_lp lps[CHECK_UPDATE_LPS];
	struct ss_update update;
	const char *from;	/* the version that runs at first */
	enum check_update_tds has_tds;
	struct check_tds tds;
	uint32_t verdicts[CHECK_UPDATE_LPS];
	/* Plain memory: SEAMCALLs that may not overlap write it, the others read it. */
	uint32_t turn;
	uint32_t seen[SS_VERDICT_NR];	/* executions that ended so */
};

/**
 * check_update_create - power a machine on and boot a module
 * Context: user space. Line-aligned memory, to be destroyed; NULL if signing or booting failed.
 */
struct check_update *check_update_create(uint32_t nr_lps, const struct check_signer *signer);
struct check_update *check_update_create_tds(uint32_t nr_lps, enum check_update_tds tds,
					     const struct check_signer *signer);
void check_update_destroy(struct check_update *c);

/* What the next executions of @program shall go through. */
void check_update_set(struct check_update *c, const struct check_update_config *config,
		      struct virtual_program *program);

/*
 * Fault @n of those in fault_list.h, with statuses by chance that are always the same. Returns
 * false behind the last one.
 */
bool check_update_fault(uint32_t nr_lps, uint32_t n, struct sim_fault *fault);

/*
 * The numbers of those faults that stand for all: the first of each set of faults that differ in
 * nothing but their status, and under which an update in one schedule makes the same calls, takes
 * the same decisions and ends the same. That such faults are alike in other schedules too is an
 * assumption. @c is in need of check_update_set() afterwards. Returns how many there are; *@numbers
 * is kept for the number of LPs that was asked for last.
 */
uint32_t check_update_representatives(struct check_update *c, const uint32_t **numbers);

#endif
