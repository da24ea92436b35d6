// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Finds the target in the repository and the route to the target, or says why there is no route. */
#include "plan.h"

#include "lib/base/text.h"

#include <stdlib.h>
#include <string.h>

const struct repo_image *plan_image(const struct plan *plan, uint32_t i)
{
	return &plan->context->repo->images[plan->map[i]];
}

/* Index of the wanted version in the repository. False with plan->why set. */
static bool find_target(struct plan *p, const char *to, uint32_t *target, enum lib_end *end)
{
	const struct repo *repo = p->context->repo;
	const struct repo_image *image;
	char *shown = text_escape(to);

	*end = LIB_BAD_REQUEST;
	if (!ss_version_parse(to, &p->to)) {
		p->why = text_format("'%s' is no version such as 1.5.16", shown);
		free(shown);
		return false;
	}
	p->has_to = true;
	image = repo_find(repo, p->to);
	if (!image) {
		*end = LIB_INCOMPATIBLE;
		p->why = text_format(
			"%s has no well-formed image of version %s; 'seamstep list' shows what "
			"there is",
			repo->shown, shown);
	} else {
		*target = (uint32_t)(image - repo->images);
	}
	free(shown);
	return image != NULL;
}

static const char *first_reason(const struct plan *p, uint32_t target, struct ss_compat *compat)
{
	const struct repo_image *image = &p->context->repo->images[target];

	ss_compat_check(&image->image, &p->context->facts.compat,
			image->rule.known ? &image->rule : NULL, compat);
	if (!compat->refused)
		return NULL;
	return ss_compat_text((enum ss_compat_reason)__builtin_ctz(compat->refused));
}

/* A sentence: why the plan has no hop. */
static char *explain(const struct plan *p, uint32_t target)
{
	const struct ss_route *route = p->route;
	char *now = repo_version_text(p->context->facts.compat.has_module_version,
				      p->context->facts.compat.module);
	char *to = repo_version_text(p->has_to, p->to), *text;
	struct ss_compat compat;
	const char *reason = NULL;

	if (target != SS_ROUTE_NEWEST)
		reason = first_reason(p, target, &compat);
	switch (route->failure) {
	case SS_ROUTE_THERE:
		text = text_format("%s is the running version", now);
		break;
	case SS_ROUTE_UP_TO_DATE:
		text = text_format("%s runs and nothing newer is there", now);
		break;
	case SS_ROUTE_BUDGET:
		text = text_format("from %s to %s: %s: needs %u, left %u; a reboot gives new ones",
				   now, to, ss_route_text(route->failure), route->needed,
				   p->context->facts.compat.remaining_updates);
		break;
	default:
		text = text_format("from %s to %s: %s%s%s", now, p->has_to ? to : "anything newer",
				   ss_route_text(route->failure),
				   reason ? "; at once neither: " : "", reason ? reason : "");
	}
	free(to);
	free(now);
	return text;
}

static enum lib_end end_of(const struct ss_route *route)
{
	switch (route->failure) {
	case SS_ROUTE_FOUND:
	case SS_ROUTE_THERE:
	case SS_ROUTE_UP_TO_DATE:
		return LIB_OK;
	case SS_ROUTE_BUDGET:
		return LIB_EXHAUSTED;
	default:
		return LIB_INCOMPATIBLE;
	}
}

enum lib_end plan_make(struct plan *p, struct context *context,
		       const struct plan_request *wanted)
{
	struct ss_route_policy policy = {
		wanted->small_steps, wanted->require_fallback, wanted->waived,
	};
	uint32_t target = SS_ROUTE_NEWEST;
	enum lib_end end;

	memset(p, 0, sizeof(*p));
	memset(p->map, 0xff, sizeof(p->map));
	p->context = context;
	if (wanted->has_left) {
		context->facts.compat.has_remaining = true;
		context->facts.compat.remaining_updates = wanted->left;
	}
	if (wanted->to && !find_target(p, wanted->to, &target, &end))
		return end;
	if (!context->facts.compat.has_module_version) {
		p->why = text_format("the running version is not known (%s): no route starts there",
				     host_missing_name(context->facts.missing_module));
		return LIB_UNSUPPORTED;
	}
	p->route = context_route(context, target, &policy, p->map);
	if (!p->has_to && p->route->target != SS_ROUTE_NONE) {
		p->has_to = true;
		p->to = plan_image(p, p->route->target)->version;
	}
	if (p->route->failure != SS_ROUTE_FOUND)
		p->why = explain(p, target);
	return end_of(p->route);
}

void plan_release(struct plan *p)
{
	free(p->route);
	free(p->why);
}
