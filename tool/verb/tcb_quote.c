// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep tcb --quote, --tee-tcb-svn": a TD's numbers against the documents. */
#include "tcb.h"

#include "tool/out/json.h"
#include "tool/out/json_values.h"
#include "tool/out/message.h"
#include "tool/out/table.h"
#include "tool/out/tcb_report.h"
#include "tool/base/text.h"

#include <stdlib.h>
#include <string.h>

/* What the verdict leaves open. */
static const char *limits(const struct seamstep_tcb_pck *pck)
{
	return pck->known ?
	       "The components of SGX and PCESVN were compared as the platform's certificate in the "
	       "quote tells them. The signatures of quote and certificate were not verified." :
	       "The components of SGX and PCESVN stand in the platform's certificate and were not "
	       "compared: the platform's verdict may be worse by them. The quote's signature was "
	       "not verified.";
}

static void judge(const struct session *s, size_t i, const struct seamstep_tcb_quote *quote,
		  const struct seamstep_tcb_pck *pck, struct seamstep_tcb_quote_verdict *v)
{
	seamstep_tcb_quote_judge_pck(s->tcb, i, quote, pck, v);
}

static char *svn_text(const uint8_t svn[16])
{
	char *hex = text_hex(svn, 16);
	char *text = text_format("%s: module SVN %u.%u (TDX_%02x), platform component %u", hex,
				 svn[1], svn[0], svn[1], svn[2]);

	free(hex);
	return text;
}

static void add_row(struct out_table *table, const struct seamstep_tcb_doc *doc, const char *which,
		    const struct seamstep_tcb_side *side)
{
	char *number = text_format("%u", doc->set);

	out_table_row(table, (const char *[]){ doc->name, number, which,
		      seamstep_tcb_status_name(side->module),
		      seamstep_tcb_status_name(side->platform),
		      seamstep_tcb_status_name(side->both), side->reason ? side->reason : "" });
	free(number);
}

static void print_table(const struct session *s, const struct seamstep_tcb_quote *quote,
			const struct seamstep_tcb_pck *pck)
{
	static const struct out_column columns[] = {
		{ "DOCUMENT", false }, { "SET", true }, { "TCB", false }, { "MODULE", false },
		{ "PLATFORM", false }, { "BOTH", false }, { "REASON", false },
	};
	struct out_table *table = out_table_new(columns, sizeof(columns) / sizeof(columns[0]));
	struct seamstep_tcb_quote_verdict v;
	size_t i;

	for (i = 0; i < seamstep_tcb_size(s->tcb); i++) {
		const struct seamstep_tcb_doc *doc = seamstep_tcb_doc(s->tcb, i);

		if (!doc->usable)
			continue;
		judge(s, i, quote, pck, &v);
		add_row(table, doc, "at launch", &v.launch);
		if (quote->has_current)
			add_row(table, doc, "now", &v.current);
	}
	out_table_end(table, stdout);
}

static void print_verdicts(const struct session *s, const struct seamstep_tcb_quote *quote,
			   const struct seamstep_tcb_pck *pck)
{
	struct seamstep_tcb_quote_verdict v;
	size_t i;

	for (i = 0; i < seamstep_tcb_size(s->tcb); i++) {
		if (!seamstep_tcb_doc(s->tcb, i)->usable)
			continue;
		judge(s, i, quote, pck, &v);
		printf("set %u: the TD is %s%s\n", seamstep_tcb_doc(s->tcb, i)->set,
		       seamstep_tcb_status_name(v.status), v.status == SEAMSTEP_TCB_RELAUNCH ||
		       v.status == SEAMSTEP_TCB_RELAUNCH_CONFIGURATION ?
		       ": its verifiers may accept that or not; started anew it is judged by what "
		       "runs now" : "");
	}
	printf("%s\n", limits(pck));
}

static json_t *side_json(const struct seamstep_tcb_side *side)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "module", seamstep_tcb_status_name(side->module),
			 "reason", side->reason ? side->reason : "", "platform",
			 seamstep_tcb_status_name(side->platform), "both",
			 seamstep_tcb_status_name(side->both));
}

