/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A lab as a host. */
#ifndef SS_CLI_HOST_LAB_H
#define SS_CLI_HOST_LAB_H

#include "lib/host/host.h"

/* Opens the lab in @dir. NULL with *@why set (malloc'd) if the directory holds no lab. */
struct host *host_lab_open(const char *dir, char **why);

#endif
