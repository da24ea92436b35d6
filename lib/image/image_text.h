/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The fault of an image, in words for people. */
#ifndef SS_LIB_IMAGE_IMAGE_TEXT_H
#define SS_LIB_IMAGE_IMAGE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/image.h"

/* "not-zero" */
const char *image_error_name(enum ss_image_error_code code);
/* The advice for an error of this kind. */
const char *image_error_advice(enum ss_image_error_code code);

/* One line: the fault, its place, the expected and the found value, what to do. malloc'd. */
char *image_error_text(const struct ss_image_error *err);

/* Does an error of this kind have a found value to show? */
bool image_error_has_found(enum ss_image_error_code code);
/* A number of @err, malloc'd: the beginning of a hash, or decimal and hexadecimal. */
char *image_error_number(const struct ss_image_error *err, uint64_t value);

char *image_date(uint32_t date);			/* "2024-04-07"; malloc'd */

#endif
