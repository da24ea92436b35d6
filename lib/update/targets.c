// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Chooses the images that an update installs, their order, and the fallbacks. */
#include "update.h"

#include "lib/base/text.h"
#include "lib/image/crypto.h"
#include "lib/image/repo.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum seamstep_end update_refuse(struct update *u, enum seamstep_end end, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = base_vtext(fmt, args);
	va_end(args);
	base_free(u->why);
	u->why = text;
	return end;
}

static enum seamstep_end nothing(struct update *u, const char *why)
{
	u->nothing = base_text("%s", why);
	u->shown.nothing = u->nothing;
	return SEAMSTEP_OK;
}

/* ---- images ---------------------------------------------------------------------------------- */

/* NULL, with u->why set, if there is no such file. */
static struct seamstep_image *load_extra(struct update *u, const char *path)
{
	struct seamstep_image *image = base_alloc(sizeof(*image));
	char *why = NULL;

	if (image && repo_load_file(path, u->context->repo, image, &why)) {
		u->extra[u->nr_extra++] = image;
		return image;
	}
	update_refuse(u, SEAMSTEP_ERROR, "%s", why ? why : "not enough memory");
	base_free(why);
	base_free(image);
	return NULL;
}

static enum seamstep_end find_fallback(struct update *u, const char *what,
				       const struct seamstep_image **image)
{
	struct ss_version version;
	char *shown;

	if (!ss_version_parse(what, &version)) {
		*image = load_extra(u, what);
		return *image ? SEAMSTEP_OK : SEAMSTEP_ERROR;
	}
	*image = repo_find(u->context->repo, version);
	if (*image)
		return SEAMSTEP_OK;
	shown = base_escape(what);
	update_refuse(u, SEAMSTEP_INCOMPATIBLE, "the repository has no image of the fallback version %s",
		    shown);
	base_free(shown);
	return SEAMSTEP_INCOMPATIBLE;
}

static void add_fallback(struct update_hop *hop, const struct seamstep_image *image)
{
	struct preflight_target *t = &hop->target;
	uint32_t i;

	for (i = 0; i < t->nr_fallbacks; i++)
		if (t->fallbacks[i] == image)
			return;
	/* On a reinstallation the target may be a fallback, too. */
	if (!image || (image == t->image && !t->reinstall) ||
	    t->nr_fallbacks == SEAMSTEP_MAX_FALLBACKS)
		return;
	t->fallbacks[t->nr_fallbacks++] = image;
	hop->shown.fallbacks[hop->shown.nr_fallbacks++] = image;
}

static enum seamstep_end wanted_fallbacks(struct update *u, struct update_hop *hop)
{
	const struct seamstep_image *image;
	enum seamstep_end end;
	uint32_t i;

	for (i = 0; i < u->request.nr_fallbacks; i++) {
		end = find_fallback(u, u->request.fallbacks[i], &image);
		if (end)
			return end;
		add_fallback(hop, image);
	}
	return SEAMSTEP_OK;
}

static struct update_hop *new_hop(struct update *u, const struct seamstep_image *image)
{
	const struct seamstep_update_request *r = &u->request;
	uint32_t n = u->shown.nr_hops;
	struct update_hop *hop = &u->hops[n];

	hop->target.image = image;
	hop->target.reinstall = r->reinstall;
	hop->target.allow_older = r->allow_older;
	hop->target.allow_debug = r->allow_debug;
	hop->target.need_fallback = !r->no_fallback;
	hop->target.td_build = r->td_build;
	hop->shown.image = image;
	hop->shown.from = n ? u->hops[n - 1].shown.to : u->shown.before;
	hop->shown.to = image->version;
	u->shown_hops[n] = &hop->shown;
	u->shown.nr_hops++;
	return hop;
}

/* ---- hops ------------------------------------------------------------------------------------ */

static bool use_fallbacks(const struct update *u)
{
	return u->context->facts.has_fallback && !u->request.no_fallback;
}

/* One update: of a named image, or of the running image again. */
static enum seamstep_end single_hop(struct update *u, const struct seamstep_image *image)
{
	struct update_hop *hop = new_hop(u, image);

	if (!use_fallbacks(u))
		return SEAMSTEP_OK;
	if (u->request.nr_fallbacks)
		return wanted_fallbacks(u, hop);
	if (u->context->running && !context_forbids(u->context, u->context->running))
		add_fallback(hop, u->context->running);
	return SEAMSTEP_OK;
}

static enum seamstep_end file_hop(struct update *u)
{
	const struct seamstep_update_request *r = &u->request;
	struct seamstep_image *image = load_extra(u, r->file);

