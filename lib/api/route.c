// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Entry points: routes. */
#include "api.h"

#include "lib/decide/plan.h"

#include <stdlib.h>
#include <string.h>

_Static_assert((int)SEAMSTEP_ROUTE_FOUND == (int)SS_ROUTE_FOUND &&
	       (int)SEAMSTEP_ROUTE_BUDGET == (int)SS_ROUTE_BUDGET &&
	       (int)SEAMSTEP_ROUTE_NR == (int)SS_ROUTE_NR, "both lists are in one order");
_Static_assert(SEAMSTEP_MAX_IMAGES == SS_ROUTE_MAX_IMAGES, "a route may have each image");

struct route {
	struct seamstep_route shown;	/* first: the caller's pointer is this one */
	struct plan plan;
	struct seamstep_hop hops[SEAMSTEP_MAX_IMAGES];
	const struct seamstep_hop *shown_hops[SEAMSTEP_MAX_IMAGES];
	uint32_t shortest[SEAMSTEP_MAX_IMAGES];
};

static const struct seamstep_image *image_or_null(const struct plan *plan, uint32_t i)
{
	return i == SS_ROUTE_NONE ? NULL : plan_image(plan, i);
}

static void show_hops(struct route *r)
{
	const struct ss_route *route = r->plan.route;
	uint32_t i;

	for (i = 0; i < route->nr_hops; i++) {
		const struct ss_route_hop *hop = &route->hops[i];

		r->hops[i] = (struct seamstep_hop){
			.image = plan_image(&r->plan, hop->image),
			.from = i ? r->hops[i - 1].image->version :
				r->plan.context->facts.compat.module,
			.fallback = image_or_null(&r->plan, hop->before),
			.fallback_after = image_or_null(&r->plan, hop->after),
			.compat = &hop->compat,
		};
		r->shown_hops[i] = &r->hops[i];
	}
}

static void show(struct route *r)
{
	const struct ss_route *route = r->plan.route;
	uint32_t i;

	r->shown.result = (enum seamstep_route_result)route->failure;
	r->shown.has_to = r->plan.has_to;
	r->shown.to = r->plan.to;
	r->shown.target = image_or_null(&r->plan, route->target);
	r->shown.nr_hops = route->nr_hops;
	r->shown.hops = r->shown_hops;
	r->shown.needed = route->needed;
	r->shown.shortest = r->shortest;
	r->shown.why = r->plan.why;
	for (i = 0; i < SEAMSTEP_MAX_IMAGES; i++)
		if (r->plan.map[i] < SEAMSTEP_MAX_IMAGES)
			r->shortest[r->plan.map[i]] = route->shortest[i];
	show_hops(r);
}

static enum seamstep_end find(struct seamstep_host *host,
			      const struct seamstep_route_request *request, struct route *r,
			      char **why)
{
	struct seamstep_route_request own;
	enum seamstep_end end;

	api_copy(&own, sizeof(own), request);
	if (!host->c.repo) {
		*why = api_why("the host uses no repository");
		return SEAMSTEP_BAD_REQUEST;
	}
	end = plan_make(&r->plan, &host->c, &own);
	if (end)
		*why = api_why("%s", r->plan.why ? r->plan.why : "");
	if (r->plan.route)
		show(r);
	return end;
}

enum seamstep_end seamstep_route_find(struct seamstep_host *host,
				      const struct seamstep_route_request *request,
				      struct seamstep_route **route)
{
	enum seamstep_end end;
	struct route *r;
	char *why = NULL;

	*route = NULL;
	api_begin(host->s);
	r = base_alloc(sizeof(*r));
	if (!r)
		return api_end(host->s, SEAMSTEP_NO_MEMORY, NULL);
	end = find(host, request, r, &why);
	end = api_end(host->s, end, why);
	if (r->plan.route && end != SEAMSTEP_NO_MEMORY)
		*route = &r->shown;
	else
		seamstep_route_free(&r->shown);
	return end;
}

void seamstep_route_free(struct seamstep_route *route)
{
	struct route *r = (struct route *)route;

	if (r)
		plan_release(&r->plan);
	base_free(r);
}
