/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The result of reading an image file: as an exit status, and as JSON. */
#ifndef SS_CLI_IMAGE_REPORT_H
#define SS_CLI_IMAGE_REPORT_H

#include <jansson.h>

#include "exits.h"
#include "lib/image/image_file.h"

/* CLI_OK, CLI_ERROR or CLI_BAD_IMAGE, as far as reading and parsing can tell. */
enum cli_exit cli_image_file_exit(const struct cli_image_file *f);

json_t *cli_image_error_json(const struct ss_image_error *err);
/* An object with the file's name, and with "error" if the file is unreadable or malformed. */
json_t *cli_image_file_json(const struct cli_image_file *f);

#endif
