// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Finding a chain of updates: which image can follow which, then a search by number of updates. */
#include "route.h"

/*
 * edges[i] holds a bit for every image that can follow image i. Versions only rise (or only fall)
 * on a way, so there are no circles, and reach[n], the images that n updates lead to, is found
 * from reach[n - 1]. The way itself is read backwards from the target.
 */

#define BIT(reason) (1u << SS_COMPAT_##reason)

/* Reasons that hold at a moment, not for a pair of modules. */
static const uint32_t momentary = BIT(LPS) | BIT(EXHAUSTED);

struct search {
	const struct ss_compat_host *host;
	const struct ss_route_image *images;
	uint32_t nr;
	const struct ss_route_policy *policy;
	struct ss_route *route;
};

void ss_route_host_after(const struct ss_compat_host *host, const struct ss_route_image *image,
			 struct ss_compat_host *after)
{
	*after = *host;
	after->has_module = after->has_module_version = true;
	after->module = image->version;
	ss_compat_host_runs(after, &image->image->sig);
	after->has_features0 = image->rule && image->rule->features0_known;
	after->features0 = after->has_features0 ? image->rule->features0 : 0;
	if (after->remaining_updates)
		after->remaining_updates--;
}

/* The host before an update that follows image @from (nr: the host as it is). */
static const struct ss_compat_host *host_at(struct search *s, uint32_t from)
{
	if (from == s->nr)
		return s->host;
	ss_route_host_after(s->host, &s->images[from], &s->route->host);
	return &s->route->host;
}

static struct ss_version version_at(const struct search *s, uint32_t from)
{
	return from == s->nr ? s->host->module : s->images[from].version;
}

/* The image of the version that runs after @from, to go back to; or SS_ROUTE_NONE. */
static uint32_t image_before(const struct search *s, uint32_t from)
{
	uint32_t i;

	if (from < s->nr)
		return from;
	for (i = 0; i < s->nr; i++) {
		if (s->host->has_mrseam ?
		    !memcmp(s->images[i].image->sig.seamhash, s->host->mrseam, SS_SHA384_BYTES) :
		    s->host->has_module_version &&
		    !ss_version_cmp(s->images[i].version, s->host->module))
			return i;
	}
	return SS_ROUTE_NONE;
}

/* Do the target and the fallback read one handoff version that the module before them writes? */
static bool share_handoff(const struct ss_compat_host *host, const struct ss_image *target,
			  const struct ss_image *fallback)
{
	const struct ss_image *images[2] = { target, fallback };
	uint32_t usable;
	uint16_t hv;

	return !host->has_handoff ||
	       (ss_compat_handoff(host, images, 2, &hv, &usable) && (usable & 2));
}

static uint32_t refused(struct search *s, const struct ss_compat_host *host, uint32_t i,
			uint32_t ignore)
{
	ss_compat_check(s->images[i].image, host, s->images[i].rule, &s->route->scratch);
	return s->route->scratch.refused & ~(ignore | momentary | s->policy->waived);
}

/* An image that can follow when @to is installed and fails: same major SVN, minor no lower. */
static uint32_t image_after(struct search *s, uint32_t from, uint32_t to)
{
	const struct ss_compat_host *host = host_at(s, from);
	const struct ss_sigstruct *sig = &s->images[to].image->sig;
	uint32_t i;

	for (i = 0; i < s->nr; i++) {
		const struct ss_sigstruct *other = &s->images[i].image->sig;

		if (i != to && other->svn_major == sig->svn_major &&
		    other->svn_minor >= sig->svn_minor &&
		    ss_version_cmp(s->images[i].version, s->images[to].version) &&
		    !refused(s, host, i, BIT(SAME) | BIT(OLDER)) &&
		    share_handoff(host, s->images[to].image, s->images[i].image))
			return i;
	}
	return SS_ROUTE_NONE;
}

