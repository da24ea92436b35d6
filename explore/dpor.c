/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The exhaustive scheduler: stateless search with dynamic partial-order reduction and sleep sets.
 *
 * Two operations depend on each other if they touch the same object and one of them writes it.
 * Executions that order dependent operations alike end alike, so one execution of each class is
 * enough. The scheduler carries out an execution and looks for races before each event. A race is
 * between the next operation of a process and the last event that the operation depends on, if that
 * event did not have to come first. The other order must then be tried from the state before that
 * event: a process that leads to the other order is added to the state's backtrack set (Flanagan
 * and Godefroid, POPL 2005; the candidates are the initials of Abdulla et al., POPL 2014). Sleep
 * sets prevent that an order is tried twice.
 *
 * Waiting LPs are blocked (machine.c). A blocked LP reads all words of its loop. If the LP could
 * not have moved before the event it races with, there is no other order of the two alone. But an
 * order in which something else wakes the LP first is another order. Hence the candidates include
 * all processes whose events led to the operation. Stutters touch nothing.
 *
 * Foresight. Most races of a program that waits are between a store and the load of a wait loop
 * that found the store. In the other order the load finds nothing new: the load is a stutter, the
 * process is blocked, all others are asleep, and the path is given up as known. By far the most
 * paths were of this kind. Therefore, before load l is put before store s, the scheduler asks what
 * the process does if l returns what the word held before s (foresee.c).
 *
 * This is the right question for three reasons. The process' own earlier events do not follow s
 * (otherwise there is no race), so the process stands before the same load, in the same local
 * state, in the other order too. All other stores to the word that follow s in this execution
 * depend on s, and do not come before l in the other order. And the process has no store of its own
 * to the word in its buffer.
 *
 * If the answer is "waits on", then the other order, without its stutter, is an order in which l
 * comes later, and races of its own find any order of that kind. But l before an even earlier store
 * must not be skipped: there l may find something else. So the scheduler asks the same question for
 * the store before s, until a store matters, a store has to come before l, or no store is left.
 *
 * Answers (virtual_choose()) belong to the transition in which they are given. All answers are
 * tried.
 */
#include <stdio.h>
#include <stdlib.h>

#include "dpor.h"

#define NO_EVENT	UINT32_MAX

/* The state before an event, and the event. */
struct dpor_pick {
	uint64_t enabled, backtrack, sleep;
	uint32_t process;
	uint32_t value;		/* value of the event's word before the event */
	bool stutter;
	uint32_t nr_accesses;
	struct virtual_access accesses[VIRTUAL_ACCESSES];
	uint32_t previous[VIRTUAL_ACCESSES]; /* the access of the same object before, or NO_EVENT */
};

struct dpor_answer {
	uint32_t at;		/* number of events before the answer, the one under way included */
	uint32_t n, answer;
	bool forgotten;		/* the other answers lead to known executions only */
};

/* An object's accesses: a list through dpor_pick.previous. An access is event * slots + slot. */
struct dpor_head {
	uint64_t execution;
	uint32_t access;
};

/* begin() refuses a machine of more processes. */
static uint64_t bit(uint32_t process)
{
	if (process >= DPOR_MAX_PROCESSES)
		__builtin_unreachable();
	return 1ULL << process;
}

static void *grow(void *p, size_t n, size_t size)
{
	void *q = realloc(p, n * size);

	if (!q) {
		fprintf(stderr, "explorer: out of memory for %zu bytes\n", n * size);
		abort();
	}
	return q;
}

static uint32_t *clock_of(const struct explore_dpor *d, uint32_t event)
{
	return d->clocks + (size_t)event * d->nr_processes;
}

static void join(const struct explore_dpor *d, uint32_t *to, uint32_t event)
{
	const uint32_t *from = clock_of(d, event);
	uint32_t i;

	for (i = 0; i < d->nr_processes; i++)
		if (from[i] > to[i])
			to[i] = from[i];
}

/* Did @event happen before the event or operation that @clock belongs to? */
static bool before(const struct explore_dpor *d, uint32_t event, const uint32_t *clock)
{
	return clock[d->picks[event].process] > event;
}

/* ---- accesses -------------------------------------------------------------------------------- */

static struct dpor_head *head_of(struct explore_dpor *d, uint32_t object)
{
	uint32_t room = d->nr_heads;

