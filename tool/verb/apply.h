/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* One run of "seamstep apply": the target, the rules, the updates. */
#ifndef SS_TOOL_VERB_APPLY_H
#define SS_TOOL_VERB_APPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "tool/session/target.h"
#include "update.h"

struct apply_options {
	const char *target;		/* NULL: the configuration's */
	bool boot, verbose;
	uint32_t max_updates;		/* 0: the configuration's */
};

/* X(NAME, name in JSON) */
#define APPLY_ANSWERS(X) \
	X(FAILED, "failed")		/* see job.exit and job.error */ \
	X(NO_TARGET, "no-target")	/* none is configured */ \
	X(NOTHING, "nothing-to-do")	/* the host is at its target */ \
	X(NOT_IN_BUCKET, "not-in-bucket")	/* the rollout has not come to this host */ \
	X(WINDOW_CLOSED, "window-closed")	/* no maintenance window is open */ \
	X(UPDATES, "updates")		/* there are updates to make */
#define APPLY_ENUM(NAME, name) APPLY_##NAME,
enum apply_answer { APPLY_ANSWERS(APPLY_ENUM) };
#undef APPLY_ENUM

struct apply {
	const struct apply_options *options;
	struct update_options update;
	struct update_job job;
	const char *target_text;
	struct target target;
	enum apply_answer answer;
	uint32_t needed;		/* updates to the target */
	char *why;			/* a clause, where there is nothing to do */
	char *release;			/* the version that the target means */
	char *opens;			/* when the window opens */
	bool at_run_time;		/* --boot found TDs alive */
	bool lacks_fallback;		/* an update of the route has no fallback at all */
	bool has_bucket;
	uint32_t bucket, in, of;
};

/* apply_rules.c: the target, and whether the rules let the host come nearer to it now. */
void apply_judge(struct apply *a);
/* apply_report.c: prints the answer. Returns the exit status. */
int apply_report(const struct apply *a);
void apply_release(struct apply *a);

#endif
