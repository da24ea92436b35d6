/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * JSON as spans of bytes. A signature covers the exact bytes of a value, so a reader that parses
 * and prints again cannot serve; and this one needs no memory, so that none can be short.
 */
#ifndef SS_LIB_TCB_TCB_JSON_H
#define SS_LIB_TCB_TCB_JSON_H

#include "tcb.h"

#define TCB_MAX_MEMBERS	32u

struct tcb_member {
	struct ss_bytes key;	/* without quotes; has no escapes */
	struct ss_bytes value;	/* exact bytes, without white space around them */
};

struct tcb_object {
	struct tcb_member members[TCB_MAX_MEMBERS];
	size_t nr;
};

/**
 * tcb_json_object - the members of an object, one level
 * Checks that the text is ASCII, is one object, has no duplicate key in that object, and nests no
 * deeper than TCB_MAX_DEPTH. A member's own grammar is left to the member's reader.
 */
enum tcb_answer tcb_json_object(struct ss_bytes text, struct tcb_object *object,
				char why[TCB_WHY]);
/* The value of a key, or NULL. */
const struct ss_bytes *tcb_json_find(const struct tcb_object *object, const char *key);

/**
 * tcb_json_array - the values of an array
 * @values: room for @max; NULL only counts
 * @nr:     set to the number of values, up to @max + 1
 */
enum tcb_answer tcb_json_array(struct ss_bytes text, struct ss_bytes *values, size_t max,
			       size_t *nr, char why[TCB_WHY]);

/* A string's text, decoded, with a NUL. False if it is none, does not fit, or is not ASCII. */
bool tcb_json_string(struct ss_bytes text, char *out, size_t room);
/* A whole number without sign, fraction or exponent. */
bool tcb_json_number(struct ss_bytes text, uint32_t max, uint32_t *out);

#endif
