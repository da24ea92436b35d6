/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The result of reading an image file: as an exit status, and as JSON. */
#ifndef SS_TOOL_OUT_IMAGE_REPORT_H
#define SS_TOOL_OUT_IMAGE_REPORT_H

#include <jansson.h>

#include "exits.h"
#include <seamstep/image.h>

/* EXIT_OK, EXIT_ERROR or EXIT_BAD_IMAGE, as far as reading and parsing can tell. */
enum exit_status out_image_file_exit(const struct seamstep_image *f);

/* The fault of an image as one line. */
char *out_image_error_text(const struct ss_image_error *err);
json_t *out_image_error_json(const struct ss_image_error *err);
/* An object with the file's name, and with "error" if the file is unreadable or malformed. */
json_t *out_image_file_json(const struct seamstep_image *f);

#endif
