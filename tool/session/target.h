/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The state that a host should be in. */
#ifndef SS_TOOL_SESSION_TARGET_H
#define SS_TOOL_SESSION_TARGET_H

#include <stdbool.h>

#include <seamstep/host.h>
#include <seamstep/tcb.h>
#include <seamstep/types.h>

enum target_kind {
	TARGET_NONE,
	TARGET_VERSION,		/* "1.5.16" */
	TARGET_NEWEST,		/* "newest": the newest version that updates can reach */
	TARGET_LINE,		/* "1.5": the newest of this line that updates can reach */
	TARGET_TCB		/* "tcb=UpToDate": the nearest version that clears the bar */
};

struct target {
	enum target_kind kind;
	struct ss_version version;	/* of TARGET_LINE: major and minor only */
	enum seamstep_tcb_status status;
};

/**
 * target_parse - "1.5.16", "newest", "newest 1.5", "1.5" or "tcb=UpToDate"
 * Returns false with *@why set (malloc'd).
 */
bool target_parse(const char *text, struct target *target, char **why);

/**
 * target_newest - the newest version of a line that runs, or that updates can reach now
 * @line: major and minor count
 * Call session_repo_fault() before: an image that cannot be read is no newer version.
 * Returns false if there is none.
 */
bool target_newest(struct seamstep_host *host, struct ss_version line, struct ss_version *version);

#endif
