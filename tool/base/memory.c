// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Allocation that succeeds or ends the program. */
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *memory_checked(void *p)
{
	if (!p) {
		fputs("seamstep: out of memory\n", stderr);
		_exit(EXIT_FAILURE);
	}
	return p;
}

void *memory_alloc(size_t bytes)
{
	return memory_checked(calloc(1, bytes ? bytes : 1));
}
