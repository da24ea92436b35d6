/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Tiny programs as data: virtual LPs interpret them, and the test explores them in full. */
#include <stdio.h>
#include <stdlib.h>

#include "explore/dpor.h"
#include "litmus.h"

static void await(struct litmus *l, const struct litmus_op *op)
{
	uint32_t v;

	while ((v = ss_load_acquire(&l->words[op->word])) != op->value)
		ss_wait(&l->words[op->word], v);
}

/* The last slot of the LP's outputs tells whether it ever had to wait. */
static void await_silent(struct litmus *l, const struct litmus_op *op)
{
	size_t lp = (size_t)(op - &l->ops[0][0]) / LITMUS_OPS;
	uint32_t v;

	while ((v = ss_load_acquire(&l->words[op->word])) != op->value) {
		l->out[lp][LITMUS_OPS - 1] = 1;
		ss_wait(&l->words[op->word], v);
	}
}

static uint32_t await2(struct litmus *l, const struct litmus_op *op)
{
	uint32_t v;

	for (;;) {
		v = ss_load_acquire(&l->words[op->word]);
		if (v == op->value)
			return 1;
		if (ss_load_acquire(&l->words[op->word + 1]) == op->value)
			return 2;
		ss_wait(&l->words[op->word], v);
	}
}

static uint32_t await_timed(struct litmus *l, const struct litmus_op *op)
{
	uint64_t deadline = ss_now_ns() + 1000;
	uint32_t v;

	while ((v = ss_load_acquire(&l->words[op->word])) != op->value) {
		if (ss_expired(deadline))
			return 1;
		ss_wait(&l->words[op->word], v);
	}
	return 0;
}

static uint32_t seam(struct litmus *l, const struct litmus_op *op)
{
	uint32_t v;

	virtual_seam_begin("add", false);
	v = ss_load(&l->words[op->word]) + op->value;
	ss_store(&l->words[op->word], v);
	virtual_seam_end();
	return v;
}

static uint32_t run_op(struct litmus *l, const struct litmus_op *op)
{
	struct ss_word *w = &l->words[op->word];

	switch (op->kind) {
	case L_LOAD:
		return ss_load(w);
	case L_ACQUIRE:
		return ss_load_acquire(w);
	case L_STORE:
		ss_store(w, op->value);
		return 0;
	case L_PUBLISH:
		ss_publish(w, op->value);
		return 0;
	case L_CAS:
		return ss_cas(w, op->value, op->value + 1);
	case L_ADD:
		return ss_add(w, op->value);
	case L_FENCE:
		ss_fence();
		return 0;
	case L_AWAIT:
		await(l, op);
		return 0;
	case L_AWAIT_SILENT:
		await_silent(l, op);
		return 0;
	case L_AWAIT2:
		return await2(l, op);
	case L_AWAIT_TIMED:
		return await_timed(l, op);
	case L_CHOOSE:
		return virtual_choose(op->value);
	case L_PLAIN_WRITE:
		virtual_plain_write(&l->plain[op->word], sizeof(uint32_t));
		l->plain[op->word] = op->value;
		return 0;
	case L_PLAIN_READ:
		virtual_plain_read(&l->plain[op->word], sizeof(uint32_t));
		return l->plain[op->word];
	case L_SEAM:
		return seam(l, op);
	default:
		return 0;
	}
}

static void note_out(struct litmus *l, uint32_t lp, uint32_t i, uint32_t v)
{
	virtual_effect();
	l->out[lp][i] = v;
}

static void body(void *arg, uint32_t lp)
{
	struct litmus *l = arg;
	uint32_t i;

	for (i = 0; i < LITMUS_OPS && l->ops[lp][i].kind != L_END; i++)
		note_out(l, lp, i, run_op(l, &l->ops[lp][i]));
}

static void reset(void *arg)
{
	struct litmus *l = arg;

	memset(l->words, 0, sizeof(l->words));
	memset(l->plain, 0, sizeof(l->plain));
	memset(l->out, 0xff, sizeof(l->out));
}

static bool name(void *arg, const struct ss_word *w, char *out, size_t bytes)
{
	struct litmus *l = arg;

	snprintf(out, bytes, "%c", "xyzwv"[w - l->words]);
	return true;
}

void litmus_program(struct litmus *l, struct virtual_program *p)
{
	*p = (struct virtual_program){
		.nr_lps = l->nr_lps, .announces = true, .arg = l, .reset = reset, .body = body,
		.name = name
	};
}

uint64_t litmus_state(const struct litmus *l)
{
	uint64_t h = 0xcbf29ce484222325ULL;
	const unsigned char *p = (const unsigned char *)l->words;
	size_t i;

	for (i = 0; i < sizeof(l->words); i++)
		h = (h ^ p[i]) * 0x100000001b3ULL;
	p = (const unsigned char *)l->out;
	for (i = 0; i < sizeof(l->out); i++)
		h = (h ^ p[i]) * 0x100000001b3ULL;
	return h;
}

void litmus_set_add(struct litmus_set *s, uint64_t v)
{
	uint32_t at, low = 0, high = s->n;

	while (low < high) {
		at = (low + high) / 2;
		if (s->v[at] < v)
			low = at + 1;
		else
			high = at;
	}
	if (low < s->n && s->v[low] == v)
		return;
	if (s->n == s->room) {
		s->room = s->room ? 2 * s->room : 64;
		s->v = realloc(s->v, s->room * sizeof(*s->v));
		if (!s->v)
			abort();
	}
	memmove(s->v + low + 1, s->v + low, (s->n - low) * sizeof(*s->v));
	s->v[low] = v;
	s->n++;
}

bool litmus_set_equal(const struct litmus_set *a, const struct litmus_set *b)
{
	return a->n == b->n && (!a->n || !memcmp(a->v, b->v, a->n * sizeof(*a->v)));
}

void litmus_set_free(struct litmus_set *s)
{
	free(s->v);
	memset(s, 0, sizeof(*s));
}

void litmus_explore(struct litmus *l, enum virtual_memory memory, enum litmus_search search,
		    struct litmus_result *out)
{
	struct virtual_program program;
	struct virtual_machine *m;
	struct explore_dpor d;
	enum virtual_end end;

	memset(out, 0, sizeof(*out));
	litmus_program(l, &program);
	m = virtual_create(&program, memory, true);
	if (!m)
		abort();
	explore_dpor_init(&d);
	d.brute = search == LITMUS_BRUTE;
	d.foresight = search == LITMUS_REDUCED;
	d.check_every = 1;
	do {
		end = virtual_execute(m, &d.sched);
		out->pruned += end == VIRTUAL_END_STOPPED;
		out->deadlocks |= end == VIRTUAL_END_DEADLOCK;
		if (end == VIRTUAL_END_FAILED || end == VIRTUAL_END_LIVELOCK) {
			out->failed = true;
			memcpy(out->failure, m->failure, sizeof(out->failure));
		}
		if (end == VIRTUAL_END_DONE || end == VIRTUAL_END_DEADLOCK)
			litmus_set_add(&out->states, litmus_state(l));
	} while (explore_dpor_next(&d));
	out->executions = d.executions - out->pruned;
	out->foreseen = d.foreseen;
	out->nondeterministic = d.nondeterministic;
	explore_dpor_fini(&d);
	virtual_destroy(m);
}

void litmus_result_free(struct litmus_result *r)
{
	litmus_set_free(&r->states);
}
