// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Code that all kinds of hosts share. */
#include "host.h"

#include "lib/base/text.h"

#include <stdlib.h>
#include <string.h>

#define PAIR(NAME, name, text) { name, text },
static const struct {
	const char *name, *text;
} kinds[] = { HOST_KINDS(PAIR) };

#define NAME(NAME, name) name,
static const char *const missings[] = { HOST_MISSINGS(NAME) };

const char *host_kind_name(enum host_kind kind)
{
	return kinds[kind].name;
}

const char *host_kind_text(enum host_kind kind)
{
	return kinds[kind].text;
}

const char *host_missing_name(enum host_missing missing)
{
	return missings[missing];
}

void host_close(struct host *host)
{
	if (!host)
		return;
	if (host->ops->close)
		host->ops->close(host);
	free(host->name);
	free(host->state_dir);
	free(host->lock_path);
	free(host->repo);
	free(host->signer_path);
	free(host);
}

void host_facts_release(struct host_facts *facts)
{
	free(facts->cpus_online);
	free(facts->cpus_offline);
	free(facts->kvm_tdx);
	free(facts->upload_status);
	free(facts->kernel);
	free(facts->boot_id);
	free(facts->machine_id);
	free(facts->last_verdict);
	free(facts->last_error);
	memset(facts, 0, sizeof(*facts));
}

/* An unconfirmed verdict becomes unknown, except "lost": a host that may be lost counts as lost. */
void host_outcome_doubt(struct host_outcome *o)
{
	char *detail;

	if (!o->has_confirmed || o->confirmed || o->end == LIB_LOST)
		return;
	detail = text_format("the calls of the update say '%s', but a look at the TDX Module right "
			     "after them does not confirm it%s%s", o->verdict,
			     o->detail ? ": " : "", o->detail ? o->detail : "");
	free(o->detail);
	o->detail = detail;
	o->end = LIB_UNKNOWN;
}

void host_outcome_release(struct host_outcome *outcome)
{
	free(outcome->verdict);
	free(outcome->detail);
	memset(outcome, 0, sizeof(*outcome));
}

void host_facts_add_image(struct host_facts *facts, const struct ss_image *image,
			  const struct ss_compat_rule *rule)
{
	struct ss_compat_host *c = &facts->compat;

	facts->from_image = true;
	ss_compat_host_runs(c, &image->sig);
	facts->missing_svn = HOST_FACT_KNOWN;
	if (!c->has_features0 && rule && rule->features0_known) {
		c->has_features0 = true;
		c->features0 = rule->features0;
		facts->missing_features = HOST_FACT_KNOWN;
	}
}
