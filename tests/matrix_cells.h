/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A table by hand of faults and of what the interface allows under each, independent of the code
 * under test and of the model: the second witness beside the solver.
 */
#ifndef TESTS_MATRIX_CELLS_H
#define TESTS_MATRIX_CELLS_H

#include "../sim/sim.h"

enum matrix_position { AT_FIRST, AT_MIDDLE, AT_LAST, AT_LEAD, MATRIX_POSITIONS };

/*
 * What a status means where it strikes, by specification 10.4 and the "kind" column of 2.5 and 2.6.
 */
enum matrix_meaning {
	REFUSED,	/* before the shutdown: nothing happened, the call is of no use now */
	BUSY,		/* before the shutdown: the same call again, at once */
	UNCOUNTED,	/* INSTALL: the call does not count, it must be made again on this LP */
	AGAIN,		/* the same again, now or after a repair: everything is as before */
	OTHER_IMAGE,	/* everything is as before, but this image will not do */
	GONE,		/* RDX = 1: the old module is erased */
	HARMLESS,	/* after the update is done */
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
 * With the running version's own image and a sibling of the target as fallbacks, and enough updates
 * left.
 */
struct matrix_expectation matrix_expect(const struct matrix_cell *cell);

#endif
