/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The updates that lead from the running module to a version. */
#ifndef SEAMSTEP_ROUTE_H
#define SEAMSTEP_ROUTE_H

#include <seamstep/tcb.h>
#include <seamstep/types.h>

struct seamstep_image;

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * What is wanted. Zero it, set @size to sizeof(struct seamstep_route_request). Texts are read
 * during the call only.
 */
struct seamstep_route_request {
	size_t size;
	const char *to;		/* a version; NULL: the newest that can be reached */
	bool small_steps;	/* as many updates as are left, each as small as possible */
	bool require_fallback;	/* every update with a fallback, and an update to spare for it */
	bool has_left;
	uint32_t left;		/* updates left, instead of the host's number */
	uint32_t waived;	/* bit (1 << enum ss_compat_reason): reasons that do not count */
	/* Not NULL: what clears @tcb_status by these documents with the fewest updates, not @to. */
	const struct seamstep_tcb *tcb;
	enum seamstep_tcb_status tcb_status;
};

/* Why there is no route. */
enum seamstep_route_result {
	SEAMSTEP_ROUTE_FOUND,
	SEAMSTEP_ROUTE_THERE,		/* the wanted version runs */
	SEAMSTEP_ROUTE_UP_TO_DATE,	/* no newer version of its line is there */
	SEAMSTEP_ROUTE_NO_WAY,		/* the rules allow no chain of updates */
	SEAMSTEP_ROUTE_NO_FALLBACK,	/* there is a route, but not a fallback for each hop */
	SEAMSTEP_ROUTE_BUDGET,		/* more updates than are left before a reboot */
	SEAMSTEP_ROUTE_NR
};

/* One update of a route. Images are the repository's; NULL: there is none. */
struct seamstep_hop {
	const struct seamstep_image *image;	/* to be installed */
	struct ss_version from;
	const struct seamstep_image *fallback;	/* of @from: as long as the new one is not in */
	const struct seamstep_image *fallback_after;	/* can follow the new one, once it is in */
	const struct ss_compat *compat;		/* of @image after @from */
};

struct seamstep_route {
	enum seamstep_route_result result;
	char *why;			/* a sentence where @result is not FOUND */
	bool has_to;
	struct ss_version to;		/* the target */
	const struct seamstep_image *target;	/* NULL: none was found */
	uint32_t nr_hops;
	const struct seamstep_hop *const *hops;
	uint32_t needed;		/* updates that it takes, a spare one included */
	const uint32_t *shortest;	/* by image of the repository: updates to it, 0: no way */
};

/**
 * seamstep_route_find - plan the updates to a version
 * @host:  after seamstep_host_refresh() with a repository. With request->has_left its facts show
 *         that number of updates left until the next refresh
 * @route: set where the request makes sense, also if there is no route; else NULL.
 *         seamstep_route_free() after use; valid until the next refresh
 *
 * Returns SEAMSTEP_OK if there is a route or nothing to do; SEAMSTEP_BAD_REQUEST if request->to is
 * no version, or the host uses no repository; SEAMSTEP_INCOMPATIBLE if no route leads there, or
 * the repository has no such image; SEAMSTEP_EXHAUSTED if more updates are needed than left;
 * SEAMSTEP_UNSUPPORTED if the running version is not known. Where no version is named:
 * SEAMSTEP_ERROR if the mapping file is damaged, SEAMSTEP_BAD_IMAGE if no image is well-formed.
 */
enum seamstep_end seamstep_route_find(struct seamstep_host *host,
				      const struct seamstep_route_request *request,
				      struct seamstep_route **route);

/**
 * seamstep_route_free - free a route, or do nothing if it is NULL
 */
void seamstep_route_free(struct seamstep_route *route);

/**
 * seamstep_route_name - the name of a result: "up-to-date"
 */
const char *seamstep_route_name(enum seamstep_route_result result);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
