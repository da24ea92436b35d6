// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Finds the target in the repository and the route to the target, or says why there is no route. */
#include "plan.h"

#include "lib/base/compat_text.h"
#include "lib/base/text.h"

#include <stdlib.h>
#include <string.h>

const struct seamstep_image *plan_image(const struct plan *plan, uint32_t i)
{
	return &plan->context->repo->images[plan->map[i]];
}

/* Index of the wanted version in the repository. False with plan->why set. */
static bool find_target(struct plan *p, const char *to, uint32_t *target, enum seamstep_end *end)
{
	const struct repo *repo = p->context->repo;
	const struct seamstep_image *image;
	char *shown = base_escape(to);

	*end = SEAMSTEP_BAD_REQUEST;
	if (!ss_version_parse(to, &p->to)) {
		p->why = base_text("expected a version such as 1.5.16, found '%s'", shown);
		base_free(shown);
		return false;
	}
	p->has_to = true;
	image = repo_find(repo, p->to);
	if (!image) {
		*end = SEAMSTEP_INCOMPATIBLE;
		p->why = base_text("the repository %s has no well-formed image of version %s%s",
				   repo->shown, shown, repo->left_out ? "; some of its images are left "
				   "out, as it has more than 64: name the file of the image" : "");
	} else {
		*target = (uint32_t)(image - repo->images);
	}
	base_free(shown);
	return image != NULL;
}

/* What refuses the direct update, of the reasons that nobody waives; NULL: nothing. */
static char *first_reason(const struct plan *p, uint32_t target, uint32_t waived)
{
	const struct seamstep_image *image = &p->context->repo->images[target];
	const char *forbidden = context_forbids(p->context, image);
	struct ss_compat compat;

	if (forbidden)
		return base_text("%s", forbidden);
	ss_compat_check(&image->image, &p->context->facts.compat, repo_rule(image), &compat);
	return compat.refused & ~waived ? context_first_reason(&compat, compat.refused & ~waived) :
	       NULL;
}

/* Does the policy keep an image away that is newer than what runs? */
static bool newer_is_forbidden(const struct plan *p)
{
	const struct repo *repo = p->context->repo;
	uint32_t i;

	for (i = 0; repo && i < repo->nr; i++)
		if (repo->images[i].has_version && context_forbids(p->context, &repo->images[i]) &&
		    ss_version_cmp(repo->images[i].version, p->context->facts.compat.module) > 0)
			return true;
	return false;
}

/* A sentence: why the plan has no hop. */
static char *explain(const struct plan *p, uint32_t target, uint32_t waived)
{
	const struct ss_route *route = p->route;
	char *now = repo_version_text(p->context->facts.compat.has_module_version,
				      p->context->facts.compat.module);
	char *to = repo_version_text(p->has_to, p->to), *text;
	char *reason = NULL;

	if (target != SS_ROUTE_NEWEST)
		reason = first_reason(p, target, waived);
	switch (route->failure) {
	case SS_ROUTE_THERE:
		text = base_text("%s is the running version", now);
		break;
	case SS_ROUTE_UP_TO_DATE:
		text = base_text("%s runs, and the repository has nothing newer for it%s", now,
				 newer_is_forbidden(p) ? " that the configuration allows" : "");
		break;
	case SS_ROUTE_BUDGET:
		text = base_text("from %s to %s: %s (needed %u, left %u); a reboot gives new updates",
				   now, to, ss_route_text(route->failure), route->needed,
				   p->context->facts.compat.remaining_updates);
		break;
	default:
		text = base_text("from %s to %s: %s%s%s", now, p->has_to ? to : "anything newer",
				   ss_route_text(route->failure),
				   reason ? "; the direct update is refused: " : "", reason ? reason : "");
	}
	base_free(reason);
	base_free(to);
	base_free(now);
	return text;
}

static enum seamstep_end end_of(const struct ss_route *route)
{
	switch (route->failure) {
	case SS_ROUTE_FOUND:
	case SS_ROUTE_THERE:
	case SS_ROUTE_UP_TO_DATE:
		return SEAMSTEP_OK;
	case SS_ROUTE_BUDGET:
		return SEAMSTEP_EXHAUSTED;
	default:
		return SEAMSTEP_INCOMPATIBLE;
	}
}

