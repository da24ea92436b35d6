/* SPDX-License-Identifier: GPL-2.0-only */
/* The instructions SEAMCALL, VMPTRST and VMPTRLD. */
#ifndef SS_LINUX_INSN_H
#define SS_LINUX_INSN_H

#include "../../core/seamcall.h"

#define INSN_NO_VMCS	(~0ULL)		/* what VMPTRST stores when there is no current VMCS */

/**
 * insn_seamcall - execute SEAMCALL on this CPU
 * @regs: RAX (the leaf), RCX, RDX and R8 to R11 are inputs; all but RAX are outputs too
 *
 * Other registers are not passed: only leaves that run a guest use them.
 *
 * Context: preemption off, so that the caller knows which CPU made the call.
 * Returns: RAX, or one of the software-defined statuses (VMFAILINVALID, UD, GP).
 * Source:  specification 2.1 to 2.3.
 */
u64 insn_seamcall(struct ss_regs *regs);

/*
 * VMPTRST: store the physical address of this CPU's current VMCS in @pa. Returns false if VMPTRST
 * faulted: the CPU is not in VMX operation. Context: preemption off.
 */
bool insn_vmptrst(u64 *pa);

/* VMPTRLD: make the VMCS at @pa current. Returns false if VMPTRLD faulted or failed. */
bool insn_vmptrld(u64 pa);

#endif
