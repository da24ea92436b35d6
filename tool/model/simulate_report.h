/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The report of a simulation, for people and for machines. */
#ifndef SS_CLI_SIMULATE_REPORT_H
#define SS_CLI_SIMULATE_REPORT_H

#include <stdbool.h>
#include <stdio.h>
#include <jansson.h>

#include "lab/simulate.h"
#include "timeline.h"

/* The form of the report, from the command line. Strings are not owned. */
struct simulate_view {
	bool verbose, json;
	bool sweep;			/* call simulate_sweep() instead of one simulation */
	const char *svg, *perfetto;	/* files for pictures, or NULL */
};

/* The window as data for a picture. *@title and *@subtitle get malloc'd texts. */
struct timeline simulate_timeline(const struct simulation *s, char **title, char **subtitle);

/* The plan before the update, and the outcome after it (or why nothing was tried). */
void simulate_report_before(const struct simulation *s, FILE *out);
void simulate_report(const struct simulation *s, const struct simulate_view *view, FILE *out);
json_t *simulate_json(const struct simulation *s);		/* simulate_json.c */

/* simulate_sweep.c: an update under each fault, by another program. Returns only on failure. */
int simulate_sweep(const struct simulate_options *options, bool as_json);

#endif
