// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Replaces what identifies a machine, in all files of a bundle alike. */
#include "scrub.h"

#include "tool/base/memory.h"
#include "tool/base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME(NAME, name) [SCRUB_##NAME] = name,
static const char *const kinds[SCRUB_NR] = { SCRUB_KINDS(NAME) };
#undef NAME

const char *scrub_kind_name(enum scrub_kind kind)
{
	return kinds[kind];
}

/* ---- values that are known ------------------------------------------------------------------- */

/* Names that thousands of machines have; and words that a log of any machine has. */
static bool says_nothing(const char *value)
{
	static const char *const words[] = {
		"localhost", "linux", "debian", "ubuntu", "fedora", "kernel", "intel", "seamstep", "none",
		"default", "default string", "not specified", "not available", "unknown",
		"to be filled by o.e.m.", "system serial number", "0123456789", "host", "module",
	};
	size_t i;

	if (strlen(value) < 4)
		return true;
	for (i = 0; i < SS_ARRAY_SIZE(words); i++)
		if (!strcasecmp(value, words[i]))
			return true;
	return false;
}

/* Of the same form, so that what reads the file still can. */
static char *replacement(const struct scrub *s, enum scrub_kind kind)
{
	size_t i, n = 1;

	for (i = 0; i < s->nr; i++)
		n += s->values[i].kind == kind;
	if (kind == SCRUB_MACHINE_ID)
		return text_format("%032zx", n);
	return text_format("[%s]", kinds[kind]);
}

void scrub_know(struct scrub *s, enum scrub_kind kind, const char *value)
{
	size_t i;

	if (says_nothing(value))
		return;
	for (i = 0; i < s->nr; i++)
		if (!strcmp(s->values[i].value, value))
			return;
	s->values = memory_checked(realloc(s->values, (s->nr + 1) * sizeof(*s->values)));
	s->values[s->nr] = (struct scrub_value){ kind, text_format("%s", value),
						 replacement(s, kind) };
	s->nr++;
}

/* 32 hexadecimal digits. Of anything else in their place nobody knows what it is. */
static void learn_machine_id(struct scrub *s, const char *text)
{
	char *id = text_format("%.32s", text);

	if (strspn(id, "0123456789abcdef") == 32)
		scrub_know(s, SCRUB_MACHINE_ID, id);
	free(id);
}

/* "machine_id": "..." of the records of the journal. A disk may have moved between machines. */
static void learn_journal(struct scrub *s, const struct bundle_file *file)
{
	static const char key[] = "\"machine_id\"";
	const char *p = file->data, *end = p + file->n;

	while ((p = memmem(p, (size_t)(end - p), key, sizeof(key) - 1))) {
		p += sizeof(key) - 1;
		p += strspn(p, ": \"");
		learn_machine_id(s, p);
	}
}

void scrub_learn(struct scrub *s, const struct bundle *b)
{
	const struct bundle_file *file = bundle_find(b, "etc/machine-id");
	size_t i;

	if (file)
		learn_machine_id(s, file->data);
	for (i = 0; i < b->nr; i++)
		learn_journal(s, &b->files[i]);
}

/* ---- replacing ------------------------------------------------------------------------------- */

struct out {
	char *p;
	size_t n, room;
};

static void put(struct out *out, const char *bytes, size_t n)
{
	if (out->room - out->n < n) {
		out->room = 2 * (out->room + n);
		out->p = memory_checked(realloc(out->p, out->room));
	}
	memcpy(out->p + out->n, bytes, n);
	out->n += n;
}

/* The numbers of two UUIDs differ as the UUIDs do: boots can still be told apart. */
static char *uuid_text(struct scrub *s, const char *p, size_t n)
{
	char *uuid = text_format("%.*s", (int)n, p);
	size_t i;

	for (i = 0; i < s->nr_uuids && strcasecmp(s->uuids[i], uuid); i++)
		;
	if (i == s->nr_uuids) {
		s->uuids = memory_checked(realloc(s->uuids, (i + 1) * sizeof(*s->uuids)));
		s->uuids[s->nr_uuids++] = uuid;
	} else {
		free(uuid);
	}
	return text_format("00000000-0000-0000-0000-%012zx", i + 1);
}

/* With a host name its domain goes. */
static size_t domain(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n && (isalnum((unsigned char)p[i]) || p[i] == '.' || p[i] == '-'); i++)
		;
	while (i && !isalnum((unsigned char)p[i - 1]))
		i--;
	return i && p[0] == '.' ? i : 0;
}

static size_t replace_value(struct scrub *s, const char *p, size_t n, char before, struct out *out)
{
	const struct scrub_value *v;
	size_t i, m;

	for (i = 0; i < s->nr && !scrub_word_byte(before); i++) {
		v = &s->values[i];
		m = strlen(v->value);
		if (m > n || strncasecmp(p, v->value, m) || (m < n && scrub_word_byte(p[m])))
			continue;
		put(out, v->replacement, strlen(v->replacement));
		s->counts[v->kind]++;
		return m + (v->kind == SCRUB_HOSTNAME ? domain(p + m, n - m) : 0);
	}
	return 0;
}

static size_t replace_pattern(struct scrub *s, const char *p, size_t n, char before,
			      struct out *out)
{
	struct scrub_found f = scrub_pattern(p, n, before);
	char *text;

	if (!f.bytes)
		return 0;
	text = f.kind == SCRUB_UUID ? uuid_text(s, p, f.bytes) :
	       text_format("[%s]", kinds[f.kind]);
	put(out, p, f.skip);
	put(out, text, strlen(text));
	free(text);
	s->counts[f.kind]++;
	return f.skip + f.bytes;
}

static void scrub_file(struct scrub *s, struct bundle_file *file)
{
	struct out out = { memory_alloc(file->n + 64), 0, file->n + 64 };
	size_t at, n;
	char before = 0;

	for (at = 0; at < file->n; at += n) {
		const char *p = file->data + at;
		size_t left = file->n - at;

		n = replace_value(s, p, left, before, &out);
		if (!n)
			n = replace_pattern(s, p, left, before, &out);
		if (!n)
			put(&out, p, n = 1);
		before = file->data[at + n - 1];
	}
	put(&out, "", 1);
	free(file->data);
	file->data = out.p;
	file->n = out.n - 1;
}

void scrub_bundle(struct scrub *s, struct bundle *b)
{
	size_t i;

	for (i = 0; i < b->nr; i++)
		scrub_file(s, &b->files[i]);
}

void scrub_release(struct scrub *s)
{
	size_t i;

	for (i = 0; i < s->nr; i++) {
		free(s->values[i].value);
		free(s->values[i].replacement);
	}
	for (i = 0; i < s->nr_uuids; i++)
		free(s->uuids[i]);
	free(s->values);
	free(s->uuids);
}
