// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The audit: what the model knows about a machine after an update. */
#include "internal.h"

static uint64_t unpack_leaf(uint32_t packed)
{
	return (packed & 0xffff) | (packed >> 31 ? SS_LEAF_SEAMLDR : 0);
}

static void audit_calls(const struct sim *s, struct sim_audit *out)
{
	uint32_t lp;

	for (lp = 0; lp < s->config.nr_lps; lp++)
		out->calls += ss_load(&s->lps[lp].calls);
	out->foreign = ss_load(&s->foreign);
	if (out->foreign) {
		out->foreign_leaf = unpack_leaf(ss_load(&s->foreign_leaf));
		out->foreign_lp = ss_load(&s->foreign_lp);
	}
	out->erased_under_lp = ss_load(&s->erased_under_lp);
}

static void audit_seamldr(const struct sim *s, struct sim_audit *out)
{
	const struct sim_seamldr *l = s->seamldr;

	out->installs = ss_load(&s->installs);
	out->seam_ready = s->seamextend.seam_ready;
	out->session_open = l->lps_in_update;
	out->handoff_valid = s->handoff->valid;
	out->handoff_hv = s->handoff->hv;
	out->remaining_updates = l->remaining;
	out->svn_minor = s->seamextend.svn_minor;
	out->svn_major = s->seamextend.svn_major;
	memcpy(out->version, s->installed.info.version, sizeof(s->installed.info.version));
}

void sim_audit(const struct sim *s, struct sim_audit *out)
{
	memset(out, 0, sizeof(*out));
	audit_calls(s, out);
	audit_seamldr(s, out);
	out->tds = sim_module_tds(s);
	out->state = sim_module_state(s);
	out->fatal = ss_load(&s->fatal);
}
