// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The numbers behind a compatibility verdict, for people. */
#include "compat_text.h"

#include "text.h"

#include <inttypes.h>
#include <stdlib.h>

/* @v: a version as ss_version_pack() packs it. */
static char *version_text(uint64_t v)
{
	return base_text("%u.%u.%02u", (unsigned int)(v >> 32), (unsigned int)(v >> 16 & 0xffff),
			   (unsigned int)(v & 0xffff));
}

static char *window_text(uint64_t v)
{
	return base_text("%u to %u", (unsigned int)(v >> 16), (unsigned int)(v & 0xffff));
}

static char *hex_text(uint64_t v)
{
	return base_text("0x%" PRIx64, v);
}

static char *number_text(uint64_t v)
{
	return base_text("%" PRIu64, v);
}

static char *found(const char *fmt, char *(*text)(uint64_t v), uint64_t want, uint64_t have)
{
	char *w = text(want), *h = text(have);
	char *all = fmt ? base_text("%s%s, found %s", fmt, w, h) : base_text("found %s", h);

	base_free(h);
	base_free(w);
	return all;
}

/* A number of bytes, and the number of addressable LPs that need them. */
static char *memory(const struct ss_compat *compat, enum ss_compat_reason reason, const char *what)
{
	return base_text("with %u addressable LPs the image needs %" PRIu64 " bytes, %s %" PRIu64,
			   compat->lps, compat->want[reason], what, compat->have[reason]);
}

char *compat_values(const struct ss_compat *compat, enum ss_compat_reason reason)
{
	uint64_t want = compat->want[reason], have = compat->have[reason];

	switch (reason) {
	case SS_COMPAT_CPU:
		return found(NULL, hex_text, want, have);
	case SS_COMPAT_SEAMLDR:
	case SS_COMPAT_MIN_RUNNING:
	case SS_COMPAT_RESERVED3:
		return found("wanted at least ", version_text, want, have);
	case SS_COMPAT_LINE:
	case SS_COMPAT_OLDER:
	case SS_COMPAT_RENAMED:
		return found("expected ", version_text, want, have);
	case SS_COMPAT_HANDOFF:
		return found("running ", window_text, want, have);
	case SS_COMPAT_SVN_MAJOR:
	case SS_COMPAT_SVN_MINOR:
	case SS_COMPAT_HANDOFF_PAGES:
	case SS_COMPAT_EXHAUSTED:
	case SS_COMPAT_LPS:
	case SS_COMPAT_NO_FALLBACK_BUDGET:
		return found("wanted ", number_text, want, have);
	case SS_COMPAT_NOT_PRESERVING:
	case SS_COMPAT_FEATURES_LOST:
		return found("wanted ", hex_text, want, have);
	case SS_COMPAT_MEMORY:
	case SS_COMPAT_MEMORY_MARGIN:
		return memory(compat, reason, "the P-SEAMLDR has");
	case SS_COMPAT_MEMORY_GROWS:
		return memory(compat, reason, "the running module needs");
	default:
		return base_text("%s", "");
	}
}

char *context_reasons(const struct ss_compat *compat, uint32_t mask)
{
	char *text = base_text("%s", ""), *values;
	uint32_t i;

	for (i = 0; i < SS_COMPAT_NR; i++) {
		if (!(mask >> i & 1))
			continue;
		values = compat_values(compat, (enum ss_compat_reason)i);
		text = base_append(text, "%s%s%s%s%s", *text ? "; " : "",
				   ss_compat_text((enum ss_compat_reason)i), *values ? " (" : "",
				   values, *values ? ")" : "");
		base_free(values);
	}
	return text;
}

char *context_first_reason(const struct ss_compat *compat, uint32_t mask)
{
	char *first = context_reasons(compat, mask & -mask);
	int more = __builtin_popcount(mask) - 1;

	return more < 1 ? first : base_append(first, ", and %d more", more);
}
