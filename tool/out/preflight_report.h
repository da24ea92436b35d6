/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The report of a preflight, for people and for machines. */
#ifndef SS_CLI_PREFLIGHT_REPORT_H
#define SS_CLI_PREFLIGHT_REPORT_H

#include <stdint.h>
#include <stdio.h>
#include <jansson.h>

#include <seamstep/update.h>

/* One line a check. */
void preflight_print(const struct seamstep_preflight *p, FILE *out);
/* An array of { check, question, result, text }. */
json_t *preflight_json(const struct seamstep_preflight *p);
/* The names of the checks in @waived, as an array. */
json_t *preflight_waived_json(uint32_t waived);

#endif
