/* SPDX-License-Identifier: GPL-2.0-only */
/* From the preflight to the window. All of it with step_lock held. */
#ifndef STEP_PREFLIGHT_H
#define STEP_PREFLIGHT_H

#include "seamstep.h"

/* The settings of the update under way. */
extern struct step_policy step_policy_now;

/* Allocated, too large for a stack. The caller has CPU hotplug disabled. */
struct step_preflight {
	struct step_host host;
	struct ss_compat target, fallback;	/* what fits, and what does not */
	const struct ss_image *images[SS_UPDATE_MAX_IMAGES];
	struct step_image *step_images[SS_UPDATE_MAX_IMAGES];
	u32 nr_images;
	u16 hv;
};

/* An update begins: a setting that is written from now on is for the next one. */
void step_preflight_policy(void);

/*
 * step_preflight - look at the host, and choose the images of an update to @target
 * Fills in @p. Returns 0; otherwise -EINVAL, -EBUSY, -ENOSPC or -EIO, and the report says why.
 */
int step_preflight(struct step_preflight *p, struct step_image *target);

/* Warn of memory that the target may lack. After step_preflight() has accepted it. */
void step_preflight_warn(const struct step_preflight *p);

/* Does the running module refuse to be shut down while a TD is being built? */
bool step_preflight_module_tells(const struct step_preflight *p);

/* 0; -EBUSY, with a report, if nobody can see TD builds and the operator has not waived that. */
int step_preflight_builds(const struct step_preflight *p);

#endif
