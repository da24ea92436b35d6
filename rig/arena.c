// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Simulated physical memory: one mapping for shared pages, and two bitmaps of taken pages. */
#include "arena.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "core/image.h"
#include "sim/sim.h"

bool rig_bitmap_init(struct rig_bitmap *map, uint32_t nr)
{
	*map = (struct rig_bitmap){ .nr = nr };
	map->bits = calloc((nr + 63) / 64 + 1, sizeof(*map->bits));
	if (!map->bits)
		return false;
	pthread_mutex_init(&map->lock, NULL);
	return true;
}

void rig_bitmap_release(struct rig_bitmap *map)
{
	if (!map->bits)
		return;
	pthread_mutex_destroy(&map->lock);
	free(map->bits);
	map->bits = NULL;
}

static bool taken(const struct rig_bitmap *map, uint32_t page)
{
	return map->bits[page / 64] >> (page % 64) & 1;
}

/* Counts the free pages from @page on, up to @want. If there are fewer, the next page is taken. */
static uint32_t free_run(const struct rig_bitmap *map, uint32_t page, uint32_t want)
{
	uint32_t n = 0;

	while (n < want && page + n < map->nr && !taken(map, page + n))
		n++;
	return n;
}

/* First fit in [from, to); the caller holds the lock. */
static uint32_t find_run(const struct rig_bitmap *map, uint32_t from, uint32_t to, uint32_t want)
{
	uint32_t n;

	while (from < to) {
		n = free_run(map, from, want);
		if (n == want)
			return from;
		from += n + 1;
	}
	return RIG_BITMAP_FULL;
}

uint32_t rig_bitmap_take(struct rig_bitmap *map, uint32_t want)
{
	uint32_t first, i;

	if (!want || want > map->nr)
		return RIG_BITMAP_FULL;
	pthread_mutex_lock(&map->lock);
	first = find_run(map, map->next, map->nr, want);
	if (first == RIG_BITMAP_FULL)
		first = find_run(map, 0, map->next, want);
	if (first != RIG_BITMAP_FULL) {
		for (i = first; i < first + want; i++)
			map->bits[i / 64] |= 1ull << (i % 64);
		map->used += want;
		map->next = first + want;
	}
	pthread_mutex_unlock(&map->lock);
	return first;
}

void rig_bitmap_give(struct rig_bitmap *map, uint32_t first, uint32_t nr)
{
	uint32_t i;

	pthread_mutex_lock(&map->lock);
	for (i = first; i < first + nr; i++)
		map->bits[i / 64] &= ~(1ull << (i % 64));
	map->used -= nr;
	pthread_mutex_unlock(&map->lock);
}

uint32_t rig_bitmap_used(struct rig_bitmap *map)
{
	uint32_t used;

	pthread_mutex_lock(&map->lock);
	used = map->used;
	pthread_mutex_unlock(&map->lock);
	return used;
}

bool rig_arena_init(struct rig_arena *a, uint32_t shared_pages, uint32_t private_pages)
{
	*a = (struct rig_arena){ .bytes = (size_t)shared_pages * SS_PAGE };
	a->va = mmap(NULL, a->bytes, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (a->va == MAP_FAILED) {
		a->va = NULL;
		return false;
	}
	if (rig_bitmap_init(&a->shared, shared_pages) && rig_bitmap_init(&a->tdmr, private_pages))
		return true;
	rig_arena_release(a);
	return false;
}

void rig_arena_release(struct rig_arena *a)
{
	rig_bitmap_release(&a->shared);
	rig_bitmap_release(&a->tdmr);
	if (a->va)
		munmap(a->va, a->bytes);
	a->va = NULL;
}

struct ss_buffer rig_arena_alloc(struct rig_arena *a, uint32_t pages)
{
	uint32_t first = rig_bitmap_take(&a->shared, pages);
	struct ss_buffer buffer = { 0 };

	if (first == RIG_BITMAP_FULL)
		return buffer;
	buffer.va = a->va + (size_t)first * SS_PAGE;
	buffer.pa = RIG_PA_BASE + (uint64_t)first * SS_PAGE;
	buffer.bytes = pages * SS_PAGE;
	memset(buffer.va, 0, buffer.bytes);
	return buffer;
}

void rig_arena_free(struct rig_arena *a, struct ss_buffer buffer)
{
	rig_bitmap_give(&a->shared, (uint32_t)((buffer.pa - RIG_PA_BASE) / SS_PAGE),
			buffer.bytes / SS_PAGE);
}

void *rig_arena_map(struct rig_arena *a, uint64_t pa, size_t bytes)
{
	if (pa < RIG_PA_BASE || bytes > a->bytes || pa - RIG_PA_BASE > a->bytes - bytes)
		return NULL;
	return a->va + (pa - RIG_PA_BASE);
}

uint64_t rig_arena_private_alloc(struct rig_arena *a)
{
	uint32_t page = rig_bitmap_take(&a->tdmr, 1);

	return page == RIG_BITMAP_FULL ? RIG_NO_PA : SIM_TDMR_BASE + (uint64_t)page * SS_PAGE;
}

void rig_arena_private_free(struct rig_arena *a, uint64_t pa)
{
	rig_bitmap_give(&a->tdmr, (uint32_t)((pa - SIM_TDMR_BASE) / SS_PAGE), 1);
}

uint32_t rig_arena_private_used(struct rig_arena *a)
{
	return rig_bitmap_used(&a->tdmr);
}
