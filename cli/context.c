// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Opening a host, its repository and its journal. */
#include "context.h"

#include "config.h"
#include "host_open.h"
#include "json.h"
#include "message.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_REPO	"/usr/share/seamstep/images"

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