static bool has_fallback(struct search *s, uint32_t from, uint32_t to)
{
	uint32_t before = image_before(s, from);

	return before != SS_ROUTE_NONE &&
	       share_handoff(host_at(s, from), s->images[to].image, s->images[before].image);
}

/* Is @version on the way from the running one to the target's? Without a target all are. */
static bool onward(const struct search *s, struct ss_version from, struct ss_version to,
		   uint32_t target)
{
	int direction = 1;

	if (target < s->nr)
		direction = ss_version_cmp(s->images[target].version, s->host->module) < 0 ? -1 : 1;
	return ss_version_cmp(to, from) * direction > 0 &&
	       (target >= s->nr || ss_version_cmp(s->images[target].version, to) * direction >= 0);
}

static void find_edges(struct search *s, uint32_t target, bool need_fallback)
{
	uint32_t from, to;

	for (from = 0; from <= s->nr; from++) {
		uint64_t mask = 0;

		for (to = 0; to < s->nr; to++) {
			if (onward(s, version_at(s, from), s->images[to].version, target) &&
			    !refused(s, host_at(s, from), to, 0) &&
			    (!need_fallback || has_fallback(s, from, to)))
				mask |= 1ULL << to;
		}
		s->route->edges[from] = mask;
	}
}

/* The images that one more update leads to from the images in @mask. */
static uint64_t step(const struct search *s, uint64_t mask)
{
	uint64_t next = 0;
	uint32_t i;

	for (i = 0; i < s->nr; i++)
		if (mask >> i & 1)
			next |= s->route->edges[i];
	return next;
}

static void find_reach(struct search *s)
{
	struct ss_route *route = s->route;
	uint32_t n, i;

	for (i = 0; i < s->nr; i++)
		route->shortest[i] = 0;
	route->reach[0] = 0;
	for (n = 1; n <= s->nr; n++) {
		route->reach[n] = n == 1 ? route->edges[s->nr] : step(s, route->reach[n - 1]);
		for (i = 0; i < s->nr; i++)
			if ((route->reach[n] >> i & 1) && !route->shortest[i])
				route->shortest[i] = n;
	}
}

static uint32_t newest_reachable(const struct search *s)
{
	uint32_t i, best = SS_ROUTE_NONE;

	for (i = 0; i < s->nr; i++)
		if (s->route->shortest[i] &&
		    (best == SS_ROUTE_NONE ||
		     ss_version_cmp(s->images[i].version, s->images[best].version) > 0))
			best = i;
	return best;
}

/* The largest number of updates: the host's, or the number of images where the host tells none. */
static uint32_t budget(const struct search *s)
{
	uint32_t spare = s->policy->need_fallback ? 1 : 0, left = s->host->remaining_updates;

	if (!s->host->has_remaining)
		return s->nr;
	left = left > spare ? left - spare : 0;
	return left < s->nr ? left : s->nr;
}

/*
 * The number of updates to take to @target: the fewest, or the most that the budget allows.
 * Returns 0 if there is none.
 */
static uint32_t choose_length(const struct search *s, uint32_t target)
{
	uint32_t n, most = budget(s), best = 0;

	for (n = 1; n <= most; n++) {
		if (s->route->reach[n] >> target & 1) {
			best = n;
			if (!s->policy->small_steps)
				break;
		}
	}
	return best;
}

/* Of the images that @n updates lead to and that @to can follow: the newest. */
static uint32_t predecessor(const struct search *s, uint32_t n, uint32_t to)
{
	uint32_t i, best = SS_ROUTE_NONE;

	for (i = 0; i < s->nr; i++)
		if ((s->route->reach[n] >> i & 1) && (s->route->edges[i] >> to & 1) &&
		    (best == SS_ROUTE_NONE ||
		     ss_version_cmp(s->images[i].version, s->images[best].version) > 0))
			best = i;
	return best;
}

