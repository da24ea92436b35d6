// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* jansson with its lacks of memory noted. */
#include "json.h"

#include "alloc.h"

#include <errno.h>

/* A fault in the text has a code. Where memory lacks, jansson gives up without one. */
static json_t *noted(json_t *value, const json_error_t *error)
{
	enum json_error_code code = json_error_code(error);

	if (!value && (code == json_error_unknown || code == json_error_out_of_memory))
		base_lack();
	return value;
}

json_t *base_json_read(const char *text, size_t bytes, size_t flags, json_error_t *error)
{
	json_error_t own;

	error = error ? error : &own;
	return noted(json_loadb(text, bytes, flags, error), error);
}

json_t *base_json_file(const char *path, size_t flags, json_error_t *error)
{
	json_t *value;

	errno = 0;
	value = json_load_file(path, flags, error);
	if (!value && error->line < 0)
		base_lack_if(errno);
	else
		noted(value, error);
	return value;
}

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
	char *text = value ? json_dumps(value, flags) : NULL;

	if (text)
		return text;
	base_lack();
	return base_no_text;
}
