/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* TCB Info for a lab's ladder of versions: a standard document and an early one. */
#ifndef SS_LAB_LAB_TCB_H
#define SS_LAB_LAB_TCB_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/tcb/tcb.h"
#include "sim/sim.h"
#include "tcb_signer.h"

#define LAB_TCB_DAYS	30u	/* from issueDate to nextUpdate */
#define LAB_TCB_FIRST	19u	/* number of a new lab's standard set */
#define LAB_TCB_LINES	2u	/* major SVNs of the ladder */

/* What one document asks for. */
struct lab_tcb_bar {
	uint32_t set;
	uint8_t minor[LAB_TCB_LINES];	/* lowest minor SVN that is UpToDate */
	int64_t issued;
	uint32_t days;
};

/* The two documents, in the order of their files. */
enum { LAB_TCB_STANDARD, LAB_TCB_EARLY, LAB_TCB_NR };
struct lab_tcb {
	struct lab_tcb_bar bars[LAB_TCB_NR];
};
extern const char *const lab_tcb_names[LAB_TCB_NR];	/* "standard", "early" */

/* A new lab's: the standard set accepts what runs, the early one asks for more, where there is. */
void lab_tcb_begin(struct lab_tcb *tcb, const struct sim_module_info *running, int64_t now);
/* The early set becomes the standard one, and the next early one asks for more. */
void lab_tcb_move(struct lab_tcb *tcb, int64_t now);
/* One set asks for a version of the ladder; the sets' numbers grow. */
void lab_tcb_ask(struct lab_tcb *tcb, unsigned int which, const struct sim_module_info *version,
		 int64_t now);

/**
 * lab_tcb_save - write DIR/tcb/standard.json, a response body with its chain, and early.json,
 * collateral
 * DIR/tcb must be there. False with *@why set (malloc'd).
 */
bool lab_tcb_save(const char *dir, const struct lab_tcb *tcb, const struct tcb_signer *signer,
		  char **why);
/* Reads both documents back, verified. False with *@why set (malloc'd). */
bool lab_tcb_load(const char *dir, struct lab_tcb *tcb, char **why);

/* malloc'd collateral: any text, signed. NULL if the crypto library failed. */
char *lab_tcb_collateral(const char *text, const struct tcb_signer *signer);

#endif
