/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a build with the software SEAM knows of it: linux/model/stand_in.c. A driver that is built
 * without it asks nobody: the signer is Intel, and the processor has SEAM.
 */
#ifndef STEP_STAND_IN_H
#define STEP_STAND_IN_H

#include "../../core/image.h"

#include <linux/stddef.h>
#include <linux/types.h>

#ifdef STEP_STAND_IN

void step_stand_in_get(void);		/* pins the stand-in, if there is one */
void step_stand_in_put(void);
const u8 *step_signer(void);		/* SHA-384 of the modulus that signs modules */
bool step_has_vmx(void);
const char *step_stand_in_name(void);	/* for the log: "a software model"; NULL: none */
/* Where the functions that build TDs are, and the offset of the TDR page; NULL: the kernel's. */
const char *step_td_functions(unsigned long *tdr_page_at);
/* With the machine stopped, on one CPU. */
void step_window_begins(void);
void step_window_ends(void);

#else

static inline void step_stand_in_get(void)
{
}

static inline void step_stand_in_put(void)
{
}

static inline const u8 *step_signer(void)
{
	return ss_signer_intel;
}

static inline bool step_has_vmx(void)
{
	return true;
}

static inline const char *step_stand_in_name(void)
{
	return NULL;
}

static inline const char *step_td_functions(unsigned long *tdr_page_at)
{
	return NULL;
}

static inline void step_window_begins(void)
{
}

static inline void step_window_ends(void)
{
}

#endif

#endif
