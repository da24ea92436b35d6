// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Entry points: repositories, and the verdict on each image. */
#include "api.h"

#include "core/route.h"
#include "lib/image/repo.h"

#include <stdlib.h>
#include <string.h>

enum seamstep_end seamstep_repo_open(struct seamstep *s, const char *dir,
				     struct seamstep_repo **repo)
{
	struct seamstep_repo *r;
	enum seamstep_end end;
	char *why = NULL;

	*repo = NULL;
	api_begin(s);
	r = base_alloc(sizeof(*r));
	if (!r)
		return api_end(s, SEAMSTEP_NO_MEMORY, NULL);
	r->s = s;
	r->repo = repo_open(dir, &why);
	end = api_end(s, r->repo ? SEAMSTEP_OK : SEAMSTEP_ERROR, why);
	if (end)
		seamstep_repo_close(r);
	else
		*repo = r;
	return end;
}

void seamstep_repo_close(struct seamstep_repo *repo)
{
	if (repo)
		repo_free(repo->repo);
	base_free(repo);
}

const char *seamstep_repo_name(const struct seamstep_repo *repo)
{
	return repo->repo->shown;
}

uint32_t seamstep_repo_size(const struct seamstep_repo *repo)
{
	return repo->repo->nr;
}

const struct seamstep_image *seamstep_repo_image(const struct seamstep_repo *repo, uint32_t i)
{
	return i < repo->repo->nr ? &repo->repo->images[i] : NULL;
}

const struct seamstep_image *seamstep_repo_find(const struct seamstep_repo *repo,
						struct ss_version version)
{
	return repo_find(repo->repo, version);
}

const char *seamstep_repo_finding(const struct seamstep_repo *repo, uint32_t i)
{
	return i < repo->repo->nr_findings ? repo->repo->findings[i] : NULL;
}

/* ---- verdicts -------------------------------------------------------------------------------- */

const char *seamstep_verdict_name(enum seamstep_verdict verdict)
{
	static const char *const names[] = {
		[SEAMSTEP_VERDICT_RUNNING] = "running", [SEAMSTEP_VERDICT_OK] = "ok",
		[SEAMSTEP_VERDICT_ROUTE] = "route", [SEAMSTEP_VERDICT_NO] = "no",
		[SEAMSTEP_VERDICT_MALFORMED] = "malformed",
	};

	return (size_t)verdict < sizeof(names) / sizeof(names[0]) ? names[verdict] : "";
}

/* One piece of memory, so that one free() ends it. */
struct entry {
	struct seamstep_listed shown;
	struct ss_compat compat;
};

static void judge(const struct context *c, struct entry *e)
{
	const struct seamstep_image *image = e->shown.image;

	e->shown.verdict = SEAMSTEP_VERDICT_MALFORMED;
	if (!image->good)
		return;
	ss_compat_check(&image->image, &c->facts.compat, repo_rule(image),
			&e->compat);
	e->shown.compat = &e->compat;
	e->shown.forbidden = context_forbids(c, image);
	if (image == c->running)
		e->shown.verdict = SEAMSTEP_VERDICT_RUNNING;
	else if (e->shown.forbidden)
		e->shown.verdict = SEAMSTEP_VERDICT_NO;
	else if (!e->compat.refused)
		e->shown.verdict = SEAMSTEP_VERDICT_OK;
	else
		e->shown.verdict = e->shown.updates ? SEAMSTEP_VERDICT_ROUTE : SEAMSTEP_VERDICT_NO;
}

static bool list_images(const struct context *c, const struct ss_route *route, const uint32_t *map,
			struct seamstep_listed **list)
{
	uint32_t i, j;

	for (i = 0; i < c->repo->nr; i++) {
		struct entry *e = base_alloc(sizeof(*e));

		if (!e)
			return false;
		list[i] = &e->shown;
		e->shown.image = &c->repo->images[i];
		for (j = 0; j < SS_ROUTE_MAX_IMAGES; j++)
			if (map[j] == i && route->shortest[j])
				e->shown.updates = route->shortest[j];
		judge(c, e);
	}
	return true;
}

enum seamstep_end seamstep_list(struct seamstep_host *host, struct seamstep_listed ***list)
{
	struct ss_route_policy policy = { .small_steps = false };
	uint32_t map[SS_ROUTE_MAX_IMAGES];
	const struct context *c = &host->c;
	struct ss_route *route;

	*list = NULL;
	api_begin(host->s);
	if (!c->repo)
		return api_end(host->s, SEAMSTEP_BAD_REQUEST, api_why("the host uses no repository"));
	memset(map, 0xff, sizeof(map));
	route = context_route(c, SS_ROUTE_NEWEST, &policy, map);
	*list = base_alloc((c->repo->nr + 1) * sizeof(**list));
	if (!route || !*list || !list_images(c, route, map, *list)) {
		seamstep_list_free(*list);
		*list = NULL;
	}
	base_free(route);
	return api_end(host->s, SEAMSTEP_OK, NULL);
}

void seamstep_list_free(struct seamstep_listed **list)
{
	struct seamstep_listed **one;

	for (one = list; one && *one; one++)
		base_free(*one);
	base_free(list);
}

enum seamstep_end seamstep_newest(struct seamstep_host *host, struct ss_version *version,
				  uint32_t *updates)
{
	api_begin(host->s);
	*updates = 0;
	if (host->c.repo && !context_newest(&host->c, version, updates))
		*updates = 0;
	return api_end(host->s, SEAMSTEP_OK, NULL);
}
