// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Opening a host and a repository, and asking which images fit. */
#include "context.h"

#include "compat_text.h"
#include "host_open.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_REPO	"/usr/share/seamstep/images"

bool context_option(struct context_options *o, int c, const char *value)
{
	switch (c) {
	case CONTEXT_HOST:
		o->host = value;
		return true;
	case CONTEXT_SYSROOT:
		o->sysroot = value;
		return true;
	case CONTEXT_REPO:
		o->repo = value;
		return true;
	case 'J':
		if (!cli_json_wanted())
			cli_json_mode(o->verb);
		return true;
	}
	return columns_option(&o->style, c, value);
}

int context_read_options(struct context_options *o, int argc, char **argv, bool *detailed)
{
	enum { OPT_DETAILED = CONTEXT_VERB_OPTIONS };
	static const struct option options[] = {
		CONTEXT_OPTIONS, COLUMNS_OPTIONS,
		{ "detailed-exitcode", no_argument, NULL, OPT_DETAILED }, { NULL, 0, NULL, 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, ":" CONTEXT_SHORT_OPTIONS COLUMNS_SHORT_OPTIONS,
				options, NULL)) != -1) {
		if (c == OPT_DETAILED)
			*detailed = true;
		else if (!context_option(o, c, optarg))
			return cli_bad_option(o->verb, argv, c, options);
	}
	return CLI_OK;
}

/* ---- opening --------------------------------------------------------------------------------- */

static const char *repo_path(const struct context *c)
{
	const char *path = c->options->repo;

	if (!path)
		path = getenv("SEAMSTEP_REPO");
	if (!path)
		path = c->host->repo;
	if (!path)
		path = config_get("repo");
	if (!path && !access(DEFAULT_REPO, R_OK))
		path = DEFAULT_REPO;
	return path;
}

static enum cli_exit open_repo(struct context *c, bool need)
{
	const char *path = repo_path(c);
	char *why;

	if (!path)
		return need ? cli_fail(CLI_ERROR,
				       "no repository of images: name one with --repo DIR, "
				       "SEAMSTEP_REPO or repo= in /etc/seamstep.conf") :
			      CLI_OK;
	c->repo = repo_open(path, &why);
	if (c->repo)
		return CLI_OK;
	cli_fail(CLI_ERROR, "the repository cannot be read: %s", why);
	free(why);
	return CLI_ERROR;
}

/* What runs, among the images at hand: by its hash where the host tells it, else by its version. */
static void find_running(struct context *c)
{
	const struct ss_compat_host *h = &c->facts.compat;

	c->running = NULL;
	if (h->has_mrseam)
		c->running = repo_find_hash(c->repo, h->mrseam);
	else if (h->has_module_version)
		c->running = repo_find(c->repo, h->module);
	if (c->running && !h->has_module_svn)
		host_facts_add_image(&c->facts, &c->running->image,
				     c->running->rule.known ? &c->running->rule : NULL);
	else if (!h->has_module_svn)
		c->facts.missing_svn = HOST_FACT_NO_IMAGE;
}

enum cli_exit context_refresh(struct context *c)
{
	enum cli_exit exit = CLI_ERROR;
	char *why;

	host_facts_release(&c->facts);
	if (!c->host->ops->facts(c->host, &c->facts, &exit, &why)) {
		cli_fail(exit, "%s", why);
		free(why);
		return exit;
	}
	c->facts.compat.fms = c->facts.fms;
	find_running(c);
	return CLI_OK;
}

static void read_journal(struct context *c)
{
	c->updates = journal_updates(c->host, &c->damaged, &c->journal_error);
	if (!c->updates)
		c->updates = json_array();
}

enum cli_exit context_open(struct context *c, const struct context_options *options, bool need_repo)
{
	enum cli_exit exit = CLI_OK;
	const char *host = options->host    ? options->host :
			   options->sysroot ? NULL :
					      config_get("host");

	memset(c, 0, sizeof(*c));
	c->options = options;
	c->host = host_open(host, options->sysroot, &exit);
	if (!c->host)
		return exit;
	exit = open_repo(c, need_repo);
	if (!exit)
		exit = context_refresh(c);
	if (exit)
		context_close(c);
	else
		read_journal(c);
	return exit;
}

