// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What is wrong with an image: the texts, and filling in the record that a check returns. */
#include "image_internal.h"

#define ERROR_TEXT(name, text) [SS_IMAGE_##name] = (text),
static const char *const error_texts[] = { SS_IMAGE_ERRORS(ERROR_TEXT) };

const char *ss_image_error_text(enum ss_image_error_code code)
{
	return (uint32_t)code < SS_IMAGE_NR ? error_texts[code] : "unknown error";
}

bool ss_image_refuse(struct ss_image_error *err, enum ss_image_error_code code,
		     struct ss_image_field field, const char *expected, uint64_t found)
{
	err->code = code;
	err->part = field.part;
	err->field = field.name;
	err->offset = field.offset;
	err->expected = expected;
	err->want = 0;
	err->found = found;
	return false;
}

bool ss_image_differs(struct ss_image_error *err, enum ss_image_error_code code,
		      struct ss_image_field field, uint64_t want, uint64_t found)
{
	ss_image_refuse(err, code, field, NULL, found);
	err->want = want;
	return false;
}