	if (object >= room) {
		d->nr_heads = object + 64;
		d->heads = grow(d->heads, d->nr_heads, sizeof(*d->heads));
		memset(d->heads + room, 0, (d->nr_heads - room) * sizeof(*d->heads));
	}
	if (d->heads[object].execution != d->executions) {
		d->heads[object].execution = d->executions;
		d->heads[object].access = NO_EVENT;
	}
	return &d->heads[object];
}

static void link_event(struct explore_dpor *d, uint32_t event)
{
	struct dpor_pick *pick = &d->picks[event];
	struct dpor_head *head;
	uint32_t i;

	for (i = 0; i < pick->nr_accesses; i++) {
		head = head_of(d, pick->accesses[i].object);
		pick->previous[i] = head->access;
		head->access = event * VIRTUAL_ACCESSES + i;
	}
}

static uint32_t event_of(uint32_t access)
{
	return access / VIRTUAL_ACCESSES;
}

static uint32_t previous(const struct explore_dpor *d, uint32_t access)
{
	return d->picks[event_of(access)].previous[access % VIRTUAL_ACCESSES];
}

static bool writes(const struct explore_dpor *d, uint32_t access)
{
	return d->picks[event_of(access)].accesses[access % VIRTUAL_ACCESSES].write;
}

/*
 * Returns the access before @access (NO_EVENT: the last one) that @mine depends on. A read depends
 * on the last write. A write depends on the last write and on all reads after the last write.
 * NO_EVENT if there is none.
 */
static uint32_t next_conflict(struct explore_dpor *d, const struct virtual_access *mine,
			      uint32_t access)
{
	if (access == NO_EVENT)
		access = head_of(d, mine->object)->access;
	else if (writes(d, access))
		return NO_EVENT;
	else
		access = previous(d, access);
	while (access != NO_EVENT && !mine->write && !writes(d, access))
		access = previous(d, access);
	return access;
}

/* Computes what happened before an operation of @process that does @accesses. */
static void operation_clock(struct explore_dpor *d, const struct virtual_machine *m,
			    uint32_t process, const struct virtual_access *accesses, uint32_t nr,
			    bool drains, uint32_t *clock)
{
	uint32_t i, a;

	memset(clock, 0, d->nr_processes * sizeof(*clock));
	if (d->last[process])
		join(d, clock, d->last[process] - 1);
	if (drains && d->last[process + m->nr_lps])
		join(d, clock, d->last[process + m->nr_lps] - 1);
	if (process >= m->nr_lps && d->nr_stores[process - m->nr_lps])
		join(d, clock, d->stores[process - m->nr_lps][0]);
	for (i = 0; i < nr; i++)
		for (a = next_conflict(d, &accesses[i], NO_EVENT); a != NO_EVENT;
		     a = next_conflict(d, &accesses[i], a))
			join(d, clock, event_of(a));
}

static bool drains(const struct virtual_machine *m, uint32_t process)
{
	uint8_t kind;

	if (m->memory == VIRTUAL_SC || process >= m->nr_lps)
		return false;
	kind = m->lps[process].op.kind;
	return kind == VIRTUAL_CAS || kind == VIRTUAL_ADD || kind == VIRTUAL_FENCE;
}

static bool about_to_load(const struct virtual_machine *m, uint32_t process)
{
	return process < m->nr_lps && (m->lps[process].op.kind == VIRTUAL_LOAD ||
				       m->lps[process].op.kind == VIRTUAL_LOAD_ACQUIRE);
}

/* ---- races ----------------------------------------------------------------------------------- */

/* Did an event begin[q], for a q in @set, happen before @event? */
static bool after_any(const struct explore_dpor *d, uint32_t event, uint64_t set,
		      const uint32_t *begin)
{
	uint32_t q;

	for (q = 0; q < d->nr_processes; q++)
		if ((set & bit(q)) && clock_of(d, event)[q] > begin[q])
			return true;
	return false;
}

/*
 * Returns the processes that can make the first move, from the state before @event, of the moves
 * that lead to an operation of @process with @clock and do not pass through @event. The question is
 * whether one of these processes has been tried. It does not help that a process that moves later
 * has been tried, because that process may be asleep.
 */
static uint64_t initials(struct explore_dpor *d, uint32_t event, uint32_t nr_events,
			 uint32_t process, const uint32_t *clock)
{
	uint32_t begin[DPOR_MAX_PROCESSES], j, q;
	uint64_t seen = 0, first = 0;

	for (j = event + 1; j < nr_events; j++) {
		q = d->picks[j].process;
		/* A stutter may be no stutter in the other order, so it is no move. */
		if (d->picks[j].stutter || (seen & bit(q)) || !before(d, j, clock) ||
		    before(d, event, clock_of(d, j)))
			continue;
		if (!after_any(d, j, seen, begin))
			first |= bit(q);
		begin[q] = j;
		seen |= bit(q);
	}
	return seen ? first : bit(process);
}

