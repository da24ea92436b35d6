/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the verbs about a host start from: the host, its facts, a repository, a route. */
#ifndef SS_CLI_CONTEXT_H
#define SS_CLI_CONTEXT_H

#include "columns.h"
#include "host.h"
#include "inhibit.h"
#include "journal.h"
#include "lock.h"
#include "repo.h"
#include "state_dir.h"

/* What the command line and the configuration file say. Strings are not owned. */
struct context_options {
	const char *verb;
	const char *host, *sysroot, *repo;
	struct columns_style style;
};

enum {
	CONTEXT_HOST = 0x300,
	CONTEXT_SYSROOT,
	CONTEXT_REPO,
	CONTEXT_JSON,
	CONTEXT_VERB_OPTIONS = 0x400
};
#define CONTEXT_SHORT_OPTIONS "J"
#define CONTEXT_OPTIONS \
	{ "host", required_argument, NULL, CONTEXT_HOST }, \
	{ "sysroot", required_argument, NULL, CONTEXT_SYSROOT }, \
	{ "repo", required_argument, NULL, CONTEXT_REPO }, { "json", no_argument, NULL, 'J' }
#define CONTEXT_HELP \
	"  --host HOST        linux (default) or lab:DIR\n" \
	"  --sysroot DIR      a recorded Linux host instead of this one\n" \
	"  --repo DIR         the repository of images\n" \
	"  -J, --json         one JSON document\n"

/* Takes the option if it is one of these or of columns.h. */
bool context_option(struct context_options *o, int c, const char *value);
/*
 * Reads the options of a verb that has these, those of columns.h and --detailed-exitcode, which
 * sets *@detailed. Returns CLI_OK with optind behind them, or what the verb returns after a message.
 */
int context_read_options(struct context_options *o, int argc, char **argv, bool *detailed);

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

/* "cpu: not made for a CPU of this host (0xc06f0)", all reasons in @mask, "; " between; malloc'd.
 */
char *context_reasons(const struct ss_compat *compat, uint32_t mask);
/* The first of them, and how many more there are; malloc'd. */
char *context_first_reason(const struct ss_compat *compat, uint32_t mask);
json_t *context_reasons_json(const struct ss_compat *compat, uint32_t mask);

json_t *json_version(bool known, struct ss_version version);	/* string or null */
json_t *json_text(const char *text);				/* escaped, or null */
/* A document of the verb, with host and time in it. */
json_t *context_doc(const struct context *c);

/* ---- config.c ------------------------------------------------------------------------------ */

/*
 * $SEAMSTEP_CONFIG or /etc/seamstep.conf: lines NAME=VALUE; # starts a comment. Returns the value
 * of a name, or NULL. Read once; stays until the end.
 */
const char *config_get(const char *name);

#endif
