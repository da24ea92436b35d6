/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Which host is meant. */
#ifndef SS_CLI_HOST_OPEN_H
#define SS_CLI_HOST_OPEN_H

#include "exits.h"
#include "host.h"

/**
 * host_open - the host that --host and --sysroot name
 * @spec:    "linux", "lab:DIR", or NULL for linux
 * @sysroot: recorded tree, or NULL for the live one
 *
 * Returns NULL after a message was printed; *@exit is what the verb returns then.
 */
struct host *host_open(const char *spec, const char *sysroot, enum cli_exit *exit);

#endif
