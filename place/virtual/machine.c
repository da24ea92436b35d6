/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The virtual machine: carries out the operations that LPs announce, one at a time.
 *
 * An LP always stands right before its next operation, so a scheduler knows that operation. A
 * transition carries that operation out and lets the LP run to the next one.
 *
 * Waiting. A loop around ss_wait() has no effect until something that its body reads changes, so a
 * turn that finds nothing new may be left out. Therefore an LP that has called ss_wait() and stands
 * before the first load of the loop body is blocked until a word of the body has another value than
 * the LP saw. If the body looks at a deadline, the LP may also go on when the deadline passes. When
 * the LP announces its next operation, the machine finds the body: everything the LP read since it
 * last announced the same operation. If the body is that one load, the turn was a stutter: the LP
 * stands where it stood before.
 *
 * TSO. Stores go into the LP's buffer, first in, first out. A process of its own lets stores out.
 * Loads look into the LP's own buffer first. Read-modify-writes and fences wait until the buffer is
 * empty.
 */
#include <stdio.h>
#include <stdlib.h>

#include "machine.h"

struct virtual_machine *virtual_running;

/* ---- objects --------------------------------------------------------------------------------- */

static uint32_t hash_slot(const struct virtual_machine *m, const struct ss_word *w)
{
	uint64_t h = (uint64_t)(uintptr_t)w * 0x9e3779b97f4a7c15ULL >> 32;
	uint32_t i = (uint32_t)h & m->hash_mask;

	while (m->hash[i] && m->words[m->hash[i]] != w)
		i = (i + 1) & m->hash_mask;
	return i;
}

static void *grow(void *p, size_t n, size_t size)
{
	void *q = realloc(p, n * size);

	if (!q) {
		fprintf(stderr, "virtual machine: out of memory for %zu bytes\n", n * size);
		abort();
	}
	return q;
}

static void rehash(struct virtual_machine *m)
{
	uint32_t i, size = 4 * m->room_words;

	free(m->hash);
	m->hash = grow(NULL, size, sizeof(*m->hash));
	memset(m->hash, 0, size * sizeof(*m->hash));
	m->hash_mask = size - 1;
	for (i = 1; i <= m->nr_words; i++)
		m->hash[hash_slot(m, m->words[i])] = i;
}

uint32_t virtual_object(struct virtual_machine *m, const struct ss_word *w)
{
	uint32_t slot = hash_slot(m, w);

	if (m->hash[slot])
		return m->hash[slot];
	if (m->nr_words + 1 == m->room_words) {
		m->room_words *= 2;
		m->words = grow(m->words, m->room_words, sizeof(*m->words));
		rehash(m);
		slot = hash_slot(m, w);
	}
	m->words[++m->nr_words] = w;
	m->hash[slot] = m->nr_words;
	return m->nr_words;
}

/* ---- memory ---------------------------------------------------------------------------------- */

static struct virtual_store *buffered(const struct virtual_lp *lp, const struct ss_word *w)
{
	uint32_t i = lp->nr_stores;

	while (i--)
		if (lp->stores[i].op.word == w)
			return (struct virtual_store *)&lp->stores[i];
	return NULL;
}

/* The word as this LP sees it. */
static uint32_t view(const struct virtual_lp *lp, const struct ss_word *w)
{
	const struct virtual_store *s = lp->nr_stores ? buffered(lp, w) : NULL;

	return s ? s->op.value : w->v;
}

static void set_word(const struct ss_word *w, uint32_t v)
{
	((struct ss_word *)w)->v = v;
}

static bool drains(const struct virtual_operation *op)
{
	return op->kind == VIRTUAL_CAS || op->kind == VIRTUAL_ADD || op->kind == VIRTUAL_FENCE;
}

static bool is_load(const struct virtual_operation *op)
{
	return op->kind == VIRTUAL_LOAD || op->kind == VIRTUAL_LOAD_ACQUIRE;
}

static bool is_store(const struct virtual_operation *op)
{
	return op->kind == VIRTUAL_STORE || op->kind == VIRTUAL_PUBLISH;
}

void virtual_note_read(struct virtual_lp *lp, const struct ss_word *w, uint32_t value)
{
	if (lp->nr_reads == VIRTUAL_READS) {
		lp->nr_reads--;
		memmove(lp->reads, lp->reads + 1, lp->nr_reads * sizeof(*lp->reads));
	}
	lp->reads[lp->nr_reads++] = (struct virtual_read){w, virtual_object(lp->machine, w), value};
}

