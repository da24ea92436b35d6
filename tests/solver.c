// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Computes the best possible outcome of an update by a search over the model's states. */
#include "solver.h"

#include <stdlib.h>

#define MAX_IMAGES	8u
#define MAX_DEPTH	2048u
#define FIRST_ROOM	65536u

/* What is known of a state, by the number of updates left. */
struct entry {
	struct solver_key key;
	bool used;
	bool saves, loses;
	uint32_t saves_from;	/* with so many updates or more the TDs can be saved */
	uint32_t loses_up_to;	/* with so many updates or fewer the TDs cannot be saved */
	uint64_t search;	/* the last search that came here, and with how many */
	uint32_t searched_with;
};

struct solver {
	uint64_t params_pa[MAX_IMAGES];
	uint32_t nr_images;
	struct entry *table;
	uint32_t room, nr;
	uint32_t *visited;	/* by the search under way: indices into the table */
	uint32_t nr_visited;
	uint8_t *snapshots[MAX_DEPTH];
	size_t snapshot_bytes;
	const struct solver_machine *m;
	struct solver_counts counts;
};

/* ---- what is known --------------------------------------------------------------------------- */

static uint64_t hash_of(const struct solver_key *key)
{
	const uint8_t *p = (const uint8_t *)key;
	uint64_t h = 0xcbf29ce484222325ULL;
	size_t i;

	for (i = 0; i < sizeof(*key); i++)
		h = (h ^ p[i]) * 0x100000001b3ULL;
	return h ^ h >> 32;
}

static struct entry *slot(const struct entry *table, uint32_t room, const struct solver_key *key)
{
	uint64_t at = hash_of(key);

	while (table[at % room].used && memcmp(&table[at % room].key, key, sizeof(*key)))
		at++;
	return (struct entry *)&table[at % room];
}

static void *need(void *p)
{
	if (!p)
		abort();
	return p;
}

/* Called only between searches, because searches hold indices. */
static void make_room(struct solver *v, uint32_t room)
{
	struct entry *table = need(calloc(room, sizeof(*table)));
	uint32_t i;

	for (i = 0; i < v->room; i++)
		if (v->table[i].used)
			*slot(table, room, &v->table[i].key) = v->table[i];
	free(v->table);
	v->table = table;
	v->room = room;
	v->visited = need(realloc(v->visited, room * sizeof(*v->visited)));
}

static struct entry *look_up(struct solver *v, const struct solver_key *key)
{
	struct entry *e = slot(v->table, v->room, key);

	if (e->used)
		return e;
	if (++v->nr > v->room / 4 * 3)
		abort();	/* a search this large means a mistake in the key */
	e->used = true;
	e->key = *key;
	return e;
}

static void note_saved(struct entry *e, uint32_t remaining)
{
	if (!e->saves || remaining < e->saves_from)
		e->saves_from = remaining;
	e->saves = true;
}

static void note_lost(struct entry *e)
{
	if (!e->loses || e->searched_with > e->loses_up_to)
		e->loses_up_to = e->searched_with;
	e->loses = true;
}

/* ---- the search ------------------------------------------------------------------------------ */

static bool search(struct solver *v, uint32_t depth);

/* The present state of a node of the search, and the way back to it. */
struct node {
	struct solver_key key;
	uint32_t remaining, depth;
};

/* Makes a call at a node and searches on from there. The model is back at the node afterwards. */
static bool try(struct solver *v, const struct node *at, uint32_t lp, uint64_t leaf, uint64_t rcx)
{
	struct ss_regs r = { .rax = leaf, .rcx = rcx };
	struct solver_key key;

	if (lp == SIM_LP_ANY)
		return false;
	v->counts.calls++;
	sim_seamcall(v->m->sim, lp, &r, SIM_FROM_UPDATE);
	solver_key(v->m, &key);
	if (!memcmp(&key, &at->key, sizeof(key)) && solver_remaining(v->m) == at->remaining)
		return false;
	if (search(v, at->depth + 1))
		return true;
	solver_bring_back(v->m, v->snapshots[at->depth]);
	return false;
}

/* This order is the fastest if all is well. Any order finds the same. */
static bool try_class(struct solver *v, const struct node *at, uint32_t class)
{
	const struct solver_machine *m = v->m;
	uint32_t i, again;

	for (again = 0; again < 2; again++)
		if (try(v, at, solver_initialised(m, class, again), SS_LEAF_TDH_SYS_LP_INIT, 0))
			return true;
	for (again = 0; again < 2; again++)
		for (i = 0; i < v->nr_images; i++)
			if (try(v, at, solver_in_session(m, class, again), SS_LEAF_SEAMLDR_INSTALL,
				v->params_pa[i]))
				return true;
	return false;
}

