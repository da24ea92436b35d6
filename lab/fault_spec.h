/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Faults as text: LEAF[@LP][#N][+][!]=STATUS[/RDX]. */
#ifndef SS_CLI_FAULT_SPEC_H
#define SS_CLI_FAULT_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/sim.h"

struct fault_spec_error {
	size_t at;		/* index of the first wrong character */
	char text[160];		/* the fault, and what would be right */
};

/**
 * fault_spec_parse - read one fault
 * @text:   LEAF is a name (a leading "TDH." may be left out) or a number; LP a number below
 *          @nr_lps, first, last or any (default); N counts the calls of that leaf on that LP from
 *          1 (default); with + the fault strikes every call from the Nth on; with ! the call is
 *          executed, too; STATUS is a name, with or without TDX_ or PSEAMLDR_, or a number, and
 *          SUCCESS only without !; RDX a number, for SEAMLDR.INSTALL only
 * @fault:  filled in on success
 * @err:    filled in on failure
 *
 * Context: user space. Returns false if the text is not a fault that a machine with @nr_lps LPs can
 * have.
 */
bool fault_spec_parse(const char *text, uint32_t nr_lps, struct sim_fault *fault,
		      struct fault_spec_error *err);

/* The canonical text of @fault: parsing the text gives the same fault. Returns malloc'd text. */
char *fault_spec_format(const struct sim_fault *fault);

#endif
