/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Tiny programs as data: a few operations per LP on a few words, with known final states. */
#ifndef SS_TESTS_LITMUS_H
#define SS_TESTS_LITMUS_H

#include "place/virtual/virtual.h"

#define LITMUS_LPS	4u
#define LITMUS_OPS	6u
#define LITMUS_WORDS	4u

enum litmus_kind {
	L_END,
	L_LOAD,		/* out = word */
	L_ACQUIRE,
	L_STORE,	/* word = value */
	L_PUBLISH,
	L_CAS,		/* out = cas(word, value, value + 1) */
	L_ADD,		/* out = add(word, value) */
	L_FENCE,
	L_AWAIT,	/* until word == value */
	L_AWAIT2,	/* until word == value or the word after it == value */
	L_AWAIT_TIMED,	/* until word == value (out = 0) or the deadline passes (out = 1) */
	L_AWAIT_SILENT,	/* as L_AWAIT, but a turn has an effect, and the program does not say so */
	L_CHOOSE,	/* out = one of value */
	L_PLAIN_WRITE,	/* of plain[word] */
	L_PLAIN_READ,
	L_SEAM,		/* word += value, as one operation of the SEAM */
};

struct litmus_op {
	enum litmus_kind kind;
	uint32_t word, value;
};

struct litmus {
	const char *name;
	uint32_t nr_lps;
	struct litmus_op ops[LITMUS_LPS][LITMUS_OPS];
	/* Run-time state. */
	struct ss_word words[LITMUS_WORDS + 1];
	uint32_t plain[LITMUS_WORDS];
	uint32_t out[LITMUS_LPS][LITMUS_OPS];
};

void litmus_program(struct litmus *l, struct virtual_program *p);
/* All words and outputs as one number, in practice a different one for each final state. */
uint64_t litmus_state(const struct litmus *l);

/* A set of numbers. */
struct litmus_set {
	uint64_t *v;
	uint32_t n, room;
};
void litmus_set_add(struct litmus_set *s, uint64_t v);
bool litmus_set_equal(const struct litmus_set *a, const struct litmus_set *b);
void litmus_set_free(struct litmus_set *s);

struct litmus_result {
	struct litmus_set states;	/* of executions that ended; a deadlock is one more state */
	uint64_t executions, pruned;
	uint64_t foreseen;
	bool deadlocks, failed, nondeterministic;
	char failure[256];
};

enum litmus_search {
	LITMUS_BRUTE,		/* every order of operations */
	LITMUS_PLAIN,		/* reduced, but nothing is foreseen (foresee.c) */
	LITMUS_REDUCED,
};
/* Explores all executions of @l. */
void litmus_explore(struct litmus *l, enum virtual_memory memory, enum litmus_search search,
		    struct litmus_result *out);
void litmus_result_free(struct litmus_result *r);

#endif
