// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * One line of a log: which SEAMCALL does it name, how did the call end, what else does it name?
 *
 * The formats of kernels and hypervisors differ in brackets, colons and the order of words. So no
 * format is matched as a whole: the words around a number say what the number is.
 *
 *   SEAMCALL failed: CPU 94: leaf 33, error 0xc0...			before Linux 6.7
 *   SEAMCALL[33] failed: 0xc0... RCX 0x..., RDX 0x...			KVM before it was merged
 *   SEAMCALL[TDH_SYS_INIT(33)] failed: TDX_...(0xc0...)
 *   SEAMCALL (0x0000000000000021) failed: 0xc0...			Linux 6.7 to 7.3
 *   SEAMCALL TDH_MNG_CREATE failed: 0xc0..., rcx 0x...			KVM from 6.16 on
 *   TDH.MNG.INIT failed with status: 0xc0...				another hypervisor
 */
#include "explain_internal.h"

#include <string.h>
#include <strings.h>

#define NAME_MAX	64u
#define LEAF_MAX	0xffffffu	/* leaf and version */
#define NONE		UINT32_MAX

struct line {
	const char *raw;		/* as it came */
	size_t raw_bytes;
	char text[SEAMSTEP_EXPLAIN_LINE_MAX + 1];	/* printable, ends in 0 */
	size_t bytes;
	struct explain_token token[EXPLAIN_TOKENS_MAX];
	uint32_t nr;
	bool taken[EXPLAIN_TOKENS_MAX];	/* the token's part in the line is known */
	bool about_calls;		/* "SEAMCALL", or the name of one */
	bool heard;
	struct seamstep_explain_answer found;	/* leaf and registers of the line */
	struct seamstep_explain_answer answer;	/* the one that is being made */
	seamstep_explain_hear hear;
	void *ctx;
};

/* ---- the text -------------------------------------------------------------------------------- */

static bool is_printable(char c)
{
	return c >= 0x20 && c < 0x7f;
}

/* Blanks in place of what is not printable; colours of terminals go. */
static void clean(struct line *l)
{
	size_t i;

	for (i = 0; i < l->raw_bytes && l->bytes < SEAMSTEP_EXPLAIN_LINE_MAX; i++) {
		if (l->raw[i] == 0x1b && i + 1 < l->raw_bytes && l->raw[i + 1] == '[') {
			i += 2;
			while (i < l->raw_bytes && l->raw[i] >= 0x20 && l->raw[i] < 0x40)
				i++;
		} else {
			l->text[l->bytes++] = is_printable(l->raw[i]) ? l->raw[i] : ' ';
		}
	}
	l->text[l->bytes] = '\0';
}

static bool is_word(const struct line *l, uint32_t i, const char *word)
{
	const struct explain_token *t = &l->token[i];

	return i < l->nr && (*t->p | 0x20) == (*word | 0x20) && t->n == strlen(word) &&
	       !strncasecmp(t->p, word, t->n);
}

static bool is_any_word(const struct line *l, uint32_t i, const char *const *words)
{
	for (; *words; words++)
		if (is_word(l, i, *words))
			return true;
	return false;
}

static bool is_number(const struct line *l, uint32_t i)
{
	return i < l->nr && l->token[i].kind == EXPLAIN_NUMBER;
}

static struct seamstep_explain_answer *begin(struct line *l)
{
	memset(&l->answer, 0, sizeof(l->answer));
	return &l->answer;
}

static void tell(struct line *l)
{
	explain_show(&l->answer, l->raw, l->raw_bytes);
	l->heard = true;
	l->hear(l->ctx, &l->answer);
}

/* ---- which call ------------------------------------------------------------------------------ */

static bool set_leaf(struct line *l, uint64_t leaf)
{
	if (!l->found.has_leaf) {
		l->found.has_leaf = true;
		l->found.leaf = leaf;
	}
	return true;
}

static bool is_leaf_number(const struct line *l, uint32_t i)
{
	return is_number(l, i) && (l->token[i].value & ~SS_LEAF_SEAMLDR) <= LEAF_MAX;
}

/* "SEAMCALL (0x22)", "SEAMCALL[33]", "SEAMCALL 7", "leaf 33". */
static void find_leaf_number(struct line *l, uint32_t i)
{
	if (!is_word(l, i, "SEAMCALL") && !is_word(l, i, "leaf"))
		return;
	l->about_calls |= is_word(l, i, "SEAMCALL");
	if (is_leaf_number(l, i + 1) && l->token[i + 1].before != ':') {
		set_leaf(l, l->token[i + 1].value);
		l->taken[i + 1] = true;
	}
}

