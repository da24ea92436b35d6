/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Reads one file of the configuration. */
#ifndef SS_TOOL_SESSION_CONFIG_READ_H
#define SS_TOOL_SESSION_CONFIG_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "config_keys.h"

#define CONFIG_MAX_ENTRIES	256u

struct config_entry {
	const struct config_key *key;
	char *value;
	char *file;
	unsigned int file_number, line;
};

struct config {
	struct config_entry entries[CONFIG_MAX_ENTRIES];
	size_t nr;
	unsigned int nr_files;		/* that were read */
};

/**
 * config_read - add the lines of one file
 * @file: its name, for messages
 * @text: NAME=VALUE lines, lines that begin with #, empty lines; untrusted
 *
 * A later file replaces the value of an earlier one, and adds to it where the key may have many. A
 * key that may not have many stands once in a file. Returns false with *@why set (malloc'd), "FILE:LINE: ...".
 */
bool config_read(struct config *config, const char *file, const char *text, size_t bytes,
		 char **why);
void config_release(struct config *config);

#endif
