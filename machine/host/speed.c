// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * usage: speed work | calls
 * Measures, and prints nanoseconds: the work that ../guest/speed.c does too, or so many system
 * calls.
 */
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "../guest/speed.h"
#include "../guest/work.h"

static uint64_t words[SPEED_WORDS];

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void call_often(void)
{
	unsigned i;

	for (i = 0; i < SPEED_CALLS; i++)
		syscall(SYS_getppid);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	uint64_t begin, sum = 0;

	/* Pages that are there, as the guest has them. */
	memset(words, 1, sizeof(words));
	begin = now_ns();
	if (!strcmp(what, "work")) {
		sum = work_rounds(words, SPEED_WORDS, SPEED_ROUNDS);
	} else if (!strcmp(what, "calls")) {
		call_often();
	} else {
		fprintf(stderr, "usage: speed work | calls\n");
		return 1;
	}
	printf("%lu\n", now_ns() - begin);
	return sum == 1;	/* the sum is needed, and is not 1 */
}
