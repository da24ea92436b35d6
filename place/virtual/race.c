/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Races on plain memory: vector clocks that only release and acquire carry from one LP to another.
 *
 * The order in which a scheduler runs operations orders nothing here. So a relaxed store in place
 * of a release is found on any machine and under sequential consistency, as soon as one LP reads
 * what another LP wrote before the store. The rules follow the C11 memory model, without consume
 * and without the fences' total order.
 */
#include <stdio.h>
#include <stdlib.h>

#include "virtual.h"

#define CELLS		16384u		/* granules of 8 bytes, a power of two */
#define GRANULE		8u

/* Eight bytes of memory: the last writer of each byte, and when each LP last read the byte. */
struct cell {
	uintptr_t key;
	uint32_t generation;
	uint32_t write_lp[GRANULE], write_clock[GRANULE];
	uint32_t read_clock[];		/* [lp][GRANULE] */
};

struct virtual_race {
	uint32_t n;
	uint32_t *clock;		/* [lp][n]: what this LP has seen of the other LPs */
	uint32_t *acquired; /* [lp][n]: by relaxed loads; an acquire fence makes this count */
	uint32_t *released;		/* [lp][n]: at its last fence; relaxed stores carry it */
	uint32_t *objects;		/* [object][n]: what a load of the object acquires */
	uint32_t nr_objects;
	uint32_t generation;
	unsigned char *cells;
	uint32_t nr_cells;
};

static uint32_t *row(uint32_t *table, uint32_t n, uint32_t i)
{
	return table + (size_t)n * i;
}

static void join(uint32_t *to, const uint32_t *from, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (from[i] > to[i])
			to[i] = from[i];
}

static size_t cell_bytes(const struct virtual_race *r)
{
	return sizeof(struct cell) + (size_t)r->n * GRANULE * sizeof(uint32_t);
}

struct virtual_race *virtual_race_create(uint32_t nr_lps)
{
	struct virtual_race *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->n = nr_lps;
	r->clock = calloc((size_t)3 * nr_lps * nr_lps, sizeof(*r->clock));
	r->cells = calloc(CELLS, cell_bytes(r));
	if (!r->clock || !r->cells) {
		virtual_race_destroy(r);
		return NULL;
	}
	r->acquired = r->clock + (size_t)nr_lps * nr_lps;
	r->released = r->acquired + (size_t)nr_lps * nr_lps;
	return r;
}

void virtual_race_destroy(struct virtual_race *r)
{
	if (!r)
		return;
	free(r->clock);
	free(r->objects);
	free(r->cells);
	free(r);
}

void virtual_race_reset(struct virtual_race *r)
{
	uint32_t lp;

	memset(r->clock, 0, (size_t)3 * r->n * r->n * sizeof(*r->clock));
	memset(r->objects, 0, (size_t)r->nr_objects * r->n * sizeof(*r->objects));
	for (lp = 0; lp < r->n; lp++)
		row(r->clock, r->n, lp)[lp] = 1;
	r->generation++;
	r->nr_cells = 0;
}

static uint32_t *object_clock(struct virtual_race *r, uint32_t object)
{
	size_t bytes = r->n * sizeof(*r->objects);
	uint32_t *more;

	if (object >= r->nr_objects) {
		more = realloc(r->objects, (object + 64) * bytes);
		if (!more)
			abort();
		memset((unsigned char *)more + r->nr_objects * bytes, 0,
		       (object + 64 - r->nr_objects) * bytes);
		r->objects = more;
		r->nr_objects = object + 64;
	}
	return row(r->objects, r->n, object);
}

uint32_t *virtual_race_release(struct virtual_race *r, uint32_t lp,
			       const struct virtual_operation *op)
{
	bool publish = op->kind == VIRTUAL_PUBLISH;
	uint32_t *copy = malloc(r->n * sizeof(*copy));

	if (!copy)
		abort();
	memcpy(copy, row(publish ? r->clock : r->released, r->n, lp), r->n * sizeof(*copy));
	if (publish)
		row(r->clock, r->n, lp)[lp]++;
	return copy;
}

