/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Values of JSON documents that several verbs print. */
#ifndef SS_CLI_JSON_VALUES_H
#define SS_CLI_JSON_VALUES_H

#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>

#include <seamstep/host.h>
#include <seamstep/update.h>

/* An array of { name, text, want, have }: the reasons in @mask. */
json_t *context_reasons_json(const struct ss_compat *compat, uint32_t mask);

/* The failure of an update: reason, step, LP, SEAMCALL, recovery; null if the host tells none. */
json_t *json_failure(const struct seamstep_outcome *outcome);

/* An array of { who, reason, since }: the inhibitors of updates; null if they are not known. */
json_t *json_inhibitors(struct seamstep_host *host);

json_t *json_hex(uint64_t value);				/* "0x..." */
/* A number that a check compared, in the form that the reason gives it: compat_types.h. */
json_t *json_reason_value(enum ss_compat_reason reason, uint64_t value);
/* null if not @known */
json_t *json_number(bool known, json_int_t value);
/* CPUID(1).EAX of CPUs, as "0x..." */
json_t *json_fms(const uint32_t *fms, uint32_t nr);
json_t *json_version(bool known, struct ss_version version);	/* string or null */
json_t *json_text(const char *text);				/* escaped, or null */

#endif
