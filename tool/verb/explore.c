/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * seamstep explore: hands over to seamstep-explore, which has the core compiled for another place.
 */
#include "tool/session/cli.h"
#include "tool/session/libexec.h"

int verb_explore(int argc, char **argv)
{
	(void)argc;
	return libexec_exec("seamstep-explore", argv);
}
