// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Opens the host that the options name. */
#include "host_open.h"

#include "bundle_open.h"
#include "tool/base/text.h"
#include "tool/out/message.h"

#include <stdlib.h>
#include <string.h>

const char *host_root = "";

/* The name by which the library knows the host; malloc'd. NULL after a message. */
static char *host_name(const char *spec, const char *sysroot, enum exit_status *exit)
{
	char *shown, *dir, *name;

	if (sysroot && spec && strcmp(spec, "linux")) {
		shown = text_escape(spec);
		*exit = out_fail(EXIT_USAGE, "--sysroot: expected --host linux, found --host %s",
				 shown);
		free(shown);
		return NULL;
	}
	if (sysroot) {
		*exit = bundle_need(sysroot);
		if (*exit)
			return NULL;
	}
	if (sysroot && bundle_is(sysroot)) {
		dir = bundle_open(sysroot, exit);
		name = dir ? text_format("sysroot:%s", dir) : NULL;
		free(dir);
		return name;
	}
	return sysroot ? text_format("sysroot:%s", sysroot) :
	       text_format("%s", spec ? spec : "linux");
}

struct seamstep_host *host_open(struct seamstep *lib, const char *spec, const char *sysroot,
				enum exit_status *exit)
{
	struct seamstep_host *host = NULL;
	enum seamstep_end end;
	char *name, *shown;

	name = host_name(spec, sysroot, exit);
	if (!name)
		return NULL;
	end = seamstep_host_open(lib, name, &host);
	shown = text_escape(name);
	if (end == SEAMSTEP_BAD_REQUEST)
		*exit = out_fail(EXIT_USAGE, "--host: expected linux or lab:DIR, found '%s'", shown);
	else if (end && !strncmp(name, "lab:", 4))
		*exit = out_fail(exit_of(end), "%s; 'seamstep lab create' makes a lab",
				 seamstep_error(lib));
	else if (end)
		*exit = out_fail(exit_of(end), "%s", seamstep_error(lib));
	free(shown);
	free(name);
	if (host && sysroot && bundle_is(sysroot)) {
		name = text_format("sysroot:%s", sysroot);
		if (seamstep_host_rename(host, name))
			*exit = out_fail(EXIT_ERROR, "%s", seamstep_error(lib));
		free(name);
	}
	return host;
}
