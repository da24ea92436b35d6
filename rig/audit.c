// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Audits TDs from outside: what the model knows of them, and what their host has seen. */
#include "internal.h"

void rig_audit_td(struct rig *h, uint32_t number, struct rig_td_audit *out)
{
	struct rig_td *td = &h->tds[number];
	bool given_up = ss_load_acquire(&td->life.dead) == 2;	/* sim/host_td.c publishes */

	*out = (struct rig_td_audit){ .entries = count_read(&td->entries) };
	if (td->life.phase != SIM_HOST_NONE && !sim_td_audit(h->sim, td->life.tdr, &out->td))
		out->td = (struct sim_td_audit){ 0 };
	if (given_up) {
		out->dead_lp = td->life.dead_lp;
		out->dead_leaf = td->life.dead_leaf;
		out->dead_status = td->life.dead_status;
	}
	out->alive = out->td.alive && !given_up;
}

/* The LPs share the work, since hashing the memory of many TDs takes a while. */
void rig_audit_share(struct rig *h, uint32_t lp, struct rig_td_audit *tds)
{
	uint32_t i;

	for (i = lp; i < h->config.nr_tds; i += h->config.nr_lps)
		rig_audit_td(h, i, &tds[i]);
}

struct audit_job {
	struct rig *host;
	struct rig_td_audit *tds;
};

static void audit_on_lp(void *arg, uint32_t lp)
{
	struct audit_job *job = arg;

	rig_audit_share(job->host, lp, job->tds);
}

void rig_audit(struct rig *h, struct rig_td_audit *tds)
{
	struct audit_job job = { h, tds };

	rig_stop(h, audit_on_lp, &job);
}

static bool differ(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, SS_SHA384_BYTES) != 0;
}

void rig_audit_compare(const struct rig_td_audit *before, const struct rig_td_audit *after,
		       uint32_t nr, struct rig_audit_diff *diff)
{
	const struct rig_td_audit *b = before, *a = after;
	uint32_t i;

	*diff = (struct rig_audit_diff){ .total = nr };
	for (i = 0; i < nr; i++, a++, b++) {
		diff->alive += a->alive;
		diff->died += b->alive && !a->alive;
		diff->digest_changed += differ(b->td.digest, a->td.digest);
		diff->mrtd_changed += differ(b->td.mrtd, a->td.mrtd);
		diff->not_progressed += a->alive && a->td.progress <= b->td.progress;
		diff->guest_errors += a->td.guest_errors != 0;
	}
}

/* ---- progress -------------------------------------------------------------------------------- */

#define LOOK_NS	1000000ull

/* Has every living TD reached its wanted number of entries? */
static bool all_reached(const struct rig *h, const uint64_t *want)
{
	uint32_t i;

	for (i = 0; i < h->config.nr_tds; i++) {
		if (!sim_host_is_dead(&h->tds[i].life) && count_read(&h->tds[i].entries) < want[i])
			return false;
	}
	return true;
}

bool rig_run_on(struct rig *h, uint64_t entries, uint64_t limit_ns)
{
	uint64_t deadline = limit_ns ? ss_now_ns() + limit_ns : 0;
	struct ss_word nothing = { 0 };
	bool reached;
	uint32_t i;

	for (i = 0; i < h->config.nr_tds; i++)
		h->wanted[i] = count_read(&h->tds[i].entries) + entries;
	while (!(reached = all_reached(h, h->wanted)) && !ss_expired(deadline))
		ss_place_wait(&nothing, 0, LOOK_NS);
	return reached;
}

bool rig_wait_builds(struct rig *h, uint64_t limit_ns)
{
	uint64_t deadline = limit_ns ? ss_now_ns() + limit_ns : 0;
	uint32_t builds;

	while ((builds = ss_load_acquire(&h->builds)) && !ss_expired(deadline))
		ss_place_wait(&h->builds, builds, LOOK_NS);
	return !builds;
}

uint32_t rig_builds(const struct rig *h)
{
	return ss_load_acquire(&h->builds);
}

void rig_hold_builds(struct rig *h, bool on)
{
	ss_store(&h->hold_builds, on);
	ss_fence();	/* pairs with build_begins() */
}

/* ---- counts ---------------------------------------------------------------------------------- */

void rig_counts(struct rig *h, struct rig_counts *counts)
{
	const struct rig_lp *lp;
	uint32_t i;

	*counts = (struct rig_counts){
		.builds = count_read(&h->builds_done),
		.teardowns = count_read(&h->teardowns),
		.builds_failed = count_read(&h->builds_failed),
		.private_pages_used = rig_arena_private_used(&h->arena),
		.hkids_used = rig_bitmap_used(&h->hkids),
	};
	for (i = 0; i < h->nr_tds; i++)
		counts->entries += count_read(&h->tds[i].entries);
	for (i = 0; i < h->config.nr_lps; i++) {
		lp = &h->lps[i];
		counts->retries += count_read(&lp->retries);
		counts->unexpected += count_read(&lp->unexpected);
		counts->irqs += count_read(&lp->irqs);
		counts->irq_seamcalls += count_read(&lp->irq_seamcalls);
		counts->irqs_pended += count_read(&lp->irqs_pended);
		counts->memory_ops += count_read(&lp->memory_ops);
		counts->migrations += count_read(&lp->migrations);
		counts->repairs += count_read(&lp->repairs);
	}
}
