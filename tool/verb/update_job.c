// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* How a run of "seamstep update" stands. */
#include "update.h"

#include "tool/base/text.h"

#include <stdarg.h>
#include <stdlib.h>

bool update_fail(struct update_job *job, enum exit_status exit, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = text_vformat(fmt, args);
	va_end(args);
	free(job->error);
	job->error = text;
	job->exit = exit;
	return false;
}

const char *update_verdict(const struct update_job *job)
{
	const struct seamstep_update *u = job->update;
	uint32_t i;

	if (!u)
		return "none";
	/* A hop that was not tried is no verdict on the hops before it. */
	for (i = u->nr_hops; i-- > 0;)
		if (u->hops[i]->done && (u->hops[i]->outcome.tried || !i))
			return u->hops[i]->outcome.verdict;
	return u->nothing ? "nothing-to-do" : "none";
}
