/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* One update of a host: the request, the hops that lead there, the outcome of each. */
#ifndef SS_LIB_UPDATE_UPDATE_H
#define SS_LIB_UPDATE_UPDATE_H

#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>

#include <seamstep/seamstep.h>

#include "lib/decide/plan.h"
#include "lib/decide/preflight.h"

#define UPDATE_MAX_EXTRA (SEAMSTEP_MAX_FALLBACKS + 1u)

struct update_hop {
	struct seamstep_update_hop shown;
	struct preflight_target target;
};

struct update {
	struct seamstep_update shown;	/* first: the caller's pointer is this one */
	struct seamstep_update_request request;
	struct context *context;
	void *owner;			/* of the context, for the entry points */
	/* Where messages go that stop nothing; NULL: nowhere. */
	void (*log)(void *owner, enum seamstep_log_level level, const char *line);
	struct plan plan;
	uint8_t signer[SS_SHA384_BYTES];
	struct seamstep_image *extra[UPDATE_MAX_EXTRA];	/* from files outside the repository */
	uint32_t nr_extra;
	struct update_hop hops[SEAMSTEP_MAX_IMAGES];
	const struct seamstep_update_hop *shown_hops[SEAMSTEP_MAX_IMAGES];
	struct seamstep_preflight preflight;
	char *nothing;
	bool blocked;			/* the plan failed: a hop is there to be checked only */
	char *why;			/* a sentence, where the result is not SEAMSTEP_OK */
};

/* Notes why the update cannot go on. Returns @end. */
__attribute__((format(printf, 3, 4)))
enum seamstep_end update_refuse(struct update *u, enum seamstep_end end, const char *fmt, ...);
/* targets.c: fills in the hops, or u->nothing. */
enum seamstep_end update_find_hops(struct update *u);
/* run.c: preflight of one hop. */
enum seamstep_end update_check(struct update *u, uint32_t i);
/* run.c: one hop with its records. */
enum seamstep_end update_step(struct update *u);
void update_close(struct update *u);

/* record.c: what the journal says of a hop before it and after it. */
json_t *update_intent(const struct update *u, const struct update_hop *hop, const char *id);
json_t *update_outcome(const struct update *u, const struct update_hop *hop, const char *id);

#endif