static void note_race(struct virtual_machine *m, struct virtual_lp *lp,
		      const struct virtual_operation *op, bool success, const uint32_t *release)
{
	if (m->race)
		virtual_race_event(m->race, lp->lp, op, success, release);
}

static void let_store_out(struct virtual_machine *m, struct virtual_lp *lp, struct virtual_event *e)
{
	struct virtual_store s = lp->stores[0];

	lp->nr_stores--;
	memmove(lp->stores, lp->stores + 1, lp->nr_stores * sizeof(*lp->stores));
	e->op = s.op;
	e->op.kind = VIRTUAL_FLUSH;
	e->before = s.op.word->v;
	e->after = s.op.value;
	e->writes = true;
	set_word(s.op.word, s.op.value);
	note_race(m, lp, &s.op, true, s.release);
}

static void do_store(struct virtual_machine *m, struct virtual_lp *lp, struct virtual_event *e)
{
	struct virtual_store *s;

	e->after = lp->op.value;
	if (m->memory == VIRTUAL_SC) {
		e->writes = true;
		set_word(lp->op.word, lp->op.value);
		note_race(m, lp, &lp->op, true, NULL);
		return;
	}
	s = &lp->stores[lp->nr_stores++];
	s->op = lp->op;
	s->release = m->race ? virtual_race_release(m->race, lp->lp, &lp->op) : NULL;
}

static void do_modify(struct virtual_machine *m, struct virtual_lp *lp, struct virtual_event *e)
{
	bool add = lp->op.kind == VIRTUAL_ADD;

	e->writes = add || e->before == lp->op.old;
	if (e->writes)
		e->after = add ? e->before + lp->op.value : lp->op.value;
	set_word(lp->op.word, e->after);
	lp->result = add ? e->before : e->writes;
	note_race(m, lp, &lp->op, e->writes, NULL);
}

/* Carries out the LP's announced operation. */
static void operate(struct virtual_machine *m, struct virtual_lp *lp, struct virtual_event *e)
{
	e->op = lp->op;
	e->before = lp->op.word ? view(lp, lp->op.word) : 0;
	e->after = e->before;
	if (is_load(&lp->op)) {
		lp->result = e->before;
		virtual_note_read(lp, lp->op.word, e->before);
		note_race(m, lp, &lp->op, true, NULL);
		return;
	}
	lp->nr_reads = 0;
	lp->watching = 0;
	if (is_store(&lp->op))
		do_store(m, lp, e);
	else if (lp->op.kind == VIRTUAL_CAS || lp->op.kind == VIRTUAL_ADD)
		do_modify(m, lp, e);
	else if (lp->op.kind == VIRTUAL_FENCE)
		note_race(m, lp, &lp->op, true, NULL);
	else
		e->writes = !lp->op.commutes;
}

/* ---- waiting --------------------------------------------------------------------------------- */

static bool guard_changed(const struct virtual_lp *lp)
{
	uint32_t i;

	for (i = 0; i < lp->nr_guard; i++)
		if (view(lp, lp->guard[i].word) != lp->guard[i].value)
			return true;
	return false;
}

static void end_wait(struct virtual_lp *lp, struct virtual_event *e)
{
	if (!lp->waiting)
		return;
	e->timeout = lp->guard_deadline && !guard_changed(lp);
	if (e->timeout)
		lp->expired = lp->guard_deadline;
	lp->waiting = false;
	lp->nr_guard = 0;
}

/* The LP has called ss_wait() and announced its next operation: finds the body of the loop. */
static void settle_wait(struct virtual_machine *m, struct virtual_lp *lp, struct virtual_event *e)
{
	uint32_t first = lp->nr_reads;

	while (first && lp->reads[first - 1].word != lp->op.word)
		first--;
	first = first ? first - 1 : 0;
	lp->nr_guard = lp->nr_reads - first;
	memcpy(lp->guard, lp->reads + first, lp->nr_guard * sizeof(*lp->guard));
	lp->guard_deadline = lp->watching > lp->expired ? lp->watching : 0;
	lp->waiting = true;
	lp->waited = false;
	lp->nr_reads = 0;
	lp->watching = 0;
	e->stutter = is_load(&e->op) && is_load(&lp->op) && e->op.kind == lp->op.kind &&
		     e->op.word == lp->op.word && lp->nr_guard == 1;
	if (e->stutter && m->sched->ops->forget_choices)
		m->sched->ops->forget_choices(m->sched);
}

