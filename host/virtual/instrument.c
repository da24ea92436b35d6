/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Plain accesses of instrumented code: the core is compiled once more with -fsanitize=thread, but these
 * take the place of that sanitizer's run-time library and pass each access to our own race detector.
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

void __tsan_read_range(void *p, size_t bytes);
void __tsan_write_range(void *p, size_t bytes);
void __tsan_func_entry(void *caller);
void __tsan_func_exit(void);
void __tsan_init(void);

void __tsan_read_range(void *p, size_t bytes)
{
	virtual_plain_read(p, bytes);
}

void __tsan_write_range(void *p, size_t bytes)
{
	virtual_plain_write(p, bytes);
}

void __tsan_func_entry(void *caller)
{
	(void)caller;
}

void __tsan_func_exit(void)
{
}

void __tsan_init(void)
{
}
