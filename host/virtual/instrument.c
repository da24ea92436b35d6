/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Plain accesses of instrumented code: the core is compiled once more with -fsanitize=thread, but
 * these take the place of that sanitizer's run-time library and pass each access to our own race
 * detector.
 */
#include "virtual.h"

#define ACCESS(bytes)							\
	void __tsan_read##bytes(void *p);				\
	void __tsan_write##bytes(void *p);				\
	void __tsan_unaligned_read##bytes(void *p);			\
	void __tsan_unaligned_write##bytes(void *p);			\
	void __tsan_read_write##bytes(void *p);				\
	void __tsan_read##bytes(void *p) { virtual_plain_read(p, bytes); }	\
	void __tsan_write##bytes(void *p) { virtual_plain_write(p, bytes); }	\
	void __tsan_unaligned_read##bytes(void *p) { virtual_plain_read(p, bytes); }	\
	void __tsan_unaligned_write##bytes(void *p) { virtual_plain_write(p, bytes); }	\
	void __tsan_read_write##bytes(void *p) { virtual_plain_write(p, bytes); }
ACCESS(1)
ACCESS(2)
ACCESS(4)
ACCESS(8)
ACCESS(16)

void __tsan_read_range(void *p, long bytes);
void __tsan_write_range(void *p, long bytes);
void __tsan_func_entry(void *caller);
void __tsan_func_exit(void *unused);
void __tsan_init(void);
/* Newer compilers: what would have been calls of the C library. */
void *__tsan_memcpy(void *to, const void *from, size_t bytes);
void *__tsan_memmove(void *to, const void *from, size_t bytes);
void *__tsan_memset(void *to, int c, size_t bytes);

void __tsan_read_range(void *p, long bytes)
{
	virtual_plain_read(p, (size_t)bytes);
}

void __tsan_write_range(void *p, long bytes)
{
	virtual_plain_write(p, (size_t)bytes);
}

void __tsan_func_entry(void *caller)
{
	(void)caller;
}

void __tsan_func_exit(void *unused)
{
	(void)unused;
}

void __tsan_init(void)
{
}

void *__tsan_memcpy(void *to, const void *from, size_t bytes)
{
	virtual_plain_read(from, bytes);
	virtual_plain_write(to, bytes);
	return memcpy(to, from, bytes);
}

void *__tsan_memmove(void *to, const void *from, size_t bytes)
{
	virtual_plain_read(from, bytes);
	virtual_plain_write(to, bytes);
	return memmove(to, from, bytes);
}

void *__tsan_memset(void *to, int c, size_t bytes)
{
	virtual_plain_write(to, bytes);
	return memset(to, c, bytes);
}
