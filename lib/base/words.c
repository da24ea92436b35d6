// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Words of a command line: numbers, and misspelt names. */
#include "words.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

bool base_number(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	bool hex = !strncmp(text, "0x", 2) || !strncmp(text, "0X", 2);
	const char *digits = hex ? text + 2 : text;
	const char *allowed = hex ? "0123456789abcdefABCDEF" : "0123456789";
	uint64_t value;
	char *end;

	if (!*digits || digits[strspn(digits, allowed)])
		return false;
	errno = 0;
	value = strtoull(digits, &end, hex ? 16 : 10);
	if (errno || *end || value < min || value > max)
		return false;
	*out = value;
	return true;
}

#define NEAREST_MAX 32

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Letters to insert, remove or change to turn @a into @b. A long word is far from every word. */
static unsigned int edit_distance(const char *a, const char *b)
{
	unsigned int row[NEAREST_MAX + 1], diagonal, above;
	size_t i, j, n = strlen(b);

	if (n > NEAREST_MAX || strlen(a) > NEAREST_MAX)
		return NEAREST_MAX;
	for (j = 0; j <= n; j++)
		row[j] = (unsigned int)j;
	for (i = 1; a[i - 1]; i++) {
		diagonal = row[0];
		row[0] = (unsigned int)i;
		for (j = 1; j <= n; j++) {
			above = row[j];
			row[j] = min3(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[n];
}

const char *base_nearest(const char *name, const char *const *list)
{
	const char *best = NULL;
	unsigned int distance, least = 3;	/* a greater distance is no misspelling */

	for (; *list; list++) {
		distance = edit_distance(name, *list);
		if (distance < least && distance < strlen(*list)) {
			least = distance;
			best = *list;
		}
	}
	return best;
}
