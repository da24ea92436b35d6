/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Plain accesses of instrumented code. The core is compiled a second time with -fsanitize=thread.
 * The functions here replace that sanitizer's run-time library and pass each access to the race
 * detector of the virtual machine.
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
/* The core calls these, not the C library's: see meson.build. Newer compilers call the others. */
#define COPY(name, plain)								\
	void *name(void *restrict to, const void *restrict from, size_t bytes);	\
	void *name(void *restrict to, const void *restrict from, size_t bytes)	\
	{										\
		virtual_plain_read(from, bytes);					\
		virtual_plain_write(to, bytes);					\
		return plain(to, from, bytes);						\
	}
#define FILL(name)									\
	void *name(void *to, int c, size_t bytes);					\
	void *name(void *to, int c, size_t bytes)					\
	{										\
		virtual_plain_write(to, bytes);					\
		return memset(to, c, bytes);						\
	}
COPY(virtual_memcpy, memcpy)
COPY(__tsan_memcpy, memcpy)
FILL(virtual_memset)
FILL(__tsan_memset)

static void *move(void *to, const void *from, size_t bytes)
{
	virtual_plain_read(from, bytes);
	virtual_plain_write(to, bytes);
	return memmove(to, from, bytes);
}

void *virtual_memmove(void *to, const void *from, size_t bytes);
void *__tsan_memmove(void *to, const void *from, size_t bytes);

void *virtual_memmove(void *to, const void *from, size_t bytes)
{
	return move(to, from, bytes);
}

void *__tsan_memmove(void *to, const void *from, size_t bytes)
{
	return move(to, from, bytes);
}

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
