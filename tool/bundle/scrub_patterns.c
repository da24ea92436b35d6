// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Shapes of texts that identify. Each function returns the length of such a text at the beginning
 * of @p, or 0. Versions (1.5.06, 6.12.1-amd64), times, digests and numbers of firmware stay.
 */
#include "scrub.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A digest has 96 digits, a TEE_TCB_SVN 32; certificates and quotes have more. */
#define BLOB_BYTES	512u

bool scrub_word_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* No such text is longer; so a long run of its letters costs little. */
#define SHORT(n)	((n) < 320 ? (n) : 320)

static size_t span(const char *p, size_t n, const char *letters)
{
	size_t i;

	for (i = 0; i < n && p[i] && strchr(letters, p[i]); i++)
		;
	return i;
}

#define HEX	"0123456789abcdefABCDEF"
#define DIGITS	"0123456789"
#define LETTERS	DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static size_t uuid(const char *p, size_t n)
{
	static const size_t groups[] = { 8, 4, 4, 4, 12 };
	size_t i, at = 0;

	for (i = 0; i < 5; i++) {
		if (i && (at == n || p[at++] != '-'))
			return 0;
		if (span(p + at, n - at, HEX) != groups[i])
			return 0;
		at += groups[i];
	}
	return at;
}

/* Six groups of two with colons or dashes: a MAC address. */
static size_t mac(const char *p, size_t n)
{
	char mark = n > 2 && p[2] == '-' ? '-' : ':';
	size_t i;

	for (i = 0; i < 6; i++)
		if (n < 3 * i + 2 || span(p + 3 * i, n - 3 * i, HEX) != 2 ||
		    (i < 5 && (n == 3 * i + 2 || p[3 * i + 2] != mark)))
			return 0;
	return n > 17 && p[17] == mark ? 0 : 17;
}

/* The name of a network interface after its MAC address: enx001b21aabbcc. */
static size_t interface(const char *p, size_t n)
{
	return n >= 15 && strchr("ew", p[0]) && strchr("nl", p[1]) && p[2] == 'x' &&
	       span(p + 3, n - 3, HEX) == 12 ? 15 : 0;
}

static size_t ipv4(const char *p, size_t n)
{
	size_t i, at = 0, digits;

	for (i = 0; i < 4; i++) {
		if (i && (at == n || p[at++] != '.'))
			return 0;
		digits = span(p + at, n - at, DIGITS);
		if (!digits || digits > 3 || atoi(p + at) > 255)
			return 0;
		at += digits;
	}
	return at < n && p[at] == '.' && at + 1 < n && isdigit((unsigned char)p[at + 1]) ? 0 : at;
}

/* Eight groups, or fewer with "::" between two of them. "::1" and "a::b" tell nothing. */
static size_t ipv6(const char *p, size_t n)
{
	size_t all = span(p, SHORT(n), HEX ":"), i, colons = 0, doubles = 0;

	while (all && p[all - 1] == ':')
		all--;
	for (i = 0; i < all; i++) {
		colons += p[i] == ':';
		doubles += i + 1 < all && p[i] == ':' && p[i + 1] == ':';
		if (p[i] != ':' && span(p + i, all - i, HEX) > 4)
			return 0;
	}
	return (colons == 7 && !doubles) || (doubles == 1 && all > 4) ? all : 0;
}

static size_t mail(const char *p, size_t n)
{
	size_t name = span(p, SHORT(n), LETTERS "._+-"), host;

	if (!name || name == n || p[name] != '@')
		return 0;
	host = span(p + name + 1, n - name - 1, LETTERS ".-");
	return host ? name + 1 + host : 0;
}

static size_t certificate(const char *p, size_t n)
{
	static const char begin[] = "-----BEGIN ", end[] = "-----END ";
	const char *last;

	if (n < sizeof(begin) || strncmp(p, begin, sizeof(begin) - 1))
		return 0;
	last = memmem(p, n, end, sizeof(end) - 1);
	if (!last)
		return n;
	last += sizeof(end) - 1;
	last = memchr(last, '-', n - (size_t)(last - p));
	return last ? (size_t)(last - p) + span(last, n - (size_t)(last - p), "-") : n;
}

