/* SPDX-License-Identifier: GPL-2.0-only */
/* What a software SEAM tells the driver of itself: where there is no SEAM, seamsim.ko stands in. */
#ifndef SS_LINUX_STAND_IN_H
#define SS_LINUX_STAND_IN_H

#include <linux/types.h>

struct page;

/*
 * What the stand-in's own TDs are to its tdh_*() functions, which have the names and the first
 * argument of those of a kernel that hosts TDs.
 */
struct stand_in_td {
	struct page *tdr_page;
};

/**
 * struct seam_stand_in - exported by seamsim.ko, found by symbol_get(), which also keeps it loaded
 * @signer:       SHA-384 of the modulus that signs modules here, instead of Intel's
 * @module:       where those functions are
 * @window_begin: the machine is stopped, the update is about to begin
 * @window_end:   the update is over, the machine still stopped
 *
 * Where there is a stand-in the check of CR4.VMXE is skipped: setting that bit is only possible
 * with VMX. Context of the functions: on one CPU, interrupts off; they do not sleep.
 */
struct seam_stand_in {
	u8 signer[48];
	const char *module;
	void (*window_begin)(void);
	void (*window_end)(void);
};

extern struct seam_stand_in seamsim_stand_in;

#endif
