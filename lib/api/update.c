// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Entry points: updates. */
#include "api.h"

#include "core/update.h"
#include "lib/update/update.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(SEAMSTEP_MAX_FALLBACKS == SS_UPDATE_MAX_IMAGES - 1, "the target is an image, too");
_Static_assert(SEAMSTEP_MAX_RECOVERY == SS_UPDATE_MAX_EVENTS, "each event may be shown");

static void to_log(void *owner, enum seamstep_log_level level, const char *line)
{
	const struct seamstep_host *host = owner;

	if (host->s->log)
		host->s->log(host->s->log_arg, level, line);
}

/* Takes the sentence of the update, if there is one. */
static enum seamstep_end end_of(struct update *u, enum seamstep_end end, bool anyway)
{
	struct seamstep *s = ((struct seamstep_host *)u->owner)->s;
	char *why = end ? u->why : NULL;

	if (end)
		u->why = NULL;
	return anyway ? api_end_anyway(s, end, why) : api_end(s, end, why);
}

enum seamstep_end seamstep_update_plan(struct seamstep_host *host,
				       const struct seamstep_update_request *request,
				       struct seamstep_update **update)
{
	struct seamstep_route_request route;
	enum seamstep_end end;
	struct update *u;

	*update = NULL;
	api_begin(host->s);
	u = base_alloc(sizeof(*u));
	if (!u)
		return api_end(host->s, SEAMSTEP_NO_MEMORY, NULL);
	u->owner = host;
	u->context = &host->c;
	u->log = to_log;
	api_copy(&u->request, sizeof(u->request), request);
	api_copy(&route, sizeof(route), &u->request.route);
	u->request.route = route;
	if (u->request.nr_fallbacks > SEAMSTEP_MAX_FALLBACKS)
		end = update_refuse(u, SEAMSTEP_BAD_REQUEST, "expected %u fallbacks at most, found %u",
				  SEAMSTEP_MAX_FALLBACKS, u->request.nr_fallbacks);
	else
		end = update_find_hops(u);
	u->blocked = end != SEAMSTEP_OK;
	end = end_of(u, end, false);
	if (end == SEAMSTEP_NO_MEMORY)
		seamstep_update_free(&u->shown);
	else
		*update = &u->shown;
	return end;
}

void seamstep_update_free(struct seamstep_update *update)
{
	struct update *u = (struct update *)update;

	if (u)
		update_close(u);
	base_free(u);
}

enum seamstep_end seamstep_ready_check(struct seamstep_host *host, uint32_t waived,
				       struct seamstep_preflight *p)
{
	enum seamstep_end end;

	api_begin(host->s);
	preflight_ready(p, &host->c, waived);
	if (!p->end && lock_is_held(host->c.host))
		end = api_end(host->s, SEAMSTEP_NOT_NOW,
			      api_why("another process holds the lock of %s: an update is under way",
				      host->c.host->name));
	else
		end = api_end(host->s, p->end, preflight_first(p));
	if (end == SEAMSTEP_NO_MEMORY)
		preflight_release(p);
	return end;
}

void seamstep_ready_release(struct seamstep_preflight *p)
{
	preflight_release(p);
}

enum seamstep_end seamstep_update_check(struct seamstep_update *update, uint32_t i)
{
	struct update *u = (struct update *)update;

	api_begin(((struct seamstep_host *)u->owner)->s);
	if (i >= u->shown.nr_hops)
		return end_of(u, update_refuse(u, SEAMSTEP_BAD_REQUEST, "the update has %u hops",
					     u->shown.nr_hops), false);
	return end_of(u, update_check(u, i), false);
}

enum seamstep_end seamstep_update_step(struct seamstep_update *update)
{
	struct update *u = (struct update *)update;
	struct seamstep_host *host = u->owner;
	uint32_t hop = u->shown.next;
	enum seamstep_end end;

	api_begin(host->s);
	if (host->lock.fd < 0)
		end = update_refuse(u, SEAMSTEP_BAD_REQUEST,
				  "the lock of the host is not held; take it before the plan is made");
	else if (u->blocked || hop >= u->shown.nr_hops)
		end = update_refuse(u, SEAMSTEP_BAD_REQUEST, "no hop of the update is left");
	else
		end = update_step(u);
	/* What an update did stands, whatever lacked for its texts. */
	return end_of(u, end, hop < u->shown.nr_hops && u->hops[hop].shown.outcome.tried);
}
