// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Reads and writes faults: LEAF[@LP][#N][+][!]=STATUS[/RDX]. */
#include "fault_spec.h"

#include "lib/base/text.h"
#include "lib/base/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A cursor over the text; errors go to @err. */
struct scan {
	const char *text;
	size_t at;
	struct fault_spec_error *err;
};

#define WORD_MAX 64

__attribute__((format(printf, 3, 4)))
static bool wrong(struct scan *s, size_t at, const char *fmt, ...)
{
	va_list args;

	s->err->at = at;
	va_start(args, fmt);
	vsnprintf(s->err->text, sizeof(s->err->text), fmt, args);
	va_end(args);
	return false;
}

/* The characters up to one of @ends. False if there are none, or more than any name has. */
static bool word(struct scan *s, const char *ends, const char *what, char out[WORD_MAX])
{
	size_t n = strcspn(s->text + s->at, ends);

	if (n == 0)
		return wrong(s, s->at, "%s is missing here", what);
	if (n >= WORD_MAX)
		return wrong(s, s->at, "%s has more than 63 characters", what);
	memcpy(out, s->text + s->at, n);
	out[n] = '\0';
	s->at += n;
	return true;
}

#define LEAF_NAME(name, value, text) text,
static const char *const leaf_names[] = { SS_LEAVES(LEAF_NAME) NULL };
#undef LEAF_NAME

#define STATUS_NAME(name, value, class, text) #name,
static const char *const tdx_names[] = { SS_STATUS_TDX(STATUS_NAME) NULL };
static const char *const seamldr_names[] = { SS_STATUS_PSEAMLDR(STATUS_NAME) NULL };
#undef STATUS_NAME

/* The name that @text probably misspells, or else @else_this, a valid name. */
static const char *hint(const char *text, const char *const *list, const char *else_this)
{
	const char *near = base_nearest(text, list);

	return near ? near : else_this;
}

static bool is_number(const char *text)
{
	return *text >= '0' && *text <= '9';
}

/* A short word for messages. @text comes from the command line and may hold anything. */
static const char *shown(const char *text, char out[WORD_MAX])
{
	char *escaped = base_escape(text);

	snprintf(out, WORD_MAX, "%.40s", escaped);
	base_free(escaped);
	return out;
}

static bool leaf_by_name(const char *name, uint64_t *leaf)
{
	char full[WORD_MAX + 4];

	if (ss_leaf_by_name(name, leaf))
		return true;
	snprintf(full, sizeof(full), "TDH.%s", name);
	return ss_leaf_by_name(full, leaf);
}

static bool parse_leaf(struct scan *s, struct sim_fault *fault)
{
	size_t start = s->at;
	char text[WORD_MAX], safe[WORD_MAX];

	if (!word(s, "@#+!=", "the leaf", text))
		return false;
	if (is_number(text) ? base_number(text, 0, UINT64_MAX, &fault->leaf) :
	    leaf_by_name(text, &fault->leaf))
		return true;
	return wrong(s, start, "'%s' is no leaf; a leaf is %s", shown(text, safe),
		     hint(text, leaf_names, "TDH.SYS.INIT"));
}

static bool parse_lp(struct scan *s, uint32_t nr_lps, struct sim_fault *fault)
{
	size_t start = s->at + 1;
	char text[WORD_MAX];
	uint64_t lp;

	fault->lp = SIM_LP_ANY;
	if (s->text[s->at] != '@')
		return true;
	s->at++;
	if (!word(s, "#+!=", "the LP", text))
		return false;
	if (!strcmp(text, "any"))
		return true;
	if (!strcmp(text, "first"))
		lp = 0;
	else if (!strcmp(text, "last"))
		lp = nr_lps - 1;
	else if (!base_number(text, 0, nr_lps - 1, &lp))
		return wrong(s, start, "expected an LP: 0 to %u, first, last or any", nr_lps - 1);
	fault->lp = (uint32_t)lp;
	return true;
}

static bool skip(struct scan *s, char c)
{
	bool found = s->text[s->at] == c;

	s->at += found;
	return found;
}

