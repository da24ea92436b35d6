// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What is wrong with the text of a fault, in words; a fault as text. */
#include "fault_spec.h"
#include "sim/fault_text.h"

#include "lib/base/text.h"
#include "lib/base/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX SIM_FAULT_WORD

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

/* A short word for messages. @text comes from the command line and may hold anything. */
static const char *shown(const char *text, char out[WORD_MAX])
{
	char *escaped = base_escape(text);

	snprintf(out, WORD_MAX, "%.40s", escaped);
	base_free(escaped);
	return out;
}

/* A part as a message begins with it. */
static const char *const parts[] = {
	[SIM_FAULT_LEAF] = "the leaf", [SIM_FAULT_LP] = "the LP",
	[SIM_FAULT_NTH] = "the number of the call", [SIM_FAULT_STATUS] = "the status",
	[SIM_FAULT_RDX] = "RDX"
};

static void no_status(const struct sim_fault_error *e, char *text, size_t n)
{
	bool seamldr = e->leaf & SS_LEAF_SEAMLDR;
	char safe[WORD_MAX];

	if (*e->word >= '0' && *e->word <= '9')
		snprintf(text, n, "expected a 64-bit number, found '%s'", shown(e->word, safe));
	else
		snprintf(text, n, "'%s' is no status of %s; a status is %s", shown(e->word, safe),
			 ss_leaf_name(e->leaf),
			 seamldr ? hint(e->word, seamldr_names, "PSEAMLDR_ENOENTROPY") :
			 hint(e->word, tdx_names, "TDX_SYS_BUSY"));
}

/* What was expected instead of a part that is nonsense. */
static void nonsense(const struct sim_fault_error *e, uint32_t nr_lps, char *text, size_t n)
{
	char safe[WORD_MAX];

	switch (e->part) {
	case SIM_FAULT_LEAF:
		snprintf(text, n, "'%s' is no leaf; a leaf is %s", shown(e->word, safe),
			 hint(e->word, leaf_names, "TDH.SYS.INIT"));
		break;
	case SIM_FAULT_LP:
		snprintf(text, n, "expected an LP: 0 to %u, first, last or any", nr_lps - 1);
		break;
	case SIM_FAULT_NTH:
		snprintf(text, n, "expected the number of a call, 1 or more");
		break;
	case SIM_FAULT_STATUS:
		no_status(e, text, n);
		break;
	case SIM_FAULT_RDX:
		snprintf(text, n, "expected RDX: 1 where the module range is lost, else 0");
		break;
	}
}

static void explain(const struct sim_fault_error *e, uint32_t nr_lps, char *text, size_t n)
{
	switch (e->wrong) {
	case SIM_FAULT_MISSING:
		snprintf(text, n, "%s is missing here", parts[e->part]);
		break;
	case SIM_FAULT_LONG:
		snprintf(text, n, "%s has more than %d characters", parts[e->part], WORD_MAX - 1);
		break;
	case SIM_FAULT_NONSENSE:
		nonsense(e, nr_lps, text, n);
		break;
	case SIM_FAULT_NO_EQUALS:
		snprintf(text, n, "expected '=' and a status");
		break;
	case SIM_FAULT_HARMLESS:
		snprintf(text, n, "a call that is executed and succeeds is no fault");
		break;
	case SIM_FAULT_NOT_INSTALL:
		snprintf(text, n, "only SEAMLDR.INSTALL returns RDX");
		break;
	}
}

bool fault_spec_parse(const char *text, uint32_t nr_lps, struct sim_fault *fault,
		      struct fault_spec_error *err)
{
	struct sim_fault_error found;

	if (sim_fault_parse(text, nr_lps, fault, &found))
		return true;
	err->at = found.at;
	explain(&found, nr_lps, err->text, sizeof(err->text));
	return false;
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
