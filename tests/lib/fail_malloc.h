/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* An allocator that can be told to fail. In the program before the C library's (LD_PRELOAD). */
#ifndef SS_TESTS_LIB_FAIL_MALLOC_H
#define SS_TESTS_LIB_FAIL_MALLOC_H

#include <stdbool.h>

/* The @n-th allocation from now fails, and with @forever all later ones. 0: none fails. */
void fail_malloc(long n, bool forever);
bool fail_malloc_struck(void);	/* has one failed since fail_malloc() */
bool fail_malloc_struck_crypto(void);	/* one of libcrypto, which then leaks */
long fail_malloc_count(void);	/* allocations since fail_malloc() */
long fail_malloc_live(void);	/* pieces of memory that are not freed */

#endif
