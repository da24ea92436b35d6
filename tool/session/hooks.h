/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Programs of the operator that run before and after an update. */
#ifndef SS_TOOL_SESSION_HOOKS_H
#define SS_TOOL_SESSION_HOOKS_H

#include <stdbool.h>
#include <stddef.h>

#define HOOKS_DIR	"/etc/seamstep/hooks.d"
#define HOOKS_MAX	32u

struct hook {
	char *name, *path;		/* @name is escaped */
	bool ran_before, ran_after;
	char *before, *after;		/* how the hook failed; NULL: it did not */
};

struct hooks {
	struct hook list[HOOKS_MAX];	/* sorted by name */
	size_t nr;
};

/**
 * hooks_find - the hooks of a directory
 * @must_exist: a directory that is not there is an error
 * @why: set (malloc'd) on failure
 *
 * A hook is a regular file whose name has only letters, digits, '_', '-' and '.', and does not
 * begin with '.'. Hooks run as the user of this process, so directory and hooks must belong to root
 * or to that user, and nobody else may write there. Returns false where this does not hold. A file
 * that is not executable is no hook; a note on stderr says so.
 */
bool hooks_find(struct hooks *hooks, const char *dir, bool must_exist, char **why);
void hooks_release(struct hooks *hooks);

/* ---- hook_run.c ------------------------------------------------------------------------------ */

/**
 * struct hook_call - one call of a hook
 * @phase: "before"; for messages
 * @environment: NAME=VALUE, NULL at the end; added to this process's own environment
 * @input: what the hook reads on its standard input
 * @cancelled: asked while the hook runs; may be NULL
 */
struct hook_call {
	const char *name, *path, *phase;
	char *const *environment;
	const char *input;
	unsigned int timeout_s;
	bool (*cancelled)(void);
};

/*
 * Runs a hook in a process group of its own. Its output goes to stderr, a bounded number of lines.
 * When the hook ends, or its time is over, the whole group is killed. Returns NULL if the hook
 * succeeded, else how it failed (malloc'd).
 */
char *hook_run(const struct hook_call *call);

#endif
