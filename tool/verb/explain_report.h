/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Answers of "seamstep explain": for people, and as JSON. */
#ifndef SS_TOOL_VERB_EXPLAIN_REPORT_H
#define SS_TOOL_VERB_EXPLAIN_REPORT_H

#include <jansson.h>

#include <seamstep/seamstep.h>

/* Where to look for the images that a hash or an SVN may mean. Read at the first such answer. */
struct explain_images {
	const char *path;		/* NULL: none was found */
	struct seamstep *lib;
	bool tried;
	struct seamstep_repo *repo;	/* NULL: see @why */
	char *why;
};

void explain_images_release(struct explain_images *images);

/* @again: another meaning of the same value comes. */
void explain_print(const struct seamstep_explain_answer *a, struct explain_images *images,
		   bool again);
json_t *explain_json(const struct seamstep_explain_answer *a, struct explain_images *images);

#endif
