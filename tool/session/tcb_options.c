// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Finds TCB Info: what is nearer wins, of option, environment, host and configuration. */
#include "tcb_options.h"

#include "config.h"
#include "context_options.h"
#include "tool/base/text.h"
#include "tool/out/message.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int tcb_status_option(const char *verb, const char *value, enum seamstep_tcb_status *status)
{
	char *shown;
	int rc;

	if (seamstep_tcb_status_parse(value, status) &&
	    *status != SEAMSTEP_TCB_REVOKED)
		return EXIT_OK;
	shown = text_escape(value);
	rc = out_usage_error(verb, "--tcb: expected UpToDate or another status to be reached, found "
			     "'%s'", shown);
	free(shown);
	return rc;
}

int tcb_option(const char *verb, struct tcb_options *o, int c, const char *value)
{
	switch (c) {
	case TCB_OPTION_INFO:
		if (o->nr_paths == SEAMSTEP_TCB_MAX_DOCS)
			return out_usage_error(verb, "--tcb-info: at most %u", SEAMSTEP_TCB_MAX_DOCS);
		o->paths[o->nr_paths++] = value;
		return EXIT_OK;
	case TCB_OPTION_ROOT:
		o->root = value;
		return EXIT_OK;
	case TCB_OPTION_AT:
		o->has_at = seamstep_tcb_time_parse(value, &o->at);
		return o->has_at ? EXIT_OK :
		       out_usage_error(verb, "--at: expected a time as 2026-08-20 or "
				       "2026-08-20T12:00:00Z");
	}
	return OPTION_UNKNOWN;
}

bool tcb_options_open(const struct tcb_options *o, struct seamstep *lib,
		      const struct seamstep_host *host, struct seamstep_tcb **tcb)
{
	const char *own = seamstep_host_tcb_path(host), *root = seamstep_host_tcb_root(host);
	const char *path;
	struct seamstep_tcb_request request = { .size = sizeof(request) };

	/* A lab from before has no documents of its own. */
	if (own && access(own, F_OK))
		own = root = NULL;
	path = config_choose(NULL, "SEAMSTEP_TCB_INFO", own, "tcb-info");
	*tcb = NULL;
	if (!path && !o->nr_paths)
		return true;
	request.paths = o->nr_paths ? o->paths : &path;
	request.nr_paths = o->nr_paths ? o->nr_paths : 1;
	request.root = config_choose(o->root, "SEAMSTEP_TCB_ROOT", root, "tcb-root");
	request.at = o->has_at ? o->at : (int64_t)time(NULL);
	return !seamstep_tcb_open(lib, &request, tcb);
}
