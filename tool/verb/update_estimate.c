// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What an operator asks before "yes": what can be lost, and for how long the host stops. Earlier
 * updates of this host answer the second question best. Else the model of bench/ predicts the
 * window for as many LPs; its costs of SEAMCALLs are assumptions, so the range is wide.
 */
#include "update.h"

#include "tool/base/text.h"
#include "tool/session/libexec.h"

#include <stdlib.h>

/* The model was too low by 1.3 to 2.9 where it could be measured: docs/performance.md. */
#define MODEL_LOW	1
#define MODEL_HIGH	3

struct estimate {
	uint64_t ns, low, high;
	uint32_t updates;	/* of this host that were measured; 0: predicted */
	uint32_t lps;
};

static uint64_t window_of(json_t *update)
{
	json_t *outcome = json_object_get(update, "outcome");
	json_int_t ns = json_integer_value(json_object_get(outcome, "window_ns"));

	return ns > 0 ? (uint64_t)ns : 0;
}

static bool measured(const struct session *s, struct estimate *e)
{
	json_t *update;
	size_t i;

	*e = (struct estimate){ .low = UINT64_MAX };
	json_array_foreach(s->updates, i, update) {
		uint64_t ns = window_of(update);

		if (!ns)
			continue;
		e->ns = ns;	/* the last counts */
		e->low = ns < e->low ? ns : e->low;
		e->high = ns > e->high ? ns : e->high;
		e->updates++;
	}
	return e->updates > 0;
}

/* Packages, cores, threads, as the model wants them: two threads a core where that is even. */
static bool predicted(const struct session *s, struct estimate *e)
{
	const struct ss_compat_host *h = &s->facts->compat;
	uint32_t sockets = h->has_fms && h->nr_fms ? h->nr_fms : 1, threads, i;
	char *argv[6] = { (char *)"seamstep-bench", (char *)"window" };
	json_t *figures;

	if (!h->has_lps || h->lps_online % sockets)
		return false;
	threads = h->lps_online / sockets % 2 ? 1 : 2;
	argv[2] = text_format("%u", sockets);
	argv[3] = text_format("%u", h->lps_online / sockets / threads);
	argv[4] = text_format("%u", threads);
	figures = libexec_json_quietly(argv[0], argv);
	for (i = 2; i < 5; i++)
		free(argv[i]);
	*e = (struct estimate){
		.ns = (uint64_t)json_integer_value(json_object_get(figures, "window_ns")),
		.lps = h->lps_online,
	};
	e->low = MODEL_LOW * e->ns;
	e->high = MODEL_HIGH * e->ns;
	json_decref(figures);
	return e->ns > 0;
}

json_t *update_window_json(const struct update_job *job)
{
	struct estimate e;

	if (!measured(job->session, &e) && !predicted(job->session, &e))
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:s}", "ns", (json_int_t)e.ns, "low_ns",
			 (json_int_t)e.low, "high_ns", (json_int_t)e.high, "source",
			 e.updates ? "journal" : "model");
}

static void print_window(const struct update_job *job, FILE *out)
{
	struct estimate e;
	char *ns, *low, *high;

	if (!measured(job->session, &e) && !predicted(job->session, &e))
		return;
	ns = text_duration(e.ns);
	low = text_duration(e.low);
	high = text_duration(e.high);
	if (e.updates == 1)
		fprintf(out, "Window: about %s, as the last update of this host took.\n", ns);
	else if (e.updates)
		fprintf(out, "Window: about %s; %u updates of this host took %s to %s.\n", ns,
			e.updates, low, high);
	else
		fprintf(out, "Window: %s to %s, predicted by a model for %u LPs; the costs of SEAMCALLs "
			"in the model are assumptions.\n", low, high, e.lps);
	free(high);
	free(low);
	free(ns);
}

/* "all 16 TDs", or "all TDs" */
static char *all_tds(const struct session *s)
{
	return s->facts->has_tds ? text_format("all %u TDs", s->facts->tds) : text_format("all TDs");
}

void update_print_risk(const struct update_job *job, FILE *out)
{
	const struct seamstep_update_hop *hop = job->update->hops[0];
	const struct seamstep_facts *f = job->session->facts;
	char *tds = all_tds(job->session), *fallback;

	if (f->has_tds && !f->tds && f->has_builds && !f->builds) {
		fprintf(out, "Risk: no TD is alive. If the update fails for good, none can be started "
			"before a reboot.\n");
	} else if (hop->nr_fallbacks) {
		fallback = text_version(hop->fallbacks[0]->has_version, hop->fallbacks[0]->version);
		fprintf(out, "Risk: if the update fails once the running module is shut down, a fallback "
			"takes over, first %s; if every fallback fails too, %s are lost.\n", fallback, tds);
		free(fallback);
	} else {
		fprintf(out, "Risk: if the update fails once the running module is shut down, %s are lost: "
			"there is no fallback.\n", tds);
	}
	free(tds);
	print_window(job, out);
}
