/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The model's state as the solver needs it: kept, brought back, and told apart from others. */
#ifndef TESTS_SOLVER_STATE_H
#define TESTS_SOLVER_STATE_H

#include "../sim/sim.h"

#define SOLVER_FAULTS	2u
#define SOLVER_CLASSES	(SOLVER_FAULTS + 1u)	/* an LP that a fault names, or any other */

/* A machine whose future is in question. Constant while it is. */
struct solver_machine {
	struct sim *sim;
	uint8_t *mem;			/* of the model: sim_bytes() */
	size_t bytes;
	uint64_t tdr_pa;		/* a TD that must live */
	uint32_t key_generation;	/* of the key under which its memory is encrypted */
	uint32_t nr_lps;
	struct sim_fault faults[SOLVER_FAULTS];	/* as they were added to the model */
	uint32_t nr_faults;
};

/* A fault as far as the model's future depends on it. */
struct solver_fault {
	uint64_t leaf, status, rdx;
	uint32_t lp, nth;
	/* Calls counted, up to where they cease to matter. */
	uint32_t sticky, executed, struck_out;
};

/*
 * Two states with the same key have the same future, but for the updates that are left. LPs that no
 * fault names are alike, so only their numbers count.
 */
struct solver_key {
	struct solver_fault faults[SOLVER_FAULTS];
	char version[16];
	uint32_t nr_lps;
	uint32_t module_state, gates, fatal, keys_kept;
	uint32_t seam_ready, snapshot_ready, svn, handoff;
	uint32_t in_session[SOLVER_CLASSES], initialised[SOLVER_CLASSES];
};

void solver_key(const struct solver_machine *m, struct solver_key *key);
uint32_t solver_remaining(const struct solver_machine *m);

/* The class of an LP: the number of the first fault that names it, or SOLVER_FAULTS. */
uint32_t solver_class(const struct solver_machine *m, uint32_t lp);
/* An LP of the class that has called INSTALL in the open session, or has not. SIM_LP_ANY: none. */
uint32_t solver_in_session(const struct solver_machine *m, uint32_t class, bool called);
/* The same for TDH.SYS.LP.INIT. */
uint32_t solver_initialised(const struct solver_machine *m, uint32_t class, bool done);

/* Do the TDs live, and can their host be let go on? */
bool solver_is_saved(const struct solver_machine *m);

/* Everything but the module's image, which nothing reads but the call that writes it. */
size_t solver_snapshot_bytes(const struct solver_machine *m);
void solver_keep(const struct solver_machine *m, uint8_t *snapshot);
void solver_bring_back(const struct solver_machine *m, const uint8_t *snapshot);

#endif
