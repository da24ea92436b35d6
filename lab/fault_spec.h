/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Faults as text: LEAF[@LP][#N][+][!]=STATUS[/RDX]. */
#ifndef SS_LAB_FAULT_SPEC_H
#define SS_LAB_FAULT_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/sim.h"

struct fault_spec_error {
	size_t at;		/* index of the first wrong character */
	char text[160];		/* the fault, and what would be right */
};

/**
 * fault_spec_parse - sim_fault_parse(), with the error in words
 *
 * Context: user space.
 */
bool fault_spec_parse(const char *text, uint32_t nr_lps, struct sim_fault *fault,
		      struct fault_spec_error *err);

/* The canonical text of @fault: parsing the text gives the same fault. Returns malloc'd text. */
char *fault_spec_format(const struct sim_fault *fault);

#endif