static void try_before(struct explore_dpor *d, uint32_t event, uint32_t nr_events, uint32_t process,
		       const uint32_t *clock)
{
	struct dpor_pick *pick = &d->picks[event];
	uint64_t first = initials(d, event, nr_events, process, clock) & pick->enabled;

	if (!first || (first & pick->backtrack))
		return;
	pick->backtrack |= first & bit(process) ? bit(process) : first & -first;
}

/*
 * A race puts a load in a place where the LP would wait on. That order is no execution of its own,
 * since the load touches nothing there (foresight, above). Returns the next earlier write that the
 * load may have to precede, NO_EVENT if there is none.
 */
static uint32_t skip_idle(struct explore_dpor *d, struct virtual_machine *m, uint32_t process,
			  uint32_t access, const uint32_t *own)
{
	const struct dpor_pick *pick;

	while (access != NO_EVENT && d->foresight && writes(d, access)) {
		pick = &d->picks[event_of(access)];
		if (pick->process % m->nr_lps == process || before(d, event_of(access), own) ||
		    !virtual_would_wait(m, process, pick->value))
			break;
		d->foreseen++;
		do
			access = previous(d, access);
		while (access != NO_EVENT && !writes(d, access));
	}
	return access;
}

/* Is the next operation of @process a load that the process makes itself and that reads memory? */
static bool is_plain_load(const struct virtual_machine *m, uint32_t process)
{
	const struct virtual_lp *lp = &m->lps[process % m->nr_lps];
	uint32_t i;

	if (process >= m->nr_lps || lp->waiting || !about_to_load(m, process))
		return false;
	for (i = 0; i < lp->nr_stores; i++)
		if (lp->stores[i].op.word == lp->op.word)
			return false;
	return true;
}

/* Finds the races between the next operation of @process and the events so far. */
static void find_races(struct explore_dpor *d, struct virtual_machine *m, uint32_t process)
{
	struct virtual_access next[VIRTUAL_ACCESSES];
	uint32_t nr = virtual_next_accesses(m, process, next), i, a, j;
	uint32_t own[DPOR_MAX_PROCESSES] = { 0 }, clock[DPOR_MAX_PROCESSES];
	bool reads;

	if (!nr)
		return;
	operation_clock(d, m, process, NULL, 0, drains(m, process), own);
	operation_clock(d, m, process, next, nr, drains(m, process), clock);
	for (i = 0; i < nr; i++) {
		reads = false;
		a = next_conflict(d, &next[i], NO_EVENT);
		if (is_plain_load(m, process))
			a = skip_idle(d, m, process, a, own);
		for (; a != NO_EVENT; a = next_conflict(d, &next[i], a)) {
			j = event_of(a);
			/* Reads after this write race with the operation; the write does not. */
			if (writes(d, a) && reads)
				break;
			if (d->picks[j].process == process || before(d, j, own))
				continue;
			reads = true;
			try_before(d, j, m->nr_events, process, clock);
		}
	}
}

static bool conflict(const struct virtual_access *a, uint32_t na, const struct virtual_access *b,
		     uint32_t nb)
{
	uint32_t i, j;

	for (i = 0; i < na; i++)
		for (j = 0; j < nb; j++)
			if (a[i].object == b[j].object && (a[i].write || b[j].write))
				return true;
	return false;
}

/* Does the next operation of @process depend on the event just done? */
static bool touched(const struct explore_dpor *d, const struct virtual_machine *m, uint32_t process,
		    uint32_t event)
{
	struct virtual_access next[VIRTUAL_ACCESSES];
	uint32_t nr = virtual_next_accesses(m, process, next);

	return conflict(next, nr, d->picks[event].accesses, d->picks[event].nr_accesses);
}

static void find_all_races(struct explore_dpor *d, struct virtual_machine *m)
{
	uint32_t p, event = m->nr_events - 1, mover;

	if (!m->nr_events)
		return;
	mover = d->picks[event].process % m->nr_lps;
	for (p = 0; p < m->nr_processes; p++)
		if (p % m->nr_lps == mover || touched(d, m, p, event))
			find_races(d, m, p);
}

/* Checks all executions of a short search, some of a long search. */
static bool is_checked(const struct explore_dpor *d)
{
	return d->check_every && d->executions > 1 &&
	       (d->executions <= 16 || !(d->executions % d->check_every));
}

