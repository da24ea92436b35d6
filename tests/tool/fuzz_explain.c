// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Fuzz target: any bytes as a log, as a line and as a value. */
#include "../fuzz.h"

#include <seamstep/explain.h>

#include <stdbool.h>

struct heard {
	uint64_t sum, nr, line;
};

static void check_text(const char *text, size_t room)
{
	size_t i;

	for (i = 0; text[i]; i++)
		FUZZ_CHECK(i < room && text[i] >= 0x20 && text[i] < 0x7f);
}

static void check(const struct seamstep_explain_answer *a)
{
	uint32_t i;

	check_text(a->shown, sizeof(a->shown));
	check_text(a->hash, sizeof(a->hash));
	FUZZ_CHECK(*seamstep_explain_kind_name(a->kind));
	FUZZ_CHECK(*seamstep_explain_whose_name(a->whose));
	FUZZ_CHECK(a->nr_details <= SEAMSTEP_EXPLAIN_DETAILS_MAX);
	for (i = 0; i < a->nr_details; i++)
		FUZZ_CHECK(a->detail[i].what);
	FUZZ_CHECK(a->hash_head + a->hash_tail <= SEAMSTEP_EXPLAIN_HASH_DIGITS);
	for (i = 0; i < SEAMSTEP_EXPLAIN_REGISTERS; i++)
		FUZZ_CHECK(!(a->has_register >> i & 1) || seamstep_explain_register_name(i));
	/* Something is said, and of a status everything. */
	FUZZ_CHECK(a->meaning);
	if (a->kind == SEAMSTEP_EXPLAIN_STATUS)
		FUZZ_CHECK(a->class_name && a->class_text && a->tds && a->action);
	FUZZ_CHECK(a->name || !a->known || a->kind == SEAMSTEP_EXPLAIN_EXIT_STATUS);
}

static void hear(void *ctx, const struct seamstep_explain_answer *a)
{
	struct heard *h = ctx;

	check(a);
	FUZZ_CHECK(a->line >= h->line);
	h->line = a->line;
	h->nr++;
	h->sum = h->sum * 31 + a->value + a->line + a->kind + a->has_register + a->nr_details;
}

static struct heard read_in(const char *bytes, size_t n, size_t piece)
{
	struct heard h = { .nr = 0 };
	struct seamstep_explain *t = seamstep_explain_begin(hear, &h);
	struct seamstep_explain_counts c;
	size_t i;

	FUZZ_CHECK(t);
	for (i = 0; i < n; i += piece)
		seamstep_explain_feed(t, bytes + i, n - i < piece ? n - i : piece);
	c = *seamstep_explain_end(t);
	seamstep_explain_free(t);
	FUZZ_CHECK(c.answers == h.nr && h.line <= c.lines && c.cut_lines <= c.lines);
	return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = (char *)fuzz_copy(data, size), *value = calloc(1, size + 1);
	struct heard whole = read_in(bytes, size, size + 1), parts = read_in(bytes, size, 7), one;

	/* The sizes of the pieces do not matter. */
	FUZZ_CHECK(whole.nr == parts.nr && whole.sum == parts.sum);
	FUZZ_CHECK(value);
	if (size)
		memcpy(value, data, size);
	one = (struct heard){ .nr = 0 };
	FUZZ_CHECK(seamstep_explain_value(value, hear, &one) == one.nr);
	free(value);
	free(bytes);
	return 0;
}
