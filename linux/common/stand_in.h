/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the driver learns from the stand-in on machines without TDX hardware: seamsim.ko, or
 * tests/vm/seamkey.c on a machine whose processor has SEAM.
 */
#ifndef SS_LINUX_STAND_IN_H
#define SS_LINUX_STAND_IN_H

#include <linux/types.h>

struct page;

/*
 * The first argument of the stand-in's tdh_*() functions. Their names and their first argument are
 * those of a kernel that hosts TDs.
 */
struct stand_in_td {
	struct page *tdr_page;
};

/**
 * struct seam_stand_in - found by symbol_get(), which pins its module
 * @signer:       SHA-384 of the modulus that signs modules, instead of Intel's
 * @has_vmx:      the processor has VMX. Without it the driver skips the check of CR4.VMXE, which
 *                such a processor cannot set
 * @module:       the module that has the tdh_*() functions; NULL: they are the kernel's
 * @window_begin: called with the machine stopped, before the update begins; or NULL
 * @window_end:   called with the machine stopped, after the update; or NULL
 *
 * Context of the functions: one CPU, interrupts off, no sleeping.
 */
struct seam_stand_in {
	u8 signer[48];
	bool has_vmx;
	const char *module;
	void (*window_begin)(void);
	void (*window_end)(void);
};

extern struct seam_stand_in seamsim_stand_in;

#endif
