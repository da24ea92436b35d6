/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* One update on a simulated machine: the request, the facts before the update, the outcome. */
#ifndef SS_CLI_SIMULATE_H
#define SS_CLI_SIMULATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/compat.h"
#include "rig/rig.h"
#include <seamstep/types.h>

#define SIMULATE_MAX_LPS	1024u	/* x2APIC IDs that a P-SEAMLDR accepts */
#define SIMULATE_MAX_TDS	1024u
#define SIMULATE_SWEEP_LPS	4u	/* by default */
#define SIMULATE_SWEEP_MAX_LPS	64u
#define SIMULATE_MAX_SEAM_BYTES	((uint32_t)(SIM_SEAMRR_BYTES - SIM_P_SEAMLDR_BYTES))
#define SIMULATE_MAX_FALLBACKS	(SS_UPDATE_MAX_IMAGES - 1u)

struct simulation;

enum simulate_td_build { TD_BUILD_WAIT, TD_BUILD_REFUSE, TD_BUILD_IGNORE };

/* The request. Strings are not owned. */
struct simulate_options {
	uint32_t lps, tds, vcpus, updates;
	uint32_t seam_bytes;	/* of MODULE_RANGE; 0: enough, and the host does not know */
	uint64_t seed;
	const char *from, *to, *repo;
	const char *fallbacks[SIMULATE_MAX_FALLBACKS];
	uint32_t nr_fallbacks;
	bool default_fallbacks;
	struct sim_fault faults[SIM_LP_FAULTS];
	uint32_t nr_faults;
	uint32_t waived;	/* reasons, 1 << enum ss_compat_reason, that refuse no target */
	enum simulate_td_build td_build;
	bool rehearse, no_stop;
	/* Gets the current work, with @done of @total parts over; may be NULL. */
	void (*progress)(void *arg, const char *what, uint64_t done, uint64_t total);
	void *arg;		/* of @progress */
	/* Called after all preparations, before the world is stopped; may be NULL. */
	void (*ready)(const struct simulation *s);
};

void simulate_options_init(struct simulate_options *options);

/* An image of the simulation. */
struct simulate_image {
	char *name;			/* its version, or its file name if that has none */
	uint8_t *file;
	size_t bytes;
	struct ss_image image;		/* points into @file */
	bool has_version;
	struct ss_version version;
	struct ss_compat_rule rule;
	struct ss_compat compat;	/* against the host before the update */
};

#define SIMULATE_MAX_FINDINGS 12

/* The state of one simulation. Zero it before use, release it after use. */
struct simulation {
	const struct simulate_options *options;
	/* images[0] is the target, as in the plan. */
	struct simulate_image running, images[SS_UPDATE_MAX_IMAGES];
	uint32_t nr_images;
	const char *names[SS_UPDATE_MAX_IMAGES];
	char *notes[SS_UPDATE_MAX_IMAGES];	/* such as a default fallback left out */
	uint32_t nr_notes;
	struct rig_config config;
	struct rig *host;

	/* Preflight. */
	struct ss_seamldr_info info;
	uint64_t features0;
	uint32_t lps_platform;
	uint32_t refused_image;		/* the refused image, if any: its @compat says why */
	struct ss_update_plan plan;

	/* The update. */
	bool ran;
	struct rig_update update;
	struct ss_update_lp *lps;
	struct rig_td_audit *before, *after, *end;
	struct rig_audit_diff window_diff, end_diff;
	struct sim_audit sim_end;
	struct rig_counts counts;
	char *running_now;		/* version that runs now, "" if none */
	char *findings[SIMULATE_MAX_FINDINGS];	/* where the audit contradicts the verdict */
	uint32_t nr_findings;

	/* The end of the simulation. */
	enum seamstep_end ended;
	char *error;			/* a sentence, if nothing was tried */
};

/**
 * simulate_run - build the machine, update the module, audit the machine
 * @s: zeroed; filled in as far as the simulation came
 *
 * Returns true if an update was tried; s->ended then follows its verdict and the audit. Else
 * s->error says why no update was tried, and s->ended has the kind of reason.
 */
bool simulate_run(struct simulation *s, const struct simulate_options *options);
void simulate_release(struct simulation *s);

/* For the parts of simulate_run(): notes the reason and returns false. */
__attribute__((format(printf, 3, 4)))
bool simulate_refuse(struct simulation *s, enum seamstep_end end, const char *fmt, ...);
bool simulate_load_images(struct simulation *s);		/* simulate_images.c */
bool simulate_preflight(struct simulation *s);			/* simulate_preflight.c */
bool simulate_make_plan(struct simulation *s);
void simulate_judge(struct simulation *s);			/* simulate_judge.c */

/* "updated 1.5.09 -> 1.5.16: 16 of 16 TDs alive, window 12.3 ms, updates left 14", malloc'd. */
char *simulate_verdict_line(const struct simulation *s);
uint64_t simulate_window_ns(const struct simulation *s);

#endif
