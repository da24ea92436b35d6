// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep list": the images of a repository, each with its verdict for a host. */
#include "tool/session/session.h"

#include "tool/out/image_report.h"
#include "tool/out/json_values.h"
#include "operator.h"

#include <stdlib.h>
#include <string.h>

const char verb_list_help[] =
	CONTEXT_HELP COLUMNS_HELP
	"  --detailed-exitcode  3 if an update is available\n"
	"\n"
	"VERDICT: running; ok (can be installed now); route (can be reached by more than\n"
	"one update); no (REASON says why); malformed. Signatures are not checked here:\n"
	"that is verify's and update's.\n";

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
	COL_NR
};

static const struct column columns[] = {
	[COL_VERSION] = { "VERSION", "by the file's name", true, false, false },
	[COL_VERDICT] = { "VERDICT", "running, ok, route, no, malformed", true, false, false },
	[COL_UPDATES] = { "UPDATES", "that it takes to get there", true, true, false },
	[COL_SVN] = { "SVN", "major.minor, from the image", true, true, false },
	[COL_DATE] = { "DATE", "from the image", true, false, false },
	[COL_REASON] = { "REASON", "why not: the first reason", true, false, true },
	[COL_REASONS] = { "REASONS", "why not: all of them", false, false, true },
	[COL_FILE] = { "FILE", "in the repository", false, false, true },
	[COL_HANDOFF] = { "HANDOFF", "handoff versions that it accepts", false, true, false },
	[COL_CPUS] = { "CPUS", "that it is made for", false, false, true },
	[COL_PAGES] = { "PAGES", "of the module, 4 KiB", false, true, false },
	[COL_CONTAINER] = { "CONTAINER", "version of the container", false, true, false },
	[COL_WARNINGS] = { "WARNINGS", "worth knowing", false, false, true },
	[COL_HASH] = { "HASH", "SHA-384 of the module, as signed", false, false, false },
	[COL_MIN_RUNNING] = { "MIN-RUNNING", "oldest it can follow, from the mapping file", false,
			      false, false },
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
	return all ? text_reasons(e->compat, e->compat->refused) :
	       text_first_reason(e->compat, e->compat->refused);
}

static char *cpus(const struct ss_sigstruct *sig)
{
	char *text = text_format("%s", ""), *longer;
	uint32_t i;

	for (i = 0; i < sig->nr_fms; i++) {
		longer = text_format("%s%s0x%x", text, i ? " " : "", sig->fms[i]);
		free(text);
		text = longer;
	}
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

static void print_entry(struct columns *table, const struct seamstep_listed *e)
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
	columns_row(table, (const char *const *)cells);
	for (i = 0; i < COL_NR; i++)
		free(cells[i]);
}

static json_t *entry_json(const struct seamstep_listed *e)
{
	const struct ss_sigstruct *sig = &e->image->image.sig;
	json_t *j = json_object(), *list;
	char *text, svn[16];
	uint32_t i;

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
			    json_integer(e->image->image.container_version));
	text = text_hex(sig->seamhash, SS_SHA384_BYTES);
	json_object_set_new(j, "seamhash", json_string(text));
	free(text);
	list = json_array();
	for (i = 0; i < sig->nr_fms; i++) {
		text = text_format("0x%x", sig->fms[i]);
		json_array_append_new(list, json_string(text));
		free(text);
	}
	json_object_set_new(j, "cpus", list);
	json_object_set_new(j, "refused", context_reasons_json(e->compat, e->compat->refused));
	json_object_set_new(j, "warned", context_reasons_json(e->compat, e->compat->warned));
	return j;
}

static int print_json(const struct session *s, struct seamstep_listed **list, enum exit_status exit)
{
	json_t *doc = session_doc(s), *images = json_array(), *findings = json_array();
	const char *finding;
	uint32_t i;

	for (i = 0; list[i]; i++)
		json_array_append_new(images, entry_json(list[i]));
	for (i = 0; (finding = seamstep_repo_finding(s->repo, i)); i++)
		json_array_append_new(findings, json_text(finding));
	json_object_set_new(doc, "repository", json_string(seamstep_repo_name(s->repo)));
	json_object_set_new(doc, "running", json_version(s->facts->compat.has_module_version,
							 s->facts->compat.module));
	json_object_set_new(doc, "images", images);
	json_object_set_new(doc, "findings", findings);
	return out_json_end(doc, exit);
}

static int print_table(const struct session *s, struct seamstep_listed **list,
		       enum exit_status exit)
{
	struct columns *table = columns_new("list", columns, &s->options->style);
	const char *finding;
	uint32_t i;

	if (!table)
		return EXIT_USAGE;
	for (i = 0; list[i]; i++)
		print_entry(table, list[i]);
	columns_print(table, stdout);
	columns_free(table);
	for (i = 0; (finding = seamstep_repo_finding(s->repo, i)); i++)
		fprintf(stderr, "seamstep: note: %s\n", finding);
	return exit;
}

static int show(const struct session *s, bool detailed)
{
	enum exit_status exit = EXIT_OK;
	struct seamstep_listed **list;
	struct ss_version newest;
	uint32_t updates;
	int rc;

	rc = exit_of(seamstep_list(s->host, &list));
	if (rc)
		return out_fail(rc, "%s", seamstep_error(s->lib));
	if (detailed && session_newest(s, &newest, &updates))
		exit = EXIT_PENDING;
	rc = out_json_wanted() ? print_json(s, list, exit) : print_table(s, list, exit);
	seamstep_list_free(list);
	return rc;
}

int verb_list(int argc, char **argv)
{
	struct context_options o = { .verb = "list" };
	struct session session;
	bool detailed = false;
	int rc;

	rc = context_read_options(&o, argc, argv, &detailed);
	if (rc)
		return rc;
	if (o.style.list_columns) {
		columns_list_columns(columns, stdout);
		return EXIT_OK;
	}
	if (argc - optind == 1 && !o.repo)
		o.repo = argv[optind++];
	if (optind < argc)
		return out_usage_error("list", "expected one repository at most");
	rc = session_open(&session, &o, true);
	if (rc)
		return rc;
	rc = show(&session, detailed);
	session_close(&session);
	return rc;
}
