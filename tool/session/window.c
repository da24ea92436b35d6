// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Reads maintenance windows, and tells whether one is open. */
#include "window.h"

#include "tool/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MINUTES_A_DAY	1440
#define DAYS_A_WEEK	7

static const char *const day_names[DAYS_A_WEEK] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

static void skip_blanks(const char **p)
{
	*p += strspn(*p, " \t");
}

static bool take_day(const char **p, unsigned int *day)
{
	for (*day = 0; *day < DAYS_A_WEEK; (*day)++)
		if (!strncasecmp(*p, day_names[*day], 3))
			break;
	*p += *day < DAYS_A_WEEK ? 3 : 0;
	return *day < DAYS_A_WEEK;
}

/* "Mon-Fri" or "Sun"; Fri-Mon goes over the end of the week. */
static bool take_days(const char **p, uint8_t *days)
{
	unsigned int first, last;

	if (!take_day(p, &first))
		return false;
	last = first;
	if (**p == '-') {
		(*p)++;
		if (!take_day(p, &last))
			return false;
	}
	for (; first != last; first = (first + 1) % DAYS_A_WEEK)
		*days |= (uint8_t)(1u << first);
	*days |= (uint8_t)(1u << last);
	return true;
}

static bool take_day_list(const char **p, uint8_t *days)
{
	*days = 0;
	if (**p >= '0' && **p <= '9') {
		*days = (1u << DAYS_A_WEEK) - 1;
		return true;
	}
	while (take_days(p, days)) {
		if (**p != ',')
			return true;
		(*p)++;
	}
	return false;
}

static bool take_two_digits(const char **p, unsigned int *number)
{
	unsigned int i;

	*number = 0;
	for (i = 0; i < 2; i++, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		*number = *number * 10 + (unsigned int)(**p - '0');
	}
	return true;
}

/* "22:00"; 24:00 is the end of the day. */
static bool take_time(const char **p, uint16_t *minutes)
{
	unsigned int hour, minute;

	if (!take_two_digits(p, &hour) || *(*p)++ != ':' || !take_two_digits(p, &minute))
		return false;
	*minutes = (uint16_t)(hour * 60 + minute);
	return minute < 60 && *minutes <= MINUTES_A_DAY;
}

static bool take_span(const char **p, struct window_span *span)
{
	skip_blanks(p);
	if (!take_day_list(p, &span->days))
		return false;
	skip_blanks(p);
	if (!take_time(p, &span->from) || span->from == MINUTES_A_DAY || *(*p)++ != '-' ||
	    !take_time(p, &span->to) || span->from == span->to)
		return false;
	skip_blanks(p);
	return **p == ';' || !**p;
}

bool window_parse(const char *text, struct window *window, char **why)
{
	const char *p = text;
	char *shown;

	memset(window, 0, sizeof(*window));
	while (window->nr < WINDOW_MAX_SPANS && take_span(&p, &window->spans[window->nr])) {
		window->nr++;
		if (!*p++)
			return true;
	}
	shown = text_escape(text);
	*why = window->nr == WINDOW_MAX_SPANS ?
		text_format("expected %u spans of time at most, found more", WINDOW_MAX_SPANS) :
		text_format("expected days and times such as 'Mon-Fri 22:00-04:00; Sat,Sun "
			    "00:00-24:00', found '%s'", shown);
	free(shown);
	return false;
}

static bool span_is_open(const struct window_span *span, unsigned int day, unsigned int minute)
{
	unsigned int yesterday = (day + DAYS_A_WEEK - 1) % DAYS_A_WEEK;

	if (span->from < span->to)
		return span->days >> day & 1 && minute >= span->from && minute < span->to;
	return (span->days >> day & 1 && minute >= span->from) ||
	       (span->days >> yesterday & 1 && minute < span->to);
}

bool window_is_open(const struct window *window, const struct tm *local)
{
	uint32_t i;

	for (i = 0; i < window->nr; i++)
		if (span_is_open(&window->spans[i], (unsigned int)local->tm_wday,
				 (unsigned int)(local->tm_hour * 60 + local->tm_min)))
			return true;
	return false;
}

/* Each window is open at some minute of a week; a change of the clock may hide it for one week. */
char *window_next(const struct window *window, time_t now)
{
	time_t t = now - now % 60, end = now + (time_t)(2 * DAYS_A_WEEK) * MINUTES_A_DAY * 60;
	char text[32] = "";
	struct tm local;

	for (t += 60; t < end; t += 60) {
		if (!localtime_r(&t, &local) || !window_is_open(window, &local))
			continue;
		snprintf(text, sizeof(text), "%s %04d-%02d-%02d %02d:%02d", day_names[local.tm_wday],
			 (local.tm_year + 1900) % 10000, local.tm_mon + 1, local.tm_mday,
			 local.tm_hour, local.tm_min);
		break;
	}
	return text_format("%s", *text ? text : "at no time in the next two weeks");
}