static bool parse_nth(struct scan *s, struct sim_fault *fault)
{
	size_t start = s->at + 1;
	uint64_t nth = 1;
	char text[WORD_MAX];

	if (skip(s, '#')) {
		if (!word(s, "+!=", "the number of the call", text))
			return false;
		if (!base_number(text, 1, UINT32_MAX, &nth))
			return wrong(s, start, "expected the number of a call, 1 or more");
	}
	fault->nth = (uint32_t)nth;
	fault->sticky = skip(s, '+');
	fault->executed = skip(s, '!');
	return true;
}

static bool starts_with(const char *text, const char *prefix)
{
	return !strncasecmp(text, prefix, strlen(prefix));
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
	size_t start = s->at + 1;
	char text[WORD_MAX], safe[WORD_MAX];

	if (s->text[s->at] != '=')
		return wrong(s, s->at, "expected '=' and a status");
	s->at++;
	if (!word(s, "/", "the status", text))
		return false;
	if (is_number(text)) {
		if (!base_number(text, 0, UINT64_MAX, &fault->status))
			return wrong(s, start, "expected a 64-bit number, found '%s'", shown(text, safe));
	} else if (other_firmware(fault->leaf, text) ||
		   !ss_status_by_name(fault->leaf, text, &fault->status)) {
		bool seamldr = fault->leaf & SS_LEAF_SEAMLDR;

		return wrong(s, start, "'%s' is no status of %s; a status is %s", shown(text, safe),
			     ss_leaf_name(fault->leaf),
			     seamldr ? hint(text, seamldr_names, "PSEAMLDR_ENOENTROPY") :
			     hint(text, tdx_names, "TDX_SYS_BUSY"));
	}
	if (!fault->status && fault->executed)
		return wrong(s, start, "a call that is executed and succeeds is no fault");
	return true;
}

static bool parse_rdx(struct scan *s, struct sim_fault *fault)
{
	size_t start = s->at;
	char text[WORD_MAX];

	fault->rdx = 0;
	if (!s->text[s->at])
		return true;
	if (fault->leaf != SS_LEAF_SEAMLDR_INSTALL)
		return wrong(s, start, "only SEAMLDR.INSTALL returns RDX");
	s->at++;
	if (!word(s, "", "RDX", text))
		return false;
	if (!base_number(text, 0, UINT64_MAX, &fault->rdx))
		return wrong(s, start + 1,
			     "expected RDX: 1 where the module range is lost, else 0");
	return true;
}

bool fault_spec_parse(const char *text, uint32_t nr_lps, struct sim_fault *fault,
		      struct fault_spec_error *err)
{
	struct scan s = { text, 0, err };

	memset(fault, 0, sizeof(*fault));
	return parse_leaf(&s, fault) && parse_lp(&s, nr_lps, fault) && parse_nth(&s, fault) &&
	       parse_status(&s, fault) && parse_rdx(&s, fault);
}

static char *leaf_text(uint64_t leaf)
{
	const char *name = ss_leaf_name(leaf);
	uint64_t value;

	if (ss_leaf_by_name(name, &value) && value == leaf)
		return base_text("%s", name);
	return base_text("0x%llx", (unsigned long long)leaf);
}

static char *status_text(uint64_t leaf, uint64_t status)
{
	const char *name = ss_status_name(leaf, status);
	uint64_t value;

	if (ss_status_by_name(leaf, name, &value) && value == status)
		return base_text("%s", name);
	return base_text("0x%llx", (unsigned long long)status);
}

char *fault_spec_format(const struct sim_fault *fault)
{
	char *leaf = leaf_text(fault->leaf), *status = status_text(fault->leaf, fault->status);
	char lp[16] = "", rdx[24] = "";
	char *text;

	if (fault->lp != SIM_LP_ANY)
		snprintf(lp, sizeof(lp), "@%u", fault->lp);
	if (fault->rdx)
		snprintf(rdx, sizeof(rdx), "/%llu", (unsigned long long)fault->rdx);
	text = base_text("%s%s#%u%s%s=%s%s", leaf, lp, fault->nth, fault->sticky ? "+" : "",
			   fault->executed ? "!" : "", status, rdx);
	base_free(leaf);
	base_free(status);
	return text;
}
