/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What a report takes from a host. */
#ifndef SS_TOOL_BUNDLE_COLLECT_H
#define SS_TOOL_BUNDLE_COLLECT_H

#include "bundle.h"
#include "scrub.h"

struct collect_from {
	const char *sysroot;	/* a recorded tree; NULL: this machine */
	const char *state_dir;	/* of this machine: journal and inhibitors */
	const char *config;	/* of this machine: its configuration file */
	const char *command;	/* the seamstep command, asked for its answers */
	const char *repo;	/* the repository of images, or NULL */
};

/* Adds the files of the host. What could not be read stands in the file ERRORS. */
void collect_files(const struct collect_from *from, struct bundle *b);
/* Tells @scrub the names and serial numbers of the host. They are not in the bundle. */
void collect_identifiers(const struct collect_from *from, struct scrub *scrub);

/* ---- collect_answers.c ----------------------------------------------------------------------- */

/* Adds what the command says about the host, and the digests of the repository's images. */
void collect_answers(const struct collect_from *from, struct bundle *b);

#endif
