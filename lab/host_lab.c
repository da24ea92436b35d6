// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A simulated host: its state is a file, its updates run on the software SEAM. */
#include "host_lab.h"

#include "fault_spec.h"
#include "lab_state.h"
#include "lib/image/mapping.h"
#include "lib/base/alloc.h"
#include "lib/image/repo.h"
#include "simulate.h"
#include "lib/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct lab_host {
	struct host host;
	char *dir;
};

static void describe_cpus(const struct lab_state *s, struct seamstep_facts *facts)
{
	struct ss_compat_host *c = &facts->compat;

	memcpy(facts->fms, s->fms, s->nr_fms * sizeof(s->fms[0]));
	c->has_fms = c->has_lps = true;
	c->fms = facts->fms;
	c->nr_fms = s->nr_fms;
	c->lps_platform = s->lps;
	c->lps_online = s->lps - s->offline;
	facts->cpus_online = s->lps - s->offline > 1 ? base_text("0-%u", s->lps - s->offline - 1) :
			     base_text("0");
	facts->cpus_offline = s->offline > 1 ?
			      base_text("%u-%u", s->lps - s->offline, s->lps - 1) :
			      s->offline ? base_text("%u", s->lps - 1) : NULL;
}

/* The path at which "lab create" put the image of a version; malloc'd. */
static char *image_path(const struct lab_host *h, const char *version)
{
	const char *dot = strrchr(version, '.');

	return base_text("%s/joined_files/%.*s/tdx_module_%s.blob", h->host.repo,
			   (int)(dot - version), version, version);
}

/* Takes from the running version's image the facts that the module itself would tell. */
static void describe_module(const struct lab_host *h, const struct lab_state *s,
			    struct seamstep_facts *facts)
{
	const struct sim_module_info *info = sim_ladder_find(s->running);
	char *why = NULL, *path = image_path(h, s->running);
	struct seamstep_image image;

	facts->missing_svn = SEAMSTEP_FACT_NO_IMAGE;
	if (info) {
		facts->compat.has_features0 = true;
		facts->compat.features0 = info->features0;
	}
	if (repo_load_file(path, NULL, &image, &why)) {
		if (image.good)
			host_facts_add_image(facts, &image.image, NULL);
		repo_image_release(&image);
	}
	facts->from_image = false;
	base_free(why);
	base_free(path);
}

static void describe(const struct lab_host *h, const struct lab_state *s,
		     struct seamstep_facts *facts)
{
	struct ss_compat_host *c = &facts->compat;

	facts->kind = SEAMSTEP_HOST_LAB;
	facts->has_fallback = true;
	c->has_module = c->has_module_version = *s->running &&
						ss_version_parse(s->running, &c->module);
	facts->missing_module = c->has_module ? SEAMSTEP_FACT_KNOWN : SEAMSTEP_FACT_NOT_ONE;
	facts->module_lost = !c->has_module;
	c->has_seamldr_version = true;
	c->seamldr = s->seamldr;
	c->has_remaining = true;
	c->remaining_updates = s->updates_left;
	c->module_range = s->seam_bytes;
	facts->has_tds = facts->has_builds = true;
	facts->tds = s->tds_alive;
	facts->tds_total = s->tds;
	facts->builds = s->builds;
	facts->kvm_tdx = base_text("Y");
	facts->upload_status = base_text("idle");
	facts->kernel = base_text("software model");
	facts->boot_id = base_text("boot-%u", s->boots);
	describe_cpus(s, facts);
	if (c->has_module)
		describe_module(h, s, facts);
	else
		facts->missing_svn = facts->missing_features = SEAMSTEP_FACT_NOT_ONE;
}

static enum seamstep_end lab_facts(struct host *host, struct seamstep_facts *facts, char **why)
{
	struct lab_host *h = (struct lab_host *)host;
	struct lab_state s;

	memset(facts, 0, sizeof(*facts));
	if (!lab_state_load(h->dir, &s, why))
		return SEAMSTEP_UNSUPPORTED;
	describe(h, &s, facts);
	lab_state_release(&s);
	return SEAMSTEP_OK;
}

/* ---- the update ------------------------------------------------------------------------------ */

struct lab_update {
	struct lab_host *h;
	const struct host_request *request;
	struct seamstep_outcome *outcome;
	struct lab_state state;
	struct simulate_options options;
	struct simulation sim;
};

