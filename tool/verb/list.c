// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep list": the images of a repository, each with its verdict for a host. */
#include "tool/session/session.h"

#include "tool/out/image_report.h"
#include "tool/out/json_values.h"
#include "tool/out/tcb_report.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

const char verb_list_help[] =
	CONTEXT_HELP COLUMNS_HELP TCB_HELP
	"  --detailed-exitcode  exit with 3 if an update is available\n"
	"\n"
	"VERDICT: running; ok (one update leads to the image); route (several updates lead\n"
	"to the image); no (REASON says why); malformed. 'list' checks no signatures:\n"
	"'verify' and 'update' do.\n";

enum {
	COL_VERSION,
	COL_VERDICT,
	COL_UPDATES,
	COL_SVN,
	COL_DATE,
	COL_REASON,
	COL_FILE,
	COL_HANDOFF,
	COL_REASONS,
	COL_CPUS,
	COL_PAGES,
	COL_CONTAINER,
	COL_WARNINGS,
	COL_HASH,
	COL_MIN_RUNNING,
	COL_TCB,
	COL_ADVISORIES,
	COL_NR
};

static const struct column columns[] = {
	[COL_VERSION] = { "VERSION", "version in the file's name", true, false, false },
	[COL_VERDICT] = { "VERDICT", "running, ok, route, no, malformed", true, false, false },
	[COL_UPDATES] = { "UPDATES", "number of updates that lead to the image", true, true, false },
	[COL_SVN] = { "SVN", "major.minor, from the image", true, true, false },
	[COL_DATE] = { "DATE", "date in the image", true, false, false },
	[COL_REASON] = { "REASON", "first reason against the image", true, false, true },
	[COL_REASONS] = { "REASONS", "all reasons against the image", false, false, true },
	[COL_FILE] = { "FILE", "file in the repository", false, false, true },
	[COL_HANDOFF] = { "HANDOFF", "handoff versions that the image accepts", false, true, false },
	[COL_CPUS] = { "CPUS", "CPUs that the image is made for", false, false, true },
	[COL_PAGES] = { "PAGES", "pages of the module, 4 KiB each", false, true, false },
	[COL_CONTAINER] = { "CONTAINER", "container version", false, true, false },
	[COL_WARNINGS] = { "WARNINGS", "facts that an operator should know", false, false, true },
	[COL_HASH] = { "HASH", "SHA-384 of the module, as signed", false, false, false },
	[COL_MIN_RUNNING] = { "MIN-RUNNING", "oldest version that the image can follow", false,
			      false, false },
	[COL_TCB] = { "TCB", "status by TCB Info, now and in a set to come", false, false, true },
	[COL_ADVISORIES] = { "ADVISORIES", "advisories that remain open, by TCB Info", false, false,
			     true },
	[COL_NR] = { NULL }
};

static char *why(const struct seamstep_listed *e, bool all)
{
	char *detail, *text;

	if (!e->compat) {
		detail = out_image_error_text(&e->image->err);
		text = text_escape(detail);
		free(detail);
		return text;
	}
	if (e->verdict == SEAMSTEP_VERDICT_RUNNING)
		return text_format("%s", "");
	if (e->forbidden)
		return text_format("%s", e->forbidden);
	return all ? text_reasons(e->compat, e->compat->refused) :
	       text_first_reason(e->compat, e->compat->refused);
}

static char *cpus(const struct ss_sigstruct *sig)
{
	char *text = text_format("%s", "");
	uint32_t i;

	for (i = 0; i < sig->nr_fms; i++)
		text = text_append(text, "%s0x%x", i ? " " : "", sig->fms[i]);
	return text;
}

static void fill_image(const struct seamstep_listed *e, char **cells)
{
	const struct ss_sigstruct *sig = &e->image->image.sig;

	cells[COL_SVN] = text_format("%u.%u", sig->svn_major, sig->svn_minor);
	cells[COL_DATE] = text_date(sig->date);
	cells[COL_HANDOFF] = text_format("%u..%u", sig->min_update_hv, sig->module_hv);
	cells[COL_CPUS] = cpus(sig);
	cells[COL_PAGES] = text_format("%u", e->image->image.module_pages);
	cells[COL_CONTAINER] = text_format("0x%x", e->image->image.container_version);
	cells[COL_WARNINGS] = text_reasons(e->compat, e->compat->warned);
	cells[COL_HASH] = text_hex(sig->seamhash, SS_SHA384_BYTES);
}

static void fill_tcb(const struct seamstep_listed *e, const struct seamstep_tcb *tcb, char **cells)
{
	struct seamstep_tcb_module module;

	seamstep_tcb_image(e->image, &module);
	cells[COL_TCB] = out_tcb_cell(tcb, &module);
	cells[COL_ADVISORIES] = out_tcb_advisories(tcb, &module);
}

