/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A simulation told to people and to machines. */
#ifndef SS_CLI_SIMULATE_REPORT_H
#define SS_CLI_SIMULATE_REPORT_H

#include <stdbool.h>
#include <stdio.h>
#include <jansson.h>

#include "simulate.h"
#include "timeline.h"

/* How the command line wants the simulation told. Strings are not owned. */
struct simulate_view {
	bool verbose, json;
	bool sweep;			/* not one simulation, but simulate_sweep() */
	const char *svg, *perfetto;	/* files for pictures, or NULL */
};

/* The window as a picture is drawn from. Texts are malloc'd into @title and @subtitle. */
struct timeline simulate_timeline(const struct simulation *s, char **title, char **subtitle);

/* What is about to happen, and what came of it (or why nothing was tried). */
void simulate_report_before(const struct simulation *s, FILE *out);
void simulate_report(const struct simulation *s, const struct simulate_view *view, FILE *out);
json_t *simulate_json(const struct simulation *s);		/* simulate_json.c */

/* simulate_sweep.c: an update under each fault there is, by another program. Returns on failure. */
int simulate_sweep(const struct simulate_options *options, bool as_json);

#endif
