// SPDX-License-Identifier: GPL-2.0-only
/* Compiles if cpuid_eax() is declared in asm/cpuid/api.h, where 6.16 put it. */
#include <asm/cpuid/api.h>

unsigned int probe(void);
unsigned int probe(void)
{
	return cpuid_eax(1);
}