static void store_event(struct virtual_race *r, uint32_t lp, const struct virtual_operation *op,
			const uint32_t *release)
{
	uint32_t *copy = release ? (uint32_t *)release : virtual_race_release(r, lp, op);

	memcpy(object_clock(r, op->object), copy, r->n * sizeof(*copy));
	free(copy);
}

static void fence_event(struct virtual_race *r, uint32_t lp)
{
	uint32_t *mine = row(r->clock, r->n, lp);

	join(mine, row(r->acquired, r->n, lp), r->n);
	memcpy(row(r->released, r->n, lp), mine, r->n * sizeof(*mine));
	mine[lp]++;
}

void virtual_race_event(struct virtual_race *r, uint32_t lp, const struct virtual_operation *op,
			bool success, const uint32_t *release)
{
	uint32_t *mine = row(r->clock, r->n, lp), *sync;

	switch (op->kind) {
	case VIRTUAL_LOAD:
		join(row(r->acquired, r->n, lp), object_clock(r, op->object), r->n);
		break;
	case VIRTUAL_LOAD_ACQUIRE:
		join(mine, object_clock(r, op->object), r->n);
		break;
	case VIRTUAL_STORE:
	case VIRTUAL_PUBLISH:
		store_event(r, lp, op, release);
		break;
	case VIRTUAL_CAS:
	case VIRTUAL_ADD:
		sync = object_clock(r, op->object);
		join(mine, sync, r->n);
		if (success) {
			join(sync, mine, r->n);
			mine[lp]++;
		}
		break;
	case VIRTUAL_FENCE:
		fence_event(r, lp);
		break;
	default:
		break;
	}
}

static struct cell *find_cell(struct virtual_race *r, uintptr_t key)
{
	uint32_t i = (uint32_t)((uint64_t)key * 0x9e3779b97f4a7c15ULL >> 40) % CELLS;
	struct cell *c;

	for (;; i = (i + 1) % CELLS) {
		c = (struct cell *)(r->cells + i * cell_bytes(r));
		if (c->generation != r->generation)
			break;
		if (c->key == key)
			return c;
	}
	if (++r->nr_cells > CELLS / 2) {
		fprintf(stderr,
			"virtual machine: more than %u bytes of plain memory to check for races\n",
			CELLS / 2 * GRANULE);
		abort();
	}
	memset(c, 0, cell_bytes(r));
	c->key = key;
	c->generation = r->generation;
	return c;
}

/* Checks one byte. A clock of 0 means "never". */
static uint32_t check_byte(struct virtual_race *r, uint32_t lp, struct cell *c, uint32_t byte,
			   bool write)
{
	uint32_t *mine = row(r->clock, r->n, lp), *reads = c->read_clock, other;

	if (c->write_clock[byte] > mine[c->write_lp[byte]])
		return c->write_lp[byte];
	for (other = 0; write && other < r->n; other++)
		if (reads[other * GRANULE + byte] > mine[other])
			return other;
	if (write) {
		c->write_lp[byte] = lp;
		c->write_clock[byte] = mine[lp];
	} else {
		reads[lp * GRANULE + byte] = mine[lp];
	}
	return VIRTUAL_NOBODY;
}

uint32_t virtual_race_plain(struct virtual_race *r, uint32_t lp, uintptr_t address, size_t bytes,
			    bool write)
{
	struct cell *c = NULL;
	uint32_t other;
	size_t i;

	for (i = 0; i < bytes; i++, address++) {
		if (!c || !(address % GRANULE))
			c = find_cell(r, address / GRANULE);
		other = check_byte(r, lp, c, address % GRANULE, write);
		if (other != VIRTUAL_NOBODY)
			return other;
	}
	return VIRTUAL_NOBODY;
}