static void prepare_options(struct lab_update *u)
{
	struct simulate_options *o = &u->options;
	struct fault_spec_error err;
	uint32_t i;

	simulate_options_init(o);
	o->lps = u->state.lps;
	o->tds = u->state.tds_alive;
	o->vcpus = u->state.vcpus;
	o->updates = u->state.updates_left + 1;	/* the LOAD at boot takes one */
	o->seed = u->state.seed;
	o->seam_bytes = u->state.seam_bytes;
	o->repo = u->h->host.repo;
	o->from = u->state.running;
	o->to = u->request->target.path;
	o->default_fallbacks = false;
	o->rehearse = u->request->rehearse;
	o->waived = u->request->waived;
	o->progress = u->request->progress;
	o->arg = u->request->arg;
	o->td_build = (enum simulate_td_build)u->request->td_build;
	for (i = 0; i < u->request->nr_fallbacks; i++)
		o->fallbacks[o->nr_fallbacks++] = u->request->fallbacks[i].path;
	for (i = 0; i < u->state.nr_faults; i++)
		if (fault_spec_parse(u->state.faults[i], o->lps, &o->faults[o->nr_faults], &err))
			o->nr_faults++;
}

/* Keeps the faults with "+", which strike again and again. The other faults are over. */
static void forget_faults(struct lab_state *s)
{
	uint32_t i, kept = 0;

	for (i = 0; i < s->nr_faults; i++) {
		const char *equals = strchr(s->faults[i], '=');

		if (equals && equals > s->faults[i] && equals[-1] == '+')
			s->faults[kept++] = s->faults[i];
		else
			base_free(s->faults[i]);
	}
	s->nr_faults = kept;
}

static void write_back(struct lab_update *u)
{
	struct lab_state *s = &u->state;
	const char *now = u->sim.running_now ? u->sim.running_now : "";
	char *why;

	/*
	 * The module may answer and be another boot's: the TDs' state is gone, as after a reboot.
	 */
	base_free(s->running);
	s->running = base_text("%s", now);
	s->updates_left = u->sim.sim_end.remaining_updates;
	s->tds_alive = u->sim.ended == SEAMSTEP_LOST ? 0 : u->sim.end_diff.alive;
	forget_faults(s);
	if (lab_state_save(u->h->dir, s, &why))
		return;
	base_free(u->outcome->detail);
	u->outcome->detail = why;
	u->outcome->end = SEAMSTEP_UNKNOWN;
}

static void note_failure(const struct simulation *s, struct seamstep_outcome *o)
{
	const struct ss_update_result *r = &s->update.result;
	struct seamstep_failure *f = &o->failure;
	uint32_t i;

	o->has_failure = r->reason != SS_REASON_NONE;
	f->reason = ss_update_reason_name(r->reason);
	f->step = ss_update_step_name(r->failure.step);
	f->lp = r->failure.lp;
	f->leaf = r->failure.call.leaf;
	f->status = r->failure.call.status;
	f->rdx = r->failure.call.rdx;
	f->leaf_name = ss_leaf_name(f->leaf);
	f->status_name = ss_status_name(f->leaf, f->status);
	f->nr_recovery = r->nr_events;
	for (i = 0; i < r->nr_events; i++)
		f->recovery[i] = ss_update_action_text(r->events[i].action);
}

static char *detail_of(const struct simulation *s)
{
	const struct ss_update_result *r = &s->update.result;
	const struct ss_update_event *f = &r->failure;

	if (s->nr_findings)
		return base_text("%s", s->findings[0]);
	if (r->reason == SS_REASON_NONE || r->verdict == SS_UPDATED)
		return NULL;
	if (!f->call.leaf && !f->call.status)
		return base_text("%s (step %s, LP %u)", ss_update_reason_text(r->reason),
				   ss_update_step_name(f->step), f->lp);
	return base_text("%s: step %s, LP %u: %s = %s (0x%016llx), RDX %llu",
			   ss_update_reason_text(r->reason), ss_update_step_name(f->step), f->lp,
			   ss_leaf_name(f->call.leaf), ss_status_name(f->call.leaf, f->call.status),
			   (unsigned long long)f->call.status, (unsigned long long)f->call.rdx);
}

static void report(struct lab_update *u)
{
	struct seamstep_outcome *o = u->outcome;

	o->tried = true;
	o->end = u->sim.ended;
	o->verdict = base_text("%s", o->end == SEAMSTEP_MISMATCH ? "mismatch" :
				 ss_verdict_name(u->sim.update.result.verdict));
	o->detail = detail_of(&u->sim);
	note_failure(&u->sim, o);
	o->has_confirmed = true;
	o->confirmed = u->sim.update.result.confirmed;
	host_outcome_doubt(o);
	o->window_ns = simulate_window_ns(&u->sim);
	o->has_tds = true;
	o->tds_alive = o->end == SEAMSTEP_LOST ? 0 : u->sim.end_diff.alive;
	o->tds_total = u->sim.end_diff.total;
}

