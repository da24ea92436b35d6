/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* One run of "seamstep update": the request, the steps, the outcome of each step. */
#ifndef SS_TOOL_VERB_UPDATE_H
#define SS_TOOL_VERB_UPDATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "tool/out/exits.h"
#include "tool/session/hooks.h"
#include "tool/session/plan_options.h"
#include "tool/session/session.h"

struct update_options {
	struct plan_options plan;
	struct seamstep_update_request request;
	bool yes, dry_run, verbose;
	uint32_t td_build;
	uint32_t timeout_s, wait_s;
	uint32_t max_hops;		/* of this run; 0: all of the route */
	bool quiet;			/* print nothing while there is no failure */
	const char *hooks;		/* directory; not owned; NULL: the default */
	bool no_hooks;
	uint32_t hook_timeout_s;
};

struct update_job {
	const struct update_options *options;
	struct session *session;
	struct seamstep_update *update;	/* NULL: no plan was made */
	struct hooks hooks;
	char **log;			/* kernel log lines since the start */
	char *settled;			/* what became of an update that was interrupted; or NULL */
	bool partial;			/* some updates were made, and then not all of them */
	char *error;			/* a sentence, where exit is not EXIT_OK */
	enum exit_status exit;
};

/* update_job.c. update_fail() returns false. */
__attribute__((format(printf, 3, 4)))
bool update_fail(struct update_job *job, enum exit_status exit, const char *fmt, ...);

/*
 * update.c: becomes the only one to change the host, unless for a dry run. Returns false with the
 * job's error set.
 */
bool update_begin(struct update_job *job, const char *command);
/* update_run.c: settles an update that was interrupted, where the journal has one. */
void update_settle(struct update_job *job);
/* The verdict of the last hop that was tried; "none", "nothing-to-do". */
const char *update_verdict(const struct update_job *job);

/* update_run.c: plans and runs the hops. */
void update_run(struct update_job *job);
void update_release(struct update_job *job);

/* update_estimate.c: one sentence on the risk, one on the window, and how sure that is. */
void update_print_risk(const struct update_job *job, FILE *out);
/* { ns, low_ns, high_ns, source }, or null. */
json_t *update_window_json(const struct update_job *job);

/* update_report.c */
/* Is the plan of an update that goes ahead shown? */
bool update_talks(const struct update_job *job);
void update_print_plan(const struct update_job *job, FILE *out);
void update_print_hop(const struct update_job *job, const struct seamstep_update_hop *hop);
int update_end(const struct update_job *job);
/* The document of the job, without its end. */
json_t *update_json(const struct update_job *job);
/* Fails with the job's error, after lines that explain it. Returns the exit status. */
int update_report_failure(const struct update_job *job);

/* update_hooks.c. The first two return false after update_fail(). */
bool update_hooks_find(struct update_job *job);
bool update_hooks_before(struct update_job *job);
void update_hooks_after(struct update_job *job);

/* update_events.c: events for --events. */
void update_event_plan(const struct update_job *job);
void update_event_preflight(const struct update_job *job);
void update_event_hook(const char *phase, const char *name, const char *failure);
void update_event_hop(const struct update_job *job, uint32_t n);
void update_event_progress(const char *phase, uint64_t done, uint64_t total);
void update_event_committed(void);
void update_event_outcome(const struct update_job *job, uint32_t n);
void update_event_end(const struct update_job *job, int exit);

#endif
