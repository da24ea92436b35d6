/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* How an update under faults must end: its verdict by the model, its TDs by the solver. */
#ifndef TESTS_MATRIX_JUDGE_H
#define TESTS_MATRIX_JUDGE_H

#include "matrix_run.h"

/*
 * What became of the TDs. If they were lost: could another sequence of calls have saved them, and
 * could an update know that? X(name, text)
 */
#define MATRIX_KINDS(X) \
	X(SAVED, "saved") \
	X(NO_WAY, "lost: no sequence of calls saves them once they are at risk") \
	X(UNSEEN, "lost, only a clairvoyant could: nothing had failed before the call that lost them") \
	X(ERASED, "lost, only a clairvoyant could: SEAMLDR.INSTALL said RDX = 1, the module is erased") \
	X(LIED, "lost, only a clairvoyant could: had the statuses been true, the same would be seen") \
	X(BLIND, "lost, only a clairvoyant could: a call lied, and those that would show it failed too") \
	X(BELIEVED, "lost, only who believes no status could: a call says that it failed, and is done") \
	X(LOST, "lost, although they could be saved")
#define MATRIX_KIND_ENUM(name, text) MATRIX_##name,
enum matrix_kind { MATRIX_KINDS(MATRIX_KIND_ENUM) MATRIX_KIND_NR };
#undef MATRIX_KIND_ENUM

struct matrix_outcome {
	enum ss_verdict verdict;
	bool confirmed;
	enum matrix_kind kind;
	uint32_t losing_call;		/* not set if SAVED or NO_WAY; nr_calls: leaving */
	bool excused;			/* the verdict is wrong, and two faults can make it so */
	const char *wrong;		/* NULL, or a sentence */
};

/* Called after matrix_execute() of the project's flow with @seed, which returned @wrong. */
void matrix_judge(struct matrix *m, uint64_t seed, const char *wrong, struct matrix_outcome *out);
const char *matrix_kind_text(enum matrix_kind kind);

#endif
