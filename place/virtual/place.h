/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The place "virtual": all LPs are fibers on one OS thread, and a scheduler decides every access.
 */
#ifndef SS_VIRTUAL_PLACE_H
#define SS_VIRTUAL_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The compiler may emit calls to these, so a freestanding build must declare them itself. */
void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

#define SS_LINE_ALIGNED __attribute__((aligned(64)))

struct ss_word {
	uint32_t v;
};

/*
 * Each of these is a scheduling point when an LP calls it. Outside of LPs (setting up, checking)
 * and between virtual_seam_begin() and virtual_seam_end() these are plain accesses. See place.c.
 */
uint32_t ss_load(const struct ss_word *w);
uint32_t ss_load_acquire(const struct ss_word *w);
void ss_store(struct ss_word *w, uint32_t v);
void ss_publish(struct ss_word *w, uint32_t v);
bool ss_cas(struct ss_word *w, uint32_t old, uint32_t new);
uint32_t ss_add(struct ss_word *w, uint32_t v);
void ss_fence(void);
void ss_wait(const struct ss_word *w, uint32_t seen);
void ss_wake(struct ss_word *w);
uint64_t ss_now_ns(void);
bool ss_expired(uint64_t deadline_ns);
/* Ends the execution as a failure, with its schedule. Outside of LPs the program aborts. */
void ss_broken(const char *file, int line, const char *what);

#endif
