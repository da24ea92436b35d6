/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The names that a configuration file may have, and what their values must look like. */
#ifndef SS_TOOL_SESSION_CONFIG_KEYS_H
#define SS_TOOL_SESSION_CONFIG_KEYS_H

#include <stdbool.h>
#include <stdint.h>

struct config_key {
	const char *name;
	bool many;		/* values of several lines and files add up */
	/* Returns false with *@why set (malloc'd). NULL: any text is fine. */
	bool (*check)(const char *value, char **why);
};

/* NULL after @why was set (malloc'd): no key has this name. */
const struct config_key *config_key_find(const char *name, char **why);

/* "2/10": the first @in of @of buckets. Returns false with *@why set (malloc'd). */
bool config_bucket_parse(const char *value, uint32_t *in, uint32_t *of, char **why);

/* A SHA-384 as 96 hexadecimal digits, in either letter case. */
bool config_is_digest(const char *text);

#define CONFIG_DIGEST_DIGITS	96u
#define CONFIG_MAX_BUCKETS	10000u
#define CONFIG_MAX_UPDATES	64u

#endif
