// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* One value or name that somebody typed: every meaning that it may have. */
#include "explain_internal.h"

#include <string.h>

#define EXIT_STATUSES	(SEAMSTEP_UNKNOWN + 1u)	/* the command's last one */
#define LINE_OF_WORDS	SEAMSTEP_EXPLAIN_LINE_MAX
#define NAME_MAX	128u

struct value {
	const char *text;
	size_t bytes;
	seamstep_explain_hear hear;
	void *ctx;
	uint32_t nr;
};

static void tell(struct value *v, struct seamstep_explain_answer *a)
{
	explain_show(a, v->text, v->bytes);
	v->nr++;
	v->hear(v->ctx, a);
}

static void hear_line(void *ctx, const struct seamstep_explain_answer *answer)
{
	struct value *v = ctx;

	v->nr++;
	v->hear(v->ctx, answer);
}

/* ---- numbers --------------------------------------------------------------------------------- */

static void tell_number(struct value *v, uint64_t number,
			void (*explain)(struct seamstep_explain_answer *))
{
	struct seamstep_explain_answer a = { .has_value = true, .value = number };

	explain(&a);
	if (a.known)
		tell(v, &a);
}

static void tell_exit_status(struct value *v, uint64_t number)
{
	struct seamstep_explain_answer a = { .has_value = true, .value = number };

	explain_exit_status(&a);
	if (number < EXIT_STATUSES)
		tell(v, &a);
}

/* What is in no table, but has the form of something. */
static void tell_unknown(struct value *v, uint64_t number)
{
	struct seamstep_explain_answer a = { .has_value = true, .value = number };

	if (number <= UINT32_MAX)
		return;
	if (explain_is_status(number) && number >> 60)
		explain_status(&a);
	else if (explain_is_field(number))
		explain_field(&a);
	else
		return;
	tell(v, &a);
}

static void number(struct value *v, uint64_t n)
{
	if (!n || explain_is_status(n))
		tell_number(v, n, explain_status);
	tell_number(v, n, explain_leaf);
	/* A module ignores some bits of a field's ID, so some statuses look like one. */
	if (n > UINT32_MAX && !v->nr)
		tell_number(v, n, explain_field);
	if (n <= UINT32_MAX) {
		tell_number(v, n, explain_operand);
		tell_number(v, n, explain_msr);
		tell_exit_status(v, n);
	}
	if (!v->nr)
		tell_unknown(v, n);
}

/* ---- names ----------------------------------------------------------------------------------- */

static void tell_status_name(struct value *v, uint64_t leaf, const char *name)
{
	struct seamstep_explain_answer a = { 0 };

	if (!ss_status_by_name(leaf, name, &a.value))
		return;
	/* Success is 0 for both, and only its name tells whose it is. */
	if (!a.value && leaf & SS_LEAF_SEAMLDR)
		return;
	explain_status(&a);
	tell(v, &a);
}

static void name(struct value *v, const char *text)
{
	struct seamstep_explain_answer a = { 0 };
	uint64_t found;

	if (explain_leaf_by_name(text, &found))
		tell_number(v, found, explain_leaf);
	tell_status_name(v, SS_LEAF_TDH_SYS_RD, text);
	if (!v->nr)
		tell_status_name(v, SS_LEAF_SEAMLDR_INFO, text);
	if (explain_field_by_name(text, &found))
		tell_number(v, found, explain_field);
	if (explain_operand_by_name(text, &found))
		tell_number(v, found, explain_operand);
	if (explain_msr_by_name(text, &found))
		tell_number(v, found, explain_msr);
	if (explain_upload(&a, text))
		tell(v, &a);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void digits(struct value *v, const struct explain_token *t)
{
	struct seamstep_explain_answer a = { 0 };

	if (t->n == 32) {
		explain_tcb_svn(&a, t->p);
		tell(v, &a);
	}
}

uint32_t seamstep_explain_value(const char *text, seamstep_explain_hear hear, void *ctx)
{
	struct value v = { text, strnlen(text, LINE_OF_WORDS), hear, ctx, 0 };
	struct explain_token tokens[EXPLAIN_TOKENS_MAX];
	struct seamstep_explain_answer a = { 0 };
	uint32_t nr = explain_tokens(text, v.bytes, tokens);
	char word[NAME_MAX];

	if (nr == 1 && tokens[0].kind == EXPLAIN_NUMBER)
		number(&v, tokens[0].value);
	else if (nr == 1 && tokens[0].kind == EXPLAIN_DIGITS)
		digits(&v, &tokens[0]);
	if (nr == 1 && explain_mrseam(&a, tokens[0].p, tokens[0].n))
		tell(&v, &a);
	if (!v.nr && v.bytes < sizeof(word)) {
		memcpy(word, text, v.bytes);
		word[v.bytes] = '\0';
		name(&v, word);
	}
	if (!v.nr)
		explain_line(text, v.bytes, hear_line, &v, &a);
	return v.nr;
}
