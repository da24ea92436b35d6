/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Options that name TCB Info, for all verbs that judge by it. */
#ifndef SS_TOOL_SESSION_TCB_OPTIONS_H
#define SS_TOOL_SESSION_TCB_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>

#include <seamstep/seamstep.h>

#include "tool/out/exits.h"

/* The values from the command line. Strings are not owned. */
struct tcb_options {
	const char *paths[SEAMSTEP_TCB_MAX_DOCS];
	size_t nr_paths;
	const char *root;
	bool has_at;
	int64_t at;
};

enum { TCB_OPTION_INFO = 0x600, TCB_OPTION_ROOT, TCB_OPTION_AT };
#define TCB_OPTIONS \
	{ "tcb-info", required_argument, NULL, TCB_OPTION_INFO }, \
	{ "tcb-root", required_argument, NULL, TCB_OPTION_ROOT }, \
	{ "at", required_argument, NULL, TCB_OPTION_AT }
#define TCB_HELP \
	"  --tcb-info PATH    read TCB Info: a document or a directory; repeat for more\n" \
	"  --tcb-root FILE    trust this root certificate too, beside Intel's\n" \
	"  --at TIME          judge dates as of TIME, as 2026-08-20 (default: now)\n"

/* Takes one of TCB_OPTIONS; see struct context_options for the return value. */
int tcb_option(const char *verb, struct tcb_options *o, int c, const char *value);
/* "UpToDate" and the like. EXIT_OK, or EXIT_USAGE after a message of @verb. */
int tcb_status_option(const char *verb, const char *value, enum seamstep_tcb_status *status);

/**
 * tcb_options_open - load the documents that option, environment, host or configuration name
 * @tcb: NULL if none are named
 * Returns false if they cannot be loaded at all: seamstep_error() says why. A document that is
 * refused is part of @tcb.
 */
bool tcb_options_open(const struct tcb_options *o, struct seamstep *lib,
		      const struct seamstep_host *host, struct seamstep_tcb **tcb);

#endif
