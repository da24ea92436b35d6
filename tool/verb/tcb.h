/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The parts of "seamstep tcb". */
#ifndef SS_TOOL_VERB_TCB_H
#define SS_TOOL_VERB_TCB_H

#include "tool/session/session.h"

/* tcb_quote.c: what the documents say of a quote's numbers. Returns the verb's exit status. */
int tcb_report_quote(const struct session *s, const struct seamstep_tcb_quote *quote,
		     const struct seamstep_tcb_pck *pck);

/* tcb_advice.c: sentences about what runs, what would help, and what becomes of TDs. */
struct tcb_advice {
	bool has_status;
	enum seamstep_tcb_status status;	/* of what runs */
	const struct seamstep_image *helps;	/* clears the bar; NULL: none */
	uint32_t updates;
	char *text;			/* one or two sentences */
	char *tds;			/* what becomes of TDs by an update; or NULL */
};
/* By document @doc of the session's. */
struct tcb_advice tcb_advise(const struct session *s, size_t doc);
void tcb_advice_release(struct tcb_advice *advice);

/* tcb_docs.c: the documents as a table, before the verb's own output. */
void tcb_print_docs(const struct seamstep_tcb *tcb);
/* EXIT_OK, or EXIT_ERROR where a document was refused or none is in force. */
enum exit_status tcb_docs_exit(const struct seamstep_tcb *tcb);
/* The same, after messages about the documents. */
enum exit_status tcb_tell_docs(const struct seamstep_tcb *tcb);

#endif
