// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A line as words, numbers and strings of digits. */
#include "explain_internal.h"

#include <string.h>

#define NUMBER_DIGITS	16u	/* of a 64-bit number */
#define DECIMAL_DIGITS	19u

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_decimal(char c)
{
	return c >= '0' && c <= '9';
}

bool explain_is_hex(char c)
{
	return is_decimal(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* "firmware-invalid" is one word; a minus before a digit is none of it. */
static bool goes_on(const char *p, const char *end)
{
	if (is_alpha(*p) || is_decimal(*p) || *p == '_' || *p == '.')
		return true;
	return *p == '-' && p + 1 < end && is_alpha(p[-1]) && is_alpha(p[1]);
}

static uint32_t digits_of(const char *p, uint32_t n, bool (*is_digit)(char))
{
	uint32_t i = 0;

	while (i < n && is_digit(p[i]))
		i++;
	return i;
}

static uint64_t read_number(const char *p, uint32_t n, uint32_t base)
{
	uint64_t value = 0;
	uint32_t i;

	for (i = 0; i < n; i++)
		value = value * base +
			(uint64_t)(is_decimal(p[i]) ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10);
	return value;
}

uint64_t explain_read_hex(const char *p, uint32_t n)
{
	return read_number(p, n, 16);
}

/*
 * 0x and up to 16 digits, 16 digits without 0x, or up to 19 decimal digits: a number. More digits
 * than a number has, or 8 and more with letters: digits.
 */
static void classify(struct explain_token *t)
{
	bool prefix = t->n > 2 && t->p[0] == '0' && (t->p[1] | 0x20) == 'x';
	const char *p = prefix ? t->p + 2 : t->p;
	uint32_t n = prefix ? t->n - 2 : t->n, hex = digits_of(p, n, explain_is_hex);

	t->kind = EXPLAIN_WORD;
	if (hex != n)
		return;
	if (n <= NUMBER_DIGITS && (prefix || n == NUMBER_DIGITS)) {
		t->kind = EXPLAIN_NUMBER;
		t->hex = prefix;
		t->value = explain_read_hex(p, n);
	} else if (!prefix && n <= DECIMAL_DIGITS && digits_of(p, n, is_decimal) == n) {
		t->kind = EXPLAIN_NUMBER;
		t->value = read_number(p, n, 10);
	} else if (n >= 8) {
		t->kind = EXPLAIN_DIGITS;
		t->p = p;
		t->n = n;
		t->hex = prefix;
		t->value = n <= NUMBER_DIGITS ? explain_read_hex(p, n) : 0;
	}
}

uint32_t explain_tokens(const char *line, size_t n, struct explain_token *tokens)
{
	const char *p = line, *end = line + n, *start;
	uint32_t nr = 0;
	char before = 0;

	while (p < end && nr < EXPLAIN_TOKENS_MAX) {
		if (!is_alpha(*p) && !is_decimal(*p) && *p != '_') {
			before = *p == ' ' || *p == '\t' ? before : *p;
			p++;
			continue;
		}
		start = p++;
		while (p < end && goes_on(p, end))
			p++;
		tokens[nr] = (struct explain_token){ .p = start, .before = before };
		tokens[nr].n = (uint32_t)(p - start);
		while (tokens[nr].p[tokens[nr].n - 1] == '.')
			tokens[nr].n--;
		before = start + tokens[nr].n < p ? '.' : 0;
		classify(&tokens[nr++]);
	}
	return nr;
}

char *explain_token_text(const struct explain_token *t, char *text, size_t bytes)
{
	size_t n = t->n < bytes - 1 ? t->n : bytes - 1;

	memcpy(text, t->p, n);
	text[n] = '\0';
	return text;
}
