// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The documents that "seamstep tcb" judges by, as a table and as an exit status. */
#include "tcb.h"

#include "tool/base/memory.h"
#include "tool/out/message.h"
#include "tool/out/table.h"
#include "tool/out/tcb_report.h"
#include "tool/base/text.h"

#include <stdlib.h>
#include <string.h>

/* "2025-09-02"; malloc'd */
static char *date(bool known, int64_t seconds)
{
	char *text = known ? memory_checked(seamstep_tcb_time_text(seconds)) : text_format("%s", "");

	if (strlen(text) > 10)
		text[10] = '\0';
	return text;
}

static void print_doc(struct out_table *table, const struct seamstep_tcb *tcb, size_t i)
{
	const struct seamstep_tcb_doc *doc = seamstep_tcb_doc(tcb, i);
	char *number = doc->usable ? text_format("%u", doc->set) : text_format("%s", "");
	char *fmspc = doc->usable ? text_hex(doc->fmspc, sizeof(doc->fmspc)) :
		      text_format("%s", "");
	char *issued = date(doc->usable, doc->issued), *next = date(doc->usable, doc->next_update);

	out_table_row(table, (const char *[]){ doc->name, number, fmspc, issued, next,
		      doc->usable ? doc->root : "", out_tcb_state(tcb, i) });
	free(next);
	free(issued);
	free(fmspc);
	free(number);
}

void tcb_print_docs(const struct seamstep_tcb *tcb)
{
	static const struct out_column columns[] = {
		{ "DOCUMENT", false }, { "SET", true }, { "PLATFORM", false }, { "ISSUED", false },
		{ "NEXT-UPDATE", false }, { "ROOT", false }, { "STATE", false },
	};
	struct out_table *table = out_table_new(columns, sizeof(columns) / sizeof(columns[0]));
	size_t i;

	for (i = 0; i < seamstep_tcb_size(tcb); i++)
		print_doc(table, tcb, i);
	out_table_end(table, stdout);
	putchar('\n');
}

enum exit_status tcb_docs_exit(const struct seamstep_tcb *tcb)
{
	size_t i;

	for (i = 0; i < seamstep_tcb_size(tcb); i++)
		if (!seamstep_tcb_doc(tcb, i)->usable)
			return EXIT_ERROR;
	return out_tcb_in_force(tcb) ? EXIT_OK : EXIT_ERROR;
}

enum exit_status tcb_tell_docs(const struct seamstep_tcb *tcb)
{
	enum exit_status exit = EXIT_OK;
	size_t i;

	for (i = 0; i < seamstep_tcb_size(tcb); i++) {
		const struct seamstep_tcb_doc *doc = seamstep_tcb_doc(tcb, i);

		if (!doc->usable)
			exit = out_fail(EXIT_ERROR, "%s is not used: %s: %s", doc->name,
					seamstep_tcb_answer_name(doc->answer), doc->why);
		else if (doc->answer != SEAMSTEP_TCB_DOC_OK)
			fprintf(stderr, "seamstep: note: %s: %s\n", doc->name, doc->why);
	}
	if (exit || out_tcb_in_force(tcb))
		return exit;
	return out_fail(EXIT_ERROR, "no document is in force; get new ones, or judge as of another "
			"time with --at");
}
