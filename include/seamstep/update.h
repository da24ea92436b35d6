/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Updates: plan, check, carry out, and report. */
#ifndef SEAMSTEP_UPDATE_H
#define SEAMSTEP_UPDATE_H

#include <seamstep/route.h>
#include <seamstep/types.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define SEAMSTEP_MAX_FALLBACKS	7u
#define SEAMSTEP_MAX_RECOVERY	64u

/* ---- the checks before an update ------------------------------------------------------------- */

/*
 * X(NAME, name, waivable, question). A check that is not waivable guards against a refusal by the
 * P-SEAMLDR after the running module is shut down. The memory check can be waived all the same,
 * because its arithmetic is that of one P-SEAMLDR.
 */
#define SEAMSTEP_CHECKS(X) \
	X(INTERFACE, "interface", false, "is there a usable interface for updates") \
	X(MODULE, "module", false, "does a TDX Module run") \
	X(ROOT, "root", false, "may this user update the host") \
	X(INHIBITED, "inhibited", true, "does nobody forbid updates") \
	X(JOURNAL, "journal", true, "can the update be recorded") \
	X(IMAGE, "image", false, "is the image well-formed") \
	X(SIGNATURE, "signature", false, "is the image whole, and signed by the right key") \
	X(ALLOWED, "allowed", false, "does the configuration allow the image and each fallback") \
	X(LOADER, "loader-rules", false, "would the P-SEAMLDR relocate the image") \
	X(CPU, "cpu", false, "is the image made for every CPU of the host") \
	X(SEAMLDR, "seamldr", false, "does the P-SEAMLDR take the image") \
	X(RUNNING, "running", false, "can the image follow the running module") \
	X(SVN, "svn", false, "is the image's SVN no lower than the running module's") \
	X(HANDOFF, "handoff", false, "do both modules know a handoff version") \
	X(MEMORY, "memory", true, "is there enough memory for the image") \
	X(FEATURES, "features", true, "does the image have all features that TDs may use") \
	X(BUDGET, "updates-left", false, "are updates left") \
	X(FALLBACK, "fallback", true, "is there a fallback image") \
	X(LPS, "lps", false, "is every LP online") \
	X(TD_BUILD, "td-build", true, "is no TD being built") \
	X(ERRATUM, "erratum", true, "do P-SEAMLDR calls keep the current VMCS") \
	X(UPLOAD, "upload", false, "is the upload node idle") \
	X(MAPPING, "mapping", true, "can the repository's rules be read")
#define SEAMSTEP_CHECK_ENUM(NAME, name, waivable, text) SEAMSTEP_CHECK_##NAME,
enum seamstep_check { SEAMSTEP_CHECKS(SEAMSTEP_CHECK_ENUM) SEAMSTEP_CHECK_NR };
#undef SEAMSTEP_CHECK_ENUM

enum seamstep_check_result {
	SEAMSTEP_PASSED,
	SEAMSTEP_WARNED,
	SEAMSTEP_UNDECIDED,	/* the fact is not known; the check does not stop the update */
	SEAMSTEP_WAIVED,
	SEAMSTEP_FAILED
};

/* One line of a preflight. */
struct seamstep_check_line {
	enum seamstep_check_result result;
	enum seamstep_end end;		/* if the check failed */
	char *text;			/* NULL: the check was not made */
};

struct seamstep_preflight {
	enum seamstep_end end;		/* SEAMSTEP_OK: nothing stops the update */
	struct seamstep_check_line lines[SEAMSTEP_CHECK_NR];
};

/**
 * seamstep_check_name - "lps"
 */
const char *seamstep_check_name(enum seamstep_check check);

/**
 * seamstep_check_question - "is every LP online"
 */
const char *seamstep_check_question(enum seamstep_check check);

/**
 * seamstep_check_find - a check by its name
 * @waivable: set: can a request waive it
 * Returns SEAMSTEP_CHECK_NR if there is no such check.
 */
enum seamstep_check seamstep_check_find(const char *name, bool *waivable);

/**
 * seamstep_ready_check - could this host be updated now, whatever the image?
 * @host:   after seamstep_host_refresh()
 * @waived: bit (1 << enum seamstep_check)
 * @p:      filled in, also where the answer is no; seamstep_ready_release() after use
 *
 * The checks of a preflight that concern the host alone, and the lock. Touches nothing. Returns
 * SEAMSTEP_OK if nothing stops an update; else the kind of error that tells most.
 */
enum seamstep_end seamstep_ready_check(struct seamstep_host *host, uint32_t waived,
				       struct seamstep_preflight *p);

/**
 * seamstep_ready_release - free the texts of a preflight that seamstep_ready_check() filled in
 */
void seamstep_ready_release(struct seamstep_preflight *p);

/* ---- the request ----------------------------------------------------------------------------- */

enum seamstep_td_build {
	SEAMSTEP_TD_BUILD_WAIT, SEAMSTEP_TD_BUILD_REFUSE, SEAMSTEP_TD_BUILD_IGNORE
};

/*
 * What is wanted. Zero it, set @size to sizeof(struct seamstep_update_request). Texts and callbacks
 * must stay until seamstep_update_free(). Each callback may be NULL. It runs inside
 * seamstep_update_step() and must not call the library with the same context.
 */
