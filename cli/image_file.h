/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Image files as the verbs meet them: read as untrusted input, judged, and reported on. */
#ifndef SS_CLI_IMAGE_FILE_H
#define SS_CLI_IMAGE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>

#include "../core/image.h"
#include "exits.h"

/* Header, four sigstruct pages, 496 module pages: no well-formed container is longer. */
#define CLI_IMAGE_LIMIT	((size_t)SS_PAGE * (1 + 4 + SS_MODULE_MAX_PAGES))

struct cli_image_file {
	const char *path;
	char *shown;			/* the same, fit for a terminal */
	const char *unreadable;		/* why it could not be read; NULL if it was */
	uint8_t *bytes;
	struct ss_bytes file;
	bool bare;			/* a sigstruct without container or module */
	bool good;			/* well-formed; else @err */
	struct ss_image image;		/* filled in as far as it was understood */
	struct ss_image_error err;
};

/**
 * cli_image_file_read - read a container, or a bare sigstruct where @bare_too, and parse it
 * Always fills @f in; look at f->unreadable, then f->good. cli_image_file_release() after use.
 * Only regular files and pipes are read, and no more than a container can hold.
 */
void cli_image_file_read(struct cli_image_file *f, const char *path, bool bare_too);
void cli_image_file_release(struct cli_image_file *f);

/* CLI_OK, CLI_ERROR or CLI_BAD_IMAGE, as far as reading and parsing can tell. */
enum cli_exit cli_image_file_exit(const struct cli_image_file *f);

/* "not-zero" */
const char *cli_image_error_name(enum ss_image_error_code code);

/* One line: what, where, what was expected and found, what to do. malloc'd. */
char *cli_image_error_text(const struct ss_image_error *err);
json_t *cli_image_error_json(const struct ss_image_error *err);

/* An object with the file's name, and with "error" if it could not be read or is malformed. */
json_t *cli_image_file_json(const struct cli_image_file *f);

char *cli_image_date(uint32_t date);			/* "2024-04-07"; malloc'd */

#endif
