// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* One parser of faults for the command, the kernel model and the machine in QEMU. */
#include "fault_text.h"

/* A cursor over the text; errors go to @err. */
struct scan {
	const char *text;
	size_t at;
	struct sim_fault_error *err;
};

static bool wrong(struct scan *s, size_t at, enum sim_fault_part part, enum sim_fault_wrong what)
{
	s->err->at = at;
	s->err->part = part;
	s->err->wrong = what;
	return false;
}

static bool among(char c, const char *set)
{
	while (*set && *set != c)
		set++;
	return *set;
}

/* The characters up to one of @ends go to err->word. False if there are none, or too many. */
static bool word(struct scan *s, const char *ends, enum sim_fault_part part)
{
	size_t n = 0;

	while (s->text[s->at + n] && !among(s->text[s->at + n], ends)) {
		if (n == SIM_FAULT_WORD - 1)
			return wrong(s, s->at, part, SIM_FAULT_LONG);
		s->err->word[n] = s->text[s->at + n];
		n++;
	}
	s->err->word[n] = '\0';
	if (!n)
		return wrong(s, s->at, part, SIM_FAULT_MISSING);
	s->at += n;
	return true;
}

static bool skip(struct scan *s, char c)
{
	bool found = s->text[s->at] == c;

	s->at += found;
	return found;
}

static bool is(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static bool is_number(const char *text)
{
	return *text >= '0' && *text <= '9';
}

/* The value of @c as a digit; 16 or more if it is none. */
static uint32_t digit(char c)
{
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (uint32_t)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (uint32_t)(c - 'A') + 10;
	return 16;
}

static bool number(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	uint32_t base = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10;
	uint64_t n = 0;

	if (base == 16)
		text += 2;
	if (!*text)
		return false;
	for (; *text; text++) {
		uint32_t d = digit(*text);

		if (d >= base || n > (base == 16 ? UINT64_MAX / 16 : UINT64_MAX / 10) ||
		    n * base > UINT64_MAX - d)
			return false;
		n = n * base + d;
	}
	*out = n;
	return n >= min && n <= max;
}

static bool leaf_by_name(const char *name, uint64_t *leaf)
{
	char full[SIM_FAULT_WORD + 4] = "TDH.";
	size_t i;

	for (i = 0; name[i]; i++)
		full[4 + i] = name[i];
	return ss_leaf_by_name(name, leaf) || ss_leaf_by_name(full, leaf);
}

static bool parse_leaf(struct scan *s, struct sim_fault *fault)
{
	size_t start = s->at;
	const char *text = s->err->word;

	if (!word(s, "@#+!=", SIM_FAULT_LEAF))
		return false;
	if (is_number(text) ? number(text, 0, UINT64_MAX, &fault->leaf) :
	    leaf_by_name(text, &fault->leaf))
		return true;
	return wrong(s, start, SIM_FAULT_LEAF, SIM_FAULT_NONSENSE);
}

static bool parse_lp(struct scan *s, uint32_t nr_lps, struct sim_fault *fault)
{
	const char *text = s->err->word;
	size_t start = s->at + 1;
	uint64_t lp = SIM_LP_ANY;

	fault->lp = SIM_LP_ANY;
	if (!skip(s, '@'))
		return true;
	if (!word(s, "#+!=", SIM_FAULT_LP))
		return false;
	if (is(text, "first"))
		lp = 0;
	else if (is(text, "last"))
		lp = nr_lps - 1;
	else if (!is(text, "any") && !number(text, 0, nr_lps - 1, &lp))
		return wrong(s, start, SIM_FAULT_LP, SIM_FAULT_NONSENSE);
	fault->lp = (uint32_t)lp;
	return true;
}

static bool parse_nth(struct scan *s, struct sim_fault *fault)
{
	size_t start = s->at + 1;
	uint64_t nth = 1;

	if (skip(s, '#')) {
		if (!word(s, "+!=", SIM_FAULT_NTH))
			return false;
		if (!number(s->err->word, 1, UINT32_MAX, &nth))
			return wrong(s, start, SIM_FAULT_NTH, SIM_FAULT_NONSENSE);
	}
	fault->nth = (uint32_t)nth;
	fault->sticky = skip(s, '+');
	fault->executed = skip(s, '!');
	return true;
}

static bool starts_with(const char *text, const char *prefix)
{
	while (*prefix && (*text & ~0x20) == (*prefix & ~0x20)) {
		text++;
		prefix++;
	}
	return !*prefix;
}

/* A name belongs to one of the two firmwares; software-defined names belong to both. */
static bool other_firmware(uint64_t leaf, const char *name)
{
	if (starts_with(name, "TDX_SEAMCALL_"))
		return false;
	return starts_with(name, leaf & SS_LEAF_SEAMLDR ? "TDX_" : "PSEAMLDR_");
}

static bool parse_status(struct scan *s, struct sim_fault *fault)
{
	const char *text = s->err->word;
	size_t start = s->at + 1;

	if (!skip(s, '='))
		return wrong(s, s->at, SIM_FAULT_STATUS, SIM_FAULT_NO_EQUALS);
	if (!word(s, "/", SIM_FAULT_STATUS))
		return false;
	if (is_number(text) ? !number(text, 0, UINT64_MAX, &fault->status) :
	    other_firmware(fault->leaf, text) ||
	    !ss_status_by_name(fault->leaf, text, &fault->status)) {
		s->err->leaf = fault->leaf;
		return wrong(s, start, SIM_FAULT_STATUS, SIM_FAULT_NONSENSE);
	}
	if (!fault->status && fault->executed)
		return wrong(s, start, SIM_FAULT_STATUS, SIM_FAULT_HARMLESS);
	return true;
}

static bool parse_rdx(struct scan *s, struct sim_fault *fault)
{
	size_t start = s->at + 1;

	if (!s->text[s->at])
		return true;
	if (fault->leaf != SS_LEAF_SEAMLDR_INSTALL)
		return wrong(s, s->at, SIM_FAULT_RDX, SIM_FAULT_NOT_INSTALL);
	s->at++;
	if (!word(s, "", SIM_FAULT_RDX))
		return false;
	if (!number(s->err->word, 0, UINT64_MAX, &fault->rdx))
		return wrong(s, start, SIM_FAULT_RDX, SIM_FAULT_NONSENSE);
	return true;
}

bool sim_fault_parse(const char *text, uint32_t nr_lps, struct sim_fault *fault,
		     struct sim_fault_error *err)
{
	struct scan s = { text, 0, err };

	memset(fault, 0, sizeof(*fault));
	memset(err, 0, sizeof(*err));
	return parse_leaf(&s, fault) && parse_lp(&s, nr_lps, fault) && parse_nth(&s, fault) &&
	       parse_status(&s, fault) && parse_rdx(&s, fault);
}
