// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Writes JSON, with lacks of memory noted. */
#include "json.h"

#include "alloc.h"

#include <errno.h>
#include <stdlib.h>

void base_json_set(json_t *object, const char *name, json_t *value)
{
	if (json_object_set_new(object, name, value))
		base_lack();
}

void base_json_append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, value))
		base_lack();
}

char *base_json_text(const json_t *value, size_t flags)
{
	char *text;

	errno = 0;
	text = value ? json_dumps(value, flags) : NULL;
	/* Where memory lacks, jansson may leave a piece out. */
	if (text && errno != ENOMEM)
		return text;
	free(text);
	base_lack();
	return base_no_text;
}