	if (!image)
		return SEAMSTEP_ERROR;
	if (r->route.to && !ss_version_parse(r->route.to, &image->version))
		return update_refuse(u, SEAMSTEP_BAD_REQUEST,
				   "expected a version such as 1.5.16, found '%.24s'", r->route.to);
	image->has_version |= r->route.to != NULL;
	if (!image->has_version)
		return update_refuse(u, SEAMSTEP_BAD_REQUEST,
				   "%s: the file's name does not tell its version, without "
				   "which no result can be checked; name the version", image->name);
	if (image->good && !r->reinstall && !ss_version_cmp(image->version, u->shown.before))
		return nothing(u, "the image has the running version");
	return single_hop(u, image);
}

static enum seamstep_end route_hops(struct update *u)
{
	const struct ss_route *route = u->plan.route;
	enum seamstep_end end;
	uint32_t i;

	for (i = 0; i < route->nr_hops; i++) {
		const struct ss_route_hop *hop = &route->hops[i];
		struct update_hop *out = new_hop(u, plan_image(&u->plan, hop->image));

		if (!use_fallbacks(u))
			continue;
		if (u->request.nr_fallbacks) {
			end = wanted_fallbacks(u, out);
			if (end)
				return end;
			continue;
		}
		if (hop->before != SS_ROUTE_NONE)
			add_fallback(out, plan_image(&u->plan, hop->before));
		if (hop->after != SS_ROUTE_NONE)
			add_fallback(out, plan_image(&u->plan, hop->after));
	}
	return SEAMSTEP_OK;
}

/* Takes the wanted version alone, so that a preflight lists all its faults. */
static enum seamstep_end unreachable(struct update *u, enum seamstep_end end)
{
	const struct seamstep_image *image = u->plan.has_to ?
		repo_find(u->context->repo, u->plan.to) : NULL;

	if (image && u->plan.route && end == SEAMSTEP_INCOMPATIBLE)
		single_hop(u, image);
	return update_refuse(u, end, "%s", u->plan.why ? u->plan.why : "not enough memory");
}

static enum seamstep_end planned_hops(struct update *u)
{
	struct seamstep_route_request wanted = u->request.route;
	enum seamstep_end end;

	if (u->request.allow_older)
		wanted.waived |= 1u << SS_COMPAT_OLDER;
	if (u->request.allow_debug)
		wanted.waived |= 1u << SS_COMPAT_DEBUG;
	wanted.waived |= preflight_reasons_of(u->request.waived);
	end = plan_make(&u->plan, u->context, &wanted);
	u->shown.has_to = u->plan.has_to;
	u->shown.to = u->plan.to;
	if (end)
		return unreachable(u, end);
	/* A plan for TCB Info names no image where the bar is cleared already. */
	if (u->request.reinstall && u->plan.route->failure == SS_ROUTE_THERE &&
	    (u->plan.route->target != SS_ROUTE_NONE || u->context->running))
		return single_hop(u, u->plan.route->target == SS_ROUTE_NONE ? u->context->running :
				  plan_image(&u->plan, u->plan.route->target));
	if (!u->plan.route->nr_hops)
		return nothing(u, u->plan.why);
	return route_hops(u);
}

static enum seamstep_end find_signer(struct update *u)
{
	const char *path = u->request.signer ? u->request.signer : u->context->host->signer_path;
	const char *why = NULL;
	struct key *key;
	bool ok;

	if (!path) {
		memcpy(u->signer, ss_signer_intel, sizeof(u->signer));
		return SEAMSTEP_OK;
	}
	key = key_load(path, &why);
	ok = key && key_signer(key, u->signer);
	key_free(key);
	return ok ? SEAMSTEP_OK : update_refuse(u, SEAMSTEP_ERROR, "the signer's key %s cannot be used: %s", path,
					      why ? why : "the crypto library failed");
}

enum seamstep_end update_find_hops(struct update *u)
{
	const struct seamstep_facts *f = &u->context->facts;
	enum seamstep_end end;

	u->shown.hops = u->shown_hops;
	u->shown.before = f->compat.module;
	end = find_signer(u);
	if (end)
		return end;
	if (!f->compat.has_module_version)
		return update_refuse(u, SEAMSTEP_UNSUPPORTED, "%s", f->module_lost ?
				   "no TDX Module runs; a reboot brings TDX back" :
				   "this host has no TDX Module that can be updated");
	if (u->request.file)
		end = file_hop(u);
	else if (!u->context->repo)
		end = update_refuse(u, SEAMSTEP_ERROR, "no repository of images is known; name a "
				  "repository or an image");
	else
		end = planned_hops(u);
	if (u->shown.nr_hops) {
		u->shown.has_to = true;
		u->shown.to = u->hops[u->shown.nr_hops - 1].shown.to;
	}
	return end;
}

void update_close(struct update *u)
{
	uint32_t i;

	for (i = 0; i < u->shown.nr_hops; i++)
		host_outcome_release(&u->hops[i].shown.outcome);
	for (i = 0; i < u->nr_extra; i++) {
		repo_image_release(u->extra[i]);
		base_free(u->extra[i]);
	}
	preflight_release(&u->preflight);
	plan_release(&u->plan);
	base_free(u->nothing);
	base_free(u->why);
}