/* Leaves that one LP calls: tries one LP of each class. */
static bool try_alone(struct solver *v, const struct node *at, uint64_t leaf)
{
	uint32_t class, lp;

	for (class = 0; class < SOLVER_CLASSES; class++) {
		lp = solver_in_session(v->m, class, false);
		if (lp == SIM_LP_ANY)
			lp = solver_in_session(v->m, class, true);
		if (try(v, at, lp, leaf, 0))
			return true;
	}
	return false;
}

static bool try_all(struct solver *v, const struct node *at)
{
	uint32_t class;

	if (try_alone(v, at, SS_LEAF_TDH_SYS_UPDATE) || try_alone(v, at, SS_LEAF_TDH_SYS_INIT))
		return true;
	for (class = 0; class < SOLVER_CLASSES; class++)
		if (try_class(v, at, class))
			return true;
	return try_alone(v, at, SS_LEAF_TDH_SYS_SHUTDOWN);
}

/* Returns true if the answer is known, or if a caller up the stack is looking for the answer. */
static bool is_known(const struct solver *v, const struct entry *e, uint32_t remaining, bool *saved)
{
	*saved = e->saves && remaining >= e->saves_from;
	if (*saved || (e->loses && remaining <= e->loses_up_to))
		return true;
	return e->search == v->counts.searches && remaining <= e->searched_with;
}

static void visit(struct solver *v, struct entry *e, uint32_t remaining)
{
	if (e->search != v->counts.searches)
		v->visited[v->nr_visited++] = (uint32_t)(e - v->table);
	e->search = v->counts.searches;
	e->searched_with = remaining;
	v->counts.states++;
}

static void keep(struct solver *v, uint32_t depth)
{
	if (depth >= MAX_DEPTH)
		abort();
	if (!v->snapshots[depth])
		v->snapshots[depth] = need(malloc(v->snapshot_bytes));
	solver_keep(v->m, v->snapshots[depth]);
}

/*
 * Leaves the model in any state; the caller goes back. If the search ends with "no", none of the
 * visited states can be saved. If it ends with "yes", the states on the way can be saved.
 */
static bool search(struct solver *v, uint32_t depth)
{
	struct node at = { .remaining = solver_remaining(v->m), .depth = depth };
	struct entry *e;
	bool saved;

	solver_key(v->m, &at.key);
	e = look_up(v, &at.key);
	if (is_known(v, e, at.remaining, &saved))
		return saved;
	visit(v, e, at.remaining);
	keep(v, depth);
	saved = solver_is_saved(v->m) || try_all(v, &at);
	if (saved)
		note_saved(e, at.remaining);
	return saved;
}

static void grow_table(struct solver *v)
{
	if (v->nr > v->room / 4)
		make_room(v, v->room * 4);
}

static void fit_snapshots(struct solver *v, size_t bytes)
{
	uint32_t i;

	if (bytes <= v->snapshot_bytes)
		return;
	for (i = 0; i < MAX_DEPTH; i++) {
		free(v->snapshots[i]);
		v->snapshots[i] = NULL;
	}
	v->snapshot_bytes = bytes;
}

bool solver_can_save(struct solver *v, const struct solver_machine *m)
{
	uint8_t *before = need(malloc(solver_snapshot_bytes(m)));
	uint32_t i;
	bool saved;

	v->m = m;
	v->counts.questions++;
	v->counts.searches++;
	v->nr_visited = 0;
	grow_table(v);
	fit_snapshots(v, solver_snapshot_bytes(m));
	solver_keep(m, before);
	saved = search(v, 0);
	for (i = 0; !saved && i < v->nr_visited; i++)
		note_lost(&v->table[v->visited[i]]);
	solver_bring_back(m, before);
	free(before);
	return saved;
}

/* ---- the object ------------------------------------------------------------------------------ */

struct solver *solver_create(const uint64_t *params_pa, uint32_t nr_images)
{
	struct solver *v = calloc(1, sizeof(*v));

	if (!v || nr_images > MAX_IMAGES)
		abort();
	memcpy(v->params_pa, params_pa, nr_images * sizeof(*params_pa));
	v->nr_images = nr_images;
	make_room(v, FIRST_ROOM);
	return v;
}

void solver_destroy(struct solver *v)
{
	uint32_t i;

	for (i = 0; i < MAX_DEPTH; i++)
		free(v->snapshots[i]);
	free(v->visited);
	free(v->table);
	free(v);
}

void solver_counts(const struct solver *v, struct solver_counts *out)
{
	*out = v->counts;
}