static void describe_hop(struct search *s, uint32_t from, struct ss_route_hop *hop)
{
	const struct ss_compat_host *host;

	hop->before = has_fallback(s, from, hop->image) ? image_before(s, from) : SS_ROUTE_NONE;
	hop->after = image_after(s, from, hop->image);
	host = host_at(s, from);
	ss_compat_check(s->images[hop->image].image, host, s->images[hop->image].rule,
			&hop->compat);
}

static void read_way(struct search *s, uint32_t target, uint32_t length)
{
	struct ss_route *route = s->route;
	uint32_t n;

	route->nr_hops = length;
	route->hops[length - 1].image = target;
	for (n = length; n-- > 1;)
		route->hops[n - 1].image = predecessor(s, n, route->hops[n].image);
	for (n = 0; n < length; n++)
		describe_hop(s, n ? route->hops[n - 1].image : s->nr, &route->hops[n]);
}

static bool fail(struct ss_route *route, enum ss_route_failure failure)
{
	route->failure = failure;
	return false;
}

/* In the running line: no update leads from one line to another. */
static bool any_newer(const struct search *s)
{
	struct ss_version now = s->host->module;
	uint32_t i;

	for (i = 0; i < s->nr; i++) {
		struct ss_version v = s->images[i].version;

		if (v.major == now.major && v.minor == now.minor && v.update > now.update)
			return true;
	}
	return false;
}

/* No way leads to the target. Would one without fallbacks? */
static bool explain(struct search *s, uint32_t target)
{
	uint32_t end = target;

	if (target == SS_ROUTE_NEWEST && !any_newer(s))
		return fail(s->route, SS_ROUTE_UP_TO_DATE);
	if (!s->policy->need_fallback)
		return fail(s->route, SS_ROUTE_NO_WAY);
	find_edges(s, target, false);
	find_reach(s);
	if (end == SS_ROUTE_NEWEST)
		end = newest_reachable(s);
	return fail(s->route, end != SS_ROUTE_NONE && s->route->shortest[end] ? SS_ROUTE_FALLBACK :
		    SS_ROUTE_NO_WAY);
}

bool ss_route_find(const struct ss_compat_host *host, const struct ss_route_image *images,
		   uint32_t nr, uint32_t target, const struct ss_route_policy *policy,
		   struct ss_route *route)
{
	struct search s = { host, images, nr, policy, route };
	uint32_t length;

	memset(route, 0, sizeof(*route));
	route->target = SS_ROUTE_NONE;
	if (nr > SS_ROUTE_MAX_IMAGES || (target >= nr && target != SS_ROUTE_NEWEST))
		return fail(route, SS_ROUTE_NO_WAY);
	if (target < nr && host->has_module_version &&
	    !ss_version_cmp(images[target].version, host->module)) {
		route->target = target;
		return fail(route, SS_ROUTE_THERE);
	}
	find_edges(&s, target, policy->need_fallback);
	find_reach(&s);
	route->target = target == SS_ROUTE_NEWEST ? newest_reachable(&s) : target;
	if (route->target == SS_ROUTE_NONE || !route->shortest[route->target])
		return explain(&s, target);
	length = choose_length(&s, route->target);
	route->needed = (length ? length : route->shortest[route->target]) +
			(policy->need_fallback ? 1 : 0);
	if (!length)
		return fail(route, SS_ROUTE_BUDGET);
	read_way(&s, route->target, length);
	route->failure = SS_ROUTE_FOUND;
	return true;
}

#define NAME(name, key, text) { key, text },
static const struct {
	const char *name, *text;
} failures[] = { SS_ROUTE_FAILURES(NAME) };

const char *ss_route_name(enum ss_route_failure failure)
{
	return failure < SS_ROUTE_NR ? failures[failure].name : "unknown";
}

const char *ss_route_text(enum ss_route_failure failure)
{
	return failure < SS_ROUTE_NR ? failures[failure].text : "unknown";
}
