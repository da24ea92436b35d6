/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Versions, the facts of a host, the reasons of a verdict, as plain data. As image_types.h. */
#ifndef SS_CORE_COMPAT_TYPES_H
#define SS_CORE_COMPAT_TYPES_H

#include "image_types.h"

/* Module version "major.minor.update", each 0 .. 65535. */
struct ss_version {
	uint16_t major, minor, update;
};

/* Rules that only the publisher's mapping file knows. */
struct ss_compat_rule {
	bool known;			/* there is an entry for this image */
	bool broken;			/* the file has rules that nobody can read */
	struct ss_version version;	/* of the image */
	struct ss_version min_running;	/* oldest module it can follow with TDs preserved */
	struct ss_version min_seamldr[8];	/* one a P-SEAMLDR line (major.minor) */
	uint32_t nr_min_seamldr;
	uint64_t features0;
	bool features0_known;
};

/* The known facts about the host. Where "has_" is false, a check says "not known". */
struct ss_compat_host {
	bool has_fms;
	const uint32_t *fms;		/* CPUID(1).EAX of every package */
	uint32_t nr_fms;

	bool has_seamldr_version;
	struct ss_version seamldr;

	bool has_module;		/* a module is loaded and ready */
	bool has_module_version;
	struct ss_version module;
	bool has_module_svn;
	uint8_t svn_minor, svn_major;
	bool has_handoff;		/* the running module's window */
	uint16_t module_hv, min_update_hv;
	uint8_t no_downgrade;
	uint32_t handoff_pages;		/* counted as in struct ss_sigstruct; 0: not known */
	bool has_features0;
	uint64_t features0;
	bool has_room;
	struct ss_room room;		/* of the running module */
	bool has_mrseam;
	uint8_t mrseam[SS_SHA384_BYTES];

	bool has_remaining;
	uint32_t remaining_updates;

	bool has_lps;
	uint32_t lps_platform, lps_online;

	uint64_t module_range;		/* bytes; 0: not known, as almost everywhere */

	bool debug_unlocked;
};

/*
 * Reasons. X(name, kind, text): REFUSE means the update must not be tried, WARN that
 * something can't be proven or is worth knowing.
 */
#define SS_COMPAT_REASONS(X) \
	X(CPU, REFUSE, "the image is not made for a CPU of this host") \
	X(SEAMLDR, REFUSE, "the image needs another version of the P-SEAMLDR") \
	X(NO_MODULE, REFUSE, "no TDX Module runs that the image could follow") \
	X(LINE, REFUSE, "the image is of another major.minor line than the running module") \
	X(OLDER, REFUSE, "the image is older than the running module") \
	X(SAME, REFUSE, "the image is the running module") \
	X(MIN_RUNNING, REFUSE, \
	  "the running module is older than the oldest that the image can follow") \
	X(SVN_MAJOR, REFUSE, "the image's major SVN is not the running module's") \
	X(SVN_MINOR, REFUSE, "the image's minor SVN is below the running module's") \
	X(HANDOFF, REFUSE, "no handoff version is accepted by both modules") \
	X(HANDOFF_PAGES, REFUSE, \
	  "the image keeps fewer pages for handoff data than the running module") \
	X(NO_DOWNGRADE, REFUSE, \
	  "the running module writes one handoff version only, which the image does not accept") \
	X(NOT_PRESERVING, REFUSE, "the image or the running module cannot preserve TDs") \
	X(EXHAUSTED, REFUSE, "no updates are left before a reboot") \
	X(LPS, REFUSE, "not every LP of the platform is online") \
	X(DEBUG, REFUSE, "the image is debug-signed, and the platform is not unlocked") \
	X(RESERVED3, REFUSE, "the image's sigstruct uses fields that P-SEAMLDR 1.5 refuses") \
	X(EMPTY, REFUSE, \
	  "the image has no module pages; the P-SEAMLDR notices when the running module is gone") \
	X(MEMORY, REFUSE, "the image needs more memory than the P-SEAMLDR has for a module") \
	X(MEMORY_MARGIN, REFUSE, \
	  "the P-SEAMLDR would take the image, erase the running module, and lack page tables") \
	X(MEMORY_GROWS, WARN, \
	  "the image needs more memory than the running module; " \
	  "the size of the memory is not known") \
	X(RULES_BROKEN, REFUSE, \
	  "the mapping file is damaged, so the rules for this image are not known") \
	X(NO_FALLBACK_BUDGET, WARN, "one update is left: none would remain for a recovery") \
	X(FEATURES_LOST, WARN, "the image lacks features that the running module has") \
	X(UNKNOWN, WARN, "facts about the host are not known") \
	X(NO_RULE, WARN, "the mapping file does not list the image") \
	X(RENAMED, WARN, \
	  "the image's sigstruct seems to name another version than the mapping file")

#define SS_COMPAT_ENUM(name, kind, text) SS_COMPAT_##name,
enum ss_compat_reason { SS_COMPAT_REASONS(SS_COMPAT_ENUM) SS_COMPAT_NR };
#undef SS_COMPAT_ENUM

/*
 * A set of reasons, with the two numbers that the check compared where there are such: @want is
 * what would have passed. Versions are major << 32 | minor << 16 | update, handoff windows
 * min_update_hv << 16 | module_hv. have[CPU] is the first CPUID(1).EAX that is not listed,
 * have[UNKNOWN] the set of reasons that could not be looked into. The numbers of MEMORY,
 * MEMORY_MARGIN and MEMORY_GROWS are bytes of MODULE_RANGE, if it is one for @lps addressable LPs.
 */
struct ss_compat {
	uint32_t refused, warned;	/* bit (1 << reason) */
	uint64_t want[SS_COMPAT_NR], have[SS_COMPAT_NR];
	uint16_t hv;		/* the handoff version to ask for in TDH.SYS.SHUTDOWN */
	uint32_t lps;
};

#endif