static void find_leaf(struct line *l)
{
	char text[NAME_MAX];
	uint64_t leaf;
	uint32_t i;

	/* A name says more than a number: "SEAMCALL[TDH_SYS_INIT(33)]". */
	for (i = 0; i < l->nr; i++) {
		if (l->token[i].kind != EXPLAIN_WORD || l->token[i].n >= NAME_MAX ||
		    !explain_leaf_by_name(explain_token_text(&l->token[i], text, sizeof(text)),
					  &leaf))
			continue;
		l->about_calls = set_leaf(l, leaf);
		if (is_leaf_number(l, i + 1) && l->token[i + 1].before == '(')
			l->taken[i + 1] = true;
	}
	for (i = 0; i < l->nr; i++)
		find_leaf_number(l, i);
}

/* ---- registers ------------------------------------------------------------------------------- */

static uint32_t register_of(const struct line *l, uint32_t i)
{
	const struct explain_token *t = &l->token[i];
	char text[4];
	uint64_t id;

	if (t->n < 2 || t->n > 3 || (t->p[0] | 0x20) != 'r' || !is_number(l, i + 1) ||
	    !explain_operand_by_name(explain_token_text(t, text, sizeof(text)), &id) ||
	    !id || id >= SEAMSTEP_EXPLAIN_REGISTERS)
		return NONE;
	return (uint32_t)id;
}

static void find_registers(struct line *l)
{
	uint32_t i, id;

	for (i = 0; i < l->nr; i++) {
		id = register_of(l, i);
		if (id == NONE)
			continue;
		l->found.has_register |= (uint16_t)(1u << id);
		l->found.reg[id] = l->token[i + 1].value;
		l->taken[i] = l->taken[i + 1] = true;
	}
}

/* Not the registers of an oops: those have no 0x, and others stand among them. */
static bool is_registers_only(const struct line *l)
{
	uint32_t i, nr = 0;

	for (i = 0; i < l->nr; i++) {
		if (is_word(l, i, "RSP") || is_word(l, i, "RIP") || is_word(l, i, "RAX"))
			return false;
		if (register_of(l, i) == NONE)
			continue;
		if (!l->token[i + 1].hex)
			return false;
		nr++;
	}
	return nr > 0;
}

/* ---- how it ended ---------------------------------------------------------------------------- */

static bool is_known_status(uint64_t value)
{
	uint64_t speaker = explain_speaker(value), found;

	return explain_is_status(value) &&
	       ss_status_by_name(speaker, ss_status_name(speaker, value), &found);
}

/* The word before the number, or the one before that, says that the number is a status. */
static bool is_said_to_be_status(const struct line *l, uint32_t i)
{
	static const char *const words[] = {
		"failed", "error", "err", "status", "returned", "ret", "code", "rax", NULL
	};

	return (i >= 1 && is_any_word(l, i - 1, words)) || (i >= 2 && is_any_word(l, i - 2, words));
}

static uint64_t number_of(const struct line *l, uint32_t i)
{
	return l->token[i].kind == EXPLAIN_WORD || l->taken[i] ? 0 : l->token[i].value;
}

static uint32_t find_status(const struct line *l)
{
	uint32_t i, first = NONE;

	for (i = 0; i < l->nr; i++) {
		uint64_t value = number_of(l, i);

		if (value <= UINT32_MAX)
			continue;
		if (is_said_to_be_status(l, i))
			return i;
		if (first == NONE && (is_known_status(value) || value >> 63))
			first = i;
	}
	return first;
}

static void tell_status(struct line *l, bool has_value, uint64_t value)
{
	l->answer = l->found;
	l->answer.has_value = has_value;
	l->answer.value = value;
	explain_status(&l->answer);
	tell(l);
}

/* "TDX_SYS_BUSY", where the line has no number. */
static bool status_by_name(struct line *l)
{
	char text[NAME_MAX];
	uint64_t value;
	uint32_t i;

	for (i = 0; i < l->nr; i++) {
		if (l->token[i].n >= NAME_MAX || l->token[i].n < 5)
			continue;
		explain_token_text(&l->token[i], text, sizeof(text));
		if ((strncmp(text, "TDX_", 4) && strncmp(text, "PSEAMLDR_", 9)) ||
		    !ss_status_by_name(SS_LEAF_TDH_SYS_RD, text, &value) || !value)
			continue;
		tell_status(l, false, value);
		return true;
	}
	return false;
}

