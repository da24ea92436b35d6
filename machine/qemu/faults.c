/* SPDX-License-Identifier: GPL-2.0-only */
/* Faults as text, with ";" between them: see sim/fault_text.h. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/boards.h"
#include "parts.h"
#include "../../sim/fault_text.h"

bool seam_faults_parse(const char *text, struct sim_fault *out, uint32_t *nr, Error **errp)
{
	g_auto(GStrv) each = g_strsplit(text ? text : "", ";", -1);
	uint32_t lps = current_machine ? current_machine->smp.cpus : SEAM_MAX_LPS;
	struct sim_fault_error err;
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
		if (!sim_fault_parse(*one, lps, &out[(*nr)++], &err)) {
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