/* ---- transitions ----------------------------------------------------------------------------- */

bool virtual_enabled(const struct virtual_machine *m, uint32_t process)
{
	const struct virtual_lp *lp = &m->lps[process % m->nr_lps];

	if (process >= m->nr_lps)
		return lp->nr_stores;
	if (lp->done || (lp->nr_stores && drains(&lp->op)) ||
	    (lp->nr_stores == VIRTUAL_STORES && is_store(&lp->op)))
		return false;
	return !lp->waiting || lp->guard_deadline || guard_changed(lp);
}

bool virtual_only_by_timeout(const struct virtual_machine *m, uint32_t process)
{
	const struct virtual_lp *lp = &m->lps[process % m->nr_lps];

	return process < m->nr_lps && lp->waiting && lp->guard_deadline && !guard_changed(lp);
}

uint32_t virtual_next_accesses(const struct virtual_machine *m, uint32_t process,
			       struct virtual_access out[VIRTUAL_ACCESSES])
{
	const struct virtual_lp *lp = &m->lps[process % m->nr_lps];
	uint32_t i, n = 0;

	if (process >= m->nr_lps) {
		if (lp->nr_stores)
			out[n++] = (struct virtual_access){ lp->stores[0].op.object, true };
		return n;
	}
	if (lp->done)
		return 0;
	for (i = 0; lp->waiting && i < lp->nr_guard; i++)
		out[n++] = (struct virtual_access){ lp->guard[i].object, false };
	if (lp->op.kind == VIRTUAL_SEAM)
		out[n++] = (struct virtual_access){ 0, !lp->op.commutes };
	else if (is_load(&lp->op) || (is_store(&lp->op) && m->memory == VIRTUAL_SC) ||
		 lp->op.kind == VIRTUAL_CAS || lp->op.kind == VIRTUAL_ADD)
		out[n++] = (struct virtual_access){ lp->op.object, !is_load(&lp->op) };
	return n;
}

void virtual_note_decision(struct virtual_machine *m, uint32_t decision)
{
	if (!m->keep_events)
		return;
	if (m->nr_decisions == m->room_decisions) {
		m->room_decisions = m->room_decisions ? 2 * m->room_decisions : 256;
		m->decisions = grow(m->decisions, m->room_decisions, sizeof(*m->decisions));
	}
	m->decisions[m->nr_decisions++] = decision;
}

static struct virtual_event *new_event(struct virtual_machine *m, uint32_t process)
{
	struct virtual_event *e;

	if (m->keep_events && m->nr_events == m->room_events) {
		m->room_events *= 2;
		m->events = grow(m->events, m->room_events, sizeof(*m->events));
	}
	e = &m->events[m->keep_events ? m->nr_events : 0];
	m->nr_events++;
	memset(e, 0, sizeof(*e));
	e->process = process;
	return e;
}

/* Lets an LP run to its next announcement. */
static void resume(struct virtual_machine *m, struct virtual_lp *lp)
{
	lp->steps++;
	m->current = lp;
	fiber_switch(&m->main, &lp->fiber);
	m->current = NULL;
}

static void transition(struct virtual_machine *m, uint32_t process)
{
	struct virtual_lp *lp = &m->lps[process % m->nr_lps];
	struct virtual_event *e = new_event(m, process);

	if (process >= m->nr_lps) {
		let_store_out(m, lp, e);
		return;
	}
	end_wait(lp, e);
	operate(m, lp, e);
	resume(m, lp);
	if (lp->waited)
		settle_wait(m, lp, e);
}

static void lp_main(void *arg)
{
	struct virtual_lp *lp = arg;
	struct virtual_machine *m = lp->machine;

	m->program.body(m->program.arg, lp->lp);
	if (lp->foreseeing) {	/* as in virtual_effect(): the execution does not end yet */
		lp->spoilt = true;
		fiber_switch(&lp->fiber, &m->main);
	}
	lp->done = true;
	m->left++;
	fiber_switch(&lp->fiber, &m->main);	/* does not come back */
}

/* Drops the stores of an execution that was given up. */
static void drop_stores(struct virtual_lp *lp)
{
	while (lp->nr_stores)
		free(lp->stores[--lp->nr_stores].release);
}

