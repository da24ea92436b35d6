/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* JSON, with lacks of memory noted. The functions take NULL where jansson's do. */
#ifndef SS_LIB_BASE_JSON_H
#define SS_LIB_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>

/* The first fault of a text. */
struct base_json_fault {
	unsigned int line;
	const char *what;	/* a phrase */
};

/**
 * base_json_read - read one value, of any kind
 * @text:   untrusted
 * @unique: a name that stands twice in one object is a fault; else the last one counts
 * @where:  the fault, where there is one; may be NULL
 * Returns NULL on a fault, or with the lack noted.
 */
json_t *base_json_read(const char *text, size_t bytes, bool unique, struct base_json_fault *where);

/* As json_object_set_new() and json_array_append_new(). NULL for @value is a lack, too. */
void base_json_set(json_t *object, const char *name, json_t *value);
void base_json_append(json_t *array, json_t *value);

/* As json_dumps(), but never NULL. */
char *base_json_text(const json_t *value, size_t flags);

#endif
