// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Words of a command line, by the library's rules. */
#include "words.h"

#include <seamstep/text.h>

bool words_number(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	return seamstep_number(text, min, max, out);
}

const char *words_nearest(const char *name, const char *const *list)
{
	return seamstep_nearest(name, list);
}
