// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A scheduler in virtual time: each LP has a clock, and a model of cache coherence advances it.
 *
 * The LP whose next operation can begin first moves next. The cost of an operation depends on where
 * the line is:
 *
 *   load   a hit if this LP has a copy; else the line comes from its last writer, near or far,
 * 	    after the earlier requests for the line
 *   store  retires at once; the line is taken from all LPs that have a copy, and then the new
 * 	    value can be seen
 *   read-modify-write, fence   as a store, but the LP waits for it, and for its earlier stores
 *
 * An LP in ss_wait() polls a copy of its own, which costs other LPs nothing until an LP writes the
 * line. Then the LP requests the line again, together with all other LPs that wait for it. That
 * queue makes one word for all LPs expensive.
 *
 * Not modelled: capacity of caches, prefetching, links that are busy with other traffic,
 * frequencies.
 */
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "virtual_time.h"

#define LINE_BYTES	64u
#define NONE		UINT32_MAX
#define MANY		UINT32_MAX	/* the LP waits for more than one word */

struct virtual_line {
	uintptr_t address;
	uint32_t owner;			/* last writer, NONE: memory */
	uint64_t visible;		/* the last write can be seen from here on */
	uint64_t busy;			/* requests queue until here */
	uint32_t nr_sharers;
};

#define DEFAULT(name, ns, source) c->name = (ns);
void virtual_costs_default(struct virtual_costs *c)
{
	VIRTUAL_COSTS(DEFAULT)
}