static void print_entry(struct columns *table, const struct seamstep_listed *e,
			const struct seamstep_tcb *tcb)
{
	char *cells[COL_NR] = { NULL };
	size_t i;

	cells[COL_VERSION] = text_version(e->image->has_version, e->image->version);
	cells[COL_VERDICT] = text_format("%s", seamstep_verdict_name(e->verdict));
	cells[COL_UPDATES] = e->updates ? text_format("%u", e->updates) : NULL;
	cells[COL_REASON] = why(e, false);
	cells[COL_REASONS] = why(e, true);
	cells[COL_FILE] = text_format("%s", e->image->name);
	if (e->image->rule.known)
		cells[COL_MIN_RUNNING] = text_version(true, e->image->rule.min_running);
	if (e->image->good)
		fill_image(e, cells);
	if (e->image->good && tcb)
		fill_tcb(e, tcb, cells);
	columns_row(table, (const char *const *)cells);
	for (i = 0; i < COL_NR; i++)
		free(cells[i]);
}

static json_t *tcb_json(const struct seamstep_listed *e, const struct seamstep_tcb *tcb)
{
	struct seamstep_tcb_module module;

	seamstep_tcb_image(e->image, &module);
	return out_tcb_json(tcb, &module);
}

static json_t *entry_json(const struct seamstep_listed *e, const struct seamstep_tcb *tcb)
{
	const struct ss_sigstruct *sig = &e->image->image.sig;
	json_t *j = json_object();
	char *text, svn[16];

	json_object_set_new(j, "file", json_string(e->image->name));
	json_object_set_new(j, "version", json_version(e->image->has_version, e->image->version));
	json_object_set_new(j, "verdict", json_string(seamstep_verdict_name(e->verdict)));
	json_object_set_new(j, "updates", e->updates ? json_integer(e->updates) : json_null());
	if (!e->image->good) {
		json_object_set_new(j, "error", out_image_error_json(&e->image->err));
		return j;
	}
	snprintf(svn, sizeof(svn), "%u.%u", sig->svn_major, sig->svn_minor);
	json_object_set_new(j, "svn", json_string(svn));
	text = text_date(sig->date);
	json_object_set_new(j, "date", json_text(text));
	free(text);
	json_object_set_new(j, "module_hv", json_integer(sig->module_hv));
	json_object_set_new(j, "min_update_hv", json_integer(sig->min_update_hv));
	json_object_set_new(j, "module_pages", json_integer(e->image->image.module_pages));
	json_object_set_new(j, "container_version",
			    json_hex(e->image->image.container_version));
	text = text_hex(sig->seamhash, SS_SHA384_BYTES);
	json_object_set_new(j, "seamhash", json_string(text));
	free(text);
	json_object_set_new(j, "cpus", json_fms(sig->fms, sig->nr_fms));
	if (tcb)
		json_object_set_new(j, "tcb", tcb_json(e, tcb));
	json_object_set_new(j, "forbidden", json_text(e->forbidden));
	json_object_set_new(j, "refused", context_reasons_json(e->compat, e->compat->refused));
	json_object_set_new(j, "warned", context_reasons_json(e->compat, e->compat->warned));
	return j;
}

static int print_json(struct session *s, struct seamstep_listed **list, enum exit_status exit)
{
	json_t *doc = session_doc(s), *images = json_array(), *findings = json_array();
	const char *finding;
	uint32_t i;

	session_load_tcb(s);
	for (i = 0; list[i]; i++)
		json_array_append_new(images, entry_json(list[i], s->tcb));
	for (i = 0; (finding = seamstep_repo_finding(s->repo, i)); i++)
		json_array_append_new(findings, json_text(finding));
	json_object_set_new(doc, "repository", json_string(seamstep_repo_name(s->repo)));
	json_object_set_new(doc, "running", json_version(s->facts->compat.has_module_version,
							 s->facts->compat.module));
	json_object_set_new(doc, "images", images);
	json_object_set_new(doc, "findings", findings);
	return out_json_end(doc, exit);
}

static int print_table(struct session *s, struct seamstep_listed **list,
		       enum exit_status exit)
{
	struct columns *table = columns_new("list", columns, &s->options->style);
	const char *finding;
	uint32_t i;

	if (!table)
		return EXIT_USAGE;
	if (columns_has(table, COL_TCB) || columns_has(table, COL_ADVISORIES))
		session_load_tcb(s);
	for (i = 0; list[i]; i++)
		print_entry(table, list[i], s->tcb);
	columns_print(table, stdout);
	columns_free(table);
	for (i = 0; (finding = seamstep_repo_finding(s->repo, i)); i++)
		fprintf(stderr, "seamstep: note: %s\n", finding);
	session_note_tcb(s);
	return exit;
}

static int show(struct session *s)
{
	enum exit_status exit = EXIT_OK;
	struct seamstep_listed **list;
	struct session_available new;
	int rc;

	rc = exit_of(seamstep_list(s->host, &list));
	if (rc)
		return out_fail(rc, "%s", seamstep_error(s->lib));
	if (s->options->detailed) {
		session_available(s, &new);
		exit = new.updates ? EXIT_PENDING : EXIT_OK;
		free(new.why);
	}
	rc = out_json_wanted() ? print_json(s, list, exit) : print_table(s, list, exit);
	seamstep_list_free(list);
	return rc;
}

int verb_list(int argc, char **argv)
{
	struct context_options o = {
		.verb = "list", .options = context_table_options, .columns = columns,
		.word = &o.repo, .word_name = "repository", .need_repo = true,
	};
	struct session session;
	int rc;

	if (!session_begin(&session, &o, argc, argv, &rc))
		return rc;
	rc = show(&session);
	session_close(&session);
	return rc;
}
