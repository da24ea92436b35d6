// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Routes from a host's running module, through the images of its repository. */
#include "context.h"

#include "lib/base/alloc.h"

#include <stdlib.h>

struct ss_route *context_route(const struct context *c, uint32_t target,
			       const struct ss_route_policy *policy, uint32_t *map)
{
	struct ss_route_image *images = base_alloc(SS_ROUTE_MAX_IMAGES * sizeof(*images));
	struct ss_route *route = base_alloc(sizeof(*route));
	uint32_t i, nr = 0, aim = target == SS_ROUTE_NEWEST ? target : SS_ROUTE_NONE;

	if (!images || !route) {
		base_free(images);
		base_free(route);
		return NULL;
	}
	for (i = 0; c->repo && i < c->repo->nr; i++) {
		const struct seamstep_image *image = &c->repo->images[i];

		if (!image->good || !image->has_version || context_forbids(c, image))
			continue;
		if (i == target)
			aim = nr;
		images[nr].image = &image->image;
		images[nr].version = image->version;
		images[nr].rule = repo_rule(image);
		map[nr++] = i;
	}
	ss_route_find(&c->facts.compat, images, nr, aim, policy, route);
	base_free(images);
	return route;
}

bool context_newest(const struct context *c, struct ss_version *version, uint32_t *updates)
{
	struct ss_route_policy policy = { .small_steps = false };
	uint32_t map[SS_ROUTE_MAX_IMAGES];
	struct ss_route *route = context_route(c, SS_ROUTE_NEWEST, &policy, map);
	bool found = route && route->failure == SS_ROUTE_FOUND;

	if (found) {
		*version = c->repo->images[map[route->target]].version;
		*updates = route->nr_hops;
	}
	base_free(route);
	return found;
}