bool virtual_costs_set(struct virtual_costs *c, const char *name, uint64_t ns)
{
#define SET(field, def, source)			\
	if (!strcmp(name, #field)) {		\
		c->field = ns;			\
		return true;			\
	}
	VIRTUAL_COSTS(SET)
	return false;
}

static void *grow(void *p, size_t n, size_t size)
{
	void *q = realloc(p, n * size);

	if (!q)
		abort();
	return q;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static uint64_t *sharers_of(struct virtual_time *t, uint32_t line)
{
	return t->sharers + (size_t)line * t->words_a_line;
}

static bool shares(struct virtual_time *t, uint32_t line, uint32_t lp)
{
	return sharers_of(t, line)[lp / 64] >> lp % 64 & 1;
}

static uint32_t add_line(struct virtual_time *t, uintptr_t address)
{
	uint32_t i;

	for (i = t->nr_lines; i-- > 0;)
		if (t->lines[i].address == address)
			return i;
	if (t->nr_lines == t->room_lines) {
		t->room_lines = t->room_lines ? 2 * t->room_lines : 64;
		t->lines = grow(t->lines, t->room_lines, sizeof(*t->lines));
		t->sharers = grow(t->sharers, (size_t)t->room_lines * t->words_a_line,
				  sizeof(*t->sharers));
	}
	i = t->nr_lines++;
	t->lines[i] = (struct virtual_line){ .address = address, .owner = NONE };
	memset(sharers_of(t, i), 0, t->words_a_line * sizeof(*t->sharers));
	return i;
}

static uint32_t line_of(struct virtual_time *t, uint32_t object, const struct ss_word *w)
{
	uint32_t old = t->room_objects;

	if (object >= old) {
		t->room_objects = object < 1024 ? 2048 : 2 * object;
		t->line_of = grow(t->line_of, t->room_objects, sizeof(*t->line_of));
		memset(t->line_of + old, 0, (t->room_objects - old) * sizeof(*t->line_of));
	}
	if (!t->line_of[object])
		t->line_of[object] = add_line(t, (uintptr_t)w / LINE_BYTES) + 1;
	return t->line_of[object] - 1;
}

static uint64_t distance(const struct virtual_time *t, uint32_t a, uint32_t b)
{
	uint32_t threads = t->topology.threads, per_socket = threads * t->topology.cores;

	if (a / threads == b / threads)
		return t->costs.same_core_ns;
	if (a / per_socket == b / per_socket)
		return t->costs.same_socket_ns;
	return t->costs.other_socket_ns;
}

/* Requests the line at @now, after earlier requests. Returns when the answer leaves. */
static uint64_t queue(struct virtual_time *t, struct virtual_line *l, uint64_t now)
{
	uint64_t start = now > l->busy ? now : l->busy;

	l->busy = start + t->costs.line_busy_ns;
	t->transfers++;
	return start;
}

static uint64_t load(struct virtual_time *t, uint32_t line, uint32_t lp, uint64_t now)
{
	struct virtual_line *l = &t->lines[line];
	uint64_t far;

	if (shares(t, line, lp))
		return now + t->costs.hit_ns;
	far = l->owner == NONE ? t->costs.same_socket_ns : distance(t, l->owner, lp);
	sharers_of(t, line)[lp / 64] |= 1ULL << lp % 64;
	l->nr_sharers++;
	if (far <= t->costs.same_core_ns)
		return now + far;
	t->cross_socket += far == t->costs.other_socket_ns;
	return queue(t, l, now) + far;
}

/* The time to reach the farthest LP that has a copy. */
static uint64_t farthest(struct virtual_time *t, uint32_t line, uint32_t lp)
{
	uint64_t *s = sharers_of(t, line), far = 0, left, d;
	uint32_t i, other;

	for (i = 0; i < t->words_a_line && far < t->costs.other_socket_ns; i++) {
		for (left = s[i]; left; left &= left - 1) {
			other = i * 64 + (uint32_t)__builtin_ctzll(left);
			d = other == lp ? 0 : distance(t, other, lp);
			far = d > far ? d : far;
		}
	}
	return far;
}

/* Returns when this LP alone has the line and the new value can be seen. */
static uint64_t own(struct virtual_time *t, uint32_t line, uint32_t lp, uint64_t now)
{
	struct virtual_line *l = &t->lines[line];
	bool has = shares(t, line, lp);
	uint64_t far, done = now;

	if (l->nr_sharers > has || !has) {
		far = farthest(t, line, lp);
		if (!has && l->owner == NONE && !far)
			far = t->costs.same_socket_ns;
		if (far > t->costs.same_core_ns)
			done = queue(t, l, now) + far + l->nr_sharers * t->costs.invalidate_ns;
		else
			done = now + far;
		t->cross_socket += far == t->costs.other_socket_ns;
	}
	memset(sharers_of(t, line), 0, t->words_a_line * sizeof(*t->sharers));
	sharers_of(t, line)[lp / 64] = 1ULL << lp % 64;
	l->nr_sharers = 1;
	l->owner = lp;
	l->visible = done + t->costs.hit_ns;
	return l->visible;
}

/* ---- the heap of LPs that may move ----------------------------------------------------------- */

static void place(struct virtual_time *t, uint32_t i, uint32_t lp)
{
	t->heap[i] = lp;
	t->at[lp] = i + 1;
}

static bool before(const struct virtual_time *t, uint32_t a, uint32_t b)
{
	return t->key[a] != t->key[b] ? t->key[a] < t->key[b] : a < b;
}

static void sift(struct virtual_time *t, uint32_t i)
{
	uint32_t lp = t->heap[i], child;

	while (i && before(t, lp, t->heap[(i - 1) / 2])) {
		place(t, i, t->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	for (child = 2 * i + 1; child < t->nr_heap; child = 2 * i + 1) {
		if (child + 1 < t->nr_heap && before(t, t->heap[child + 1], t->heap[child]))
			child++;
		if (!before(t, t->heap[child], lp))
			break;
		place(t, i, t->heap[child]);
		i = child;
	}
	place(t, i, lp);
}

static void leave_heap(struct virtual_time *t, uint32_t lp)
{
	uint32_t i = t->at[lp] - 1, last;

	t->at[lp] = 0;
	last = t->heap[--t->nr_heap];
	if (last == lp)
		return;
	place(t, i, last);
	sift(t, i);
}

/* When can this LP's next operation begin? Not before the LP can see the line it waits for. */
static uint64_t earliest(struct virtual_time *t, const struct virtual_machine *m, uint32_t lp)
{
	const struct virtual_lp *v = &m->lps[lp];
	uint64_t when = t->clock[lp], seen;
	uint32_t i;

	for (i = 0; v->waiting && i < v->nr_guard; i++) {
		if (v->guard[i].word->v == v->guard[i].value)
			continue;
		seen = t->lines[line_of(t, v->guard[i].object, v->guard[i].word)].visible;
		return seen > when ? seen + t->costs.relax_ns / 2 : when;
	}
	if (v->waiting && v->guard_deadline)
		return v->guard_deadline > when ? v->guard_deadline : when;
	return when;
}

static void refresh(struct virtual_time *t, struct virtual_machine *m, uint32_t lp)
{
	const struct virtual_lp *v = &m->lps[lp];

	t->waits_for[lp] = !v->waiting ? 0 : v->nr_guard == 1 ? v->guard[0].object : MANY;
	if (!virtual_enabled(m, lp)) {
		if (t->at[lp])
			leave_heap(t, lp);
		return;
	}
	t->key[lp] = earliest(t, m, lp);
	if (!t->at[lp]) {
		t->heap[t->nr_heap] = lp;
		t->at[lp] = ++t->nr_heap;
	}
	sift(t, t->at[lp] - 1);
}

/* ---- the scheduler --------------------------------------------------------------------------- */

static void begin(struct virtual_sched *s, struct virtual_machine *m)
{
	struct virtual_time *t = (struct virtual_time *)s;

	(void)m;
	memset(t->clock, 0, t->nr_lps * sizeof(*t->clock));
	memset(t->drained, 0, t->nr_lps * sizeof(*t->drained));
	memset(t->at, 0, t->nr_lps * sizeof(*t->at));
	if (t->room_objects)
		memset(t->line_of, 0, t->room_objects * sizeof(*t->line_of));
	t->nr_lines = t->nr_heap = 0;
	t->transfers = t->cross_socket = t->seam_free = 0;
	t->begun = false;
	t->accounted = 0;
}

static uint32_t pick(struct virtual_sched *s, struct virtual_machine *m)
{
	struct virtual_time *t = (struct virtual_time *)s;
	uint32_t lp;

	/* Before this, not all LPs have announced their first operation. */
	for (lp = 0; !t->begun && lp < t->nr_lps; lp++)
		refresh(t, m, lp);
	t->begun = true;
	return t->nr_heap ? t->heap[0] : VIRTUAL_NOBODY;
}

static uint64_t seam(struct virtual_time *t, const struct virtual_operation *op, uint32_t lp,
		     uint64_t now)
{
	uint64_t work = t->seam_work_ns ? t->seam_work_ns(t->ctx, op->note, lp) : 0;
	uint64_t start = now;

	if (!op->commutes && t->seam_free > start)
		start = t->seam_free;
	if (!op->commutes)
		t->seam_free = start + t->costs.seamcall_ns + work;
	return start + t->costs.seamcall_ns + work;
}

static void advance(struct virtual_time *t, const struct virtual_event *e)
{
	uint32_t lp = e->process, line = 0;
	uint64_t now = t->key[lp], seen;

	if (e->op.word)
		line = line_of(t, e->op.object, e->op.word);
	switch (e->op.kind) {
	case VIRTUAL_LOAD:
	case VIRTUAL_LOAD_ACQUIRE:
		t->clock[lp] = load(t, line, lp, now);
		break;
	case VIRTUAL_STORE:
	case VIRTUAL_PUBLISH:
		seen = own(t, line, lp, now);
		if (seen > t->drained[lp])
			t->drained[lp] = seen;
		t->clock[lp] = now + t->costs.store_ns;
		break;
	case VIRTUAL_CAS:
	case VIRTUAL_ADD:
		if (t->drained[lp] > now)
			now = t->drained[lp];
		t->clock[lp] = own(t, line, lp, now) + t->costs.hit_ns;
		break;
	case VIRTUAL_FENCE:
		t->clock[lp] = t->drained[lp] > now ? t->drained[lp] : now;
		break;
	default:
		t->clock[lp] = seam(t, &e->op, lp, now);
	}
}

/* Called once an event: after the event, or earlier if the LP looks at its clock. */
static void account(struct virtual_time *t, const struct virtual_machine *m)
{
	if (t->accounted == m->nr_events)
		return;
	t->accounted = m->nr_events;
	advance(t, virtual_last_event(m));
}

static void done(struct virtual_sched *s, struct virtual_machine *m, const struct virtual_event *e)
{
	struct virtual_time *t = (struct virtual_time *)s;
	uint32_t lp;

	account(t, m);
	refresh(t, m, e->process);
	if (!e->writes || !e->op.word)
		return;
	/* LPs that wait for this word may move now. */
	for (lp = 0; lp < t->nr_lps; lp++)
		if (t->waits_for[lp] == e->op.object || t->waits_for[lp] == MANY)
			refresh(t, m, lp);
}

static uint64_t now_ns(struct virtual_sched *s, struct virtual_machine *m, uint32_t lp)
{
	struct virtual_time *t = (struct virtual_time *)s;

	account(t, m);
	return t->clock[lp] + 1;	/* 0 means "never" to the core */
}

static const struct virtual_sched_ops ops = {
	.begin = begin, .pick = pick, .done = done, .now = now_ns, .real_clock = true,
};

void virtual_time_init(struct virtual_time *t, const struct virtual_topology *topology)
{
	uint32_t nr = topology->sockets * topology->cores * topology->threads;

	memset(t, 0, sizeof(*t));
	t->sched.ops = &ops;
	t->topology = *topology;
	virtual_costs_default(&t->costs);
	t->nr_lps = nr;
	t->words_a_line = (nr + 63) / 64;
	t->clock = grow(NULL, nr, sizeof(*t->clock));
	t->drained = grow(NULL, nr, sizeof(*t->drained));
	t->heap = grow(NULL, nr, sizeof(*t->heap));
	t->at = grow(NULL, nr, sizeof(*t->at));
	t->key = grow(NULL, nr, sizeof(*t->key));
	t->waits_for = grow(NULL, nr, sizeof(*t->waits_for));
}

void virtual_time_fini(struct virtual_time *t)
{
	free(t->clock);
	free(t->drained);
	free(t->heap);
	free(t->at);
	free(t->key);
	free(t->waits_for);
	free(t->lines);
	free(t->sharers);
	free(t->line_of);
}
