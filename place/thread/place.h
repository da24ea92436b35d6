/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The place "POSIX threads": what core/platform.h asks for, over futexes. */
#ifndef SS_THREAD_PLACE_H
#define SS_THREAD_PLACE_H

#include "../atomics.h"

/* place.c defines the other functions of core/platform.h, and these. */

/*
 * By default ss_broken() prints a message and ends the program. Afterwards ss_broken() returns, and
 * the caller takes its failing path: an update then ends with the reason SS_REASON_BROKEN.
 */
void ss_place_survive_broken(void);

/**
 * ss_place_set_threads - say how many threads will wait for one another
 * @nr_lps: one per simulated LP
 *
 * If every thread can have a core, ss_wait() spins for a moment before it sleeps. If not, it sleeps
 * at once, because another LP needs the core that it would spin on. With many more LPs than cores
 * ss_wait() may also take longer than a millisecond to return by itself: 20 microseconds for each
 * LP. With a shorter time the cores would only look at clocks.
 *
 * Context: before the threads start. Without a call: as with a great many threads, except for the
 *          timeout.
 */
void ss_place_set_threads(uint32_t nr_lps);

/*
 * Like ss_wait() without spinning and without the idle function. Returns by itself only after @ns
 * nanoseconds, then with false.
 */
bool ss_place_wait(const struct ss_word *w, uint32_t seen, uint64_t ns);

/* From now on ss_wait() on this thread runs @fn first (but not within @fn). NULL: no function. */
void ss_place_set_idle(void (*fn)(void *arg), void *arg);

#endif
