/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the readers of an image share: bytes without casts, and saying what is wrong with them. */
#ifndef SS_CORE_IMAGE_INTERNAL_H
#define SS_CORE_IMAGE_INTERNAL_H

#include "image.h"

/* @width bytes at @offset as a little-endian number; 0 if they are not all in the range. */
static inline uint64_t ss_le(struct ss_bytes b, size_t offset, uint32_t width)
{
	uint64_t value = 0;
	uint32_t i;

	if (width > b.n || offset > b.n - width)
		return 0;
	for (i = width; i > 0; i--)
		value = value << 8 | b.p[offset + i - 1];
	return value;
}

static inline uint16_t ss_le16(struct ss_bytes b, size_t offset)
{
	return (uint16_t)ss_le(b, offset, 2);
}

static inline uint32_t ss_le32(struct ss_bytes b, size_t offset)
{
	return (uint32_t)ss_le(b, offset, 4);
}

static inline uint64_t ss_le64(struct ss_bytes b, size_t offset)
{
	return ss_le(b, offset, 8);
}

/* Offset of the first byte in [from, to) that is not zero, or @to. @to is in the range. */
static inline size_t ss_first_nonzero(struct ss_bytes b, size_t from, size_t to)
{
	while (from < to && !b.p[from])
		from++;
	return from;
}

struct ss_image_field {
	const char *part, *name;
	uint64_t offset;	/* from the start of the file */
};

/* Both fill in @err and return false, so that a check can end with them. */
bool ss_image_refuse(struct ss_image_error *err, enum ss_image_error_code code,
		     struct ss_image_field field, const char *expected, uint64_t found);
bool ss_image_differs(struct ss_image_error *err, enum ss_image_error_code code,
		      struct ss_image_field field, uint64_t want, uint64_t found);

#endif
