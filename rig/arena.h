/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Simulated physical memory: shared pages that both sides see, and numbers of private pages. */
#ifndef SS_RIG_ARENA_H
#define SS_RIG_ARENA_H

#include <pthread.h>

#include "core/platform.h"

#define RIG_PA_BASE	(4ULL << 30)	/* physical address of the first shared byte */
#define RIG_NO_PA	UINT64_MAX

/* One bit for each of @nr pages (or key IDs): 1 if taken. @lock protects all members. */
struct rig_bitmap {
	pthread_mutex_t lock;
	uint64_t *bits;
	uint32_t nr, used;
	uint32_t next;		/* start of the next search, so that pages rest before reuse */
};

#define RIG_BITMAP_FULL		UINT32_MAX

/* Context of all: process context of an LP or any other thread, never interrupt context. */
bool rig_bitmap_init(struct rig_bitmap *map, uint32_t nr);
void rig_bitmap_release(struct rig_bitmap *map);
/* Takes @want neighbours. Returns the first, or RIG_BITMAP_FULL. */
uint32_t rig_bitmap_take(struct rig_bitmap *map, uint32_t want);
void rig_bitmap_give(struct rig_bitmap *map, uint32_t first, uint32_t nr);
uint32_t rig_bitmap_used(struct rig_bitmap *map);

/**
 * struct rig_arena - all memory of one simulated machine that SEAMCALLs refer to
 * @shared: the shared pages, backed by @va
 * @tdmr:   private pages; the model holds their contents, the arena only gives out their numbers
 */
struct rig_arena {
	uint8_t *va;
	size_t bytes;
	struct rig_bitmap shared, tdmr;
};

/**
 * rig_arena_init - reserve the memory
 * @shared_pages:  4 KiB pages of shared memory; a page costs nothing until its first access
 * @private_pages: 4 KiB pages of TDMR memory
 *
 * Context: may sleep. Returns false if there is not enough memory; then nothing is held.
 */
bool rig_arena_init(struct rig_arena *a, uint32_t shared_pages, uint32_t private_pages);
void rig_arena_release(struct rig_arena *a);

/**
 * rig_arena_alloc - contiguous shared pages, zeroed
 * Context: process context of an LP or any other thread, never interrupt context (takes a mutex).
 * Returns: a buffer whose @va is NULL if there is no such run of free pages.
 */
struct ss_buffer rig_arena_alloc(struct rig_arena *a, uint32_t pages);
void rig_arena_free(struct rig_arena *a, struct ss_buffer buffer);

/* The @bytes at shared physical address @pa, or NULL: sim_config.map. Context: any. */
void *rig_arena_map(struct rig_arena *a, uint64_t pa, size_t bytes);

/* A private page's physical address, RIG_NO_PA if none is left. Context: as rig_arena_alloc(). */
uint64_t rig_arena_private_alloc(struct rig_arena *a);
void rig_arena_private_free(struct rig_arena *a, uint64_t pa);
uint32_t rig_arena_private_used(struct rig_arena *a);

#endif
