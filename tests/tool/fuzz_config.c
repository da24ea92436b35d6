// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Fuzz target: a configuration file as a stranger may have written it. */
#include "../fuzz.h"

#include "tool/session/config_read.h"
#include "tool/session/target.h"
#include "tool/session/window.h"

static void check_window(const char *value)
{
	struct window window;
	struct tm local = { .tm_wday = 6, .tm_hour = 23, .tm_min = 59 };
	char *why = NULL;
	uint32_t i;

	FUZZ_CHECK(window_parse(value, &window, &why) && window.nr);
	FUZZ_CHECK(window.nr <= WINDOW_MAX_SPANS);
	for (i = 0; i < window.nr; i++) {
		FUZZ_CHECK(window.spans[i].days && window.spans[i].days < 128);
		FUZZ_CHECK(window.spans[i].from < 1440 && window.spans[i].to <= 1440);
	}
	window_is_open(&window, &local);
}

static void check_entry(const struct config_entry *entry, unsigned int nr_files)
{
	struct target target;
	char *why = NULL;

	FUZZ_CHECK(*entry->value && !strchr(entry->value, '\n') && entry->line >= 1);
	FUZZ_CHECK(entry->file_number >= 1 && entry->file_number <= nr_files);
	if (!strcmp(entry->key->name, "window"))
		check_window(entry->value);
	if (!strcmp(entry->key->name, "target"))
		FUZZ_CHECK(target_parse(entry->value, &target, &why) && target.kind != TARGET_NONE);
}

/* Key by key: a value that a single key has twice in one file would have been refused. */
static void check_once(const struct config *config)
{
	size_t i, j;

	for (i = 0; i < config->nr; i++)
		for (j = 0; j < i; j++)
			FUZZ_CHECK(config->entries[i].key->many ||
				   config->entries[i].key != config->entries[j].key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config config;
	uint8_t *copy = fuzz_copy(data, size);
	char *why = NULL;
	size_t i;
	bool ok;

	ok = config_read(&config, "a.conf", (const char *)copy, size, &why) &&
	     config_read(&config, "b.conf", (const char *)copy, size, &why);
	/* Either it is read, or the reason is given, with its place. */
	FUZZ_CHECK(ok == (why == NULL));
	FUZZ_CHECK(ok || !strncmp(why, "a.conf:", 7) || !strncmp(why, "b.conf:", 7));
	FUZZ_CHECK(config.nr <= CONFIG_MAX_ENTRIES);
	for (i = 0; i < config.nr; i++)
		check_entry(&config.entries[i], config.nr_files);
	check_once(&config);
	config_release(&config);
	free(why);
	free(copy);
	return 0;
}
