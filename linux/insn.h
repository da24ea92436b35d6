/* SPDX-License-Identifier: GPL-2.0-only */
/* The instructions by which a host talks to SEAM and asks about VMX operation. */
#ifndef SS_LINUX_INSN_H
#define SS_LINUX_INSN_H

#include "../core/seamcall.h"

#define INSN_NO_VMCS	(~0ULL)		/* what VMPTRST stores when there is no current VMCS */

/**
 * insn_seamcall - execute SEAMCALL on this CPU
 * @regs: RAX (the leaf), RCX, RDX and R8 to R11 go in; all but RAX come back
 *
 * Other registers are not passed: no leaf that a host uses for itself needs them, only guests do.
 *
 * Context: preemption off, so that the caller knows which CPU it was.
 * Returns: RAX, or one of the software-defined statuses (VMFAILINVALID, UD, GP).
 * Source:  specification 2.1 to 2.3.
 */
uint64_t insn_seamcall(struct ss_regs *regs);

/*
 * VMPTRST: the physical address of this CPU's current VMCS. Returns false if it faulted, which it
 * does unless the CPU is in VMX operation. Context: preemption off.
 */
bool insn_vmptrst(uint64_t *pa);

/* VMPTRLD: make the VMCS at @pa current. Returns false if it faulted or failed. */
bool insn_vmptrld(uint64_t pa);

#endif
