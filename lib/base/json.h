/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* jansson with its lacks of memory noted. The functions take NULL where jansson's do. */
#ifndef SS_LIB_BASE_JSON_H
#define SS_LIB_BASE_JSON_H

#include <stddef.h>
#include <jansson.h>

/* As json_loadb() and json_load_file(). @error may be NULL. */
json_t *base_json_read(const char *text, size_t bytes, size_t flags, json_error_t *error);
json_t *base_json_file(const char *path, size_t flags, json_error_t *error);

/* As json_object_set_new() and json_array_append_new(). NULL for @value is a lack, too. */
void base_json_set(json_t *object, const char *name, json_t *value);
void base_json_append(json_t *array, json_t *value);

/* As json_dumps(), but never NULL. */
char *base_json_text(const json_t *value, size_t flags);

#endif
