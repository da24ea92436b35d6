/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* mapping_file.json of a repository: the publisher's statements about versions. */
#ifndef SS_CLI_MAPPING_H
#define SS_CLI_MAPPING_H

#include <stdbool.h>

#include "core/compat.h"

struct mapping;

/**
 * mapping_load - read a mapping file
 * @path: of the file
 * @why:  on failure a malloc'd sentence: the expected value, the found value, the place
 *
 * Returns NULL if the file cannot be read, is no JSON, or has an entry that makes no sense. Unknown
 * members are ignored. Source: specification 9.
 */
struct mapping *mapping_load(const char *path, char **why);
void mapping_free(struct mapping *mapping);

/* The rule for one version, by value of the three numbers; .known is false if there is none. */
struct ss_compat_rule mapping_find(const struct mapping *mapping, struct ss_version version);

/* Reads one entry of a mapping file, a JSON object. False if the entry is not understood. */
bool mapping_read_entry(const char *json, struct ss_compat_rule *rule);

#endif
