/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* From what the operator wants to a route: shared by route and update. */
#ifndef SS_CLI_PLAN_H
#define SS_CLI_PLAN_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

#include "context.h"

struct plan_options {
	const char *to;
	bool small_steps, require_fallback, detailed;
	bool has_left;
	uint32_t left;
	uint32_t waived;	/* reasons of compat */
	const char *error;	/* why an option's value was refused */
};

enum { PLAN_TO = 0x500, PLAN_SMALL_STEPS, PLAN_REQUIRE_FALLBACK, PLAN_LEFT, PLAN_DETAILED };
#define PLAN_OPTIONS \
	{ "to", required_argument, NULL, PLAN_TO }, \
	{ "small-steps", no_argument, NULL, PLAN_SMALL_STEPS }, \
	{ "require-fallback", no_argument, NULL, PLAN_REQUIRE_FALLBACK }, \
	{ "left", required_argument, NULL, PLAN_LEFT }
bool plan_option(struct plan_options *o, int c, const char *value);

struct plan {
	struct context *context;
	struct ss_route *route;
	uint32_t map[SS_ROUTE_MAX_IMAGES];	/* route's index -> repository's */
	bool has_to;
	struct ss_version to;
	char *why;			/* a sentence where no hop is to be made */
};

/**
 * plan_make - find the route
 * Returns CLI_OK if there is a route or nothing to do (route->nr_hops 0), else why not, with
 * plan->why set. plan->route is NULL where the question made no sense. plan_release() after use.
 */
enum cli_exit plan_make(struct plan *plan, struct context *context, const struct plan_options *o);
void plan_release(struct plan *plan);

const struct repo_image *plan_image(const struct plan *plan, uint32_t i);

#endif