void context_close(struct context *c)
{
	json_decref(c->updates);
	free(c->journal_error);
	host_facts_release(&c->facts);
	repo_free(c->repo);
	host_close(c->host);
	memset(c, 0, sizeof(*c));
}

/* ---- routes
 * -------------------------------------------------------------------------------------- */

struct ss_route *context_route(const struct context *c, uint32_t target,
			       const struct ss_route_policy *policy, uint32_t *map)
{
	struct ss_route_image *images = cli_alloc(SS_ROUTE_MAX_IMAGES * sizeof(*images));
	struct ss_route *route = cli_alloc(sizeof(*route));
	uint32_t i, nr = 0, aim = target == SS_ROUTE_NEWEST ? target : SS_ROUTE_NONE;

	for (i = 0; c->repo && i < c->repo->nr; i++) {
		const struct repo_image *image = &c->repo->images[i];

		if (!image->good || !image->has_version)
			continue;
		if (i == target)
			aim = nr;
		images[nr].image = &image->image;
		images[nr].version = image->version;
		images[nr].rule = image->rule.known ? &image->rule : NULL;
		map[nr++] = i;
	}
	ss_route_find(&c->facts.compat, images, nr, aim, policy, route);
	free(images);
	return route;
}

bool context_newest(const struct context *c, struct ss_version *version, uint32_t *updates)
{
	struct ss_route_policy policy = { .small_steps = false };
	uint32_t map[SS_ROUTE_MAX_IMAGES];
	struct ss_route *route = context_route(c, SS_ROUTE_NEWEST, &policy, map);
	bool found = route->failure == SS_ROUTE_FOUND;

	if (found) {
		*version = c->repo->images[map[route->target]].version;
		*updates = route->nr_hops;
	}
	free(route);
	return found;
}

/* ---- words
 * ----------------------------------------------------------------------------------------- */

static char *append(char *text, const char *more)
{
	char *longer = cli_format("%s%s%s", text, *text ? "; " : "", more);

	free(text);
	return longer;
}

char *context_reasons(const struct ss_compat *compat, uint32_t mask)
{
	char *text = cli_format("%s", ""), *one, *values;
	uint32_t i;

	for (i = 0; i < SS_COMPAT_NR; i++) {
		if (!(mask >> i & 1))
			continue;
		values = cli_compat_values(compat, (enum ss_compat_reason)i);
		one = cli_format("%s%s%s%s", ss_compat_text((enum ss_compat_reason)i),
				 *values ? " (" : "", values, *values ? ")" : "");
		text = append(text, one);
		free(one);
		free(values);
	}
	return text;
}

char *context_first_reason(const struct ss_compat *compat, uint32_t mask)
{
	char *first = context_reasons(compat, mask & -mask), *text;
	int more = __builtin_popcount(mask) - 1;

	if (more < 1)
		return first;
	text = cli_format("%s, and %d more", first, more);
	free(first);
	return text;
}

json_t *context_reasons_json(const struct ss_compat *compat, uint32_t mask)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < SS_COMPAT_NR; i++)
		if (mask >> i & 1)
			json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:I}", "name",
				ss_compat_name((enum ss_compat_reason)i), "text",
				ss_compat_text((enum ss_compat_reason)i), "want",
				(json_int_t)compat->want[i], "have", (json_int_t)compat->have[i]));
	return list;
}

json_t *json_version(bool known, struct ss_version version)
{
	char *text = repo_version_text(known, version);
	json_t *value = known ? json_string(text) : json_null();

	free(text);
	return value;
}

json_t *json_text(const char *text)
{
	char *shown;
	json_t *value;

	if (!text)
		return json_null();
	shown = cli_escape(text);
	value = json_string(shown);
	free(shown);
	return value;
}

json_t *context_doc(const struct context *c)
{
	char schema[64], *time = journal_time();
	json_t *doc;

	snprintf(schema, sizeof(schema), "seamstep.%s/1", c->options->verb);
	doc = cli_json_doc(schema);
	json_object_set_new(doc, "host", json_string(c->host->name));
	json_object_set_new(doc, "time", json_string(time));
	free(time);
	return doc;
}
