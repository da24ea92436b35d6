/* SPDX-License-Identifier: GPL-2.0-only */
/* Faults as text: LEAF[@LP][#NTH][+][!]=STATUS[/RDX], several with ";" between them. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "hw/boards.h"
#include "parts.h"

static bool number(const char *text, uint64_t *out)
{
	return !qemu_strtou64(text, NULL, 0, out);
}

/* "TDH." may be left out. */
static bool leaf_named(const char *text, uint64_t *out)
{
	g_autofree char *full = g_strdup_printf("TDH.%s", text);

	return number(text, out) || ss_leaf_by_name(text, out) || ss_leaf_by_name(full, out);
}

static bool lp_named(const char *text, uint32_t *out)
{
	uint64_t n = SIM_LP_ANY;

	if (!strcmp(text, "any"))
		n = SIM_LP_ANY;
	else if (!strcmp(text, "first"))
		n = 0;
	else if (!strcmp(text, "last"))
		n = current_machine ? current_machine->smp.cpus - 1 : 0;
	else if (!number(text, &n) || n >= SEAM_MAX_LPS)
		return false;
	*out = n;
	return true;
}

/* Cuts @text at the first @c. Returns what is behind it, or NULL. */
static char *cut(char *text, char c)
{
	char *at = strchr(text, c);

	if (at)
		*at++ = '\0';
	return at;
}

static bool ends_in(char *text, char c)
{
	size_t n = strlen(text);

	if (!n || text[n - 1] != c)
		return false;
	text[n - 1] = '\0';
	return true;
}

static bool parse_call(char *call, struct sim_fault *f)
{
	char *nth, *lp;
	uint64_t n = 1;

	f->executed = ends_in(call, '!');
	f->sticky = ends_in(call, '+');
	nth = cut(call, '#');
	lp = cut(call, '@');
	if ((nth && (!number(nth, &n) || !n || n > UINT32_MAX)) || (lp && !lp_named(lp, &f->lp)))
		return false;
	f->nth = n;
	return leaf_named(call, &f->leaf);
}

static bool parse_status(char *status, struct sim_fault *f)
{
	char *rdx = cut(status, '/');

	if (rdx && !number(rdx, &f->rdx))
		return false;
	return number(status, &f->status) ||
	       ss_status_by_name(f->leaf, status, &f->status);
}

static bool parse(const char *text, struct sim_fault *f)
{
	g_autofree char *call = g_strdup(text);
	char *status = cut(call, '=');

	*f = (struct sim_fault){ .lp = SIM_LP_ANY };
	/* The leaf says whose status a name is. */
	return status && parse_call(call, f) && parse_status(status, f);
}

bool seam_faults_parse(const char *text, struct sim_fault *out, uint32_t *nr, Error **errp)
{
	g_auto(GStrv) each = g_strsplit(text ? text : "", ";", -1);
	char **one;

	*nr = 0;
	for (one = each; *one; one++) {
		g_strstrip(*one);
		if (!**one)
			continue;
		if (*nr == SIM_LP_FAULTS) {
			error_setg(errp, "faults: expected up to %u, found more", SIM_LP_FAULTS);
			return false;
		}
		if (!parse(*one, &out[(*nr)++])) {
			error_setg(errp, "faults: expected LEAF[@LP][#NTH][+|!]=STATUS[/RDX], found \"%s\"",
				   *one);
			return false;
		}
	}
	return true;
}

void seam_faults_set(const char *text, Error **errp)
{
	struct sim_fault faults[SIM_LP_FAULTS];
	uint32_t i, nr;

	if (!seam_faults_parse(text, faults, &nr, errp))
		return;
	sim_fault_clear(seam_model());
	for (i = 0; i < nr; i++)
		sim_fault_add(seam_model(), &faults[i]);
}
