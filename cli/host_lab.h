/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A lab as a host. */
#ifndef SS_CLI_HOST_LAB_H
#define SS_CLI_HOST_LAB_H

#include "host.h"

/* The lab in a directory. Returns NULL after a message was printed; *@exit as for host_open(). */
struct host *host_lab_open(const char *dir, enum cli_exit *exit);

#endif