/* ---- the path -------------------------------------------------------------------------------- */

static uint64_t enabled_set(const struct virtual_machine *m)
{
	uint64_t set = 0;
	uint32_t p;

	for (p = 0; p < m->nr_processes; p++)
		if (virtual_enabled(m, p))
			set |= bit(p);
	return set;
}

/* A process that slept before the last event and does not depend on it sleeps on. */
static uint64_t sleep_set(const struct explore_dpor *d, const struct virtual_machine *m)
{
	uint64_t set;
	uint32_t p;

	if (!m->nr_events || d->brute)
		return 0;
	set = d->picks[m->nr_events - 1].sleep;
	for (p = 0; p < m->nr_processes; p++)
		if ((set & bit(p)) && touched(d, m, p, m->nr_events - 1))
			set &= ~bit(p);
	return set;
}

/*
 * The choice of the first order does not change what is found, only how often a path is given up.
 * Loads go first: a load that finds nothing new blocks its LP, and then the store that the LP waits
 * for need not be tried in the other order. Otherwise the same process goes on. Deadlines pass
 * last.
 */
static uint32_t favourite(const struct explore_dpor *d, const struct virtual_machine *m,
			  uint64_t set)
{
	uint32_t same = m->nr_events ? d->picks[m->nr_events - 1].process : 0;
	uint32_t p, best = VIRTUAL_NOBODY, rank, best_rank = 0;

	for (p = 0; p < m->nr_processes; p++) {
		if (!(set & bit(p)))
			continue;
		rank = about_to_load(m, p) ? 4 : p == same ? 3 : 2;
		if (virtual_only_by_timeout(m, p))
			rank = 1;
		if (rank > best_rank) {
			best = p;
			best_rank = rank;
		}
	}
	return best;
}

static struct dpor_pick *new_pick(struct explore_dpor *d)
{
	if (d->nr_picks == d->room_picks) {
		d->room_picks = d->room_picks ? 2 * d->room_picks : 256;
		d->picks = grow(d->picks, d->room_picks, sizeof(*d->picks));
		d->clocks = grow(d->clocks, (size_t)d->room_picks * d->nr_processes,
				 sizeof(*d->clocks));
	}
	return &d->picks[d->nr_picks];
}

static uint32_t extend(struct explore_dpor *d, struct virtual_machine *m)
{
	struct dpor_pick *pick = new_pick(d);

	if (!d->brute)
		find_all_races(d, m);
	pick->enabled = enabled_set(m);
	pick->sleep = sleep_set(d, m);
	pick->process = favourite(d, m, pick->enabled & ~pick->sleep);
	if (pick->process == VIRTUAL_NOBODY)
		return VIRTUAL_NOBODY;
	pick->backtrack = d->brute ? pick->enabled : bit(pick->process);
	d->nr_picks++;
	return pick->process;
}

static uint32_t pick_next(struct virtual_sched *s, struct virtual_machine *m)
{
	struct explore_dpor *d = (struct explore_dpor *)s;
	uint32_t p;

	if (m->nr_events < d->nr_picks) {
		p = d->picks[m->nr_events].process;
		if (is_checked(d) && enabled_set(m) != d->picks[m->nr_events].enabled)
			d->nondeterministic = true;
		if (!virtual_enabled(m, p)) {
			d->nondeterministic = true;
			return VIRTUAL_NOBODY;
		}
	} else {
		p = extend(d, m);
	}
	if (p != VIRTUAL_NOBODY)
		d->nr_next = virtual_next_accesses(m, p, d->next);
	return p;
}

/* Notes what the event really touched: a failed CAS only read. */
static void note_accesses(struct explore_dpor *d, struct dpor_pick *pick,
			  const struct virtual_event *e)
{
	pick->stutter = e->stutter;
	pick->value = e->before;
	pick->nr_accesses = e->stutter ? 0 : d->nr_next;
	memcpy(pick->accesses, d->next, pick->nr_accesses * sizeof(*d->next));
	if (e->op.kind == VIRTUAL_CAS && !e->writes)
		pick->accesses[pick->nr_accesses - 1].write = false;
}

