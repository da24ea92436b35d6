/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Allocation that succeeds or ends the program. The seamstep command may end so. libseamstep
 * must not, and reports a lack of memory instead.
 */
#ifndef SS_TOOL_BASE_MEMORY_H
#define SS_TOOL_BASE_MEMORY_H

#include <stddef.h>

#define SS_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

void *memory_alloc(size_t bytes);		/* zeroed; ends the program if there is no memory */
void *memory_checked(void *p);			/* @p; ends the program if @p is NULL */

#endif
