// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Entry points: texts and files, without a context. */
#include "api.h"

#include "core/route.h"
#include "lib/base/compat_text.h"
#include "lib/base/file.h"
#include "lib/base/words.h"
#include "lib/image/image_text.h"
#include "lib/image/repo.h"
#include "lib/record/state_dir.h"

#include <stdlib.h>

/* Each text: begin, make, and NULL where memory lacked. */
#define TEXT(expression) (base_begin(), base_result(expression))

char *seamstep_escape(const char *text)
{
	return TEXT(base_escape(text));
}

char *seamstep_hex(const uint8_t *bytes, size_t n)
{
	return TEXT(base_hex(bytes, n));
}

char *seamstep_time_text(void)
{
	return TEXT(journal_time());
}

char *seamstep_date_text(uint32_t date)
{
	return TEXT(image_date(date));
}

char *seamstep_duration_text(uint64_t ns)
{
	return TEXT(base_duration(ns));
}

char *seamstep_version_text(bool known, struct ss_version version)
{
	return TEXT(repo_version_text(known, version));
}

char *seamstep_reasons_text(const struct ss_compat *compat, uint32_t mask)
{
	return TEXT(context_reasons(compat, mask));
}

char *seamstep_first_reason_text(const struct ss_compat *compat, uint32_t mask)
{
	return TEXT(context_first_reason(compat, mask));
}

char *seamstep_image_error_text(const struct ss_image_error *err)
{
	return TEXT(image_error_text(err));
}

char *seamstep_image_error_number(const struct ss_image_error *err, uint64_t value)
{
	return TEXT(image_error_number(err, value));
}

const char *seamstep_image_error_name(enum ss_image_error_code code)
{
	return image_error_name(code);
}

const char *seamstep_image_error_advice(enum ss_image_error_code code)
{
	return image_error_advice(code);
}

bool seamstep_image_error_has_found(enum ss_image_error_code code)
{
	return image_error_has_found(code);
}

const char *seamstep_reason_name(enum ss_compat_reason reason)
{
	return (unsigned int)reason < SS_COMPAT_NR ? ss_compat_name(reason) : "";
}

const char *seamstep_reason_text(enum ss_compat_reason reason)
{
	return (unsigned int)reason < SS_COMPAT_NR ? ss_compat_text(reason) : "";
}

bool seamstep_version_parse(const char *text, struct ss_version *version)
{
	return ss_version_parse(text, version);
}

int seamstep_version_cmp(struct ss_version a, struct ss_version b)
{
	return ss_version_cmp(a, b);
}

bool seamstep_number(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	return base_number(text, min, max, out);
}

const char *seamstep_nearest(const char *name, const char *const *list)
{
	return base_nearest(name, list);
}

uint8_t *seamstep_file_read(const char *path, size_t limit, size_t *bytes)
{
	return base_file_read(path, limit, bytes);
}

bool seamstep_file_write(const char *path, const void *bytes, size_t n, unsigned int mode)
{
	return base_file_write(path, bytes, n, mode);
}

const char *seamstep_route_name(enum seamstep_route_result result)
{
	return (unsigned int)result < SEAMSTEP_ROUTE_NR ?
	       ss_route_name((enum ss_route_failure)result) : "";
}
