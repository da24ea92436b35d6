// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The fault of an image, in words for people. */
#include "image_text.h"

#include "lib/base/text.h"

#include <inttypes.h>
#include <stdlib.h>

static const char *const error_names[SS_IMAGE_NR] = {
	[SS_IMAGE_OK] = "ok",
	[SS_IMAGE_TRUNCATED] = "truncated",
	[SS_IMAGE_VALUE] = "value",
	[SS_IMAGE_NOT_ZERO] = "not-zero",
	[SS_IMAGE_LENGTH] = "length",
	[SS_IMAGE_CHECKSUM] = "checksum",
	[SS_IMAGE_SIGNER] = "signer",
	[SS_IMAGE_SIGNATURE] = "signature",
	[SS_IMAGE_HASH] = "hash",
	[SS_IMAGE_ELF] = "elf",
	[SS_IMAGE_CRYPTO] = "crypto",
};

static const char *const advices[SS_IMAGE_NR] = {
	[SS_IMAGE_OK] = "",
	[SS_IMAGE_TRUNCATED] = "copy the file again",
	[SS_IMAGE_VALUE] = "the file is damaged, or no TDX Module image",
	[SS_IMAGE_NOT_ZERO] = "the file is damaged, or newer than this program",
	[SS_IMAGE_LENGTH] = "copy the file again",
	[SS_IMAGE_CHECKSUM] = "copy the file again",
	[SS_IMAGE_SIGNER] = "name the signer that you expect, or get the image from its publisher",
	[SS_IMAGE_SIGNATURE] = "do not use it; get the image from its publisher",
	[SS_IMAGE_HASH] = "do not use it; get the image from its publisher",
	[SS_IMAGE_ELF] = "do not use it: it would be refused when the old module is gone",
	[SS_IMAGE_CRYPTO] = "check the installation of OpenSSL",
};

const char *image_error_name(enum ss_image_error_code code)
{
	return (unsigned int)code < SS_IMAGE_NR ? error_names[code] : "unknown";
}

const char *image_error_advice(enum ss_image_error_code code)
{
	return (unsigned int)code < SS_IMAGE_NR ? advices[code] : "";
}

bool image_error_has_found(enum ss_image_error_code code)
{
	return code != SS_IMAGE_SIGNATURE && code != SS_IMAGE_CRYPTO;
}

char *image_error_number(const struct ss_image_error *err, uint64_t value)
{
	if (err->code == SS_IMAGE_SIGNER || err->code == SS_IMAGE_HASH)
		return base_text("%016" PRIx64 "...", value);
	if (value < 10)
		return base_text("%" PRIu64, value);
	return base_text("%" PRIu64 " (0x%" PRIx64 ")", value, value);
}

char *image_error_text(const struct ss_image_error *err)
{
	char *want = err->expected ? base_text("%s", err->expected) :
				     image_error_number(err, err->want);
	char *found = NULL, *text;

	if (image_error_has_found(err->code))
		found = image_error_number(err, err->found);
	text = base_text("%s: %s at offset %" PRIu64 " (0x%" PRIx64 "): %s; expected %s%s%s; %s",
			   err->part, err->field, err->offset, err->offset,
			   ss_image_error_text(err->code), want, found ? ", found " : "",
			   found ? found : "", image_error_advice(err->code));
	base_free(want);
	base_free(found);
	return text;
}

char *image_date(uint32_t date)
{
	return base_text("%04x-%02x-%02x", date >> 16, date >> 8 & 0xff, date & 0xff);
}
