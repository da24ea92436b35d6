/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Assertions for tests of images: all checks accept it, or one refuses it and names the field. */
#ifndef TESTS_IMAGE_ASSERT_H
#define TESTS_IMAGE_ASSERT_H

/* Include this after cmocka.h and the headers that it needs. */
#include "image_fixture.h"

/* All checks that verify makes, in its order. */
static inline bool image_accepted(const struct test_image *image, struct ss_image_error *err)
{
	struct ss_image parsed;

	return ss_image_parse(test_image_bytes(image), &parsed, err) &&
	       ss_image_check_signer(&parsed, &crypto_openssl, NULL, err) &&
	       ss_image_check_signature(&parsed, &crypto_openssl, err) &&
	       ss_image_check_hash(&parsed, &crypto_openssl, err) &&
	       ss_image_check_elf(&parsed, err);
}

static inline void assert_image_error(const struct ss_image_error *err,
				      enum ss_image_error_code code, const char *part,
				      const char *field, uint64_t offset)
{
	if (err->code != code || strcmp(err->part, part) || strcmp(err->field, field) ||
	    err->offset != offset)
		fail_msg("expected %s %s at %llu (%s), found %s %s at %llu (%s)", part, field,
			 (unsigned long long)offset, ss_image_error_text(code), err->part,
			 err->field, (unsigned long long)err->offset,
			 ss_image_error_text(err->code));
}

#endif