static json_t *verdicts_json(const struct session *s, const struct seamstep_tcb_quote *quote,
			     const struct seamstep_tcb_pck *pck)
{
	json_t *list = json_array();
	struct seamstep_tcb_quote_verdict v;
	size_t i;

	for (i = 0; i < seamstep_tcb_size(s->tcb); i++) {
		const struct seamstep_tcb_doc *doc = seamstep_tcb_doc(s->tcb, i);

		if (!doc->usable)
			continue;
		judge(s, i, quote, pck, &v);
		json_array_append_new(list, json_pack("{s:s, s:i, s:s, s:o, s:o}", "document",
						      doc->name, "set", (int)doc->set, "status",
						      seamstep_tcb_status_name(v.status), "launch",
						      side_json(&v.launch), "current",
						      quote->has_current ? side_json(&v.current) :
						      json_null()));
	}
	return list;
}

static json_t *hex_json(bool known, const uint8_t *bytes, size_t n)
{
	char *text = text_hex(bytes, n);
	json_t *value = known ? json_string(text) : json_null();

	free(text);
	return value;
}

static json_t *pck_json(const struct seamstep_tcb_pck *pck)
{
	json_t *j, *components = json_array();
	size_t i;

	for (i = 0; i < sizeof(pck->sgx); i++)
		json_array_append_new(components, json_integer(pck->sgx[i]));
	if (!pck->known) {
		json_decref(components);
		return json_null();
	}
	j = json_object();
	json_object_set_new(j, "fmspc", hex_json(true, pck->fmspc, sizeof(pck->fmspc)));
	json_object_set_new(j, "pce_id", hex_json(true, pck->pce_id, sizeof(pck->pce_id)));
	json_object_set_new(j, "sgx_components", components);
	json_object_set_new(j, "pcesvn", json_integer(pck->pcesvn));
	return j;
}

static int print_json(const struct session *s, const struct seamstep_tcb_quote *quote,
		      const struct seamstep_tcb_pck *pck)
{
	json_t *doc = session_doc(s);

	json_object_set_new(doc, "documents", out_tcb_docs_json(s->tcb));
	json_object_set_new(doc, "tee_tcb_svn", hex_json(true, quote->svn, sizeof(quote->svn)));
	json_object_set_new(doc, "tee_tcb_svn_2",
			    hex_json(quote->has_current, quote->current, sizeof(quote->current)));
	json_object_set_new(doc, "mrseam",
			    hex_json(quote->has_module, quote->mrseam, sizeof(quote->mrseam)));
	json_object_set_new(doc, "platform", pck_json(pck));
	json_object_set_new(doc, "verdicts", verdicts_json(s, quote, pck));
	json_object_set_new(doc, "limits", json_string(limits(pck)));
	return out_json_end(doc, tcb_docs_exit(s->tcb));
}

/* The image whose module the quote names. */
static void print_module(const struct session *s, const struct seamstep_tcb_quote *quote)
{
	uint32_t i, nr = s->repo && quote->has_module ? seamstep_repo_size(s->repo) : 0;
	const struct seamstep_image *image;
	char *version;

	for (i = 0; i < nr; i++) {
		image = seamstep_repo_image(s->repo, i);
		if (!image->good ||
		    memcmp(image->image.sig.seamhash, quote->mrseam, sizeof(quote->mrseam)))
			continue;
		version = text_version(image->has_version, image->version);
		printf("MRSEAM is that of %s, %s\n", version, image->name);
		free(version);
		return;
	}
}

static void print_pck(const struct seamstep_tcb_pck *pck)
{
	char *fmspc = text_hex(pck->fmspc, sizeof(pck->fmspc));
	size_t i;

	if (pck->known) {
		printf("Platform      FMSPC %s, PCESVN %u, components of SGX", fmspc, pck->pcesvn);
		for (i = 0; i < sizeof(pck->sgx); i++)
			printf(" %u", pck->sgx[i]);
		putchar('\n');
	}
	free(fmspc);
}

int tcb_report_quote(const struct session *s, const struct seamstep_tcb_quote *quote,
		     const struct seamstep_tcb_pck *pck)
{
	char *text;

	if (out_json_wanted())
		return print_json(s, quote, pck);
	text = svn_text(quote->svn);
	printf("TEE_TCB_SVN   %s\n", text);
	free(text);
	if (quote->has_current) {
		text = svn_text(quote->current);
		printf("TEE_TCB_SVN_2 %s\n", text);
		free(text);
	}
	print_pck(pck);
	print_module(s, quote);
	putchar('\n');
	tcb_print_docs(s->tcb);
	print_table(s, quote, pck);
	putchar('\n');
	print_verdicts(s, quote, pck);
	return tcb_tell_docs(s->tcb);
}
