/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* One run of "seamstep update": the request, the steps, the outcome of each step. */
#ifndef SS_TOOL_VERB_UPDATE_H
#define SS_TOOL_VERB_UPDATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "tool/out/exits.h"
#include "tool/session/plan_options.h"
#include "lib/decide/preflight.h"
#include "tool/session/session.h"

struct update_options {
	struct plan_options plan;
	const char *file;
	const char *signer;			/* a PEM file; NULL: the host's */
	const char *fallbacks[HOST_MAX_FALLBACKS];
	uint32_t nr_fallbacks;
	bool no_fallback;
	bool yes, dry_run, reinstall, allow_older, allow_debug, rehearse;
	uint32_t waived;
	uint32_t timeout_s, wait_s;
	uint32_t td_build;
};

/* One update of the route. */
struct update_hop {
	struct preflight_target target;
	struct ss_version from, to;
	struct host_outcome outcome;
	bool done;		/* the host was asked; outcome is filled in */
};

#define UPDATE_MAX_EXTRA (HOST_MAX_FALLBACKS + 1u)

struct update_job {
	const struct update_options *options;
	struct session *session;
	struct context *context;	/* the session's */
	struct plan plan;
	uint8_t signer[SS_SHA384_BYTES];
	struct repo_image extra[UPDATE_MAX_EXTRA];	/* from files outside the repository */
	uint32_t nr_extra;
	struct update_hop hops[SS_ROUTE_MAX_IMAGES];
	uint32_t nr_hops;
	struct preflight preflight;	/* of the hop at hand */
	bool has_preflight;
	struct ss_version before;
	bool changed;
	char **log;			/* kernel log lines since the start */
	char *nothing;			/* why there is nothing to do */
	char *error;			/* a sentence, where exit is not EXIT_OK */
	enum exit_status exit;
};

/* update_targets.c: from options to hops. False with job->error and ->exit set, or ->nothing. */
bool update_find_hops(struct update_job *job);
void update_release(struct update_job *job);

__attribute__((format(printf, 3, 4)))
bool update_fail(struct update_job *job, enum exit_status exit, const char *fmt, ...);

/* update_run.c: runs the hops. */
void update_run(struct update_job *job);
/* Runs preflight for the one image of a request that has no route. */
void update_explain(struct update_job *job);

/* update_report.c */
void update_print_plan(const struct update_job *job, FILE *out);
void update_print_hop(const struct update_job *job, const struct update_hop *hop);
int update_end(const struct update_job *job);

#endif