static void begin(struct virtual_machine *m)
{
	struct virtual_event nothing = { 0 };
	struct virtual_lp *lp;
	uint32_t i;

	m->nr_events = 0;
	m->nr_decisions = 0;
	m->left = 0;
	m->end = VIRTUAL_END_DONE;
	m->failure[0] = '\0';
	m->program.reset(m->program.arg);
	if (m->race)
		virtual_race_reset(m->race);
	if (m->sched->ops->begin)
		m->sched->ops->begin(m->sched, m);
	for (i = 0; i < m->nr_lps && m->end == VIRTUAL_END_DONE; i++) {
		lp = &m->lps[i];
		drop_stores(lp);
		memset(&lp->done, 0, sizeof(*lp) - offsetof(struct virtual_lp, done));
		fiber_reset(&lp->fiber, lp_main, lp);
		resume(m, lp);
		if (lp->waited)
			settle_wait(m, lp, &nothing);
	}
}

static bool all_left(const struct virtual_machine *m)
{
	uint32_t i;

	if (m->left < m->nr_lps)
		return false;
	for (i = 0; m->memory == VIRTUAL_TSO && i < m->nr_lps; i++)
		if (m->lps[i].nr_stores)
			return false;
	return true;
}

static bool anything_enabled(const struct virtual_machine *m)
{
	uint32_t p;

	for (p = 0; p < m->nr_processes; p++)
		if (virtual_enabled(m, p))
			return true;
	return false;
}

enum virtual_end virtual_execute(struct virtual_machine *m, struct virtual_sched *s)
{
	uint32_t process;

	virtual_running = m;
	m->sched = s;
	begin(m);
	while (m->end == VIRTUAL_END_DONE && !all_left(m)) {
		process = s->ops->pick(s, m);
		if (process == VIRTUAL_NOBODY) {
			m->end = anything_enabled(m) ? VIRTUAL_END_STOPPED : VIRTUAL_END_DEADLOCK;
			break;
		}
		virtual_note_decision(m, process);
		transition(m, process);
		if (s->ops->done)
			s->ops->done(s, m, virtual_last_event(m));
		if (m->end == VIRTUAL_END_DONE && m->nr_events >= m->max_events)
			m->end = VIRTUAL_END_LIVELOCK;
	}
	if (m->end == VIRTUAL_END_DONE && m->program.check)
		m->program.check(m->program.arg);
	virtual_running = NULL;
	return m->end;
}

const char *virtual_end_text(enum virtual_end end)
{
#define END_TEXT(name, text) text,
	static const char *const texts[] = { VIRTUAL_ENDS(END_TEXT) };
#undef END_TEXT

	return texts[end];
}

static bool make_lps(struct virtual_machine *m)
{
	uint32_t i;

	m->lps = calloc(m->nr_lps, sizeof(*m->lps));
	if (!m->lps)
		return false;
	for (i = 0; i < m->nr_lps; i++) {
		m->lps[i].machine = m;
		m->lps[i].lp = i;
		if (!fiber_alloc(&m->lps[i].fiber))
			return false;
	}
	return true;
}

struct virtual_machine *virtual_create(const struct virtual_program *program,
				       enum virtual_memory memory, bool races)
{
	struct virtual_machine *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->program = *program;
	m->memory = memory;
	m->nr_lps = program->nr_lps;
	m->nr_processes = memory == VIRTUAL_TSO ? 2 * m->nr_lps : m->nr_lps;
	m->max_events = 100000;
	m->keep_events = true;
	m->room_events = 256;
	m->events = grow(NULL, m->room_events, sizeof(*m->events));
	m->room_words = 64;
	m->words = grow(NULL, m->room_words, sizeof(*m->words));
	rehash(m);
	if (races)
		m->race = virtual_race_create(m->nr_lps);
	if (!make_lps(m)) {
		virtual_destroy(m);
		return NULL;
	}
	return m;
}

void virtual_destroy(struct virtual_machine *m)
{
	uint32_t i;

	if (!m)
		return;
	for (i = 0; m->lps && i < m->nr_lps; i++) {
		drop_stores(&m->lps[i]);
		fiber_free(&m->lps[i].fiber);
	}
	virtual_race_destroy(m->race);
	free(m->lps);
	free(m->events);
	free(m->decisions);
	free(m->words);
	free(m->hash);
	free(m);
}
