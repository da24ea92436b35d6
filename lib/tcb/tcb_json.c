// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* JSON as spans of bytes: objects, arrays, strings, numbers. */
#include "tcb_json.h"

#include "tcb_text.h"

#include <string.h>

struct scanner {
	const uint8_t *p;
	size_t at, n;
	char *why;
	enum tcb_answer answer;
};

static bool fail(struct scanner *s, const char *expected)
{
	if (s->at < s->n)
		s->answer = tcb_say(s->why, TCB_DOC_MALFORMED,
				    "byte %zu: expected %s, found 0x%02x", s->at, expected,
				    s->p[s->at]);
	else
		s->answer = tcb_say(s->why, TCB_DOC_MALFORMED,
				    "byte %zu: expected %s, found the end", s->at, expected);
	return false;
}

static bool all_ascii(struct scanner *s)
{
	for (; s->at < s->n; s->at++) {
		uint8_t c = s->p[s->at];

		if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c > 0x7e)
			return fail(s, "a document in plain ASCII");
	}
	s->at = 0;
	return true;
}

static void skip_space(struct scanner *s)
{
	while (s->at < s->n && strchr(" \t\r\n", s->p[s->at]))
		s->at++;
}

static bool take(struct scanner *s, char c, const char *expected)
{
	skip_space(s);
	if (s->at == s->n || s->p[s->at] != (uint8_t)c)
		return fail(s, expected);
	s->at++;
	return true;
}

/* At the opening quote. Ends behind the closing one. */
static bool skip_string(struct scanner *s)
{
	for (s->at++; s->at < s->n && s->p[s->at] != '"'; s->at++) {
		if (s->p[s->at] < 0x20)
			return fail(s, "no line break inside a string");
		if (s->p[s->at] == '\\' && s->at + 1 < s->n)
			s->at++;
	}
	if (s->at == s->n)
		return fail(s, "the end of a string");
	s->at++;
	return true;
}

/* One step inside a value: opens, closes, or skips. @open has the brackets that are open. */
static bool skip_one(struct scanner *s, char open[TCB_MAX_DEPTH], size_t *depth)
{
	char c = (char)s->p[s->at];

	if (c == '"')
		return skip_string(s);
	if (c == '{' || c == '[') {
		if (*depth == TCB_MAX_DEPTH - 1) {
			s->answer = tcb_say(s->why, TCB_DOC_TOO_LARGE,
					    "byte %zu: nests deeper than %u", s->at, TCB_MAX_DEPTH);
			return false;
		}
		open[(*depth)++] = c == '{' ? '}' : ']';
	} else if (c == '}' || c == ']') {
		if (!*depth || open[--*depth] != c)
			return fail(s, "the bracket that was opened last");
	}
	s->at++;
	return true;
}

/* true, null, a number: up to the next delimiter. */
static bool skip_word(struct scanner *s)
{
	size_t start = s->at;

	while (s->at < s->n && !strchr(" \t\r\n,:{}[]\"", s->p[s->at]))
		s->at++;
	return s->at > start || fail(s, "a value");
}

static bool skip_value(struct scanner *s)
{
	char open[TCB_MAX_DEPTH];
	size_t depth = 0;

	if (s->at == s->n || !strchr("{[\"", s->p[s->at]))
		return skip_word(s);
	do {
		if (s->at == s->n)
			return fail(s, "the end of a value");
		if (!skip_one(s, open, &depth))
			return false;
	} while (depth);
	return true;
}

static bool same(struct ss_bytes a, const void *p, size_t n)
{
	return a.n == n && !memcmp(a.p, p, n);
}

static bool take_key(struct scanner *s, struct tcb_object *object)
{
	struct ss_bytes *key = &object->members[object->nr].key;
	size_t i, start;

	skip_space(s);
	if (s->at == s->n || s->p[s->at] != '"')
		return fail(s, "a key in quotes");
	start = s->at + 1;
	if (!skip_string(s))
		return false;
	*key = (struct ss_bytes){ s->p + start, s->at - 1 - start };
	s->at = start;
	if (memchr(key->p, '\\', key->n))
		return fail(s, "a key without escapes");
	for (i = 0; i < object->nr; i++)
		if (same(object->members[i].key, key->p, key->n))
			return fail(s, "a key that did not stand before");
	s->at = start + key->n + 1;
	return true;
}