static void note_stores(struct explore_dpor *d, const struct virtual_machine *m,
			const struct virtual_event *e, uint32_t event)
{
	uint32_t lp = e->process % m->nr_lps, n = d->nr_stores[lp];

	if (m->memory == VIRTUAL_SC)
		return;
	if (e->op.kind == VIRTUAL_FLUSH) {
		memmove(d->stores[lp], d->stores[lp] + 1, (n - 1) * sizeof(**d->stores));
		d->nr_stores[lp]--;
	} else if (e->op.kind == VIRTUAL_STORE || e->op.kind == VIRTUAL_PUBLISH) {
		d->stores[lp][d->nr_stores[lp]++] = event;
	}
}

static void event_done(struct virtual_sched *s, struct virtual_machine *m,
		       const struct virtual_event *e)
{
	struct explore_dpor *d = (struct explore_dpor *)s;
	uint32_t event = m->nr_events - 1;
	struct dpor_pick *pick = &d->picks[event];
	bool drained = e->op.kind == VIRTUAL_CAS || e->op.kind == VIRTUAL_ADD ||
		       e->op.kind == VIRTUAL_FENCE;

	d->events++;
	/* The last repeated event may be different: another process, another answer. */
	if (event + 1 >= d->nr_picks) {
		note_accesses(d, pick, e);
		operation_clock(d, m, e->process, pick->accesses, pick->nr_accesses,
				drained && m->memory == VIRTUAL_TSO, clock_of(d, event));
		clock_of(d, event)[e->process] = event + 1;
	}
	link_event(d, event);
	note_stores(d, m, e, event);
	d->last[e->process] = event + 1;
}

static uint32_t choose(struct virtual_sched *s, struct virtual_machine *m, uint32_t lp, uint32_t n)
{
	struct explore_dpor *d = (struct explore_dpor *)s;
	struct dpor_answer *a;

	(void)lp;
	if (d->at_answer < d->nr_answers) {
		a = &d->answers[d->at_answer++];
		if (a->n != n || a->at != m->nr_events)
			d->nondeterministic = true;
		return a->answer;
	}
	if (d->nr_answers == d->room_answers) {
		d->room_answers = d->room_answers ? 2 * d->room_answers : 64;
		d->answers = grow(d->answers, d->room_answers, sizeof(*d->answers));
	}
	d->answers[d->nr_answers++] = (struct dpor_answer){ .at = m->nr_events, .n = n };
	d->at_answer++;
	return 0;
}

/* The answer "not yet" and a wait for the deadline include the answer "passed". */
static void forget_choices(struct virtual_sched *s)
{
	struct explore_dpor *d = (struct explore_dpor *)s;
	uint32_t i;

	for (i = d->at_answer; i-- && d->answers[i].at == d->nr_picks;)
		d->answers[i].forgotten = true;
}

static void begin(struct virtual_sched *s, struct virtual_machine *m)
{
	struct explore_dpor *d = (struct explore_dpor *)s;

	if (m->nr_processes > DPOR_MAX_PROCESSES) {
		fprintf(stderr, "explorer: at most %u processes\n", DPOR_MAX_PROCESSES);
		abort();
	}
	d->nr_processes = m->nr_processes;
	d->executions++;
	d->checked += is_checked(d);
	d->at_answer = 0;
	memset(d->last, 0, sizeof(d->last));
	memset(d->nr_stores, 0, sizeof(d->nr_stores));
}

bool explore_dpor_next(struct explore_dpor *d)
{
	struct dpor_answer *a;
	struct dpor_pick *pick;
	uint64_t rest;

	if (d->nr_picks > d->longest)
		d->longest = d->nr_picks;
	for (;;) {
		a = d->nr_answers ? &d->answers[d->nr_answers - 1] : NULL;
		if (a && a->at >= d->nr_picks) {
			if (!a->forgotten && ++a->answer < a->n)
				return true;
			d->nr_answers--;
			continue;
		}
		if (!d->nr_picks)
			return false;
		pick = &d->picks[d->nr_picks - 1];
		pick->sleep |= bit(pick->process);
		rest = pick->backtrack & ~pick->sleep;
		if (rest) {
			pick->process = (uint32_t)__builtin_ctzll(rest);
			return true;
		}
		d->nr_picks--;
	}
}

void explore_dpor_init(struct explore_dpor *d)
{
	static const struct virtual_sched_ops ops = {
		.begin = begin, .pick = pick_next, .done = event_done, .choose = choose,
		.forget_choices = forget_choices
	};

	memset(d, 0, sizeof(*d));
	d->sched.ops = &ops;
	d->check_every = 16;
	d->foresight = true;
}

void explore_dpor_fini(struct explore_dpor *d)
{
	free(d->picks);
	free(d->answers);
	free(d->clocks);
	free(d->heads);
	memset(d, 0, sizeof(*d));
}
