// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The C library's allocator behind a counter. */
#include "fail_malloc.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t bytes);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);
void __libc_free(void *p);

static long count, live, fails_at;
static bool goes_on, struck, struck_crypto;

void fail_malloc(long n, bool forever)
{
	__atomic_store_n(&count, 0, __ATOMIC_SEQ_CST);
	struck = struck_crypto = false;
	goes_on = forever;
	fails_at = n;
}

bool fail_malloc_struck(void)
{
	return struck;
}

long fail_malloc_count(void)
{
	return count;
}

long fail_malloc_live(void)
{
	return live;
}

bool fail_malloc_struck_crypto(void)
{
	return struck_crypto;
}

static bool fails(void *caller)
{
	long n = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
	Dl_info info;

	if (!fails_at || (n != fails_at && !(goes_on && n > fails_at)))
		return false;
	struck = true;
	struck_crypto |= dladdr(caller, &info) && strstr(info.dli_fname, "libcrypto");
	errno = ENOMEM;
	return true;
}

static void *counted(void *p)
{
	if (p)
		__atomic_add_fetch(&live, 1, __ATOMIC_SEQ_CST);
	return p;
}

void *malloc(size_t n)
{
	return fails(__builtin_return_address(0)) ? NULL : counted(__libc_malloc(n));
}

void *calloc(size_t n, size_t bytes)
{
	return fails(__builtin_return_address(0)) ? NULL : counted(__libc_calloc(n, bytes));
}

void *realloc(void *p, size_t n)
{
	void *more;

	if (fails(__builtin_return_address(0)))
		return NULL;
	more = __libc_realloc(p, n);
	return p ? more : counted(more);
}

void *aligned_alloc(size_t alignment, size_t n)
{
	return fails(__builtin_return_address(0)) ? NULL : counted(__libc_memalign(alignment, n));
}

int posix_memalign(void **p, size_t alignment, size_t n)
{
	if (fails(__builtin_return_address(0)))
		return ENOMEM;
	*p = counted(__libc_memalign(alignment, n));
	return *p ? 0 : ENOMEM;
}

void free(void *p)
{
	if (p)
		__atomic_sub_fetch(&live, 1, __ATOMIC_SEQ_CST);
	__libc_free(p);
}
