/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Allocation that succeeds or ends the program. The seamstep command may end so. A library that
 * other programs link must report the lack of memory instead.
 */
#ifndef SS_LIB_BASE_MEMORY_H
#define SS_LIB_BASE_MEMORY_H

#include <stddef.h>

void *memory_alloc(size_t bytes);		/* zeroed; ends the program if there is no memory */
void *memory_checked(void *p);			/* @p; ends the program if @p is NULL */

#endif
