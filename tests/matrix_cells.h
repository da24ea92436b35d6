/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A table by hand of faults, and of what the interface allows under each fault. It is independent
 * of the code under test and of the model: the second witness beside the solver.
 */
#ifndef TESTS_MATRIX_CELLS_H
#define TESTS_MATRIX_CELLS_H

#include "../sim/sim.h"

enum matrix_position { AT_FIRST, AT_MIDDLE, AT_LAST, AT_LEAD, MATRIX_POSITIONS };

/*
 * What a status means where it strikes, by specification 10.4 and the "kind" column of 2.5 and 2.6.
 */
enum matrix_meaning {
	REFUSED,	/* before the shutdown: nothing happened, and a repetition is of no use */
	BUSY,		/* before the shutdown: repeat the call at once */
	UNCOUNTED,	/* INSTALL: the call does not count; repeat it on this LP */
	AGAIN,		/* everything is as before: repeat now or after a repair */
	OTHER_IMAGE,	/* everything is as before, but this image cannot be used */
	GONE,		/* RDX = 1: the old module is erased */
	HARMLESS,	/* the update is done already */
};

struct matrix_cell {
	uint64_t leaf, status, rdx;
	enum matrix_meaning meaning;
	enum matrix_position at;
	bool sticky;
};

/* How the update must end: the verdict's name, and whether TDs live. */
struct matrix_expectation {
	const char *verdict;
	bool alive;
};

uint32_t matrix_nr_cells(void);
void matrix_cell(uint32_t i, struct matrix_cell *cell);
struct sim_fault matrix_fault(const struct matrix_cell *cell, uint32_t nr_lps);

/* "SEAMLDR.INSTALL@middle+=EBADCALL" */
void matrix_name(const struct matrix_cell *cell, char *out, size_t bytes);

/*
 * The plan has the running version's own image and a sibling of the target as fallbacks, and enough
 * updates are left.
 */
struct matrix_expectation matrix_expect(const struct matrix_cell *cell);

#endif
