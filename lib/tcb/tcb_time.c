// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Times of TCB Info: RFC 3339 to and from seconds, without the C library's time zones. */
#include "tcb.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define DAY	86400

/* Reads exactly @n digits and then @after, unless @after is 0. */
static bool digits(const char **text, int n, char after, int *out)
{
	*out = 0;
	for (; n; n--, (*text)++) {
		if (!isdigit((unsigned char)**text))
			return false;
		*out = 10 * *out + (**text - '0');
	}
	if (!after)
		return true;
	return *(*text)++ == after;
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970-01-01, for years from 1970 on. */
static int64_t days_before(int year, int month, int day)
{
	int64_t before = year - 1;
	int64_t days = 365 * before + before / 4 - before / 100 + before / 400 - 719162 + day - 1;
	int m;

	for (m = 1; m < month; m++)
		days += days_in_month(year, m);
	return days;
}

static bool parse_date(const char **text, int64_t *days)
{
	int year, month, day;

	if (!digits(text, 4, '-', &year) || !digits(text, 2, '-', &month) ||
	    !digits(text, 2, 0, &day))
		return false;
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return false;
	*days = days_before(year, month, day);
	return true;
}

/* "Z" or "+01:00". RFC 3339 allows a fraction of a second before it. */
static bool parse_zone(const char *text, int64_t *offset)
{
	int sign, hours, minutes;

	*offset = 0;
	if (*text == '.') {
		for (text++; isdigit((unsigned char)*text); text++)
			;
		if (text[-1] == '.')
			return false;
	}
	if (!strcmp(text, "Z") || !strcmp(text, "z"))
		return true;
	sign = *text == '+' ? 1 : *text == '-' ? -1 : 0;
	text++;
	if (!sign || !digits(&text, 2, ':', &hours) || !digits(&text, 2, 0, &minutes) || *text ||
	    hours > 23 || minutes > 59)
		return false;
	*offset = sign * (hours * 3600 + minutes * 60);
	return true;
}

static bool parse_seconds(const char *text, int64_t *seconds)
{
	int64_t value = 0;
	int n;

	for (n = 0; n < 12 && isdigit((unsigned char)*text); n++)
		value = 10 * value + (*text++ - '0');
	*seconds = value;
	return n && !*text;
}

bool tcb_time_parse(const char *text, int64_t *seconds)
{
	int hour, minute, second;
	int64_t days, offset;

	if (*text == '@')
		return parse_seconds(text + 1, seconds);
	if (!parse_date(&text, &days))
		return false;
	*seconds = days * DAY;
	if (!*text)
		return true;
	if (*text != 'T' && *text != 't')
		return false;
	text++;
	if (!digits(&text, 2, ':', &hour) || !digits(&text, 2, ':', &minute) ||
	    !digits(&text, 2, 0, &second) || !parse_zone(text, &offset) ||
	    hour > 23 || minute > 59 || second > 60)
		return false;
	*seconds += hour * 3600 + minute * 60 + second - offset;
	return true;
}

static void split(int64_t days, int *year, int *month, int *day)
{
	*year = 1970;
	*month = 1;
	if (days < 0 || days > 2932896)		/* 9999-12-31 */
		days = days < 0 ? 0 : 2932896;
	for (; days >= 365 + is_leap(*year); (*year)++)
		days -= 365 + is_leap(*year);
	for (; days >= days_in_month(*year, *month); (*month)++)
		days -= days_in_month(*year, *month);
	*day = (int)days + 1;
}

void tcb_date_format(int64_t seconds, char text[TCB_TIME])
{
	int year, month, day;

	split(seconds / DAY, &year, &month, &day);
	snprintf(text, TCB_TIME, "%04u-%02u-%02u", (unsigned int)year % 10000u,
		 (unsigned int)month % 100u, (unsigned int)day % 100u);
}

void tcb_time_format(int64_t seconds, char text[TCB_TIME])
{
	unsigned int rest = (unsigned int)(seconds < 0 ? 0 : seconds % DAY);
	char date[TCB_TIME];

	tcb_date_format(seconds, date);
	snprintf(text, TCB_TIME, "%.10sT%02u:%02u:%02uZ", date, rest / 3600, rest / 60 % 60,
		 rest % 60);
}
