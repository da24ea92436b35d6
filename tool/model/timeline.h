/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The course of an update's window: summaries of its steps, and pictures. */
#ifndef SS_CLI_TIMELINE_H
#define SS_CLI_TIMELINE_H

#include <stdint.h>
#include <stdio.h>

#include "core/update.h"

/**
 * struct timeline - one update, in the form that the writers of pictures take
 * @title, @subtitle: lines of text, escaped by the writers
 * @image_names:      by the image index of visits and events
 * @lps:              @nr_lps of them, with the spans of every visit
 */
struct timeline {
	const char *title, *subtitle;
	const char *const *image_names;
	const struct ss_update_result *result;
	const struct ss_update_lp *lps;
	uint32_t nr_lps;
};

/* One visit of one step, over all LPs. Times as in the result, on the ss_now_ns() clock. */
struct timeline_step {
	const char *name;		/* "install" */
	const char *mode;		/* "one", "each", "all" */
	const char *image;
	uint32_t step;			/* enum ss_update_step */
	uint32_t lps;			/* LPs that had work */
	uint64_t start_ns, end_ns;	/* first start, last end; both 0 if no LP did anything */
	uint64_t work_ns;		/* summed over LPs */
	uint32_t longest_lp;
	uint64_t longest_ns;
};

/* Context: any. @visit < result->nr_visits. */
void timeline_step(const struct timeline *t, uint32_t visit, struct timeline_step *out);

/* The window: the first arrival of an LP to the last leaving. */
uint64_t timeline_start_ns(const struct timeline *t);
uint64_t timeline_end_ns(const struct timeline *t);

/* "sys-init on LP 0: TDH.SYS.INIT = TDX_SYS_BUSY: repeated the call". Returns malloc'd text. */
char *timeline_event_text(const struct timeline *t, const struct ss_update_event *event);

/* The number of events from @first on (one at least) that differ in nothing but their time. */
uint32_t timeline_same_events(const struct timeline *t, uint32_t first);

/* A picture: one row an LP, or a group of them, coloured by step. */
void timeline_svg(const struct timeline *t, FILE *out);

/* A trace for ui.perfetto.dev and chrome://tracing: one track an LP. */
void timeline_perfetto(const struct timeline *t, FILE *out);

#endif
