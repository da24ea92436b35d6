/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Takes out of a bundle what tells which machine, network or person it comes from. */
#ifndef SS_TOOL_BUNDLE_SCRUB_H
#define SS_TOOL_BUNDLE_SCRUB_H

#include "bundle.h"

/* What was replaced. X(NAME, name) */
#define SCRUB_KINDS(X) \
	X(HOSTNAME, "hostname") \
	X(MACHINE_ID, "machine-id") \
	X(UUID, "uuid") \
	X(SERIAL, "serial number") \
	X(ADDRESS, "address") \
	X(USER, "user") \
	X(PLATFORM, "platform id") \
	X(BLOB, "certificate or quote")
#define SCRUB_ENUM(NAME, name) SCRUB_##NAME,
enum scrub_kind { SCRUB_KINDS(SCRUB_ENUM) SCRUB_NR };
#undef SCRUB_ENUM

const char *scrub_kind_name(enum scrub_kind kind);

/* A value that is known to identify; each occurrence as a word is replaced. */
struct scrub_value {
	enum scrub_kind kind;
	char *value, *replacement;
};

struct scrub {
	struct scrub_value *values;
	size_t nr;
	size_t counts[SCRUB_NR];
	char **uuids;			/* in the order of their numbers */
	size_t nr_uuids;
};

/*
 * Adds a value, unless it is short or says nothing ("Default string", "localhost"). Of one value one
 * replacement is made wherever it occurs, so that what belongs together still does.
 */
void scrub_know(struct scrub *s, enum scrub_kind kind, const char *value);
/* Adds the machine ids that files of the bundle name. */
void scrub_learn(struct scrub *s, const struct bundle *b);
/* Replaces in all files. */
void scrub_bundle(struct scrub *s, struct bundle *b);
void scrub_release(struct scrub *s);

/* ---- scrub_patterns.c ------------------------------------------------------------------------ */

/* What identifies: @bytes from @skip on. @bytes 0: nothing. */
struct scrub_found {
	size_t skip, bytes;
	enum scrub_kind kind;
};

/*
 * Does something that identifies, or its name, begin at @p, of which @n bytes are left? @before:
 * the byte before it, or 0.
 */
struct scrub_found scrub_pattern(const char *p, size_t n, char before);
bool scrub_word_byte(char c);

#endif
