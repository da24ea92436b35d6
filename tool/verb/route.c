// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep route": the updates that lead from the running version to a wanted one. */
#include "tool/session/session.h"

#include "tool/out/json_values.h"
#include "tool/out/tcb_report.h"
#include "table.h"
#include "tool/session/plan_options.h"

#include <stdlib.h>
#include <string.h>

const char verb_route_help[] =
	"  --to V             the version to reach (default: the newest reachable version)\n"
	"  --tcb STATUS       instead: the fewest updates to a version of which TCB Info says\n"
	"                     STATUS, as UpToDate\n"
	"  --small-steps      make as many updates as are left, each as small as possible\n"
	"  --require-fallback demand a fallback for every update, and an update to spare\n"
	"  --left N           plan for N updates left (for a fleet: the smallest number)\n"
	"  --detailed-exitcode  exit with 3 if there is an update to make\n"
	CONTEXT_HELP COLUMNS_HELP TCB_HELP;

static const struct option options[] = {
	CONTEXT_OPTIONS, COLUMNS_OPTIONS, PLAN_OPTIONS, TCB_OPTIONS, DETAILED_OPTION,
	{ NULL, 0, NULL, 0 }
};

#define COL_TCB		8
#define COL_ADVISORIES	9

static const struct column columns[] = {
	{ "STEP", "number of the update", true, true, false },
	{ "FROM", "version before the update", true, false, false },
	{ "TO", "version after the update", true, false, false },
	{ "SVN", "major.minor after the update", true, true, false },
	{ "FALLBACK", "fallback while the new module is not in place", true, false, false },
	{ "AFTER", "fallback once the new module is in place", true, false, false },
	{ "WARNINGS", "facts that an operator should know", true, false, true },
	{ "FILE", "file in the repository", false, false, true },
	{ "TCB", "status after the update by TCB Info, now and in a set to come", false, false,
	  true },
	{ "ADVISORIES", "advisories that remain open, by TCB Info", false, false, true },
	{ NULL }
};

static char *version_of(const struct seamstep_image *image)
{
	return image ? text_version(true, image->version) : text_format("-");
}

static void print_hop(const struct seamstep_route *r, uint32_t n, struct columns *table,
		      const struct seamstep_tcb *tcb)
{
	const struct seamstep_hop *hop = r->hops[n];
	const struct seamstep_image *image = hop->image;
	struct seamstep_tcb_module module;
	char *cells[10];
	size_t i;

	cells[0] = text_format("%u", n + 1);
	cells[1] = text_version(true, hop->from);
	cells[2] = version_of(image);
	cells[3] = text_format("%u.%u", image->image.sig.svn_major, image->image.sig.svn_minor);
	cells[4] = version_of(hop->fallback);
	cells[5] = version_of(hop->fallback_after);
	cells[6] = text_reasons(hop->compat, hop->compat->warned);
	cells[7] = text_format("%s", image->name);
	seamstep_tcb_image(image, &module);
	cells[COL_TCB] = tcb ? out_tcb_cell(tcb, &module) : NULL;
	cells[COL_ADVISORIES] = tcb ? out_tcb_advisories(tcb, &module) : NULL;
	columns_row(table, (const char *const *)cells);
	for (i = 0; i < SS_ARRAY_SIZE(cells); i++)
		free(cells[i]);
}

static bool on_the_way(const struct seamstep_route *r, const struct seamstep_image *image)
{
	uint32_t n;

	for (n = 0; n < r->nr_hops; n++)
		if (r->hops[n]->image == image)
			return true;
	return false;
}

/* Why image @i of the list is not on the route; malloc'd. NULL if it is, runs, or could be. */
static char *excluded(const struct seamstep_route *r, struct seamstep_listed **list, uint32_t i,
		      bool all)
{
	const struct seamstep_listed *e = list[i];

	if (e->verdict == SEAMSTEP_VERDICT_RUNNING || on_the_way(r, e->image))
		return NULL;
	if (!e->compat)
		return text_format("malformed");
	if (!e->image->has_version)
		return text_format("the version of this file is unknown");
	if (e->forbidden)
		return text_format("%s", e->forbidden);
	if (r->shortest[i])
		return NULL;
	if (!e->compat->refused)
		return text_format("newer than the wanted version, or on no route to the "
				   "wanted version");
	return all ? text_reasons(e->compat, e->compat->refused) :
	       text_first_reason(e->compat, e->compat->refused);
}

static void print_excluded(const struct seamstep_route *r, struct seamstep_listed **list)
{
	uint32_t i;

	for (i = 0; list[i]; i++) {
		const struct seamstep_image *image = list[i]->image;
		char *why = excluded(r, list, i, false);
		char *version = text_version(image->has_version, image->version);

		if (why)
			printf("not by %s: %s\n", image->has_version ? version : image->name, why);
		free(version);
		free(why);
	}
}

