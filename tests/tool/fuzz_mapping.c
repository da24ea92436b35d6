// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Fuzz target: mapping_file.json as a stranger may have written it. */
#include "../fuzz.h"

#include "lib/image/mapping.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("mapping", 0);
	struct ss_compat_rule rule;
	struct ss_version v = { 1, 5, 16 };
	struct mapping *mapping;
	char path[32], *why = NULL;

	FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	mapping = mapping_load(path, &why);
	/* Either it is read, or the reason is given. */
	FUZZ_CHECK((mapping != NULL) == (why == NULL));
	rule = mapping_find(mapping, v);
	FUZZ_CHECK(!rule.known || !ss_version_cmp(rule.version, v));
	FUZZ_CHECK(rule.nr_min_seamldr <= SS_ARRAY_SIZE(rule.min_seamldr));
	mapping_free(mapping);
	free(why);
	close(fd);
	return 0;
}
