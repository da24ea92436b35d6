/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Reports of an execution: a table to read, and one word to replay it by. */
#include <stdio.h>
#include <stdlib.h>

#include "virtual.h"

#define COLUMN	30

/* ---- the table ------------------------------------------------------------------------------- */

static void word_name(const struct virtual_machine *m, const struct ss_word *w, char *out,
		      size_t bytes)
{
	if (m->program.name && m->program.name(m->program.arg, w, out, bytes))
		return;
	snprintf(out, bytes, "%p", (const void *)w);
}

static void describe(const struct virtual_machine *m, const struct virtual_event *e, char *out,
		     size_t bytes)
{
	static const char *const verbs[] = {
#define KIND_TEXT(name, text) text,
		VIRTUAL_KINDS(KIND_TEXT)
#undef KIND_TEXT
	};
	char name[40] = "";

	if (e->op.word)
		word_name(m, e->op.word, name, sizeof(name));
	switch (e->op.kind) {
	case VIRTUAL_LOAD:
	case VIRTUAL_LOAD_ACQUIRE:
		snprintf(out, bytes, "%s %s: %x%s", verbs[e->op.kind], name, e->before,
			 e->timeout ? " TIMEOUT" : e->stutter ? " waits" : "");
		break;
	case VIRTUAL_STORE:
	case VIRTUAL_PUBLISH:
	case VIRTUAL_FLUSH:
		snprintf(out, bytes, "%s %s = %x", verbs[e->op.kind], name, e->after);
		break;
	case VIRTUAL_CAS:
		snprintf(out, bytes, "cas %s %x->%x: %s", name, e->op.old, e->op.value,
			 e->writes ? "done" : "no");
		break;
	case VIRTUAL_ADD:
		snprintf(out, bytes, "add %s: %x->%x", name, e->before, e->after);
		break;
	default:
		snprintf(out, bytes, "%s %s", verbs[e->op.kind], e->op.note ? e->op.note : "");
	}
}

char *virtual_table(const struct virtual_machine *m)
{
	char *text = NULL, cell[96];
	const struct virtual_event *e;
	size_t bytes;
	uint32_t i, lp;
	FILE *f = open_memstream(&text, &bytes);

	if (!f)
		return NULL;
	fprintf(f, "%5s", "event");
	for (lp = 0; lp < m->nr_lps; lp++)
		fprintf(f, "  LP %-*u", COLUMN - 3, lp);
	for (i = 0; i < m->nr_events; i++) {
		e = &m->events[i];
		describe(m, e, cell, sizeof(cell));
		fprintf(f, "\n%5u  %*s%s", i + 1, (int)(e->process % m->nr_lps) * (COLUMN + 2), "",
			cell);
	}
	fprintf(f, "\n");
	fclose(f);
	return text;
}

/* ---- the schedule: "0x12,1,?1,0": process 0 twelve times, 1 once, answer 1, ... -------------- */

char *virtual_schedule(const struct virtual_machine *m)
{
	char *text = NULL;
	size_t bytes;
	uint32_t i, n, d;
	FILE *f = open_memstream(&text, &bytes);

	if (!f)
		return NULL;
	for (i = 0; i < m->nr_decisions; i += n) {
		d = m->decisions[i];
		for (n = 1; i + n < m->nr_decisions && m->decisions[i + n] == d; n++)
			;
		fprintf(f, "%s%s%u", i ? "," : "", d & VIRTUAL_ANSWER ? "?" : "",
			d & ~VIRTUAL_ANSWER);
		if (n > 1)
			fprintf(f, "x%u", n);
	}
	fclose(f);
	return text;
}

/* One item. Returns what follows it, or NULL. */
static const char *parse_item(const char *s, uint32_t *decision, uint32_t *times)
{
	bool answer = *s == '?';
	char *end;

	s += answer;
	if (*s < '0' || *s > '9')
		return NULL;
	*decision = (uint32_t)strtoul(s, &end, 10) | (answer ? VIRTUAL_ANSWER : 0);
	*times = 1;
	if (*end == 'x')
		*times = (uint32_t)strtoul(end + 1, &end, 10);
	if (*end && *end != ',')
		return NULL;
	return *times && *times <= 1000000 ? end + (*end == ',') : NULL;
}

uint32_t *virtual_schedule_parse(const char *schedule, uint32_t *nr)
{
	uint32_t *decisions = NULL, *more, decision, times;

	*nr = 0;
	do {
		schedule = parse_item(schedule, &decision, &times);
		more = schedule ? realloc(decisions, (*nr + times) * sizeof(*decisions)) : NULL;
		if (!more) {
			free(decisions);
			return NULL;
		}
		decisions = more;
		while (times--)
			decisions[(*nr)++] = decision;
	} while (*schedule);
	return decisions;
}
