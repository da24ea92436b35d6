// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep tcb": what Intel's TCB Info says of what runs and of each image. */
#include "tcb.h"

#include "table.h"
#include "tool/base/file.h"
#include "tool/out/json_values.h"
#include "tool/out/tcb_report.h"

#include <stdlib.h>
#include <string.h>

const char verb_tcb_help[] =
	TCB_HELP
	"  --quote FILE       judge a TD's quote instead ('-': from standard input)\n"
	"  --tee-tcb-svn HEX  judge the 16 bytes of a TEE_TCB_SVN instead\n"
	CONTEXT_HELP
	"\n"
	"A document is a response body NAME.json with the chain of its header beside it, in\n"
	"NAME.chain.pem, or collateral. A lab has documents of its own.\n";

enum { OPT_QUOTE = CONTEXT_VERB_OPTIONS, OPT_SVN };
static const struct option options[] = {
	CONTEXT_OPTIONS, TCB_OPTIONS, { "quote", required_argument, NULL, OPT_QUOTE },
	{ "tee-tcb-svn", required_argument, NULL, OPT_SVN }, { NULL, 0, NULL, 0 }
};

struct request {
	const char *quote, *svn;
};

/* What runs, or an image. */
struct row {
	bool running, known;		/* known: the SVN */
	const struct seamstep_image *image;	/* NULL for what runs */
	struct seamstep_tcb_module module;
};

/* ---- rows ------------------------------------------------------------------------------------ */

static struct row running_row(const struct session *s)
{
	struct row row = { .running = true };

	row.known = seamstep_tcb_running(s->host, &row.module);
	return row;
}

/* The good images of the repository. */
static const struct seamstep_image *image_at(const struct session *s, uint32_t i)
{
	const struct seamstep_image *image = seamstep_repo_image(s->repo, i);

	return image->good ? image : NULL;
}

static uint32_t images(const struct session *s)
{
	return s->repo ? seamstep_repo_size(s->repo) : 0;
}

static char *version_cell(const struct session *s, const struct row *row)
{
	const struct ss_compat_host *h = &s->facts->compat;

	if (row->running)
		return text_append(text_version(h->has_module_version, h->module), " runs");
	return row->image->has_version ? text_version(true, row->image->version) :
	       text_format("%s", row->image->name);
}

static void print_row(const struct session *s, const struct row *row, struct out_table *table)
{
	char *cells[SEAMSTEP_TCB_MAX_DOCS + 3];
	struct seamstep_tcb_verdict v;
	size_t i, n = 0;

	cells[n++] = version_cell(s, row);
	cells[n++] = row->known ? text_format("%u.%u", row->module.major, row->module.minor) :
		     text_format("?");
	for (i = 0; i < seamstep_tcb_size(s->tcb); i++) {
		if (!seamstep_tcb_doc(s->tcb, i)->usable)
			continue;
		seamstep_tcb_judge(s->tcb, i, &row->module, &v);
		cells[n++] = row->known ? out_tcb_status(&v) : text_format("?");
	}
	cells[n++] = row->known ? out_tcb_advisories(s->tcb, &row->module) : text_format("%s", "");
	out_table_row(table, (const char *const *)cells);
	while (n)
		free(cells[--n]);
}

/* "SET-19"; with the platform where two documents have the same number. */
static char *heading(const struct seamstep_tcb *tcb, size_t i)
{
	const struct seamstep_tcb_doc *doc = seamstep_tcb_doc(tcb, i), *other;
	char *fmspc, *text;
	size_t j;

	for (j = 0; j < seamstep_tcb_size(tcb); j++) {
		other = seamstep_tcb_doc(tcb, j);
		if (j != i && other->usable && other->set == doc->set)
			break;
	}
	if (j == seamstep_tcb_size(tcb))
		return text_format("SET-%u", doc->set);
	fmspc = text_hex(doc->fmspc, 3);
	text = text_format("SET-%u:%s", doc->set, fmspc);
	free(fmspc);
	return text;
}

static void print_rows(const struct session *s, struct out_table *table)
{
	struct row row = running_row(s);
	uint32_t i;

	print_row(s, &row, table);
	for (i = 0; i < images(s); i++) {
		row = (struct row){ .known = true, .image = image_at(s, i) };
		if (!row.image)
			continue;
		seamstep_tcb_image(row.image, &row.module);
		print_row(s, &row, table);
	}
}

static void print_table(const struct session *s)
{
	struct out_column columns[SEAMSTEP_TCB_MAX_DOCS + 3] = {
		{ "VERSION", false }, { "SVN", true },
	};
	char *headings[SEAMSTEP_TCB_MAX_DOCS];
	struct out_table *table;
	size_t i, n = 2, nr = 0;

	for (i = 0; i < seamstep_tcb_size(s->tcb); i++) {
		if (!seamstep_tcb_doc(s->tcb, i)->usable)
			continue;
		headings[nr] = heading(s->tcb, i);
		columns[n++] = (struct out_column){ headings[nr++], false };
	}
	columns[n++] = (struct out_column){ "ADVISORIES", false };
	table = out_table_new(columns, n);
	print_rows(s, table);
	out_table_end(table, stdout);
	while (nr)
		free(headings[--nr]);
}

