/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Turns an operator's request into a route. */
#ifndef SS_CLI_PLAN_H
#define SS_CLI_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include <seamstep/route.h>

#include "context.h"
#include "lib/tcb/tcb_set.h"

struct plan {
	struct context *context;
	struct ss_route *route;
	uint32_t map[SS_ROUTE_MAX_IMAGES];	/* route's index -> repository's */
	bool has_to;
	struct ss_version to;
	char *why;			/* a sentence where the plan has no hop */
};

/**
 * plan_make - find the route
 * Returns SEAMSTEP_OK if there is a route or nothing to do (route->nr_hops 0), else the kind of
 * error, with plan->why set. plan->route is NULL where the request makes no sense. Call
 * plan_release() after use.
 */
enum seamstep_end plan_make(struct plan *plan, struct context *context,
		       const struct seamstep_route_request *wanted);
void plan_release(struct plan *plan);

/* ---- plan_tcb.c ------------------------------------------------------------------------------ */

/**
 * plan_tcb_target - the image that clears a status of TCB Info with the fewest updates
 * @p:      with context; @p->why is set where there is nothing to plan
 * @target: index in the repository
 * Of images as near as each other, one that also clears the documents to come; then the newest.
 * Returns SEAMSTEP_OK with a target; or SEAMSTEP_OK with @p->why where the running module clears
 * the status already; or the kind of error.
 */
enum seamstep_end plan_tcb_target(struct plan *p, const struct tcb_set *set,
				  enum tcb_status wanted, const struct ss_route_policy *policy,
				  uint32_t *target);

/* ---- plan.c ---------------------------------------------------------------------------------- */

const struct seamstep_image *plan_image(const struct plan *plan, uint32_t i);

#endif
