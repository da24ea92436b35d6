// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Simulated physical memory: one mapping for shared pages, and two bitmaps of taken pages. */
#include "arena.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "core/image.h"
#include "sim/sim.h"

bool page_bitmap_init(struct page_bitmap *map, uint32_t nr)
{
	*map = (struct page_bitmap){ .nr = nr };
	map->bits = calloc((nr + 63) / 64 + 1, sizeof(*map->bits));
	if (!map->bits)
		return false;
	pthread_mutex_init(&map->lock, NULL);
	return true;
}

void page_bitmap_release(struct page_bitmap *map)
{
	if (!map->bits)
		return;
	pthread_mutex_destroy(&map->lock);
	free(map->bits);
	map->bits = NULL;
}

static bool taken(const struct page_bitmap *map, uint32_t page)
{
	return map->bits[page / 64] >> (page % 64) & 1;
}

/* Counts the free pages from @page on, up to @want. If there are fewer, the next page is taken. */
static uint32_t free_run(const struct page_bitmap *map, uint32_t page, uint32_t want)
{
	uint32_t n = 0;

	while (n < want && page + n < map->nr && !taken(map, page + n))
		n++;
	return n;
}

/* First fit in [from, to); the caller holds the lock. */
static uint32_t find_run(const struct page_bitmap *map, uint32_t from, uint32_t to, uint32_t want)
{
	uint32_t n;

	while (from < to) {
		n = free_run(map, from, want);
		if (n == want)
			return from;
		from += n + 1;
	}
	return PAGE_BITMAP_FULL;
}

uint32_t page_bitmap_take(struct page_bitmap *map, uint32_t want)
{
	uint32_t first, i;

	if (!want || want > map->nr)
		return PAGE_BITMAP_FULL;
	pthread_mutex_lock(&map->lock);
	first = find_run(map, map->next, map->nr, want);
	if (first == PAGE_BITMAP_FULL)
		first = find_run(map, 0, map->next, want);
	if (first != PAGE_BITMAP_FULL) {
		for (i = first; i < first + want; i++)
			map->bits[i / 64] |= 1ull << (i % 64);
		map->used += want;
		map->next = first + want;
	}
	pthread_mutex_unlock(&map->lock);
	return first;
}

void page_bitmap_give(struct page_bitmap *map, uint32_t first, uint32_t nr)
{
	uint32_t i;

	pthread_mutex_lock(&map->lock);
	for (i = first; i < first + nr; i++)
		map->bits[i / 64] &= ~(1ull << (i % 64));
	map->used -= nr;
	pthread_mutex_unlock(&map->lock);
}

uint32_t page_bitmap_used(struct page_bitmap *map)
{
	uint32_t used;

	pthread_mutex_lock(&map->lock);
	used = map->used;
	pthread_mutex_unlock(&map->lock);
	return used;
}

bool arena_init(struct arena *a, uint32_t shared_pages, uint32_t private_pages)
{
	*a = (struct arena){ .bytes = (size_t)shared_pages * SS_PAGE };
	a->va = mmap(NULL, a->bytes, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (a->va == MAP_FAILED) {
		a->va = NULL;
		return false;
	}
	if (page_bitmap_init(&a->shared, shared_pages) && page_bitmap_init(&a->tdmr, private_pages))
		return true;
	arena_release(a);
	return false;
}

void arena_release(struct arena *a)
{
	page_bitmap_release(&a->shared);
	page_bitmap_release(&a->tdmr);
	if (a->va)
		munmap(a->va, a->bytes);
	a->va = NULL;
}

struct ss_buffer arena_alloc(struct arena *a, uint32_t pages)
{
	uint32_t first = page_bitmap_take(&a->shared, pages);
	struct ss_buffer buffer = { 0 };

	if (first == PAGE_BITMAP_FULL)
		return buffer;
	buffer.va = a->va + (size_t)first * SS_PAGE;
	buffer.pa = ARENA_PA_BASE + (uint64_t)first * SS_PAGE;
	buffer.bytes = pages * SS_PAGE;
	memset(buffer.va, 0, buffer.bytes);
	return buffer;
}

void arena_free(struct arena *a, struct ss_buffer buffer)
{
	page_bitmap_give(&a->shared, (uint32_t)((buffer.pa - ARENA_PA_BASE) / SS_PAGE),
			 buffer.bytes / SS_PAGE);
}

void *arena_map(struct arena *a, uint64_t pa, size_t bytes)
{
	if (pa < ARENA_PA_BASE || bytes > a->bytes || pa - ARENA_PA_BASE > a->bytes - bytes)
		return NULL;
	return a->va + (pa - ARENA_PA_BASE);
}

uint64_t arena_private_alloc(struct arena *a)
{
	uint32_t page = page_bitmap_take(&a->tdmr, 1);

	return page == PAGE_BITMAP_FULL ? ARENA_NO_PA : SIM_TDMR_BASE + (uint64_t)page * SS_PAGE;
}

void arena_private_free(struct arena *a, uint64_t pa)
{
	page_bitmap_give(&a->tdmr, (uint32_t)((pa - SIM_TDMR_BASE) / SS_PAGE), 1);
}

uint32_t arena_private_used(struct arena *a)
{
	return page_bitmap_used(&a->tdmr);
}