struct seamstep_update_request {
	size_t size;
	struct seamstep_route_request route;	/* its own @size counts */
	const char *file;		/* an image instead of the repository's */
	const char *signer;		/* a PEM file; NULL: the host's signer, else Intel */
	const char *fallbacks[SEAMSTEP_MAX_FALLBACKS];	/* versions or files; none: the best */
	uint32_t nr_fallbacks;
	bool no_fallback;		/* go without */
	bool reinstall;			/* install the running version again */
	bool allow_older, allow_debug;	/* go back; install a debug-signed module */
	bool rehearse;			/* let the P-SEAMLDR check the image before the shutdown */
	uint32_t waived;		/* bit (1 << enum seamstep_check) */
	enum seamstep_td_build td_build;	/* where TDs are being built */
	uint32_t timeout_ms;		/* for an outcome */
	void *arg;			/* passed to each callback */
	/* A phase begins, or @done of @total parts of it are over; @total 0: not known. */
	void (*progress)(void *arg, const char *phase, uint64_t done, uint64_t total);
	/* Asked until the point of no return. True: stop, with nothing touched. */
	bool (*cancelled)(void *arg);
	/* The point of no return: from here on the update goes to its end. */
	void (*committed)(void *arg);
};

/* ---- the update ------------------------------------------------------------------------------ */

/* The first failure of an update, and what the update did about it. Texts are constant. */
struct seamstep_failure {
	const char *reason;		/* "install" */
	const char *step;
	uint32_t lp;
	uint64_t leaf, status, rdx;	/* of the SEAMCALL; 0: it was none */
	const char *leaf_name, *status_name;
	uint32_t nr_recovery;
	const char *recovery[SEAMSTEP_MAX_RECOVERY];	/* in the order of time */
};

struct seamstep_outcome {
	enum seamstep_end end;
	bool tried;			/* the point of no return was passed */
	char *verdict;			/* "updated", "unchanged", "recovered", "lost", ... */
	char *detail;			/* a sentence: the failure and its place; NULL if none */
	bool has_failure;		/* the host tells the SEAMCALL that failed */
	struct seamstep_failure failure;
	uint64_t window_ns;		/* that the host was stopped; 0: not told */
	uint64_t duration_ns;
	/* Did a look at the firmware, before the LPs left, confirm the verdict? */
	bool has_confirmed, confirmed;
	bool has_tds;
	uint32_t tds_alive, tds_total;
};

/* One update of the plan. */
struct seamstep_update_hop {
	const struct seamstep_image *image;
	struct ss_version from, to;
	const struct seamstep_image *fallbacks[SEAMSTEP_MAX_FALLBACKS];
	uint32_t nr_fallbacks;
	bool done;			/* the host was asked; @outcome is filled in */
	struct seamstep_outcome outcome;
};

struct seamstep_update {
	struct ss_version before;	/* the running version when the plan was made */
	bool has_to;
	struct ss_version to;		/* the version at the end */
	const char *nothing;		/* why there is nothing to do; NULL: there is */
	uint32_t nr_hops;
	const struct seamstep_update_hop *const *hops;
	uint32_t next;			/* the hop that seamstep_update_step() takes next */
	bool changed;			/* another module runs than before */
	const struct seamstep_preflight *preflight;	/* the last; NULL: none was made */
};

/**
 * seamstep_update_plan - choose the images, their order and their fallbacks
 * @host:   after seamstep_host_refresh(), with a repository unless request->file is set
 * @update: set on each result but SEAMSTEP_NO_MEMORY; seamstep_update_free() after use
 *
 * Touches nothing. Take the lock and refresh before, so that the plan is not overtaken.
 * Returns SEAMSTEP_OK, also where there is nothing to do; SEAMSTEP_BAD_REQUEST, _UNSUPPORTED,
 * _INCOMPATIBLE, _EXHAUSTED, _BAD_IMAGE or _ERROR. After SEAMSTEP_INCOMPATIBLE the update may have
 * one hop all the same: seamstep_update_check() then lists all that is wrong with the image.
 */
enum seamstep_end seamstep_update_plan(struct seamstep_host *host,
				       const struct seamstep_update_request *request,
				       struct seamstep_update **update);

/**
 * seamstep_update_free - free an update, or do nothing if it is NULL
 */
void seamstep_update_free(struct seamstep_update *update);

/**
 * seamstep_update_check - make all checks for one hop, whatever fails
 * @i: below update->nr_hops
 * Sets update->preflight. Touches nothing. Returns SEAMSTEP_OK if nothing stops the update; else
 * the kind of error that tells most. The text names the first check that failed.
 */
enum seamstep_end seamstep_update_check(struct seamstep_update *update, uint32_t i);

/**
 * seamstep_update_step - check and carry out the next hop
 *
 * The host must be locked: seamstep_host_lock(). Writes the intent to the journal, asks the host,
 * reads the facts again, compares, and writes the outcome to the journal. One call a hop, until
 * update->next is update->nr_hops.
 *
 * Returns SEAMSTEP_OK if the new module runs and TDs are alive. SEAMSTEP_UNCHANGED, _RECOVERED,
 * _LOST, _MISMATCH, _UNKNOWN after the point of no return. Any other result: nothing was touched.
 * The update of a lab simulates a machine with threads and a real-time signal of this process, so
 * a process updates one lab at a time: another call returns SEAMSTEP_NOT_NOW.
 * SEAMSTEP_BAD_REQUEST if the lock is not held or no hop is left. An update that was cancelled
 * returns SEAMSTEP_ERROR. After the point of no return a lack of memory for a text costs that text
 * only: the result stands.
 */
enum seamstep_end seamstep_update_step(struct seamstep_update *update);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
