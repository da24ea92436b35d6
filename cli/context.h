/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the verbs about a host start from: the host, its facts, a repository, a route. */
#ifndef SS_CLI_CONTEXT_H
#define SS_CLI_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>

#include "context_options.h"
#include "host.h"
#include "inhibit.h"
#include "journal.h"
#include "lock.h"
#include "repo.h"
#include "state_dir.h"

struct context {
	const struct context_options *options;
	struct host *host;
	struct host_facts facts;
	struct repo *repo;		/* NULL: none was found */
	const struct repo_image *running;	/* the repository's image of what runs; or NULL */
	json_t *updates;		/* from the journal; empty if it cannot be read */
	unsigned int damaged;
	char *journal_error;		/* why it cannot be read */
};

/**
 * context_open - host, facts and repository
 * @need_repo: without one it is an error
 * Returns CLI_OK, or what the verb returns after a message was printed; then nothing is held.
 */
enum cli_exit context_open(struct context *c, const struct context_options *options,
			   bool need_repo);
/* Reads the facts anew. */
enum cli_exit context_refresh(struct context *c);
void context_close(struct context *c);

/* A document of the verb, with host and time in it. */
json_t *context_doc(const struct context *c);

/* ---- context_route.c ----------------------------------------------------------------------- */

/**
 * context_route - a route from what runs now
 * @target: index in c->repo->images, or SS_ROUTE_NEWEST
 * @map:    c->repo index of each image of the route; SS_ROUTE_MAX_IMAGES
 * The route's indexes are those of @map. malloc'd, never NULL.
 */
struct ss_route *context_route(const struct context *c, uint32_t target,
			       const struct ss_route_policy *policy, uint32_t *map);

/* The newest version that can be reached now, or false. */
bool context_newest(const struct context *c, struct ss_version *version, uint32_t *updates);

#endif