/* The wanted version runs, but its image must not be installed (again). */
static bool runs_forbidden(const struct plan *p, uint32_t target)
{
	const struct ss_compat_host *h = &p->context->facts.compat;

	return target < SS_ROUTE_MAX_IMAGES && h->has_module_version &&
	       !ss_version_cmp(p->to, h->module) &&
	       context_forbids(p->context, &p->context->repo->images[target]);
}

/* A plan without an update: p->why says why. */
static enum seamstep_end nothing_to_do(struct plan *p)
{
	p->route = base_alloc(sizeof(*p->route));
	if (!p->route)
		return SEAMSTEP_NO_MEMORY;
	p->route->failure = SS_ROUTE_THERE;
	p->route->target = SS_ROUTE_NONE;
	p->has_to = true;
	p->to = p->context->facts.compat.module;
	return SEAMSTEP_OK;
}

/* True for an empty repository, too: nothing in it is bad. */
static bool has_good_image(const struct repo *repo)
{
	uint32_t i;

	for (i = 0; i < repo->nr; i++)
		if (repo->images[i].good)
			return true;
	return !repo->nr;
}

enum seamstep_end plan_make(struct plan *p, struct context *context,
		       const struct seamstep_route_request *wanted)
{
	struct ss_route_policy policy = {
		wanted->small_steps, wanted->require_fallback, wanted->waived,
	};
	uint32_t target = SS_ROUTE_NEWEST;
	enum seamstep_end end;
	char *version;

	memset(p, 0, sizeof(*p));
	memset(p->map, 0xff, sizeof(p->map));
	p->context = context;
	if (wanted->has_left) {
		context->facts.compat.has_remaining = true;
		context->facts.compat.remaining_updates = wanted->left;
	}
	if (wanted->to && wanted->tcb) {
		p->why = base_text("a version and a status of TCB Info are both wanted; name one");
		return SEAMSTEP_BAD_REQUEST;
	}
	if (!wanted->to && context->repo->mapping_broken &&
	    !(wanted->waived >> SS_COMPAT_RULES_BROKEN & 1)) {
		p->why = base_text("the mapping file in %s is damaged, so the rules for its images are "
				   "not known; repair the file; 'list' says what is wrong with it",
				   context->repo->shown);
		return SEAMSTEP_ERROR;
	}
	if (!wanted->to && !has_good_image(context->repo)) {
		p->why = base_text("none of the %u images in %s is well-formed", context->repo->nr,
				   context->repo->shown);
		return SEAMSTEP_BAD_IMAGE;
	}
	if (wanted->to && !find_target(p, wanted->to, &target, &end))
		return end;
	if (!context->facts.compat.has_module_version) {
		p->why = base_text("no route can start: the running version is not known (%s)",
				     seamstep_missing_name(context->facts.missing_module));
		return SEAMSTEP_UNSUPPORTED;
	}
	if (wanted->tcb) {
		/* The set is the first member of the public object. */
		end = plan_tcb_target(p, (const struct tcb_set *)wanted->tcb,
				      (enum tcb_status)wanted->tcb_status, &policy, &target);
		if (end != SEAMSTEP_OK)
			return end;
		if (p->why)
			return nothing_to_do(p);
	}
	if (runs_forbidden(p, target)) {
		version = repo_version_text(true, p->to);
		p->why = base_text("%s is the running version", version);
		base_free(version);
		return nothing_to_do(p);
	}
	p->route = context_route(context, target, &policy, p->map);
	if (!p->route)
		return SEAMSTEP_NO_MEMORY;
	if (!p->has_to && p->route->target != SS_ROUTE_NONE) {
		p->has_to = true;
		p->to = plan_image(p, p->route->target)->version;
	}
	if (p->route->failure != SS_ROUTE_FOUND)
		p->why = explain(p, target, wanted->waived);
	return end_of(p->route);
}

void plan_release(struct plan *p)
{
	base_free(p->route);
	base_free(p->why);
}
