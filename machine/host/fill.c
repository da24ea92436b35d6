// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * usage: fill MIB
 * Is memory what was written to it? Fills so much memory with words that differ, and compares.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "../guest/work.h"

#define MAX_MIB	(1ul << 20)

int main(int argc, char **argv)
{
	uint64_t mib = argc == 2 ? strtoul(argv[1], NULL, 10) : 0, words, bad = 0, i, *p;

	if (!mib || mib > MAX_MIB) {
		fprintf(stderr, "usage: fill MIB\n");
		return 1;
	}
	p = mmap(NULL, mib << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) {
		perror("fill");
		return 1;
	}
	words = (mib << 20) / sizeof(*p);
	for (i = 0; i < words; i++)
		p[i] = work_word(i);
	for (i = 0; i < words; i++)
		bad += p[i] != work_word(i);
	printf("%lu MiB, %lu words differ\n", mib, bad);
	return bad != 0;
}
