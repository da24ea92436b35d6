/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Maintenance windows: times of the week, in local time. */
#ifndef SS_TOOL_SESSION_WINDOW_H
#define SS_TOOL_SESSION_WINDOW_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define WINDOW_MAX_SPANS 16u

/* Minutes of a day. Where @to is not above @from, the span ends on the next day. */
struct window_span {
	uint8_t days;		/* bit (1 << tm_wday): the days on which the span begins */
	uint16_t from, to;
};

struct window {
	struct window_span spans[WINDOW_MAX_SPANS];
	uint32_t nr;
};

/**
 * window_parse - "Mon-Fri 22:00-04:00; Sat,Sun 00:00-24:00"
 * Spans with a semicolon between them, each with days (every day, if there are none) and two times.
 * Returns false with *@why set (malloc'd).
 */
bool window_parse(const char *text, struct window *window, char **why);

/* Is the window open at this local time? */
bool window_is_open(const struct window *window, const struct tm *local);

/* When the window opens next, after @now: "Mon 2026-11-30 22:00". malloc'd */
char *window_next(const struct window *window, time_t now);

#endif
