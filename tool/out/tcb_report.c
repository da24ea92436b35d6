// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What TCB Info says of a module: for tables and JSON documents of several verbs. */
#include "tcb_report.h"

#include "tool/base/memory.h"
#include "tool/base/text.h"

#include <stdlib.h>
#include <string.h>

bool out_tcb_in_force(const struct seamstep_tcb *tcb)
{
	size_t i;

	for (i = 0; i < seamstep_tcb_size(tcb); i++)
		if (seamstep_tcb_doc(tcb, i)->decides)
			return true;
	return false;
}

/* Takes @text. */
static char *append(char *text, const char *between, const char *more)
{
	return text_append(text, "%s%s", *text ? between : "", more);
}

char *out_tcb_sets(const struct seamstep_tcb *tcb)
{
	char *text = text_format("%s", ""), number[16];
	uint32_t last = 0;
	size_t i;

	/* The documents are in the order of their numbers. */
	for (i = 0; i < seamstep_tcb_size(tcb); i++) {
		const struct seamstep_tcb_doc *doc = seamstep_tcb_doc(tcb, i);

		if (!doc->decides || (*text && doc->set == last))
			continue;
		last = doc->set;
		snprintf(number, sizeof(number), *text ? "%u" : "set %u", doc->set);
		text = append(text, ", ", number);
	}
	return text;
}

char *out_tcb_status(const struct seamstep_tcb_verdict *verdict)
{
	if (verdict->status == SEAMSTEP_TCB_UNKNOWN)
		return text_format("unknown (%s)", verdict->word);
	return text_format("%s", verdict->word);
}

const char *out_tcb_state(const struct seamstep_tcb *tcb, size_t i)
{
	const struct seamstep_tcb_doc *doc = seamstep_tcb_doc(tcb, i);

	if (doc->answer != SEAMSTEP_TCB_DOC_OK)
		return seamstep_tcb_answer_name(doc->answer);
	return doc->decides ? "decides" : "to come";
}

/* Takes @text; adds what a document to come says, where it says something else. */
static char *append_to_come(char *text, const struct seamstep_tcb *tcb, size_t i,
			    const struct seamstep_tcb_module *module,
			    enum seamstep_tcb_status now)
{
	const struct seamstep_tcb_doc *doc = seamstep_tcb_doc(tcb, i);
	struct seamstep_tcb_verdict later;
	char *status, *more;

	if (doc->answer != SEAMSTEP_TCB_DOC_OK || doc->decides)
		return text;
	seamstep_tcb_judge(tcb, i, module, &later);
	if (later.status == now && now != SEAMSTEP_TCB_UNKNOWN)
		return text;
	status = out_tcb_status(&later);
	more = text_format("set %u: %s", doc->set, status);
	text = append(text, "; ", more);
	free(more);
	free(status);
	return text;
}

char *out_tcb_cell(const struct seamstep_tcb *tcb, const struct seamstep_tcb_module *module)
{
	int worst = seamstep_tcb_worst(tcb, module);
	struct seamstep_tcb_verdict now;
	char *text;
	size_t i;

	if (worst < 0)
		return text_format("no document in force");
	seamstep_tcb_judge(tcb, (size_t)worst, module, &now);
	text = out_tcb_status(&now);
	for (i = 0; i < seamstep_tcb_size(tcb); i++)
		text = append_to_come(text, tcb, i, module, now.status);
	return text;
}

/* Is the word in a list of words with one space between them? */
static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);
	const char *p = list;

	while ((p = strstr(p, word))) {
		if ((p == list || p[-1] == ' ') && (p[n] == ' ' || !p[n]))
			return true;
		p += n;
	}
	return false;
}

char *out_tcb_advisories(const struct seamstep_tcb *tcb, const struct seamstep_tcb_module *module)
{
	char *text = text_format("%s", "");
	struct seamstep_tcb_verdict v;
	size_t i, j;

	for (i = 0; i < seamstep_tcb_size(tcb); i++) {
		if (seamstep_tcb_doc(tcb, i)->answer != SEAMSTEP_TCB_DOC_OK)
			continue;
		seamstep_tcb_judge(tcb, i, module, &v);
		for (j = 0; j < v.nr_advisories; j++)
			if (!has_word(text, v.advisories[j]))
				text = append(text, " ", v.advisories[j]);
	}
	return text;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *advisories_json(const struct seamstep_tcb_verdict *v)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < v->nr_advisories; i++)
		json_array_append_new(list, json_string(v->advisories[i]));
	return list;
}

json_t *out_tcb_json(const struct seamstep_tcb *tcb, const struct seamstep_tcb_module *module)
{
	json_t *list = json_array();
	struct seamstep_tcb_verdict v;
	size_t i;

	for (i = 0; i < seamstep_tcb_size(tcb); i++) {
		const struct seamstep_tcb_doc *doc = seamstep_tcb_doc(tcb, i);

		if (!doc->usable)
			continue;
		seamstep_tcb_judge(tcb, i, module, &v);
		json_array_append_new(list, json_pack("{s:s, s:i, s:s, s:s, s:o}", "document",
						      doc->name, "set", (int)doc->set, "status",
						      seamstep_tcb_status_name(v.status),
						      "reason", v.reason, "advisories",
						      advisories_json(&v)));
	}
	return list;
}

static void add_time(json_t *object, const char *name, int64_t seconds)
{
	char *text = memory_checked(seamstep_tcb_time_text(seconds));

	json_object_set_new(object, name, json_string(text));
	free(text);
}

static void add_info(json_t *object, const struct seamstep_tcb_doc *doc)
{
	char *fmspc = text_hex(doc->fmspc, sizeof(doc->fmspc));

	json_object_set_new(object, "set", json_integer(doc->set));
	json_object_set_new(object, "fmspc", json_string(fmspc));
	add_time(object, "issued", doc->issued);
	add_time(object, "next_update", doc->next_update);
	json_object_set_new(object, "root", json_string(doc->root));
	free(fmspc);
}

json_t *out_tcb_docs_json(const struct seamstep_tcb *tcb)
{
	json_t *list = json_array(), *object;
	size_t i;

	for (i = 0; i < seamstep_tcb_size(tcb); i++) {
		const struct seamstep_tcb_doc *doc = seamstep_tcb_doc(tcb, i);

		object = json_pack("{s:s, s:s, s:b}", "document", doc->name, "answer",
				   seamstep_tcb_answer_name(doc->answer), "decides", doc->decides);
		if (doc->answer != SEAMSTEP_TCB_DOC_OK)
			json_object_set_new(object, "why", json_string(doc->why));
		if (doc->usable)
			add_info(object, doc);
		json_array_append_new(list, object);
	}
	return list;
}
