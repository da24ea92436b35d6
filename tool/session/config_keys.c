// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The table of the configuration's names. */
#include "config_keys.h"

#include "hooks.h"
#include "target.h"
#include "tool/base/memory.h"
#include "tool/base/text.h"
#include "tool/base/words.h"
#include "window.h"

#include <stdlib.h>
#include <string.h>

static bool found(const char *expected, const char *value, char **why)
{
	char *shown = text_escape(value);

	*why = text_format("expected %s, found '%s'", expected, shown);
	free(shown);
	return false;
}

static bool check_host(const char *value, char **why)
{
	return !strcmp(value, "linux") || (!strncmp(value, "lab:", 4) && value[4]) ||
	       found("linux or lab:DIR", value, why);
}

static bool check_target(const char *value, char **why)
{
	struct target target;

	return target_parse(value, &target, why);
}

static bool check_max_updates(const char *value, char **why)
{
	uint64_t number;

	return words_number(value, 1, CONFIG_MAX_UPDATES, &number) ||
	       found("a number from 1 to 64", value, why);
}

static bool check_window(const char *value, char **why)
{
	struct window window;

	return window_parse(value, &window, why);
}

bool config_bucket_parse(const char *value, uint32_t *in, uint32_t *of, char **why)
{
	char *copy = text_format("%s", value), *slash = strchr(copy, '/');
	uint64_t first = 0, second = 0;
	bool ok = slash != NULL;

	if (ok) {
		*slash = '\0';
		ok = words_number(slash + 1, 1, CONFIG_MAX_BUCKETS, &second) &&
		     words_number(copy, 0, second, &first);
	}
	free(copy);
	*in = (uint32_t)first;
	*of = (uint32_t)second;
	return ok || found("a share of the hosts such as 2/10", value, why);
}

static bool check_bucket(const char *value, char **why)
{
	uint32_t in, of;

	return config_bucket_parse(value, &in, &of, why);
}

bool config_is_digest(const char *text)
{
	return strlen(text) == CONFIG_DIGEST_DIGITS &&
	       strspn(text, "0123456789abcdefABCDEF") == CONFIG_DIGEST_DIGITS;
}

static bool check_digests(const char *value, char **why)
{
	return value[0] == '/' || config_is_digest(value) ||
	       found("the SHA-384 of a module as 96 hexadecimal digits, or a path that begins "
		     "with / of a file with such digests", value, why);
}

static bool check_hook_timeout(const char *value, char **why)
{
	uint64_t number;

	return words_number(value, 1, HOOK_MAX_SECONDS, &number) ||
	       found("a number of seconds from 1 to 3600", value, why);
}

static const struct config_key keys[] = {
	{ "repo", false, NULL },
	{ "host", false, check_host },
	{ "tcb-info", false, NULL },
	{ "tcb-root", false, NULL },
	{ "signer", false, NULL },
	{ "hooks", false, NULL },
	{ "hook-timeout", false, check_hook_timeout },
	{ "target", false, check_target },
	{ "max-updates", false, check_max_updates },
	{ "window", false, check_window },
	{ "bucket", false, check_bucket },
	{ "approved", true, check_digests },
	{ "blocked", true, check_digests },
};

const struct config_key *config_key_find(const char *name, char **why)
{
	const char *names[SS_ARRAY_SIZE(keys) + 1] = { NULL }, *meant;
	char *shown;
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(keys); i++) {
		if (!strcmp(keys[i].name, name))
			return &keys[i];
		names[i] = keys[i].name;
	}
	meant = words_nearest(name, names);
	shown = text_escape(name);
	*why = text_format("there is no key '%s'%s%s%s", shown, meant ? "; did you mean '" : "",
			   meant ? meant : "", meant ? "'?" : "");
	free(shown);
	return NULL;
}