static void not_tried(struct seamstep_outcome *o, enum seamstep_end end, char *detail)
{
	o->end = end;
	o->verdict = base_text("none");
	o->detail = detail;
}

/* True once no TD build prevents the update. Another command may end the builds meanwhile. */
static bool wait_for_builds(struct lab_update *u)
{
	struct timespec pause = { 0, 50000000 };
	uint64_t end = ss_now_ns() + (uint64_t)u->request->timeout_ms * 1000000;
	char *why = NULL;

	while (u->state.builds && u->request->td_build != SEAMSTEP_TD_BUILD_IGNORE) {
		if (u->request->td_build == SEAMSTEP_TD_BUILD_REFUSE || ss_expired(end) ||
		    (u->request->cancelled && u->request->cancelled(u->request->arg)))
			return false;
		nanosleep(&pause, NULL);
		lab_state_release(&u->state);
		if (!lab_state_load(u->h->dir, &u->state, &why)) {
			base_free(why);
			return false;
		}
	}
	return true;
}

static void run(struct lab_update *u)
{
	if (base_lacks()) {
		not_tried(u->outcome, SEAMSTEP_NO_MEMORY, base_text("not enough memory"));
		return;
	}
	if (!wait_for_builds(u)) {
		not_tried(u->outcome, SEAMSTEP_NOT_NOW,
			  base_text("TD builds are under way; an update could "
				      "spoil their measurements; nothing was touched"));
		return;
	}
	if (u->request->cancelled && u->request->cancelled(u->request->arg)) {
		not_tried(u->outcome, SEAMSTEP_ERROR,
			  base_text("cancelled before the point of no return; "
				      "nothing was touched"));
		return;
	}
	if (u->request->committed)
		u->request->committed(u->request->arg);
	prepare_options(u);
	if (simulate_run(&u->sim, &u->options)) {
		report(u);
		write_back(u);
	} else {
		not_tried(u->outcome, u->sim.ended, base_text("%s", u->sim.error));
	}
	simulate_release(&u->sim);
}

/* A simulated machine has the process to itself: its interrupts are signals. */
static bool running;

static void lab_update(struct host *host, const struct host_request *request,
		       struct seamstep_outcome *outcome)
{
	struct lab_update *u = base_alloc(sizeof(*u));
	uint64_t start = ss_now_ns();
	char *why;

	memset(outcome, 0, sizeof(*outcome));
	if (__atomic_exchange_n(&running, true, __ATOMIC_ACQUIRE)) {
		base_free(u);
		not_tried(outcome, SEAMSTEP_NOT_NOW,
			  base_text("another thread of this process updates a lab; nothing was "
				    "touched"));
		return;
	}
	if (!u) {
		__atomic_store_n(&running, false, __ATOMIC_RELEASE);
		not_tried(outcome, SEAMSTEP_NO_MEMORY, base_text("not enough memory"));
		return;
	}
	u->h = (struct lab_host *)host;
	u->request = request;
	u->outcome = outcome;
	if (lab_state_load(u->h->dir, &u->state, &why))
		run(u);
	else
		not_tried(outcome, SEAMSTEP_ERROR, why);
	outcome->duration_ns = ss_now_ns() - start;
	lab_state_release(&u->state);
	base_free(u);
	__atomic_store_n(&running, false, __ATOMIC_RELEASE);
}

static void lab_close(struct host *host)
{
	base_free(((struct lab_host *)host)->dir);
}

static const struct host_ops lab_ops = {
	.facts = lab_facts, .update = lab_update, .close = lab_close,
};

struct host *host_lab_open(const char *dir, char **why)
{
	struct lab_host *h;
	struct lab_state s;
	char *shown;

	if (!lab_state_load(dir, &s, why))
		return NULL;
	lab_state_release(&s);
	h = base_alloc(sizeof(*h));
	if (!h)
		return NULL;
	shown = base_escape(dir);
	h->host.ops = &lab_ops;
	h->host.name = base_text("lab:%s", shown);
	h->host.state_dir = base_text("%s", dir);
	h->host.lock_path = base_text("%s/lock", dir);
	h->host.repo = base_text("%s/repo", dir);
	h->host.signer_path = base_text("%s/signer.pub.pem", dir);
	h->host.tcb_path = base_text("%s/tcb", dir);
	h->host.tcb_root = base_text("%s/tcb/root.pem", dir);
	h->dir = base_text("%s", dir);
	base_free(shown);
	return &h->host;
}
