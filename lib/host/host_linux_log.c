// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The lines of the kernel log that concern an update: TDX lines, and warnings of any kind. */
#include "host_linux.h"

#include "lib/base/alloc.h"
#include "lib/base/text.h"

#include <stdlib.h>
#include <string.h>

#define LOG_MAX		64u	/* lines that are worth reading */
#define KERN_WARNING	4u

/* "6,1234,5678901,-;text": priority and facility, sequence, microseconds since boot, flags. */
static bool parse(const char *record, unsigned int *level, uint64_t *at_us, const char **text)
{
	unsigned long long priority, sequence, us;
	const char *end = strchr(record, ';');

	if (!end || sscanf(record, "%llu,%llu,%llu,", &priority, &sequence, &us) != 3)
		return false;
	*level = (unsigned int)(priority & 7);
	*at_us = us;
	*text = end + 1;
	return true;
}

static bool concerns(unsigned int level, const char *text)
{
	static const char *const words[] = {
		"tdx", "TDX", "SEAMCALL", "seamldr", "P-SEAMLDR", "seamstep", "virt/tdx",
		"WARNING:", "BUG:", "Call Trace",
	};
	size_t i;

	if (level > KERN_WARNING)
		return false;
	for (i = 0; i < SS_ARRAY_SIZE(words); i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

char **linux_log(struct host *host, uint64_t since_us)
{
	struct linux_host *h = (struct linux_host *)host;
	char **lines = base_alloc((LOG_MAX + 1) * sizeof(*lines));
	size_t bytes, n = 0;
	int err;
	char *all = (char *)h->io.read(&h->io, "/dev/kmsg", &bytes, &err), *rest = all, *record;
	const char *text;
	unsigned int level;
	uint64_t at_us;

	if (!all || !lines) {
		base_free(all);
		base_free(lines);
		return NULL;
	}
	while (n < LOG_MAX && (record = strsep(&rest, "\n")))
		if (parse(record, &level, &at_us, &text) && at_us >= since_us &&
		    concerns(level, text))
			lines[n++] = base_text("[%llu.%06llu] %s",
						 (unsigned long long)at_us / 1000000,
						 (unsigned long long)at_us % 1000000, text);
	base_free(all);
	return lines;
}
