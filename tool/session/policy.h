/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The images that the configuration approves and blocks. */
#ifndef SS_TOOL_SESSION_POLICY_H
#define SS_TOOL_SESSION_POLICY_H

#include <seamstep/host.h>
#include <seamstep/seamstep.h>

#include "tool/out/exits.h"

/* Binds the host by "approved" and "blocked". EXIT_OK, or the exit status after a message. */
enum exit_status policy_apply(struct seamstep *lib, struct seamstep_host *host);

#endif
