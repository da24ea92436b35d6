/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The way from the running module to a wanted one, over several updates where one does not do. */
#ifndef SS_CORE_ROUTE_H
#define SS_CORE_ROUTE_H

#include "compat.h"

#define SS_ROUTE_MAX_IMAGES	64u
#define SS_ROUTE_NONE		UINT32_MAX
#define SS_ROUTE_NEWEST		(UINT32_MAX - 1)

/* An image that may be installed on the way. */
struct ss_route_image {
	const struct ss_image *image;
	struct ss_version version;
	const struct ss_compat_rule *rule;	/* of the mapping file, or NULL */
};

/**
 * struct ss_route_policy - what the operator wants
 * @small_steps:   as many updates as fit, each as small as possible, instead of the fewest
 * @need_fallback: every update must have the image of the version before it at hand, and an
 *                 update to spare for installing that
 * @waived:        reasons (1 << enum ss_compat_reason) that do not count
 */
struct ss_route_policy {
	bool small_steps, need_fallback;
	uint32_t waived;
};

/* Why there is no way. X(name, key, text) */
#define SS_ROUTE_FAILURES(X) \
	X(FOUND, "found", "there is a way") \
	X(THERE, "there", "the wanted version runs") \
	X(UP_TO_DATE, "up-to-date", "there is no newer version of the running line") \
	X(NO_WAY, "no-way", "the rules allow no chain of updates") \
	X(FALLBACK, "fallback", "every way has an update without a fallback at hand") \
	X(BUDGET, "budget", "the way needs more updates than are left before a reboot")
#define SS_ROUTE_ENUM(name, key, text) SS_ROUTE_##name,
enum ss_route_failure { SS_ROUTE_FAILURES(SS_ROUTE_ENUM) SS_ROUTE_NR };
#undef SS_ROUTE_ENUM

/* One update. */
struct ss_route_hop {
	uint32_t image;			/* index of the image to install */
	struct ss_compat compat;	/* of it, after the one before */
	uint32_t before;		/* the image of the version before it, or SS_ROUTE_NONE */
	uint32_t after; /* one that could still follow it if it fails once it is in */
};

struct ss_route {
	enum ss_route_failure failure;
	uint32_t target;		/* index; SS_ROUTE_NONE if none was found */
	uint32_t nr_hops;
	struct ss_route_hop hops[SS_ROUTE_MAX_IMAGES];
	uint32_t needed;		/* updates that it takes, spare one included */
	uint32_t shortest[SS_ROUTE_MAX_IMAGES];	/* updates to each image, 0: cannot be reached */
	/* Work area. [i] for what can follow image i, the last one for what can follow the host. */
	uint64_t edges[SS_ROUTE_MAX_IMAGES + 1];
	uint64_t reach[SS_ROUTE_MAX_IMAGES + 1];
	struct ss_compat_host host;
	struct ss_compat scratch;
};

/**
 * ss_route_find - the updates that lead to an image
 * @host:   as it is now
 * @images: up to SS_ROUTE_MAX_IMAGES, parsed
 * @target: index, or SS_ROUTE_NEWEST for the newest that can be reached
 * @route:  filled in; large, keep it off small stacks
 *
 * Every hop holds all rules of ss_compat_check(), against the host as it will be then. Versions on
 * the way rise from the running one to the target's, or fall where SS_COMPAT_OLDER is waived.
 * Conditions of the moment (LPs offline, updates left) do not cut hops; the updates left
 * bound their number.
 *
 * Context: any; pure. Returns true if there is a way; else @route->failure says why not.
 * Source: own design; the rules are compat's.
 */
bool ss_route_find(const struct ss_compat_host *host, const struct ss_route_image *images,
		   uint32_t nr, uint32_t target, const struct ss_route_policy *policy,
		   struct ss_route *route);

/* The host as it will be when @image runs. */
void ss_route_host_after(const struct ss_compat_host *host, const struct ss_route_image *image,
			 struct ss_compat_host *after);

const char *ss_route_name(enum ss_route_failure failure);
const char *ss_route_text(enum ss_route_failure failure);

#endif