static bool look_for_status(struct line *l)
{
	uint32_t i;

	if (l->about_calls) {
		i = find_status(l);
		if (i != NONE)
			tell_status(l, true, l->token[i].value);
		return i != NONE || status_by_name(l);
	}
	/* Without a word about calls: only numbers that can be nothing else. */
	for (i = 0; i < l->nr; i++) {
		uint64_t value = number_of(l, i);

		if (value >> 63 && value >> 32 != 0x80000000u && is_known_status(value))
			tell_status(l, true, value);
	}
	return l->heard || status_by_name(l);
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void look_for_upload(struct line *l, uint32_t i)
{
	const struct explain_token *phase = &l->token[i], *error = phase + 1;
	char text[NAME_MAX];
	size_t n = phase->n + 1 + error->n;

	if (i + 1 == l->nr || phase->p + phase->n + 1 != error->p || error->before != ':' ||
	    n >= sizeof(text))
		return;
	memcpy(text, phase->p, n);
	text[n] = '\0';
	if (explain_upload(begin(l), text))
		tell(l);
}

static void look_for_hash(struct line *l, uint32_t i)
{
	static const char *const words[] = { "mrseam", "mr_seam", "seamhash", NULL };

	if (is_any_word(l, i, words) && i + 1 < l->nr &&
	    explain_mrseam(begin(l), l->token[i + 1].p, l->token[i + 1].n))
		tell(l);
}

static void look_for_tcb_svn(struct line *l, uint32_t i)
{
	static const char *const words[] = {
		"tee_tcb_svn", "teetcbsvn", "tee_tcb_svn2", "tee_tcb_svn_2", "teetcbsvn2", NULL
	};

	if (!is_any_word(l, i, words) || i + 1 == l->nr || l->token[i + 1].kind != EXPLAIN_DIGITS ||
	    l->token[i + 1].n != 32)
		return;
	explain_tcb_svn(begin(l), l->token[i + 1].p);
	tell(l);
}

static void tell_number(struct line *l, uint64_t value,
			void (*explain)(struct seamstep_explain_answer *))
{
	struct seamstep_explain_answer *a = begin(l);

	a->has_value = true;
	a->value = value;
	explain(a);
	tell(l);
}

/* "hardware reason e0000091": without 0x, so digits may look like a decimal number. */
static void look_for_exit_reason(struct line *l, uint32_t i)
{
	const struct explain_token *t = &l->token[i + 2];
	struct seamstep_explain_answer *a;
	uint32_t skip, k;

	if (!is_word(l, i, "hardware") || !is_word(l, i + 1, "reason") || i + 2 >= l->nr || t->n > 16)
		return;
	skip = t->hex && t->kind == EXPLAIN_NUMBER ? 2 : 0;
	for (k = skip; k < t->n; k++)
		if (!explain_is_hex(t->p[k]))
			return;
	a = begin(l);
	a->has_value = true;
	a->value = explain_read_hex(t->p + skip, t->n - skip);
	explain_exit_reason(a);
	tell(l);
}

/* "seamstep.service: Main process exited, code=exited, status=11/n/a" */
static void look_for_exit_status(struct line *l, uint32_t i)
{
	static const char *const words[] = { "status", "exit", NULL };

	if (!is_any_word(l, i, words) || !is_number(l, i + 1) || l->token[i + 1].hex ||
	    l->token[i + 1].value > 255 || !strstr(l->text, "seamstep"))
		return;
	tell_number(l, l->token[i + 1].value, explain_exit_status);
}

static void look_for_field(struct line *l, uint32_t i)
{
	static const char *const words[] = { "field", "field_id", "fieldid", NULL };

	if (is_any_word(l, i, words) && i + 1 < l->nr && number_of(l, i + 1) > UINT32_MAX)
		tell_number(l, l->token[i + 1].value, explain_field);
}

static void look_for_rest(struct line *l)
{
	uint32_t i;

	for (i = 0; i < l->nr; i++) {
		look_for_upload(l, i);
		look_for_hash(l, i);
		look_for_tcb_svn(l, i);
		look_for_exit_reason(l, i);
		look_for_exit_status(l, i);
		look_for_field(l, i);
	}
	if (!l->heard && explain_message(begin(l), l->text))
		tell(l);
}

bool explain_line(const char *line, size_t n, seamstep_explain_hear hear, void *ctx,
		  struct seamstep_explain_answer *registers)
{
	struct line l;

	l.raw = line;
	l.raw_bytes = n;
	l.bytes = 0;
	l.hear = hear;
	l.ctx = ctx;
	l.about_calls = l.heard = false;
	memset(&l.found, 0, sizeof(l.found));
	clean(&l);
	l.nr = explain_tokens(l.text, l.bytes, l.token);
	memset(l.taken, 0, l.nr * sizeof(l.taken[0]));
	find_leaf(&l);
	find_registers(&l);
	if (!look_for_status(&l))
		look_for_rest(&l);
	if (l.heard || !l.found.has_register || !is_registers_only(&l))
		return false;
	*registers = l.found;
	return true;
}