static void print_advice(const struct session *s)
{
	struct tcb_advice advice;
	char *tds = NULL;
	size_t i;

	putchar('\n');
	for (i = 0; i < seamstep_tcb_size(s->tcb); i++) {
		if (!seamstep_tcb_doc(s->tcb, i)->usable)
			continue;
		advice = tcb_advise(s, i);
		printf("%s\n", advice.text);
		if (!tds && advice.tds)
			tds = text_format("%s", advice.tds);
		tcb_advice_release(&advice);
	}
	if (tds)
		printf("%s\n", tds);
	free(tds);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *svn_json(const struct row *row)
{
	char svn[16];

	snprintf(svn, sizeof(svn), "%u.%u", row->module.major, row->module.minor);
	return row->known ? json_string(svn) : json_null();
}

static json_t *running_json(const struct session *s)
{
	const struct ss_compat_host *h = &s->facts->compat;
	struct row row = running_row(s);

	return json_pack("{s:o, s:o, s:o}", "version",
			 json_version(h->has_module_version, h->module), "svn", svn_json(&row),
			 "tcb", row.known ? out_tcb_json(s->tcb, &row.module) : json_array());
}

static json_t *image_json(const struct session *s, const struct seamstep_image *image)
{
	struct row row = { .known = true, .image = image };

	seamstep_tcb_image(image, &row.module);
	return json_pack("{s:s, s:o, s:o, s:o}", "file", image->name, "version",
			 json_version(image->has_version, image->version), "svn", svn_json(&row),
			 "tcb", out_tcb_json(s->tcb, &row.module));
}

static json_t *advice_json(const struct session *s, size_t i)
{
	struct tcb_advice a = tcb_advise(s, i);
	json_t *j = json_pack("{s:s, s:o, s:o, s:i, s:s, s:o}", "document",
			      seamstep_tcb_doc(s->tcb, i)->name, "status", a.has_status ?
			      json_string(seamstep_tcb_status_name(a.status)) : json_null(),
			      "helps", a.helps ? json_version(true, a.helps->version) :
			      json_null(), "updates", (int)a.updates, "text", a.text, "tds",
			      json_text(a.tds));

	tcb_advice_release(&a);
	return j;
}

static int print_json(const struct session *s)
{
	json_t *doc = session_doc(s), *list = json_array(), *advice = json_array();
	uint32_t i;

	for (i = 0; i < images(s); i++)
		if (image_at(s, i))
			json_array_append_new(list, image_json(s, image_at(s, i)));
	for (i = 0; i < seamstep_tcb_size(s->tcb); i++)
		if (seamstep_tcb_doc(s->tcb, i)->usable)
			json_array_append_new(advice, advice_json(s, i));
	json_object_set_new(doc, "documents", out_tcb_docs_json(s->tcb));
	json_object_set_new(doc, "running", running_json(s));
	json_object_set_new(doc, "images", list);
	json_object_set_new(doc, "advice", advice);
	return out_json_end(doc, tcb_docs_exit(s->tcb));
}

/* ---- the verb -------------------------------------------------------------------------------- */

static int show(const struct session *s)
{
	if (out_json_wanted())
		return print_json(s);
	tcb_print_docs(s->tcb);
	print_table(s);
	print_advice(s);
	return tcb_tell_docs(s->tcb);
}

static int work(const struct session *s, const struct request *r)
{
	struct seamstep_tcb_quote quote;
	struct seamstep_tcb_pck pck = { .known = false };
	enum seamstep_end end;
	char *why;

	if (!session_has_tcb(s, &why)) {
		out_fail(EXIT_ERROR, "%s", why);
		free(why);
		return EXIT_ERROR;
	}
	if (!r->quote && !r->svn)
		return show(s);
	end = r->quote ? seamstep_tcb_quote_load(s->lib, file_name(r->quote), &quote, &pck) :
	      seamstep_tcb_quote_svn(s->lib, r->svn, &quote);
	if (end)
		return out_fail(exit_of(end), "%s: %s", r->quote ? "the quote" : "--tee-tcb-svn",
				seamstep_error(s->lib));
	return tcb_report_quote(s, &quote, &pck);
}

static int take(void *into, int c, const char *value)
{
	struct request *r = into;

	if (c == OPT_QUOTE)
		r->quote = value;
	else if (c == OPT_SVN)
		r->svn = value;
	else
		return OPTION_UNKNOWN;
	return EXIT_OK;
}

int verb_tcb(int argc, char **argv)
{
	struct request r = { NULL };
	struct context_options o = {
		.verb = "tcb", .options = options, .take = take, .into = &r, .use_tcb = true,
	};
	struct session session;
	int rc;

	if (!session_begin(&session, &o, argc, argv, &rc))
		return rc;
	if (r.quote && r.svn)
		rc = out_usage_error("tcb", "--quote and --tee-tcb-svn: expected one of them");
	else
		rc = work(&session, &r);
	session_close(&session);
	return rc;
}
