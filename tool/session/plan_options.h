/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Options that all verbs with a route share. */
#ifndef SS_CLI_PLAN_OPTIONS_H
#define SS_CLI_PLAN_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>

#include <seamstep/route.h>

struct plan_options {
	struct seamstep_route_request request;
	bool has_tcb;			/* --tcb: request.tcb is the session's, once it is open */
};

enum { PLAN_TO = 0x500, PLAN_TCB, PLAN_SMALL_STEPS, PLAN_REQUIRE_FALLBACK, PLAN_LEFT };
#define PLAN_OPTIONS \
	{ "to", required_argument, NULL, PLAN_TO }, \
	{ "tcb", required_argument, NULL, PLAN_TCB }, \
	{ "small-steps", no_argument, NULL, PLAN_SMALL_STEPS }, \
	{ "require-fallback", no_argument, NULL, PLAN_REQUIRE_FALLBACK }, \
	{ "left", required_argument, NULL, PLAN_LEFT }
#define PLAN_OPTIONS_INIT { .request.size = sizeof(struct seamstep_route_request) }
/* Takes one of PLAN_OPTIONS; see struct context_options for the return value. */
int plan_option(const char *verb, struct plan_options *o, int c, const char *value);

#endif
