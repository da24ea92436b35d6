// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Chooses the image that clears a status of TCB Info. */
#include "plan.h"

#include "lib/base/text.h"

#include <stdlib.h>
#include <string.h>

/* "set 20", or "set 20, 21": of the documents that decide. */
static char *name_sets(const struct tcb_set *set)
{
	char *text = NULL, *longer;
	uint32_t last = 0, number;
	size_t i;

	/* The documents are in the order of their numbers. */
	for (i = 0; i < set->nr; i++) {
		if (!tcb_set_decides(set, i))
			continue;
		number = set->docs[i].info->set;
		if (text && number == last)
			continue;
		last = number;
		longer = text ? base_text("%s, %u", text, number) : base_text("set %u", number);
		base_free(text);
		text = longer;
	}
	return text ? text : base_text("no set");
}

static bool image_clears(const struct context *c, const struct tcb_set *set, uint32_t i,
			 enum tcb_status wanted, bool all)
{
	const struct seamstep_image *image = &c->repo->images[i];
	struct tcb_module module;

	if (!image->good || !image->has_version)
		return false;
	module = context_tcb_image(&image->image);
	return all ? tcb_set_clears_all(set, &module, wanted) :
	       tcb_set_clears(set, &module, wanted);
}

/* Is image @a a better answer than @b? Both clear the status and can be reached. */
static bool better(const struct plan *p, const struct tcb_set *set, const struct ss_route *route,
		   enum tcb_status wanted, uint32_t a, uint32_t b)
{
	const struct seamstep_image *images = p->context->repo->images;
	bool all_a, all_b;

	if (route->shortest[a] != route->shortest[b])
		return route->shortest[a] < route->shortest[b];
	all_a = image_clears(p->context, set, p->map[a], wanted, true);
	all_b = image_clears(p->context, set, p->map[b], wanted, true);
	if (all_a != all_b)
		return all_a;
	return ss_version_cmp(images[p->map[a]].version, images[p->map[b]].version) > 0;
}

static uint32_t choose(const struct plan *p, const struct tcb_set *set,
		       const struct ss_route *route, enum tcb_status wanted)
{
	uint32_t best = SS_ROUTE_NONE, i;

	for (i = 0; i < SS_ROUTE_MAX_IMAGES; i++) {
		/* An image that the policy forbids has no place in the map. */
		if (p->map[i] == UINT32_MAX || !route->shortest[i] ||
		    !image_clears(p->context, set, p->map[i], wanted, false))
			continue;
		if (best == SS_ROUTE_NONE || better(p, set, route, wanted, i, best))
			best = i;
	}
	return best == SS_ROUTE_NONE ? best : p->map[best];
}

/* Of images that would do: one of the running line comes first, then one that is allowed. */
static unsigned int rank(const struct plan *p, const struct seamstep_image *image)
{
	struct ss_version now = p->context->facts.compat.module;
	bool line = image->version.major == now.major && image->version.minor == now.minor;

	return 2 * line + !context_forbids(p->context, image);
}

/* The oldest of the best that would do; UINT32_MAX: none would. */
static uint32_t would_do(const struct plan *p, const struct tcb_set *set, enum tcb_status wanted)
{
	const struct repo *repo = p->context->repo;
	uint32_t i, best = UINT32_MAX;

	for (i = repo ? repo->nr : 0; i-- > 0;)
		if (image_clears(p->context, set, i, wanted, false) &&
		    (best == UINT32_MAX ||
		     rank(p, &repo->images[i]) >= rank(p, &repo->images[best])))
			best = i;
	return best;
}

/* No image will do: is there none, or can none be reached? */
static enum seamstep_end none_will_do(struct plan *p, const struct tcb_set *set,
				      enum tcb_status wanted)
{
	const struct repo *repo = p->context->repo;
	char *sets = name_sets(set), *version;
	uint32_t best = would_do(p, set, wanted);
	const char *forbidden;

	if (best != UINT32_MAX) {
		version = repo_version_text(true, repo->images[best].version);
		forbidden = context_forbids(p->context, &repo->images[best]);
		p->why = base_text("%s would be %s under %s, but %s; 'seamstep route --to %s' "
				   "says why", version, tcb_status_name(wanted), sets,
				   forbidden ? forbidden : "no chain of updates leads there",
				   version);
		base_free(version);
	} else {
		p->why = base_text("no image of the repository is %s under %s; get a newer one",
				     tcb_status_name(wanted), sets);
	}
	base_free(sets);
	return SEAMSTEP_INCOMPATIBLE;
}

/* The running module clears the status: a sentence. */
static enum seamstep_end clears_already(struct plan *p, const struct tcb_set *set,
					enum tcb_status wanted)
{
	char *now = repo_version_text(true, p->context->facts.compat.module);
	char *sets = name_sets(set);

	p->why = base_text("%s runs and is %s under %s", now, tcb_status_name(wanted), sets);
	base_free(sets);
	base_free(now);
	return SEAMSTEP_OK;
}

enum seamstep_end plan_tcb_target(struct plan *p, const struct tcb_set *set,
				  enum tcb_status wanted, const struct ss_route_policy *policy,
				  uint32_t *target)
{
	struct tcb_module running;
	struct ss_route *route;

	if (!tcb_set_has_decider(set)) {
		p->why = base_text("no TCB Info in force says what %s is; 'seamstep tcb' says "
				     "more", tcb_status_name(wanted));
		return SEAMSTEP_ERROR;
	}
	if (context_tcb_running(p->context, &running) &&
	    tcb_set_clears(set, &running, wanted))
		return clears_already(p, set, wanted);
	route = context_route(p->context, SS_ROUTE_NEWEST, policy, p->map);
	if (!route)
		return SEAMSTEP_NO_MEMORY;
	*target = choose(p, set, route, wanted);
	base_free(route);
	return *target == SS_ROUTE_NONE ? none_will_do(p, set, wanted) : SEAMSTEP_OK;
}
