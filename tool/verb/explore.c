/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * seamstep explore: hands over to seamstep-explore, which has the core compiled for another place.
 */
#include "tool/session/libexec.h"
#include "table.h"

const char verb_explore_help[] = "";

int verb_explore(int argc, char **argv)
{
	(void)argc;
	return libexec_exec("seamstep-explore", argv);
}
