// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Reads the kernel's files that more than one part of a Linux host needs. */
#include "host_linux.h"

#include "lib/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

char *linux_line(const struct sysio *io, const char *dir, const char *name, int *err)
{
	char *path = base_text("%s/%s", dir, name), *line = sysio_line(io, path, err);

	base_free(path);
	return line;
}

bool linux_exists(const struct sysio *io, const char *dir, const char *name)
{
	char *line;
	int err = 0;

	line = linux_line(io, dir, name, &err);
	base_free(line);
	return line || (err != ENOENT && err != ENOTDIR);
}

bool linux_version_in(const struct linux_host *h, const char *name, struct ss_version *version,
		      int *err)
{
	char *line;
	bool ok;

	*err = ENOENT;
	if (!h->layout)
		return false;
	line = linux_line(&h->io, h->layout->device, name, err);
	if (!line)
		return false;
	*err = 0;
	ok = ss_version_parse(line, version);
	base_free(line);
	return ok;
}

bool linux_read_version(struct linux_host *h, struct ss_version *version, int *err)
{
	return linux_version_in(h, h->layout ? h->layout->version : "version", version, err);
}

bool linux_is_lost(const struct linux_host *h, int err)
{
	char *verdict;
	bool lost;

	if (err != ENXIO || !h->layout->own)
		return err == ENXIO;
	verdict = linux_line(&h->io, h->layout->own, "verdict", &err);
	lost = !verdict || !strcmp(verdict, "lost");
	base_free(verdict);
	return lost;
}

/* Earlier drivers gave several lines, whose values have spaces: a space alone would not do. */
char *linux_last_error(struct linux_host *h)
{
	char *path = base_text("%s/last_error", h->layout->own), *lines, *rest, *line, *all;
	char *joined = base_text("%s", "");
	size_t bytes;
	int err;

	rest = lines = (char *)h->io.read(&h->io, path, &bytes, &err);
	base_free(path);
	if (!lines) {
		base_free(joined);
		return NULL;
	}
	while ((line = strsep(&rest, "\n"))) {
		if (!*line)
			continue;
		all = base_text("%s%s%s", joined, *joined ? ", " : "", line);
		base_free(joined);
		joined = all;
	}
	base_free(lines);
	return joined;
}

enum seamstep_missing linux_missing(int err)
{
	switch (err) {
	case 0:
		return SEAMSTEP_FACT_MALFORMED;
	case EACCES:
	case EPERM:
		return SEAMSTEP_FACT_NEEDS_ROOT;
	case ENXIO:
		return SEAMSTEP_FACT_NOT_ONE;
	default:
		return SEAMSTEP_FACT_NOT_OFFERED;
	}
}
