/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What TCB Info says of a module: for tables and JSON documents of several verbs. */
#ifndef SS_TOOL_OUT_TCB_REPORT_H
#define SS_TOOL_OUT_TCB_REPORT_H

#include <jansson.h>

#include <seamstep/seamstep.h>

/* Does a document decide? */
bool out_tcb_in_force(const struct seamstep_tcb *tcb);

/* All texts are malloc'd. */

/* "set 20", or "set 20, 21": of the documents that decide. */
char *out_tcb_sets(const struct seamstep_tcb *tcb);
/* "OutOfDate", or "unknown (Strange)". */
char *out_tcb_status(const struct seamstep_tcb_verdict *verdict);
/* "UpToDate; set 20: OutOfDate": of the documents that decide, then of those to come. */
char *out_tcb_cell(const struct seamstep_tcb *tcb, const struct seamstep_tcb_module *module);
/* "INTEL-SA-01192 INTEL-SA-01245": what remains open, by all documents in force, each once. */
char *out_tcb_advisories(const struct seamstep_tcb *tcb, const struct seamstep_tcb_module *module);
/* "decides", "to come", or the answer's name. */
const char *out_tcb_state(const struct seamstep_tcb *tcb, size_t i);

/* An array of { document, set, status, reason, advisories }: of the documents that can be used. */
json_t *out_tcb_json(const struct seamstep_tcb *tcb, const struct seamstep_tcb_module *module);
/* An array of the documents, the refused ones too. */
json_t *out_tcb_docs_json(const struct seamstep_tcb *tcb);

#endif
