// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* seamstep-model: the verbs that work on the software model itself. The command runs it. */
#include "model.h"

#include "tool/session/signals.h"

static const struct verb verbs[] = {
	{ "lab", model_lab, "VERB", "make simulated hosts and images for them", "" },
	{ "simulate", model_simulate, "[options]", "one update on a simulated machine", "" },
	{ "bench", model_bench, "VERB", "the measurements", "" },
	{ NULL }
};

int main(int argc, char **argv)
{
	signals_begin();
	return out_end(verb_dispatch(NULL, verbs, argc, argv));
}
