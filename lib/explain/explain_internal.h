/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Shared by the files of lib/explain. */
#ifndef SS_LIB_EXPLAIN_INTERNAL_H
#define SS_LIB_EXPLAIN_INTERNAL_H

#include <seamstep/explain.h>

#include "core/seamcall.h"

/* ---- explain_names.c: tables, both ways; NULL or false if there is no such row --------------- */

const char *explain_operand_name(uint64_t id);
const char *explain_msr_name(uint64_t number);
const char *explain_field_name(uint64_t id, uint32_t *element);
bool explain_is_field(uint64_t id);			/* has the form of a metadata field's ID */
const char *explain_subject(uint64_t status);		/* of a class byte */
bool explain_operand_by_name(const char *name, uint64_t *id);
bool explain_msr_by_name(const char *name, uint64_t *number);
bool explain_field_by_name(const char *name, uint64_t *id);
/* A leaf's name with dots or underscores, in either letter case. */
bool explain_leaf_by_name(const char *name, uint64_t *leaf);
bool explain_leaf_is_known(uint64_t leaf);
bool explain_same(const char *a, const char *b);	/* but for the letter case */

/* ---- explain_answer.c ------------------------------------------------------------------------ */

/* Is it a value that a SEAMCALL can end with, in a table or not? Not for values below 2^32. */
bool explain_is_status(uint64_t value);
/* A leaf of the firmware whose status it is, told from the value alone; 0 is the module's. */
uint64_t explain_speaker(uint64_t status);
/* The firmware that answers @leaf. */
enum seamstep_explain_whose explain_owner(uint64_t leaf);
void explain_add(struct seamstep_explain_answer *a, const char *what, uint64_t value,
		 const char *name);
/* Sets @shown. */
void explain_show(struct seamstep_explain_answer *a, const char *line, size_t n);

/* ---- explain_status.c ------------------------------------------------------------------------ */

/* Fills in an answer that has its kind, its value, its leaf and its registers. */
void explain_status(struct seamstep_explain_answer *a);

/* ---- explain_advice.c ------------------------------------------------------------------------ */

/* Fills in @tds and @action of a status. */
void explain_advise(struct seamstep_explain_answer *a, enum ss_status_class class);
const char *explain_purpose(uint64_t leaf);	/* "a SEAMCALL that builds a TD" */

/* ---- explain_other.c: answers that are no status --------------------------------------------- */

void explain_leaf(struct seamstep_explain_answer *a);
void explain_field(struct seamstep_explain_answer *a);
void explain_operand(struct seamstep_explain_answer *a);
void explain_msr(struct seamstep_explain_answer *a);
void explain_exit_status(struct seamstep_explain_answer *a);
void explain_exit_reason(struct seamstep_explain_answer *a);
/* "preparing:firmware-invalid", or its second half; false if it is no such error. */
bool explain_upload(struct seamstep_explain_answer *a, const char *error);
/* @digits are 32 hexadecimal digits. */
void explain_tcb_svn(struct seamstep_explain_answer *a, const char *digits);
/* 96 digits, or some, "...", some; false if it is no such thing. */
bool explain_mrseam(struct seamstep_explain_answer *a, const char *text, size_t n);
/* A sentence of a kernel in @line; false if there is none. */
bool explain_message(struct seamstep_explain_answer *a, const char *line);

/* ---- explain_token.c ------------------------------------------------------------------------- */

enum explain_token_kind { EXPLAIN_WORD, EXPLAIN_NUMBER, EXPLAIN_DIGITS };

struct explain_token {
	enum explain_token_kind kind;
	const char *p;
	uint32_t n;
	char before;		/* the last character before it that is no blank; 0 at the start */
	bool hex;		/* of a number: written with 0x */
	uint64_t value;		/* of a number */
};

#define EXPLAIN_TOKENS_MAX 256u

/* Splits @line of @n bytes; returns the number of tokens. Tokens beyond the room are left out. */
uint32_t explain_tokens(const char *line, size_t n, struct explain_token *tokens);
bool explain_is_hex(char c);
/* @n hexadecimal digits, up to 16. */
uint64_t explain_read_hex(const char *p, uint32_t n);
/* A copy of a token's text, cut to @bytes - 1. */
char *explain_token_text(const struct explain_token *t, char *text, size_t bytes);

/* ---- explain_line.c -------------------------------------------------------------------------- */

/*
 * Explains a line of at most SEAMSTEP_EXPLAIN_LINE_MAX bytes; true if the line has nothing but
 * registers, which are then in @registers.
 */
bool explain_line(const char *line, size_t n, seamstep_explain_hear hear, void *ctx,
		  struct seamstep_explain_answer *registers);

#endif
