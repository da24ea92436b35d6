/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Where a guest finds what its VMM has prepared. */
#ifndef VMM_LAYOUT_H
#define VMM_LAYOUT_H

#define SHARED_GPA	0x10000000000ul	/* shared memory: a line of 64 bytes for each vCPU */
#define SHARED_LINE	64u

/* A Linux guest. */
#define BOOT_PARAMS	0x7000u
#define COMMAND_LINE	0x8000u
#define MAILBOX		0x9000u		/* of ACPI's multiprocessor wake-up */
#define ACPI_TABLES	0xa000u
#define LOW_END		0xa0000u
#define ENTRY64		0x200u		/* of the kernel, behind its load address */

#endif
