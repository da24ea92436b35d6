// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Reads JSON (RFC 8259) into jansson's values. jansson's own reader is not used: where memory
 * lacks, it loses characters of a string, the closing quote among them, and reads on behind the
 * text. Its values report a lack as they should.
 */
#include "json.h"

#include "alloc.h"
#include "text.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH	200u

struct reader {
	const char *p, *end;
	unsigned int line, depth;
	bool unique;		/* a name twice in one object is a fault */
	const char *fault;	/* NULL: none so far */
};

static json_t *value(struct reader *r);

static json_t *fault(struct reader *r, const char *what)
{
	if (!r->fault)
		r->fault = what;
	return NULL;
}

/* A value of jansson's. NULL is a lack of memory, or the fault @otherwise. */
static json_t *made(struct reader *r, json_t *json, const char *otherwise)
{
	if (!json && errno == ENOMEM)
		base_lack();
	return json ? json : fault(r, otherwise);
}

static void skip_space(struct reader *r)
{
	for (; r->p < r->end && strchr(" \t\n\r", *r->p) && *r->p; r->p++)
		r->line += *r->p == '\n';
}

static bool take(struct reader *r, char c)
{
	skip_space(r);
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

/* ---- strings --------------------------------------------------------------------------------- */

/* Four hexadecimal digits at @p; false if there are none. */
static bool hex4(const char *p, const char *end, uint32_t *out)
{
	int i;

	*out = 0;
	for (i = 0; i < 4; i++, p++) {
		if (p == end || !*p || !strchr("0123456789abcdefABCDEF", *p))
			return false;
		*out = *out << 4 | (uint32_t)(*p <= '9' ? *p - '0' : (*p | 0x20) - 'a' + 10);
	}
	return true;
}

static char *put_utf8(char *out, uint32_t c)
{
	if (c < 0x80) {
		*out++ = (char)c;
	} else if (c < 0x800) {
		*out++ = (char)(0xc0 | c >> 6);
		*out++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*out++ = (char)(0xe0 | c >> 12);
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	} else {
		*out++ = (char)(0xf0 | c >> 18);
		*out++ = (char)(0x80 | (c >> 12 & 0x3f));
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	}
	return out;
}

/* The character after "\u", or two such escapes that make one. A NUL would end a C string. */
static char *unicode(struct reader *r, char *out)
{
	uint32_t high, low;

	if (!hex4(r->p, r->end, &high) || high == 0 || (high & 0xfc00) == 0xdc00)
		goto bad;
	r->p += 4;
	if ((high & 0xfc00) != 0xd800)
		return put_utf8(out, high);
	if (r->end - r->p < 6 || r->p[0] != '\\' || r->p[1] != 'u' ||
	    !hex4(r->p + 2, r->end, &low) || (low & 0xfc00) != 0xdc00)
		goto bad;
	r->p += 6;
	return put_utf8(out, 0x10000 + ((high & 0x3ff) << 10 | (low & 0x3ff)));
bad:
	fault(r, "a \\u escape names no character");
	return NULL;
}

static char *escape(struct reader *r, char *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char c = r->p < r->end ? *r->p++ : '\0';
	const char *found = c ? strchr(from, c) : NULL;

	if (found) {
		*out++ = to[found - from];
		return out;
	}
	if (c == 'u')
		return unicode(r, out);
	fault(r, "an unknown escape in a string");
	return NULL;
}

/* The string behind an opening quote, as malloc'd bytes with a NUL; NULL on a fault. */
static char *string(struct reader *r)
{
	const char *close = r->p;
	char *text, *out;

	while (close < r->end && *close != '"')
		close += *close == '\\' && r->end - close > 1 ? 2 : 1;
	text = out = base_alloc((size_t)(close - r->p) + 1);	/* no escape grows */
	while (out && r->p < r->end && *r->p != '"') {
		if ((unsigned char)*r->p < 0x20) {
			fault(r, "a control character in a string");
			out = NULL;
		} else if (*r->p == '\\') {
			r->p++;
			out = escape(r, out);
		} else {
			*out++ = *r->p++;
		}
	}
	if (out && r->p < r->end) {
		r->p++;
		return text;
	}
	if (text)
		fault(r, "a string without an end");
	free(text);
	return NULL;
}

static json_t *string_value(struct reader *r)
{
	char *text = string(r);
	json_t *json;

	if (!text)
		return NULL;
	errno = 0;
	json = made(r, json_string(text), "a string that is no UTF-8");
	free(text);
	return json;
}

/* ---- numbers --------------------------------------------------------------------------------- */

static size_t digits(const char *p)
{
	return strspn(p, "0123456789");
}

/* @text is what looks like a number. */
static json_t *number_of(struct reader *r, char *text, bool real)
{
	char *point = strchr(text, '.');
	long long integer;
	double number;

	errno = 0;
	if (!real) {
		integer = strtoll(text, NULL, 10);
		return errno ? fault(r, "an integer that is too large") :
		       made(r, json_integer(integer), "");
	}
	if (point)
		*point = *localeconv()->decimal_point;
	number = strtod(text, NULL);
	if (errno == ERANGE && number > 1)
		return fault(r, "a number that is too large");
	errno = 0;
	return made(r, json_real(number), "a number that is too large");
}

static json_t *number(struct reader *r)
{
	char text[64] = "";
	size_t n = 0, whole;
	bool real;

	while (r->p + n < r->end && n < sizeof(text) - 1 && r->p[n] &&
	       strchr("+-.0123456789eE", r->p[n]))
		n++;
	memcpy(text, r->p, n);
	r->p += n;
	n = text[0] == '-';
	whole = digits(text + n);
	if (!whole || (whole > 1 && text[n] == '0'))
		return fault(r, "expected a value");
	n += whole;
	real = text[n] != '\0';
	if (text[n] == '.') {
		n += 1 + digits(text + n + 1);
		if (text[n - 1] == '.')
			return fault(r, "a number without digits behind its point");
	}
	if (text[n] == 'e' || text[n] == 'E') {
		n += 1 + (text[n + 1] == '+' || text[n + 1] == '-');
		if (!digits(text + n))
			return fault(r, "a number without digits in its exponent");
		n += digits(text + n);
	}
	return text[n] ? fault(r, "a malformed number") : number_of(r, text, real);
}

/* ---- values ---------------------------------------------------------------------------------- */

static bool member(struct reader *r, json_t *object)
{
	char *name = take(r, '"') ? string(r) : NULL;
	json_t *json = NULL;
	bool ok = false;

	if (!name) {
		fault(r, "expected a name in quotes");
		return false;
	}
	if (r->unique && json_object_get(object, name))
		fault(r, "a name stands twice");
	else if (!take(r, ':'))
		fault(r, "expected : behind a name");
	else
		json = value(r);
	errno = 0;
	if (json && json_object_set_new(object, name, json)) {
		base_lack_if(errno);
		fault(r, "a name that is no UTF-8");
	} else {
		ok = json != NULL;
	}
	free(name);
	return ok;
}

static bool element(struct reader *r, json_t *array)
{
	json_t *json = value(r);

	if (!json)
		return false;
	base_json_append(array, json);
	return !base_lacks();
}

/* Members or elements behind an opening bracket, up to @close. */
static json_t *collection(struct reader *r, json_t *json, char close,
			  bool (*one)(struct reader *r, json_t *json))
{
	if (!json) {
		base_lack();
		return fault(r, "");
	}
	if (take(r, close))
		return json;
	while (one(r, json)) {
		if (take(r, close))
			return json;
		if (!take(r, ',')) {
			fault(r, "expected a comma or a closing bracket");
			break;
		}
	}
	json_decref(json);
	return NULL;
}

static bool word(struct reader *r, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(r->end - r->p) < n || memcmp(r->p, text, n))
		return false;
	r->p += n;
	return true;
}

static json_t *value(struct reader *r)
{
	json_t *json;

	if (r->depth == MAX_DEPTH)
		return fault(r, "too many brackets within each other");
	r->depth++;
	if (take(r, '{'))
		json = collection(r, json_object(), '}', member);
	else if (take(r, '['))
		json = collection(r, json_array(), ']', element);
	else if (take(r, '"'))
		json = string_value(r);
	else if (word(r, "true"))
		json = json_true();
	else if (word(r, "false"))
		json = json_false();
	else if (word(r, "null"))
		json = json_null();
	else
		json = number(r);
	r->depth--;
	return json;
}

json_t *base_json_read(const char *text, size_t bytes, bool unique, struct base_json_fault *where)
{
	struct reader r = { .p = text, .end = text + bytes, .line = 1, .unique = unique };
	json_t *json = value(&r);

	if (json) {
		skip_space(&r);
		if (r.p != r.end) {
			fault(&r, "expected nothing behind the value");
			json_decref(json);
			json = NULL;
		}
	}
	if (!json && where)
		*where = (struct base_json_fault){ r.line, r.fault };
	return json;
}
