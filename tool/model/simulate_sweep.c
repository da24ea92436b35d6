// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * seamstep simulate --sweep: hands over to seamstep-sweep, which has the core compiled for another
 * place.
 */
#include "simulate_report.h"

#include "tool/session/libexec.h"
#include "tool/base/text.h"

#include <stdlib.h>

int simulate_sweep(const struct simulate_options *o, bool as_json)
{
	char *lps = text_format("%u", o->lps);
	char *seed = text_format("%llu", (unsigned long long)o->seed);
	char name[] = "seamstep-sweep", json[] = "json", text[] = "text";
	char *argv[] = { name, lps, seed, as_json ? json : text, NULL };
	int rc = libexec_exec(name, argv);

	free(seed);
	free(lps);
	return rc;
}
