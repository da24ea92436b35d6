// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What the newest version of a line is for a host. */
#include "target.h"

#include <seamstep/image.h>
#include <seamstep/repo.h>
#include <seamstep/text.h>

static bool of_line(struct ss_version version, struct ss_version line)
{
	return version.major == line.major && version.minor == line.minor;
}

bool target_newest(struct seamstep_host *host, struct ss_version line, struct ss_version *version)
{
	const struct ss_compat_host *h = &seamstep_host_facts(host)->compat;
	bool found = h->has_module_version && of_line(h->module, line);
	struct seamstep_listed **list;
	uint32_t i;

	if (found)
		*version = h->module;
	if (seamstep_list(host, &list))
		return found;
	for (i = 0; list[i]; i++) {
		const struct seamstep_image *image = list[i]->image;

		if (!list[i]->updates || !of_line(image->version, line) ||
		    (found && seamstep_version_cmp(image->version, *version) <= 0))
			continue;
		*version = image->version;
		found = true;
	}
	seamstep_list_free(list);
	return found;
}
