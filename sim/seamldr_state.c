// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What the parts of the P-SEAMLDR share: host memory, gates, limits, entropy, the counter. */
#include "seamldr.h"

#define DEFAULT_LP_LIMIT	1024u

void *sim_seamldr_map(const struct sim *s, uint64_t pa, size_t bytes)
{
	return s->config.map(s->config.ctx, pa, bytes);
}

void sim_seamldr_read(const struct sim *s, uint64_t pa, void *to, size_t bytes)
{
	const void *p = sim_seamldr_map(s, pa, bytes);

	if (p)
		memcpy(to, p, bytes);
	else
		memset(to, 0xff, bytes);
}

/* Pairs with the acquire of gate_is_open(): a module is complete before a call can enter it. */
void sim_seamldr_set_gates(struct sim *s)
{
	ss_publish(&s->gates, (s->seamextend.seam_ready ? SIM_GATE_MODULE : 0) |
			      (s->seamextend.p_seamldr_ready ? SIM_GATE_SEAMLDR : 0));
}

uint32_t sim_seamldr_lp_limit(const struct sim *s)
{
	return s->config.x2apic_limit ? s->config.x2apic_limit : DEFAULT_LP_LIMIT;
}

bool sim_seamldr_entropy(struct sim *s, uint32_t lp)
{
	struct sim_lp_state *platform = &s->lps[lp].platform;

	if (!platform->entropy_failures)
		return true;
	platform->entropy_failures--;
	return false;
}

void sim_seamldr_read_remaining(struct sim *s)
{
	s->seamldr->remaining = s->seamdb_size - s->seamdb_count;
}
