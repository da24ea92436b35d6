/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Values of options and arguments, with one message for each way to be wrong. */
#ifndef SS_TOOL_OUT_OPTION_VALUE_H
#define SS_TOOL_OUT_OPTION_VALUE_H

#include <stdint.h>

/* Each returns EXIT_OK, or EXIT_USAGE after a message of @verb. @name: "lps" of --lps. */

/* A whole number from @min to @max. */
int out_number_option(const char *verb, const char *name, const char *value, uint64_t min,
		      uint64_t max, uint64_t *number);
int out_number32_option(const char *verb, const char *name, const char *value, uint32_t min,
			uint32_t max, uint32_t *number);

/* wait, refuse or ignore: 0, 1, 2, as enum simulate_td_build and struct host_request have them. */
int out_td_build_option(const char *verb, const char *value, uint32_t *choice);

/* The words behind the options: there must be none. */
int out_no_argument(const char *verb, int argc, char **argv);

#endif
