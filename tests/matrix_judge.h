/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What an update under faults must come to: its verdict by the model, its TDs by the solver. */
#ifndef TESTS_MATRIX_JUDGE_H
#define TESTS_MATRIX_JUDGE_H

#include "matrix_run.h"

/* What became of the TDs. X(name, text) */
#define MATRIX_KINDS(X) \
	X(SAVED, "saved") \
	X(NO_WAY, "no way: no sequence of calls saves them once they are at risk") \
	X(UNSEEN, "only a clairvoyant: nothing had failed before the call that lost them") \
	X(ERASED, "only a clairvoyant: the call that lost them is one that erased the module") \
	X(LOST, "lost, although they could be saved")
#define MATRIX_KIND_ENUM(name, text) MATRIX_##name,
enum matrix_kind { MATRIX_KINDS(MATRIX_KIND_ENUM) MATRIX_KIND_NR };
#undef MATRIX_KIND_ENUM

struct matrix_outcome {
	enum ss_verdict verdict;
	enum matrix_kind kind;
	uint32_t struck[MATRIX_FAULTS];
	uint32_t losing_call;		/* not of SAVED and NO_WAY; nr_calls: leaving */
	const char *wrong;		/* NULL, or a sentence */
};

/* After matrix_execute() of our flow, which returned @wrong. */
void matrix_judge(struct matrix *m, const char *wrong, struct matrix_outcome *out);
const char *matrix_kind_text(enum matrix_kind kind);

#endif
