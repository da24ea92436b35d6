/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Faults as text: LEAF[@LP][#NTH][+][!]=STATUS[/RDX]. */
#ifndef SIM_FAULT_TEXT_H
#define SIM_FAULT_TEXT_H

#include "sim.h"

enum sim_fault_part {
	SIM_FAULT_LEAF, SIM_FAULT_LP, SIM_FAULT_NTH, SIM_FAULT_STATUS, SIM_FAULT_RDX
};

enum sim_fault_wrong {
	SIM_FAULT_MISSING,	/* the part is not there */
	SIM_FAULT_LONG,		/* the part has more characters than any name */
	SIM_FAULT_NONSENSE,	/* the part is no name and no number in its range */
	SIM_FAULT_NO_EQUALS,	/* "=" should stand here */
	SIM_FAULT_HARMLESS,	/* a call that is executed and succeeds */
	SIM_FAULT_NOT_INSTALL	/* only SEAMLDR.INSTALL returns RDX */
};

#define SIM_FAULT_WORD 64

struct sim_fault_error {
	enum sim_fault_wrong wrong;
	enum sim_fault_part part;
	size_t at;			/* index of the first wrong character */
	uint64_t leaf;			/* where a status is wrong: whose status it should be */
	char word[SIM_FAULT_WORD];	/* where a part is nonsense: the part */
};

/**
 * sim_fault_parse - read one fault
 * @text:   LEAF is a name (a leading "TDH." may be left out) or a number; LP a number below
 *          @nr_lps, first, last or any (default); NTH counts the calls of that leaf on that LP from
 *          1 (default); with + the fault strikes every call from the NTH on; with ! the call is
 *          executed, too; STATUS is a name, with or without TDX_ or PSEAMLDR_, or a number, and
 *          SUCCESS only without !; RDX a number, for SEAMLDR.INSTALL only. Numbers are decimal, or
 *          hexadecimal with 0x
 * @nr_lps: 1 or more
 * @fault:  filled in on success
 * @err:    filled in on failure
 *
 * Context: any. Returns false if the text is not a fault that a machine with @nr_lps LPs can have.
 */
bool sim_fault_parse(const char *text, uint32_t nr_lps, struct sim_fault *fault,
		     struct sim_fault_error *err);

#endif
