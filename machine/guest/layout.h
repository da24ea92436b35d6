/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Numbers that the guest's assembly and C share. */
#ifndef GUEST_LAYOUT_H
#define GUEST_LAYOUT_H

#define CODE		16	/* as Linux wants them */
#define DATA		24
#define STACK_SHIFT	12
#define STACK_BYTES	(1 << STACK_SHIFT)
#define MAX_VCPUS	16
#define TICK_VECTOR	0x40
#define VE_VECTOR	20

#endif
