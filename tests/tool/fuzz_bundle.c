// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Fuzz target: reports. The bytes are read as an archive, and what identifies is taken out of them.
 * Names that pass stay below the directory where they are written.
 */
#include "../fuzz.h"

#include "tool/bundle/scrub.h"
#include "tool/bundle/unpack.h"

static void check_name(const struct bundle *b, size_t i)
{
	const char *name = b->files[i].name, *p;

	FUZZ_CHECK(*name && *name != '/' && strlen(name) <= BUNDLE_MAX_NAME);
	FUZZ_CHECK(!strstr(name, "//") && name[strlen(name) - 1] != '/');
	FUZZ_CHECK(strncmp(name, "../", 3) && !strstr(name, "/../") && strcmp(name, ".."));
	FUZZ_CHECK(strlen(name) < 3 || strcmp(name + strlen(name) - 3, "/.."));
	for (p = name; *p; p++)
		FUZZ_CHECK(*p > 0x20 && *p <= 0x7e);
	FUZZ_CHECK(bundle_find(b, name) == &b->files[i]);
}

static void check_bundle(const struct bundle *b)
{
	size_t i, all = 0;

	FUZZ_CHECK(b->nr <= BUNDLE_MAX_FILES);
	for (i = 0; i < b->nr; i++) {
		check_name(b, i);
		FUZZ_CHECK(b->files[i].n <= BUNDLE_MAX_FILE && !b->files[i].data[b->files[i].n]);
		all += b->files[i].n;
	}
	FUZZ_CHECK(all <= BUNDLE_MAX_ALL);
}

/* After a second time no known name is left, and the numbers of UUIDs stay. */
static void check_scrub(struct bundle *b)
{
	static const char name[] = "rack-7b";
	struct scrub s = { .nr = 0 };
	size_t i;

	scrub_know(&s, SCRUB_HOSTNAME, name);
	scrub_learn(&s, b);
	scrub_bundle(&s, b);
	scrub_bundle(&s, b);
	for (i = 0; i < b->nr; i++) {
		const char *p = memmem(b->files[i].data, b->files[i].n, name, sizeof(name) - 1);

		FUZZ_CHECK(!b->files[i].data[b->files[i].n]);
		FUZZ_CHECK(!p || (p > b->files[i].data && scrub_word_byte(p[-1])) ||
			   scrub_word_byte(p[sizeof(name) - 1]));
	}
	scrub_release(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bundle read = { NULL, 0 }, raw = { NULL, 0 };
	char *why = unpack_bytes(data, size, &read), *p, *copy = malloc(size + 1);

	check_bundle(&read);
	for (p = why; p && *p; p++)
		FUZZ_CHECK(*p >= 0x20 && *p <= 0x7e);
	memcpy(copy, data, size);
	copy[size] = '\0';
	bundle_add(&raw, "raw", copy, size);
	check_scrub(&raw);
	check_scrub(&read);
	free(why);
	bundle_release(&read);
	bundle_release(&raw);
	return 0;
}
