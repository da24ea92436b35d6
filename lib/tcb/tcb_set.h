/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Several documents: the standard one and an early one, for several kinds of platforms. */
#ifndef SS_LIB_TCB_TCB_SET_H
#define SS_LIB_TCB_TCB_SET_H

#include "tcb.h"

#define TCB_MAX_DOCS	16u
#define TCB_NAME	64u

struct tcb_doc {
	char name[TCB_NAME];		/* the file's name without ".json", printable */
	enum tcb_answer answer;
	struct tcb_info *info;		/* NULL unless tcb_answer_usable() */
	char why[TCB_WHY];		/* a sentence, unless the answer is OK */
};

/* Zeroed and then .at set, it is an empty set. */
struct tcb_set {
	struct tcb_anchor anchors[2];	/* Intel's root, and one that was named */
	size_t nr_anchors;
	int64_t at;			/* the time to judge as of */
	struct tcb_doc docs[TCB_MAX_DOCS];	/* by set number; those not usable last */
	size_t nr;
};

/* An empty set that trusts Intel's root. */
void tcb_set_begin(struct tcb_set *set, int64_t at);
/* Also trusts a certificate. */
enum tcb_answer tcb_set_trust(struct tcb_set *set, struct ss_bytes pem, char why[TCB_WHY]);

/**
 * tcb_set_add - load a document, or all NAME.json of a directory in the order of their names
 * A document that is refused is part of the set, with its answer. Not OK with @why set if there is
 * no room, no memory, or nothing at @path.
 */
enum tcb_answer tcb_set_add(struct tcb_set *set, const char *path, char why[TCB_WHY]);
void tcb_set_release(struct tcb_set *set);

/*
 * Does document @i decide what is accepted now: is it in force, and is no document of a lower set
 * in force for the same platforms? The others tell what will be asked for.
 */
bool tcb_set_decides(const struct tcb_set *set, size_t i);
bool tcb_set_has_decider(const struct tcb_set *set);

/* Does the module clear @wanted under every document that decides? False if none decides. */
bool tcb_set_clears(const struct tcb_set *set, const struct tcb_module *module,
		    enum tcb_status wanted);
/*
 * Index of the first document that leaves a question open, or -1: one that was refused, or one that
 * is out of force with no other in force for the same platforms.
 */
int tcb_set_complaint(const struct tcb_set *set);
/* Does the module clear @wanted under the documents to come, too? */
bool tcb_set_clears_all(const struct tcb_set *set, const struct tcb_module *module,
			enum tcb_status wanted);

/*
 * The index of the document that decides and says the worst of @module, or -1. Of two that say the
 * same, the first.
 */
int tcb_set_worst(const struct tcb_set *set, const struct tcb_module *module);

#endif