static json_t *image_version(const struct seamstep_image *image)
{
	return image ? json_version(true, image->version) : json_null();
}

static json_t *hop_json(const struct seamstep_hop *hop, const struct seamstep_tcb *tcb)
{
	struct seamstep_tcb_module module;
	json_t *j;

	j = json_pack("{s:o, s:o, s:s, s:o, s:o, s:o}", "from", json_version(true, hop->from),
			 "to", image_version(hop->image), "file", hop->image->name, "fallback",
			 image_version(hop->fallback), "fallback_after",
			 image_version(hop->fallback_after), "warned",
			 context_reasons_json(hop->compat, hop->compat->warned));
	seamstep_tcb_image(hop->image, &module);
	if (tcb)
		json_object_set_new(j, "tcb", out_tcb_json(tcb, &module));
	return j;
}

static int print_json(const struct session *s, const struct seamstep_route *r,
		      struct seamstep_listed **list, enum exit_status exit)
{
	json_t *doc = session_doc(s), *hops = json_array(), *out = json_array();
	const struct ss_compat_host *h = &s->facts->compat;
	uint32_t i;

	for (i = 0; i < r->nr_hops; i++)
		json_array_append_new(hops, hop_json(r->hops[i], s->tcb));
	for (i = 0; list[i]; i++) {
		const struct seamstep_image *image = list[i]->image;
		char *why = excluded(r, list, i, true);

		if (why)
			json_array_append_new(
				out, json_pack("{s:s, s:o, s:s}", "file", image->name, "version",
					       json_version(image->has_version, image->version),
					       "why", why));
		free(why);
	}
	json_object_set_new(doc, "from", json_version(h->has_module_version, h->module));
	json_object_set_new(doc, "to", json_version(r->has_to, r->to));
	json_object_set_new(doc, "result", json_string(seamstep_route_name(r->result)));
	json_object_set_new(doc, "updates", json_integer(r->nr_hops));
	json_object_set_new(doc, "updates_needed", json_integer(r->needed));
	json_object_set_new(doc, "hops", hops);
	json_object_set_new(doc, "excluded", out);
	if (r->result > SEAMSTEP_ROUTE_UP_TO_DATE)
		return out_json_fail(doc, exit, "%s", r->why);
	return out_json_end(doc, exit);
}

static int print_table(struct session *s, const struct seamstep_route *r,
		       struct seamstep_listed **list, enum exit_status exit)
{
	struct columns *table = columns_new("route", columns, &s->options->style);
	uint32_t i;

	if (!table)
		return EXIT_USAGE;
	if (!s->tcb && (columns_has(table, COL_TCB) || columns_has(table, COL_ADVISORIES)))
		session_load_tcb(s);
	if (r->result == SEAMSTEP_ROUTE_FOUND) {
		for (i = 0; i < r->nr_hops; i++)
			print_hop(r, i, table, s->tcb);
		columns_print(table, stdout);
	}
	columns_free(table);
	if (r->result == SEAMSTEP_ROUTE_THERE || r->result == SEAMSTEP_ROUTE_UP_TO_DATE)
		printf("nothing to do: %s\n", r->why);
	else if (r->result != SEAMSTEP_ROUTE_FOUND)
		out_fail(exit, "%s", r->why);
	print_excluded(r, list);
	return exit;
}

static int show(struct session *s, const struct seamstep_route_request *wanted)
{
	struct seamstep_listed **list = NULL;
	struct seamstep_route *r;
	enum exit_status exit = exit_of(seamstep_route_find(s->host, wanted, &r));
	int rc;

	if (!r || seamstep_list(s->host, &list)) {
		rc = out_fail(exit ? exit : EXIT_ERROR, "%s", seamstep_error(s->lib));
	} else {
		if (exit == EXIT_OK && s->options->detailed && r->nr_hops)
			exit = EXIT_PENDING;
		rc = out_json_wanted() ? print_json(s, r, list, exit) :
		     print_table(s, r, list, exit);
	}
	seamstep_list_free(list);
	seamstep_route_free(r);
	return rc;
}

static int take(void *into, int c, const char *value)
{
	return plan_option("route", into, c, value);
}

int verb_route(int argc, char **argv)
{
	struct plan_options po = PLAN_OPTIONS_INIT;
	struct context_options o = {
		.verb = "route", .options = options, .columns = columns, .take = take, .into = &po,
		.word = &po.request.to, .word_name = "version", .need_repo = true,
	};
	struct session session;
	char *why;
	int rc;

	if (!session_begin(&session, &o, argc, argv, &rc))
		return rc;
	if (po.has_tcb || out_json_wanted())
		session_load_tcb(&session);
	po.request.tcb = po.has_tcb ? session.tcb : NULL;
	if (po.has_tcb && session_need_tcb(&session, &why)) {
		rc = out_fail(EXIT_ERROR, "%s", why);
		free(why);
	} else {
		rc = show(&session, &po.request);
	}
	session_close(&session);
	return rc;
}
