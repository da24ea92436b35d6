/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Opens the host that the options name. */
#ifndef SS_TOOL_SESSION_HOST_OPEN_H
#define SS_TOOL_SESSION_HOST_OPEN_H

#include <seamstep/host.h>
#include <seamstep/seamstep.h>

#include "tool/out/exits.h"

/* Before the path of each file of this machine that a verb changes: "", but in tests */
extern const char *host_root;

/**
 * host_open - the host that --host and --sysroot name
 * @spec:    "linux", "lab:DIR", or NULL for linux
 * @sysroot: recorded tree, or NULL for the live one
 *
 * Returns NULL after printing a message; *@exit is then the exit status for the verb.
 */
struct seamstep_host *host_open(struct seamstep *lib, const char *spec, const char *sysroot,
				enum exit_status *exit);

#endif
