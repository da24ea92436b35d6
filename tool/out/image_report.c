// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The result of reading an image file: as an exit status, and as JSON. */
#include "image_report.h"

#include "tool/base/memory.h"
#include "tool/base/text.h"

#include <stdlib.h>

enum exit_status out_image_file_exit(const struct seamstep_image *f)
{
	if (f->unreadable)
		return EXIT_ERROR;
	return f->good ? EXIT_OK : EXIT_BAD_IMAGE;
}

/* The library's advice, with the option that follows it. */
static const char *advice(enum ss_image_error_code code)
{
	if (code == SS_IMAGE_SIGNER)
		return "say who else may sign with --signer, or get it from its publisher";
	return seamstep_image_error_advice(code);
}

/* An integer where readers of JSON can hold @value, else text. */
static json_t *json_number(const struct ss_image_error *err, uint64_t value)
{
	char *text;
	json_t *json;

	if (value <= INT64_MAX && err->code != SS_IMAGE_SIGNER && err->code != SS_IMAGE_HASH)
		return json_integer((json_int_t)value);
	text = memory_checked(seamstep_image_error_number(err, value));
	json = json_string(text);
	free(text);
	return json;
}

char *out_image_error_text(const struct ss_image_error *err)
{
	return memory_checked(seamstep_image_error_text(err));
}

json_t *out_image_error_json(const struct ss_image_error *err)
{
	char *text = out_image_error_text(err);
	json_t *json;

	json = json_pack("{s:i, s:s, s:s, s:s, s:I, s:o, s:o, s:s, s:s}",
			 "code", (int)err->code, "name", seamstep_image_error_name(err->code),
			 "part", err->part, "field", err->field, "offset", (json_int_t)err->offset,
			 "expected", err->expected ? json_string(err->expected)
						   : json_number(err, err->want),
			 "found", seamstep_image_error_has_found(err->code) ?
				  json_number(err, err->found) : json_null(),
			 "message", text, "advice", advice(err->code));
	free(text);
	return json;
}

json_t *out_image_file_json(const struct seamstep_image *f)
{
	json_t *json = json_object(), *name = json_string(f->path);

	/* A name that is not UTF-8 cannot be a JSON string without escapes. */
	json_object_set_new(json, "file", name ? name : json_string(f->name));
	if (f->unreadable)
		json_object_set_new(json, "error", json_pack("{s:s, s:s}", "name", "unreadable",
							     "message", f->unreadable));
	else if (!f->good)
		json_object_set_new(json, "error", out_image_error_json(&f->err));
	return json;
}
