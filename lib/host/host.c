// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Code that all kinds of hosts share. */
#include "host.h"

#include "lib/base/text.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *text;
} kinds[SEAMSTEP_HOST_KIND_NR] = {
	[SEAMSTEP_HOST_NONE] = { "none", "no interface for updates" },
	[SEAMSTEP_HOST_MAINLINE] = { "tdx-host", "Linux 7.2 or later: tdx_host and tdx_module" },
	[SEAMSTEP_HOST_OLD] = { "seamldr-upload",
				"out-of-tree kernel: tdx_host/seamldr and seamldr_upload" },
	[SEAMSTEP_HOST_SEAMSTEP] = { "seamstep.ko",
				     "seamstep.ko: as Linux 7.2, with fallbacks and a verdict" },
	[SEAMSTEP_HOST_LAB] = { "lab", "a simulated host" },
};

static const char *const missings[SEAMSTEP_FACT_NR] = {
	[SEAMSTEP_FACT_KNOWN] = "known",
	[SEAMSTEP_FACT_NEEDS_ROOT] = "needs root",
	[SEAMSTEP_FACT_NOT_OFFERED] = "not offered by this kernel",
	[SEAMSTEP_FACT_NOT_ONE] = "no module runs",
	[SEAMSTEP_FACT_NOT_RECORDED] = "not recorded",
	[SEAMSTEP_FACT_MALFORMED] = "malformed",
	[SEAMSTEP_FACT_UNANSWERED] = "the module did not tell",
	[SEAMSTEP_FACT_NO_IMAGE] = "the repository has no image of the running version",
};

const char *seamstep_host_kind_name(enum seamstep_host_kind kind)
{
	return (unsigned int)kind < SEAMSTEP_HOST_KIND_NR ? kinds[kind].name : "";
}

const char *seamstep_host_kind_text(enum seamstep_host_kind kind)
{
	return (unsigned int)kind < SEAMSTEP_HOST_KIND_NR ? kinds[kind].text : "";
}

const char *seamstep_missing_name(enum seamstep_missing missing)
{
	return (unsigned int)missing < SEAMSTEP_FACT_NR ? missings[missing] : "";
}

void host_close(struct host *host)
{
	if (!host)
		return;
	if (host->ops->close)
		host->ops->close(host);
	base_free(host->name);
	base_free(host->state_dir);
	base_free(host->lock_path);
	base_free(host->repo);
	base_free(host->signer_path);
	base_free(host->tcb_path);
	base_free(host->tcb_root);
	base_free(host);
}

void host_facts_release(struct seamstep_facts *facts)
{
	base_free(facts->cpus_online);
	base_free(facts->cpus_offline);
	base_free(facts->kvm_tdx);
	base_free(facts->upload_status);
	base_free(facts->kernel);
	base_free(facts->boot_id);
	base_free(facts->machine_id);
	base_free(facts->last_verdict);
	base_free(facts->last_error);
	memset(facts, 0, sizeof(*facts));
}

/* An unconfirmed verdict becomes unknown, except "lost": a host that may be lost counts as lost. */
void host_outcome_doubt(struct seamstep_outcome *o)
{
	char *detail;

	if (!o->has_confirmed || o->confirmed || o->end == SEAMSTEP_LOST ||
	    o->end == SEAMSTEP_UNKNOWN)
		return;
	detail = base_text("the calls of the update say '%s', but a look at the TDX Module right "
			     "after them does not confirm it%s%s", o->verdict,
			     o->detail ? ": " : "", o->detail ? o->detail : "");
	base_free(o->detail);
	o->detail = detail;
	o->end = SEAMSTEP_UNKNOWN;
}

void host_outcome_release(struct seamstep_outcome *outcome)
{
	base_free(outcome->verdict);
	base_free(outcome->detail);
	memset(outcome, 0, sizeof(*outcome));
}

void host_facts_add_image(struct seamstep_facts *facts, const struct ss_image *image,
			  const struct ss_compat_rule *rule)
{
	struct ss_compat_host *c = &facts->compat;

	facts->from_image = true;
	ss_compat_host_runs(c, &image->sig);
	facts->missing_svn = SEAMSTEP_FACT_KNOWN;
	if (!c->has_features0 && rule && rule->features0_known) {
		c->has_features0 = true;
		c->features0 = rule->features0;
		facts->missing_features = SEAMSTEP_FACT_KNOWN;
	}
}
