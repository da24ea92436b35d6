/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A host with its facts, and a repository of images for the host. */
#ifndef SS_CLI_CONTEXT_H
#define SS_CLI_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/host/host.h"
#include "lib/image/repo.h"
#include "lib/tcb/tcb.h"
#include "policy.h"

struct context {
	struct host *host;
	struct seamstep_facts facts;
	const struct repo *repo;	/* NULL: none was found */
	const struct seamstep_image *running;	/* the running module's image; or NULL */
	struct policy policy;
};

/**
 * context_refresh - read the facts, for the first time or again
 * @c: has a host, and a repository if there is one
 * Returns SEAMSTEP_OK, or the kind of error with *@why set (malloc'd).
 */
enum seamstep_end context_refresh(struct context *c, char **why);
/* Why the operator's policy keeps an image from being installed: a clause. NULL: it may be. */
const char *context_forbids(const struct context *c, const struct seamstep_image *image);
/* Also closes the host. The repository stays. */
void context_close(struct context *c);

/* ---- context_tcb.c --------------------------------------------------------------------------- */

/* An image's module as TCB Info judges it. Who signed the image is not looked at. */
struct tcb_module context_tcb_image(const struct ss_image *image);
/* The running module. False if its SVN is not known. */
bool context_tcb_running(const struct context *c, struct tcb_module *module);

/* ---- context_route.c ------------------------------------------------------------------------- */

/**
 * context_route - a route from the running module
 * @target: index in c->repo->images, or SS_ROUTE_NEWEST
 * @map:    c->repo index of each image of the route; SS_ROUTE_MAX_IMAGES
 * The route's indexes are those of @map. NULL where memory lacks.
 */
struct ss_route *context_route(const struct context *c, uint32_t target,
			       const struct ss_route_policy *policy, uint32_t *map);

/* The newest version that can be reached now, or false. */
bool context_newest(const struct context *c, struct ss_version *version, uint32_t *updates);

#endif