/* A quote or a certificate as hexadecimal digits or base64. */
static size_t blob(const char *p, size_t n)
{
	size_t all = span(p, n, LETTERS "+/=");

	return all >= BLOB_BYTES ? all : 0;
}

/* ---- values that are named ------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum scrub_kind kind;
} named[] = {
	{ "ppid", SCRUB_PLATFORM }, { "encppid", SCRUB_PLATFORM },
	{ "encrypted_ppid", SCRUB_PLATFORM }, { "piid", SCRUB_PLATFORM },
	{ "platform_instance_id", SCRUB_PLATFORM }, { "platform instance id", SCRUB_PLATFORM },
	{ "platforminstanceid", SCRUB_PLATFORM }, { "qe_id", SCRUB_PLATFORM },
	{ "qeid", SCRUB_PLATFORM }, { "serial", SCRUB_SERIAL }, { "serial number", SCRUB_SERIAL },
	{ "serial_number", SCRUB_SERIAL }, { "serialnumber", SCRUB_SERIAL }, { "s/n", SCRUB_SERIAL },
	{ "asset tag", SCRUB_SERIAL }, { "asset_tag", SCRUB_SERIAL },
};

/* The value behind "NAME: ", "NAME=", "\"NAME\": \"". Sets *@skip to where it begins. */
static size_t value_of(const char *p, size_t n, const char *name, size_t *skip)
{
	size_t at = strlen(name), end;

	if (n <= at || strncasecmp(p, name, at))
		return 0;
	at += span(p + at, n - at, "\"' \t\\");
	if (at == n || (p[at] != ':' && p[at] != '='))
		return 0;
	at++;
	at += span(p + at, n - at, "\"' \t\\");
	for (end = at; end < n && p[end] > ' ' && !strchr("\"',;)}]\\", p[end]); end++)
		;
	if (end > at)
		*skip = at;
	return end - at;
}

/* Only the value is replaced: the caller sees the name as what it is, and then this. */
static size_t named_value(const char *p, size_t n, size_t *skip, enum scrub_kind *kind)
{
	size_t i, bytes;

	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		bytes = value_of(p, n, named[i].name, skip);
		if (!bytes)
			continue;
		*kind = named[i].kind;
		return bytes;
	}
	return 0;
}

/* ---- all of them ----------------------------------------------------------------------------- */

struct scrub_found scrub_pattern(const char *p, size_t n, char before)
{
	static const struct {
		size_t (*find)(const char *p, size_t n);
		enum scrub_kind kind;
	} shapes[] = {
		{ certificate, SCRUB_BLOB }, { blob, SCRUB_BLOB }, { uuid, SCRUB_UUID },
		{ mac, SCRUB_ADDRESS }, { ipv4, SCRUB_ADDRESS }, { ipv6, SCRUB_ADDRESS },
		{ interface, SCRUB_ADDRESS }, { mail, SCRUB_ADDRESS },
	};
	struct scrub_found found = { 0, 0, SCRUB_NR };
	size_t i;

	if (n > 6 && !strncmp(p, "/home/", 6)) {
		found.skip = 6;
		found.bytes = span(p + 6, n - 6, LETTERS "._-");
		found.kind = SCRUB_USER;
		return found;
	}
	if (scrub_word_byte(before) || before == '.')
		return found;
	found.bytes = named_value(p, n, &found.skip, &found.kind);
	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]) && !found.bytes; i++) {
		found.bytes = shapes[i].find(p, n);
		found.kind = shapes[i].kind;
		/* What goes on is another word. */
		if (found.bytes < n && scrub_word_byte(p[found.bytes]))
			found.bytes = 0;
	}
	return found;
}
