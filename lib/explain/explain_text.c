// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A text in pieces, line by line. Linux prints the registers of a failed SEAMCALL on lines of their
 * own behind it, so an answer about a call waits for a few lines.
 */
#include "explain_internal.h"

#include <stdlib.h>
#include <string.h>

#define WAIT_LINES	4u

struct seamstep_explain {
	seamstep_explain_hear hear;
	void *ctx;
	struct seamstep_explain_counts counts;
	char line[SEAMSTEP_EXPLAIN_LINE_MAX];
	size_t bytes;
	bool cut, waiting;
	uint32_t waited;
	struct seamstep_explain_answer pending;
};

static void flush(struct seamstep_explain *t)
{
	if (!t->waiting)
		return;
	t->waiting = false;
	t->counts.answers++;
	t->hear(t->ctx, &t->pending);
}

static void hear_line(void *ctx, const struct seamstep_explain_answer *answer)
{
	struct seamstep_explain *t = ctx;

	flush(t);
	t->pending = *answer;
	t->pending.line = t->counts.lines;
	t->waiting = true;
	t->waited = 0;
	if (answer->kind != SEAMSTEP_EXPLAIN_STATUS || !answer->has_leaf)
		flush(t);
}

static void take_registers(struct seamstep_explain *t, const struct seamstep_explain_answer *from)
{
	uint32_t i;

	if (!t->waiting)
		return;
	for (i = 0; i < SEAMSTEP_EXPLAIN_REGISTERS; i++)
		if (from->has_register >> i & 1 && !(t->pending.has_register >> i & 1))
			t->pending.reg[i] = from->reg[i];
	t->pending.has_register |= from->has_register;
	explain_status(&t->pending);
}

static void end_line(struct seamstep_explain *t)
{
	struct seamstep_explain_answer registers;

	t->counts.lines++;
	t->counts.cut_lines += t->cut;
	if (explain_line(t->line, t->bytes, hear_line, t, &registers))
		take_registers(t, &registers);
	else if (t->waiting && t->waited++ == WAIT_LINES)
		flush(t);
	t->bytes = 0;
	t->cut = false;
}

struct seamstep_explain *seamstep_explain_begin(seamstep_explain_hear hear, void *ctx)
{
	struct seamstep_explain *t = calloc(1, sizeof(*t));

	if (t) {
		t->hear = hear;
		t->ctx = ctx;
	}
	return t;
}

void seamstep_explain_feed(struct seamstep_explain *t, const char *bytes, size_t n)
{
	while (n) {
		const char *newline = memchr(bytes, '\n', n);
		size_t part = newline ? (size_t)(newline - bytes) : n;
		size_t room = sizeof(t->line) - t->bytes, fits = part < room ? part : room;

		memcpy(t->line + t->bytes, bytes, fits);
		t->bytes += fits;
		t->cut |= fits < part;
		if (!newline)
			return;
		end_line(t);
		bytes += part + 1;
		n -= part + 1;
	}
}

const struct seamstep_explain_counts *seamstep_explain_end(struct seamstep_explain *t)
{
	if (t->bytes)
		end_line(t);
	flush(t);
	return &t->counts;
}

void seamstep_explain_free(struct seamstep_explain *t)
{
	free(t);
}
