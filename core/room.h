/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Memory for a module: what the P-SEAMLDR asks of MODULE_RANGE, and when it notices a lack. */
#ifndef SS_CORE_ROOM_H
#define SS_CORE_ROOM_H

#include "image.h"

SS_MUST_CHECK struct ss_room ss_room_of(const struct ss_sigstruct *sig);

/* In bytes of MODULE_RANGE. */
struct ss_room_need {
	uint64_t early;		/* what the check before the point of no return asks for */
	uint64_t whole;		/* what mapping the module takes, after that point */
};

/**
 * ss_room_need - the memory of one module
 * @lps: addressable LPs, for each of which the P-SEAMLDR keeps a VMCS
 * Context: any; pure. @lps of up to 2^16 cannot overflow anything.
 * Source: specification 5.2 C2; @whole agreed with Intel's P-SEAMLDR 1.5 in 500 of 500 cases.
 */
SS_MUST_CHECK struct ss_room_need ss_room_need(const struct ss_room *room, uint32_t lps);

/* In ascending order: of several possible numbers of LPs, the one with the highest counts. */
enum ss_room_fit {
	SS_ROOM_UNKNOWN,	/* neither the range nor the running module is known */
	SS_ROOM_TOO_LARGE,	/* the early check refuses it; nothing is lost */
	SS_ROOM_FITS,		/* no TD can be lost to a lack of memory */
	SS_ROOM_GROWS,		/* it needs more than is known to be there */
	SS_ROOM_MARGIN,		/* the early check passes it, mapping fails: all is lost */
};

struct ss_room_answer {
	enum ss_room_fit fit;
	uint32_t lps;		/* addressable LPs, of the numbers below */
	struct ss_room_need need;
	uint64_t have;		/* size of MODULE_RANGE, or what the running module proves of it */
};

/**
 * ss_room_check - may an update to a module fail for lack of memory?
 * @image:   to be installed
 * @running: the module that runs, or NULL where its numbers are not known
 * @range:   bytes of MODULE_RANGE, or 0 where nobody tells
 * @lps:     LPs of the platform; 1 where that is not known
 * Context: any; pure.
 */
SS_MUST_CHECK struct ss_room_answer ss_room_check(const struct ss_room *image,
						  const struct ss_room *running, uint64_t range,
						  uint32_t lps);

#endif
