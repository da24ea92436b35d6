/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The configuration file. */
#ifndef SS_CLI_CONFIG_H
#define SS_CLI_CONFIG_H

/*
 * $SEAMSTEP_CONFIG or /etc/seamstep.conf: lines NAME=VALUE; # starts a comment. Returns the value
 * of a name, or NULL. The file is read once; values stay valid until the program ends.
 */
const char *config_get(const char *name);

#endif
