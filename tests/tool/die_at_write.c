// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Preloaded into a process: kills it with SIGKILL just before, or in the middle of, its N-th change
 * of a file. $DIE_AT is N. $INT_AT is the change before which the process gets a SIGINT.
 * $DIE_COUNT names a file that gets the number of changes at the end.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static long at = -1, interrupt_at, count;

static int is_due(void)
{
	if (at < 0) {
		at = getenv("DIE_AT") ? atol(getenv("DIE_AT")) : 0;
		interrupt_at = getenv("INT_AT") ? atol(getenv("INT_AT")) : 0;
	}
	if (++count == interrupt_at)
		raise(SIGINT);
	return count == at;
}

static void die(void)
{
	kill(getpid(), SIGKILL);
	pause();
}

static int is_file(int fd)
{
	struct stat st;

	return fd > 2 && !fstat(fd, &st) && S_ISREG(st.st_mode);
}

/* The C library's function. */
#define NEXT(function) __typeof__(function) *next = dlsym(RTLD_NEXT, NAME_OF(function))
#define NAME_OF(function) #function

ssize_t write(int fd, const void *bytes, size_t n)
{
	NEXT(write);

	if (is_file(fd) && is_due()) {
		/* Half of it reaches the disk. */
		if (next(fd, bytes, n / 2) >= 0)
			die();
		die();
	}
	return next(fd, bytes, n);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t offset)
{
	NEXT(pwrite);

	if (is_file(fd) && is_due())
		die();
	return next(fd, bytes, n, offset);
}

int rename(const char *from, const char *to)
{
	NEXT(rename);

	if (is_due())
		die();
	return next(from, to);
}

int fsync(int fd)
{
	NEXT(fsync);

	if (is_due())
		die();
	return next(fd);
}

int ftruncate(int fd, off_t length)
{
	NEXT(ftruncate);

	if (is_due())
		die();
	return next(fd, length);
}

int unlink(const char *path)
{
	NEXT(unlink);

	if (is_due())
		die();
	return next(path);
}

__attribute__((destructor))
static void tell(void)
{
	const char *path = getenv("DIE_COUNT");
	FILE *f = path ? fopen(path, "w") : NULL;

	if (!f)
		return;
	fprintf(f, "%ld\n", count);
	fclose(f);
}
