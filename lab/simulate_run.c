// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A simulation from power-on to the last audit. */
#include "simulate.h"

#include "lib/base/alloc.h"

#include <stdlib.h>
#include <string.h>

#define WARM_UP_ENTRIES		2	/* of every TD's vCPUs, before the update and after */
#define RUN_LIMIT_NS		60000000000ULL
#define UPDATES			16	/* updates that a boot gives */

void simulate_options_init(struct simulate_options *options)
{
	*options = (struct simulate_options){
		.lps = 64, .tds = 16, .vcpus = 2, .updates = UPDATES, .seed = 1,
		.from = "1.5.09", .to = "1.5.16", .default_fallbacks = true,
	};
}

/* The host's own sentence names the SEAMCALL, if one failed. */
static bool host_failed(struct simulation *s, const struct rig_error *err)
{
	return simulate_refuse(s, SEAMSTEP_ERROR, "the simulated machine: %s", err->text);
}

static void configure(struct simulation *s)
{
	const struct simulate_options *o = s->options;
	struct rig_config *c = &s->config;

	c->nr_lps = o->lps;
	c->threads_per_core = o->lps % 2 ? 1 : 2;
	c->sockets = o->lps >= 16 && o->lps % 4 == 0 ? 2 : 1;
	c->nr_tds = o->tds;
	c->vcpus = o->vcpus;
	c->updates = o->updates;
	c->seam_bytes = o->seam_bytes;
	c->seed = o->seed;
	c->no_stop = o->no_stop;
}

/* Runs after the images are loaded: the images tell the signer and the CPU of the machine. */
static bool power_on(struct simulation *s)
{
	struct rig_error err = { .text = "" };

	s->config.fms = s->running.image.sig.fms[0];
	s->host = rig_create(&s->config, &err);
	return s->host || host_failed(s, &err);
}

static bool boot(struct simulation *s)
{
	struct rig_error err = { .text = "" };
	struct ss_update_image loaded;

	if (!rig_image(s->host, &s->running.image, s->running.name, RIG_LOAD,
		       &loaded, &err) ||
	    !rig_boot(s->host, loaded.params_pa, &err))
		return host_failed(s, &err);
	return true;
}

static bool build_tds(struct simulation *s)
{
	struct rig_error err = { .text = "" };

	return rig_build_tds(s->host, &err) || host_failed(s, &err);
}

static bool warm_up(struct simulation *s)
{
	struct rig_error err = { .text = "" };

	if (!rig_start(s->host, &err))
		return host_failed(s, &err);
	if (!rig_run_on(s->host, WARM_UP_ENTRIES, RUN_LIMIT_NS))
		return simulate_refuse(s, SEAMSTEP_ERROR, "the TDs make no progress");
	return true;
}

/* Runs in the stopped world: no SEAMCALL is in flight. The calls of a fault count from here. */
static void add_faults(void *arg, uint32_t lp)
{
	struct simulation *s = arg;
	uint32_t i;

	if (lp)
		return;
	for (i = 0; i < s->options->nr_faults; i++)
		sim_fault_add(rig_sim(s->host), &s->options->faults[i]);
}

static bool update(struct simulation *s)
{
	struct rig_error err = { .text = "" };
	uint32_t tds = s->config.nr_tds;

	s->before = base_alloc(tds * sizeof(*s->before));
	s->after = base_alloc(tds * sizeof(*s->after));
	s->end = base_alloc(tds * sizeof(*s->end));
	s->lps = aligned_alloc(64, s->config.nr_lps * sizeof(*s->lps));
	if (!s->lps || !s->before || !s->after || !s->end)
		return simulate_refuse(s, SEAMSTEP_NO_MEMORY, "not enough memory");
	memset(s->lps, 0, s->config.nr_lps * sizeof(*s->lps));
	s->update = (struct rig_update){
		.plan = &s->plan, .lps = s->lps, .before = s->before, .after = s->after
	};
	if (s->options->ready)
		s->options->ready(s);
	if (s->options->nr_faults)
		rig_stop(s->host, add_faults, s);
	if (!rig_update(s->host, &s->update, &err))
		return host_failed(s, &err);
	s->ran = true;
	return true;
}

/* Lets the TDs that are alive run on, then audits the machine once more. */
static bool run_on(struct simulation *s)
{
	rig_hold_builds(s->host, false);
	rig_run_on(s->host, WARM_UP_ENTRIES, RUN_LIMIT_NS);
	rig_audit(s->host, s->end);
	rig_counts(s->host, &s->counts);
	rig_finish(s->host);
	sim_audit(rig_sim(s->host), &s->sim_end);
	rig_audit_compare(s->before, s->after, s->config.nr_tds, &s->window_diff);
	rig_audit_compare(s->before, s->end, s->config.nr_tds, &s->end_diff);
	return true;
}

static const struct {
	const char *name;
	bool (*run)(struct simulation *s);
} stages[] = {
	{ "preparing images", simulate_load_images },
	{ "building the machine", power_on },
	{ "booting", boot },
	{ "building TDs", build_tds },
	{ "running TDs", warm_up },
	{ "preflight", simulate_preflight },
	{ "planning", simulate_make_plan },
	{ "updating", update },
	{ "running on, auditing", run_on },
};

bool simulate_run(struct simulation *s, const struct simulate_options *options)
{
	uint32_t i;

	s->options = options;
	rig_config_init(&s->config);
	configure(s);
	for (i = 0; i < SS_ARRAY_SIZE(stages); i++) {
		if (options->progress)
			options->progress(options->arg, stages[i].name, i, SS_ARRAY_SIZE(stages));
		if (base_lacks() && !s->ran) {
			simulate_refuse(s, SEAMSTEP_NO_MEMORY, "not enough memory");
			break;
		}
		if (!stages[i].run(s))
			break;
	}
	if (s->ran)
		simulate_judge(s);
	return s->ran;
}

static void release_image(struct simulate_image *image)
{
	base_free(image->name);
	base_free(image->file);
}

void simulate_release(struct simulation *s)
{
	uint32_t i;

	rig_destroy(s->host);
	release_image(&s->running);
	for (i = 0; i < SS_UPDATE_MAX_IMAGES; i++)	/* also an image that failed to load */
		release_image(&s->images[i]);
	for (i = 0; i < s->nr_notes; i++)
		base_free(s->notes[i]);
	for (i = 0; i < s->nr_findings; i++)
		base_free(s->findings[i]);
	base_free(s->before);
	base_free(s->after);
	base_free(s->end);
	base_free(s->lps);
	base_free(s->running_now);
	base_free(s->error);
}