static bool take_member(struct scanner *s, struct tcb_object *object)
{
	size_t start;

	if (object->nr == TCB_MAX_MEMBERS)
		return fail(s, "no more than 32 members");
	if (!take_key(s, object) || !take(s, ':', "':'"))
		return false;
	skip_space(s);
	start = s->at;
	if (!skip_value(s))
		return false;
	object->members[object->nr++].value = (struct ss_bytes){ s->p + start, s->at - start };
	return true;
}

/* White space and then the end. */
static bool take_end(struct scanner *s)
{
	skip_space(s);
	return s->at == s->n || fail(s, "nothing behind it");
}

static bool take_comma(struct scanner *s)
{
	skip_space(s);
	if (s->at == s->n || s->p[s->at] != ',')
		return false;
	s->at++;
	return true;
}

static bool take_object(struct scanner *s, struct tcb_object *object)
{
	if (!take(s, '{', "'{'"))
		return false;
	do {
		if (!take_member(s, object))
			return false;
	} while (take_comma(s));
	return take(s, '}', "',' or '}'") && take_end(s);
}

enum tcb_answer tcb_json_object(struct ss_bytes text, struct tcb_object *object,
				char why[TCB_WHY])
{
	struct scanner s = { .p = text.p, .n = text.n, .why = why, .answer = TCB_DOC_OK };

	object->nr = 0;
	if (all_ascii(&s))
		take_object(&s, object);
	return s.answer;
}

const struct ss_bytes *tcb_json_find(const struct tcb_object *object, const char *key)
{
	size_t i;

	for (i = 0; i < object->nr; i++)
		if (same(object->members[i].key, key, strlen(key)))
			return &object->members[i].value;
	return NULL;
}

static bool take_values(struct scanner *s, struct ss_bytes *values, size_t max, size_t *nr)
{
	size_t start;

	skip_space(s);
	if (s->at < s->n && s->p[s->at] == ']')
		return true;
	do {
		skip_space(s);
		start = s->at;
		if (!skip_value(s))
			return false;
		if (*nr < max && values)
			values[*nr] = (struct ss_bytes){ s->p + start, s->at - start };
		*nr += *nr <= max;
	} while (take_comma(s));
	return true;
}

enum tcb_answer tcb_json_array(struct ss_bytes text, struct ss_bytes *values, size_t max,
			       size_t *nr, char why[TCB_WHY])
{
	struct scanner s = { .p = text.p, .n = text.n, .why = why, .answer = TCB_DOC_OK };

	*nr = 0;
	if (all_ascii(&s) && take(&s, '[', "'['") && take_values(&s, values, max, nr) &&
	    take(&s, ']', "',' or ']'"))
		take_end(&s);
	return s.answer;
}

/* The character that an escape stands for, 0 if none of ASCII; moves *@at behind it. */
static char decode_escape(struct ss_bytes text, size_t *at)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	uint8_t code[2];
	const char *found;
	char c;

	if (*at + 1 >= text.n)
		return 0;
	c = (char)text.p[*at + 1];
	*at += 2;
	found = c ? strchr(from, c) : NULL;
	if (found)
		return to[found - from];
	if (c != 'u' || text.n - *at < 4 || !tcb_hex((const char *)text.p + *at, 4, code, 2) ||
	    code[0] || code[1] > 0x7f)
		return 0;
	*at += 4;
	return (char)code[1];
}

bool tcb_json_string(struct ss_bytes text, char *out, size_t room)
{
	size_t at = 1, n = 0;

	if (text.n < 2 || text.p[0] != '"' || text.p[text.n - 1] != '"')
		return false;
	text.n--;
	while (at < text.n) {
		char c = (char)text.p[at];

		if (c == '"' || n + 1 >= room)
			return false;
		if (c == '\\')
			c = decode_escape(text, &at);
		else
			at++;
		if (!c)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return true;
}

bool tcb_json_number(struct ss_bytes text, uint32_t max, uint32_t *out)
{
	uint64_t value = 0;
	size_t i;

	if (!text.n || text.n > 10 || (text.n > 1 && text.p[0] == '0'))
		return false;
	for (i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		value = 10 * value + (text.p[i] - '0');
	}
	*out = (uint32_t)value;
	return value <= max;
}
