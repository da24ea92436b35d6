// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The facts of a host, with the facts that its repository adds. */
#include "context.h"

#include <string.h>

/* Finds the running module's image by its hash where the host tells it, else by its version. */
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
				     repo_rule(c->running));
	else if (!h->has_module_svn)
		c->facts.missing_svn = SEAMSTEP_FACT_NO_IMAGE;
}

enum seamstep_end context_refresh(struct context *c, char **why)
{
	enum seamstep_end end;

	host_facts_release(&c->facts);
	end = c->host->ops->facts(c->host, &c->facts, why);
	if (end != SEAMSTEP_OK)
		return end;
	c->facts.compat.fms = c->facts.fms;
	find_running(c);
	return SEAMSTEP_OK;
}

const char *context_forbids(const struct context *c, const struct seamstep_image *image)
{
	return image->good ? policy_forbids(&c->policy, &image->image) : NULL;
}

void context_close(struct context *c)
{
	policy_release(&c->policy);
	host_facts_release(&c->facts);
	host_close(c->host);
	memset(c, 0, sizeof(*c));
}
