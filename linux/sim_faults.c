// SPDX-License-Identifier: GPL-2.0-only
/* Parses faults that are written to debugfs, in the syntax of the seamstep command. */
#include "seamsim.h"

#include "../core/seamcall.h"

#include <linux/kernel.h>
#include <linux/kstrtox.h>

#define LEAF_NAME_MAX	64

static bool number(const char *text, u64 max, u64 *out)
{
	return !kstrtou64(text, 0, out) && *out <= max;
}

/* "TDH." may be left out. */
static bool leaf(const char *text, u64 *out)
{
	char full[LEAF_NAME_MAX];

	if (number(text, U64_MAX, out) || ss_leaf_by_name(text, out))
		return true;
	snprintf(full, sizeof(full), "TDH.%s", text);
	return ss_leaf_by_name(full, out);
}

static bool lp(const char *text, u32 *out)
{
	u64 n;

	if (!strcmp(text, "any"))
		n = SIM_LP_ANY;
	else if (!strcmp(text, "first"))
		n = 0;
	else if (!strcmp(text, "last"))
		n = seamsim_nr_lps - 1;
	else if (!number(text, seamsim_nr_lps - 1, &n))
		return false;
	*out = (u32)n;
	return true;
}

/* Cut @text at the first @c. Returns the text behind @c, or NULL if @text has no @c. */
static char *cut(char *text, char c)
{
	char *at = strchr(text, c);

	if (at)
		*at++ = '\0';
	return at;
}

/* Cut a @c from the end of @text. Returns false if @text does not end in @c. */
static bool ends_in(char *text, char c)
{
	size_t n = strlen(text);

	if (!n || text[n - 1] != c)
		return false;
	text[n - 1] = '\0';
	return true;
}

int seamsim_fault_parse(char *text, struct sim_fault *fault)
{
	char *status = cut(text, '='), *rdx, *nth, *where;
	u64 v = 1;

	if (!status)
		return -EINVAL;
	*fault = (struct sim_fault){ .lp = SIM_LP_ANY };
	fault->executed = ends_in(text, '!');
	fault->sticky = ends_in(text, '+');
	rdx = cut(status, '/');
	nth = cut(text, '#');
	where = cut(text, '@');
	if (nth && (!number(nth, U32_MAX, &v) || !v))
		return -EINVAL;
	fault->nth = (u32)v;
	if (!leaf(text, &fault->leaf) || (where && !lp(where, &fault->lp)) ||
	    (rdx && !number(rdx, U64_MAX, &fault->rdx)))
		return -EINVAL;
	if (!number(status, U64_MAX, &fault->status) &&
	    !ss_status_by_name(fault->leaf, status, &fault->status))
		return -EINVAL;
	return 0;
}
