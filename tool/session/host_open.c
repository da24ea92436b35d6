// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Opens the host that the options name: a table of the kinds of hosts. */
#include "host_open.h"

#include "lab/host_lab.h"
#include "lib/host/host_linux.h"
#include "tool/out/message.h"
#include "lib/base/text.h"

#include <stdlib.h>
#include <string.h>

static struct host *open_linux(const char *rest, const char *sysroot, enum exit_status *exit)
{
	(void)rest;
	(void)exit;
	return host_linux_open(sysroot);
}

static struct host *open_lab(const char *dir, const char *sysroot, enum exit_status *exit)
{
	struct host *host;
	char *why;

	(void)sysroot;
	host = host_lab_open(dir, &why);
	if (!host) {
		*exit = out_fail(EXIT_UNSUPPORTED, "%s", why);
		free(why);
	}
	return host;
}

/* @takes_more: @name ends in ":", and the text after the colon names a host of the kind. */
static const struct opener {
	const char *name;
	bool takes_more;
	struct host *(*open)(const char *rest, const char *sysroot, enum exit_status *exit);
} openers[] = {
	{ "linux", false, open_linux },
	{ "lab:", true, open_lab },
};

static const struct opener *find_opener(const char *spec)
{
	size_t i, n;

	for (i = 0; i < SS_ARRAY_SIZE(openers); i++) {
		n = strlen(openers[i].name);
		if (!strncmp(spec, openers[i].name, n) && !!spec[n] == openers[i].takes_more)
			return &openers[i];
	}
	return NULL;
}

struct host *host_open(const char *spec, const char *sysroot, enum exit_status *exit)
{
	const struct opener *opener;
	char *shown;

	if (!spec)
		spec = getenv("SEAMSTEP_HOST");
	if (sysroot && spec && strcmp(spec, "linux")) {
		shown = text_escape(spec);
		*exit = out_fail(EXIT_USAGE, "--sysroot: expected --host linux, found --host %s",
				 shown);
		free(shown);
		return NULL;
	}
	if (!spec)
		spec = "linux";
	opener = find_opener(spec);
	if (opener)
		return opener->open(spec + strlen(opener->name), sysroot, exit);
	shown = text_escape(spec);
	*exit = out_fail(EXIT_USAGE, "--host: expected linux or lab:DIR, found '%s'", shown);
	free(shown);
	return NULL;
}
